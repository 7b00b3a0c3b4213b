/**
 * In which of their personal roles a requester acts: a mother who holds both `patient` and `parent-of-minor` is the
 * patient in her own record and the parent in her child's, and the launch context says whose record is open (SMART App
 * Launch 2.2, `patient`). Without this, the child's record would be read with a patient's own right of access.
 */
import type { Role } from './requester.ts';

export interface PersonalContext {
  readonly roles: readonly Role[];
  readonly fhirUser: string | undefined;
  readonly launchPatient: string | undefined;
}

/** A person about their own affairs or a relative's. */
export const PERSONAL_ROLES: readonly Role[] = ['patient', 'personal-representative', 'parent-of-minor', 'family-friend'];

/**
 * The record that a requester in the role of patient calls their own: the `fhirUser`; the launch patient only of a token
 * that names no other person and no role in which the launch patient may be somebody else.
 */
export function ownPatient({ roles, fhirUser, launchPatient }: PersonalContext): string | undefined {
  if (!roles.includes('patient')) return undefined;
  if (fhirUser?.startsWith('Patient/')) return fhirUser;
  return roles.length === 1 ? launchPatient : undefined;
}

/** @returns the roles, narrowed where the launch context says whose record is open */
export function actingRoles(context: PersonalContext): readonly Role[] {
  const { roles, launchPatient } = context;
  const own = ownPatient(context);
  if (own === undefined || launchPatient === undefined || roles.length === 1) return roles;
  const isOwn = launchPatient === own;
  return roles.filter((role) => !PERSONAL_ROLES.includes(role) || (role === 'patient') === isOwn);
}
