/**
 * Whom one Reference at a place for a subject names (FHIR R4 sections 2.3.0.1-5): a patient or group of this server, clearly
 * somebody else, or somebody that nobody here can tell. Who can not be told may be a patient who refuses (threats.md 18).
 */
import { RESOURCE_TYPES } from './definitions.ts';
import { parseReference } from './reference.ts';
import type { Reference, Resource } from './resource.ts';

export type NamedSubject =
  | { readonly kind: 'patient' | 'group'; readonly reference: string }
  /** Stands in the same Bundle or resource. */
  | { readonly kind: 'inside'; readonly resource: Resource }
  /** A practitioner, a device, a place. */
  | { readonly kind: 'other' }
  /** By name or identifier alone, without a type: a patient only where the place is for patients. */
  | { readonly kind: 'unclear' }
  /** A patient or group, or written so that it may be one. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'nobody' };

const OTHER: NamedSubject = { kind: 'other' };
const HIDDEN: NamedSubject = { kind: 'hidden' };
const PATIENTS: ReadonlySet<string> = new Set(['Patient', 'Group']);

/**
 * @param base base URL of the server that the reference came from
 * @param inside what stands in the same Bundle (by fullUrl) or resource (`#id`)
 */
export function namedSubject(
  { reference, type, identifier, display }: Reference,
  base: string,
  inside: (name: string) => Resource | undefined,
): NamedSubject {
  if (typeof reference !== 'string') {
    if (typeof type === 'string') return RESOURCE_TYPES.has(type) && !PATIENTS.has(type) ? OTHER : HIDDEN;
    return identifier === undefined && display === undefined ? { kind: 'nobody' } : { kind: 'unclear' };
  }
  const found = inside(reference);
  if (found !== undefined) return PATIENTS.has(found.resourceType) ? { kind: 'inside', resource: found } : OTHER;
  const parsed = parseReference(reference);
  if (parsed === undefined) return HIDDEN;
  if (!PATIENTS.has(parsed.type)) return OTHER;
  if (parsed.base !== undefined && parsed.base !== base) return HIDDEN;
  return { kind: parsed.type === 'Patient' ? 'patient' : 'group', reference: parsed.local };
}
