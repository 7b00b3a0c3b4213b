/**
 * What the token's SMART scopes let through (SMART App Launch 2.2 section 3): first the interaction and type, before
 * anything is read; then each released resource, by launch patient and granular query.
 */
import { PrivityError } from '../errors.ts';
import { isAboutPatients } from '../fhir/compartment.ts';
import type { Resource } from '../fhir/resource.ts';
import { matchSearch } from '../fhir/search/match-search.ts';
import { parseSearch } from '../fhir/search/parse-search.ts';
import type { Requester, Scope } from '../requester/requester.ts';
import { type ScopedInteraction, scopePermits } from '../requester/scope-permits.ts';

/** @throws PrivityError `scope-insufficient` */
export function requireScope(requester: Requester, interaction: ScopedInteraction, resourceType: string): readonly Scope[] {
  const scopes = scopePermits(requester.scopes, interaction, resourceType).filter(
    (scope) => scope.level !== 'patient' || requester.launchPatient !== undefined,
  );
  if (scopes.length === 0) throw new PrivityError('scope-insufficient', `${resourceType} ${interaction}`);
  return scopes;
}

/**
 * Whether some scope covers this resource as it is released.
 * @param subjects patients that the resource is about
 */
export function inScope(requester: Requester, scopes: readonly Scope[], resource: Resource, subjects: readonly string[]): boolean {
  return scopes.some((scope) => {
    if (scope.resourceType !== '*' && scope.resourceType !== resource.resourceType) return false;
    if (scope.level === 'patient' && !isOf(requester.launchPatient ?? '', resource, subjects)) return false;
    return scope.query.length === 0 || satisfies(resource, scope);
  });
}

/** What is about patients and names none may be anybody's. */
function isOf(patient: string, { resourceType }: Resource, subjects: readonly string[]): boolean {
  return subjects.length === 0 ? !isAboutPatients(resourceType) : subjects.includes(patient);
}

/** A granular scope whose value can't be read on this type does not reach it; the other scopes stand. */
function satisfies(resource: Resource, { query }: Scope): boolean {
  try {
    return matchSearch(resource, parseSearch(resource.resourceType, query)) === true;
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'invalid-parameter') return false;
    throw error;
  }
}
