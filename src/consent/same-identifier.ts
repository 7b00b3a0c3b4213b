/**
 * Whether two identifiers name the same party (FHIR R4 Identifier: system and value). A registry has several names; where they
 * are not known, or a system is missing, two are the same only where that closes.
 */
import { canonicalSystem } from '../classify/canonical-code.ts';
import type { Identifier } from '../fhir/resource.ts';
import type { Effect } from './normalized-consent.ts';

/** Registries of the United States by the names that HL7's NamingSystems give them, the URL first. */
const REGISTRIES: readonly (readonly [url: string, oid: string])[] = [
  ['http://hl7.org/fhir/sid/us-npi', 'urn:oid:2.16.840.1.113883.4.6'],
  ['http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1'],
];
const BY_NAME: ReadonlyMap<string, string> = new Map(
  REGISTRIES.flatMap((names) => names.map((name) => [canonicalSystem(name), names[0]] as const)),
);

export function sameIdentifier(named: Identifier, held: Identifier, effect: Effect): boolean {
  if (typeof named.value !== 'string' || typeof held.value !== 'string' || named.value.trim() !== held.value.trim()) return false;
  if (!named.system || !held.system) return effect === 'deny';
  if (named.system === held.system) return true;
  const [one, other] = [canonicalSystem(named.system), canonicalSystem(held.system)];
  const registry = BY_NAME.get(one);
  return registry === undefined ? effect === 'deny' && one === other : registry === BY_NAME.get(other);
}
