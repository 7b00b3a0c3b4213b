/**
 * Claims that do not fit together, or leave open who is asking (threats.md 44): a filter that rests on them would be
 * missing or wrong, so the request is refused.
 */
import { ownPatient, PERSONAL_ROLES, type PersonalContext } from './acting-roles.ts';
import type { Scope } from './requester.ts';

const PROFESSIONAL_USER = /^Practitioner(?:Role)?\//;
const PRIVATE_USER = /^(?:Patient|RelatedPerson)\//;

/**
 * @param context roles as the token has them: personal roles may be several, and go with no other
 * @returns the names of the claims at odds (public), or `undefined`
 */
export function findContradiction(context: PersonalContext & { readonly scopes: readonly Scope[] }): string | undefined {
  const { roles, fhirUser = '', launchPatient, scopes } = context;
  const personal = roles.filter((role) => PERSONAL_ROLES.includes(role));
  if (personal.length > 0 && personal.length < roles.length) return 'roles';
  if (personal.length > 0 && PROFESSIONAL_USER.test(fhirUser)) return 'roles, fhirUser';
  if (personal.length === 0 && !roles.includes('third-party') && PRIVATE_USER.test(fhirUser)) return 'roles, fhirUser';
  const own = ownPatient(context);
  if (roles.includes('patient')) {
    if (fhirUser.startsWith('RelatedPerson/')) return 'roles, fhirUser';
    if (own === undefined) return 'fhirUser, patient';
    if (roles.length === 1 && launchPatient !== undefined && launchPatient !== own) return 'fhirUser, patient';
  }
  const patientLevel = scopes.some((scope) => scope.level === 'patient');
  return patientLevel && launchPatient === undefined && own === undefined ? 'scope, patient' : undefined;
}
