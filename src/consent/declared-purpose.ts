/**
 * A purpose of use as a Consent names it -> under its current system and spelling (HL7 v3-ActReason, FHIR R4
 * Consent.provision.purpose): another name of the system or another case is the same purpose, for a deny as for a permit.
 */
import { canonicalSystem } from '../classify/canonical-code.ts';
import { ACT_REASON, ACT_REASON_NAMES } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Coding } from '../fhir/resource.ts';

const NAMES: ReadonlySet<string> = new Set(ACT_REASON_NAMES.map((name) => canonicalSystem(name)));

/** @returns a code of another system as it is: what it means is not known here; one without a system stays without */
export function declaredPurpose(coding: Coding): Coding {
  const { system, code = '' } = coding;
  if (system !== undefined && !NAMES.has(canonicalSystem(system))) return coding;
  const text = code.trim();
  const spelled = purposeAncestors(text).length > 0 ? text : text.toUpperCase();
  return system === undefined ? { code: spelled } : { system: ACT_REASON, code: spelled };
}
