/**
 * Which security labels say what data is about, so that a permit that names such labels must cover them all
 * (design.md 4.2). Confidentiality, purposes, laws, obligations and integrity are no sensitivities; a label of an
 * unknown system is one, because nobody can say that it is not.
 */
import { ACT_CODE, ACT_REASON, CONFIDENTIALITY, CONSENT_POLICY, OBSERVATION_VALUE } from '../fhir/codes.ts';
import { ancestorsOf } from '../fhir/label-hierarchy.ts';
import type { Coding } from '../fhir/resource.ts';

const NO_SENSITIVITY: ReadonlySet<string | undefined> = new Set([CONFIDENTIALITY, ACT_REASON, OBSERVATION_VALUE, CONSENT_POLICY]);
const known = new Map<string, boolean>();

export function isSensitivityLabel(label: Coding): boolean {
  if (NO_SENSITIVITY.has(label.system)) return false;
  if (label.system !== ACT_CODE || label.code === undefined) return true;
  let answer = known.get(label.code);
  if (answer === undefined) {
    const ancestors = ancestorsOf(ACT_CODE, label.code);
    answer =
      ancestors.length === 0 || ancestors.includes('_InformationSensitivityPolicy') || label.code === '_InformationSensitivityPolicy';
    if (ancestors.length > 0) known.set(label.code, answer);
  }
  return answer;
}

export const isConfidentiality = (label: Coding): boolean => label.system === CONFIDENTIALITY;

/**
 * HL7 has these as siblings under SPI, and code sets, peers and patients use each for the others: a deny of behavioral
 * health that missed coded depression would be no deny. PSYTHPN is in none: it is named, or it is not meant.
 */
const FAMILIES: readonly ReadonlySet<string>[] = [new Set(['MH', 'PSY', 'BH', 'MENCAT']), new Set(['SUD', 'ETH'])];

/** Whether a label named in a Consent covers a label on data: the same code, one of its family, or one above it in HL7's tree. */
export function coversLabel(named: Coding, label: Coding): boolean {
  if (named.system !== label.system || named.code === undefined || label.code === undefined) return false;
  const { code } = named;
  const above = [label.code, ...ancestorsOf(named.system ?? '', label.code)];
  if (above.includes(code)) return true;
  const family = named.system === ACT_CODE ? FAMILIES.find((codes) => codes.has(code)) : undefined;
  return family !== undefined && above.some((one) => family.has(one));
}
