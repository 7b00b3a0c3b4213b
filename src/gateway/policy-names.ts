/** Codes that policies name, in words: HL7's displays of purposes and labels, said as a sentence needs them; titles of attestations. */
import { describeCode } from '../consent/describe-code.ts';
import { ACT_CODE, ACT_REASON } from '../fhir/codes.ts';
import type { AttestationRules } from '../policy/attestation-rule.ts';
import type { PolicyNames } from '../policy/policy-words.ts';

/** Displays that read badly after `the purpose is`. */
const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['BTG', 'breaking the glass'],
  ['ETREAT', 'emergency treatment'],
  ['FAMRQT', 'a family member’s request'],
  ['GOV', 'a duty of the government'],
  ['HDECD', 'a duty about the dead'],
  ['HLEGAL', 'a legal proceeding'],
  ['HMARKT', 'marketing'],
  ['PATRQT', 'the patient’s own request'],
  ['PERFMSR', 'performance measurement'],
  ['PRECLINTRCH', 'preclinical research'],
  ['PWATRNY', 'acting under a power of attorney'],
  ['THREAT', 'averting a threat'],
]);

export function policyNames(attestations: AttestationRules): PolicyNames {
  return {
    purpose: (code) => PURPOSES.get(code) ?? describeCode({ system: ACT_REASON, code }),
    label: (code) => describeCode({ system: ACT_CODE, code }),
    attestation: (kind) => attestations.get(kind)?.title,
  };
}
