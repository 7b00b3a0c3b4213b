/** What each overlay does, in both directions: [situation, question, without it, with it, the policies that are cited then]. */
import type { question } from './shipped.ts';

type Effect = 'permit' | 'redact' | 'deny';
export type StateCase = readonly [
  situation: string,
  asked: Parameters<typeof question>,
  without: Effect,
  under: Effect,
  cites: readonly string[],
];

const MH = 'mental-health';
const PN = 'psychotherapy-notes';
const SAME = { facts: ['same-organization' as const] };
const CONSENT = { authorizations: ['hipaa-508' as const, 'state-written-consent' as const] };
const NOTES_CONSENT = { authorizations: ['hipaa-508-psychotherapy-notes' as const, 'state-written-consent' as const] };
const THREAT = { attestations: ['PN-14'] };

export const STATE_CASES: Readonly<Record<string, readonly StateCase[]>> = {
  'US-IL': [
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-IL-1']],
    ['with written consent', ['other-treating-provider', MH, 'TREAT', CONSENT], 'permit', 'permit', ['ST-IL-1.statement']],
    [
      'a HIPAA authorization that is not Illinois’s',
      ['other-treating-provider', MH, 'TREAT', { authorizations: ['hipaa-508'] }],
      'permit',
      'deny',
      ['ST-IL-1'],
    ],
    ['a colleague of the same practice', ['other-treating-provider', MH, 'TREAT', SAME], 'permit', 'permit', []],
    ['an emergency', ['other-treating-provider', MH, 'BTG'], 'permit', 'permit', ['ST-IL-1.statement']],
    ['the therapist', ['originator', MH, 'TREAT'], 'permit', 'permit', []],
    ['the team treats', ['workforce', MH, 'TREAT'], 'permit', 'permit', []],
    ['the practice’s billing', ['workforce', MH, 'HPAYMT'], 'redact', 'deny', ['ST-IL-1']],
    ['the payer', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-IL-1']],
    ['general information', ['payer', 'other', 'HPAYMT'], 'redact', 'redact', []],
    ['the patient', ['patient', MH, 'PATRQT'], 'permit', 'permit', []],
    ['HHS', ['hhs', MH, 'HCOMPL', { attestations: ['MH-29'] }], 'permit', 'permit', []],
    [
      'family, with the patient’s verbal agreement',
      ['family-friend', MH, 'FAMRQT', { attestations: ['MH-07'] }],
      'redact',
      'deny',
      ['ST-IL-1'],
    ],
    ['family, in imminent danger', ['family-friend', MH, 'THREAT', THREAT], 'redact', 'redact', ['ST-IL-1.statement']],
    [
      'notes, to an emergency physician who attests a threat',
      ['other-treating-provider', PN, 'BTG', THREAT],
      'permit',
      'deny',
      ['ST-IL-2'],
    ],
    [
      'notes, to an overseer of the therapist',
      ['health-oversight', PN, 'HCOMPL', { attestations: ['PN-12'] }],
      'permit',
      'deny',
      ['ST-IL-1', 'ST-IL-2'],
    ],
    [
      'notes, to whom the patient names',
      ['other-treating-provider', PN, 'TREAT', NOTES_CONSENT],
      'permit',
      'permit',
      ['ST-IL-1.statement'],
    ],
    ['notes, to a court with a mandate', ['court', PN, 'HLEGAL', { attestations: ['PN-11'] }], 'permit', 'permit', []],
    ['a parent of a child of eight', ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor'] }], 'permit', 'permit', ['ST-IL-1.statement']],
    [
      'a parent of a minor of fourteen',
      ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor', 'minor-12-17'] }],
      'permit',
      'deny',
      ['ST-IL-3'],
    ],
    [
      'a parent, and the minor of fourteen does not object',
      ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor', 'minor-12-17'], attestations: ['SL-01'] }],
      'permit',
      'permit',
      ['ST-IL-1.statement'],
    ],
    [
      'encrypted storage',
      ['business-associate', MH, 'HSYSADMIN', { facts: ['content-opaque'] }],
      'permit',
      'permit',
      ['ST-IL-1.statement'],
    ],
    ['writing to the record', ['other-treating-provider', MH, 'TREAT', {}, 'create'], 'permit', 'permit', []],
  ],
  'US-TX': [
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', []],
    ['the payer pays', ['payer', MH, 'HPAYMT'], 'redact', 'redact', []],
    [
      'another entity’s operations',
      ['other-covered-entity', MH, 'HOPERAT', { facts: ['shared-relationship'] }],
      'redact',
      'deny',
      ['ST-TX-1'],
    ],
    [
      'family, with the patient’s verbal agreement',
      ['family-friend', MH, 'FAMRQT', { attestations: ['MH-07'] }],
      'redact',
      'deny',
      ['ST-TX-1'],
    ],
    ['the police, in imminent danger', ['law-enforcement', MH, 'THREAT', THREAT], 'redact', 'redact', []],
    ['the target of the danger', ['third-party', MH, 'THREAT', THREAT], 'redact', 'deny', ['ST-TX-1']],
    ['the target of the danger, of notes', ['third-party', PN, 'THREAT', THREAT], 'permit', 'deny', ['ST-TX-1']],
    ['whoever has the written consent', ['third-party', MH, 'HMARKT', CONSENT], 'permit', 'permit', []],
    ['research under a waiver', ['researcher', MH, 'HRESCH', { attestations: ['MH-17'] }], 'redact', 'redact', []],
  ],
  'US-CA': [
    ['the payer, without a request on file', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-CA-1']],
    ['a kind of payment', ['payer', MH, 'CLMATTCH'], 'redact', 'deny', ['ST-CA-1']],
    ['the payer, with its request on file', ['payer', MH, 'HPAYMT', { attestations: ['SL-02'] }], 'redact', 'redact', []],
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', []],
    ['a parent', ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor'] }], 'permit', 'permit', []],
    [
      'a parent from whom the minor was removed',
      ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor', 'removed-from-custody'] }],
      'permit',
      'deny',
      ['ST-CA-3'],
    ],
    [
      'the same with the juvenile court’s order',
      ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor', 'removed-from-custody'], attestations: ['SL-03'] }],
      'permit',
      'permit',
      [],
    ],
  ],
  'US-CA-LPS': [
    ['another practice that treats', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', []],
    ['the payer, for a claim', ['payer', MH, 'HPAYMT'], 'redact', 'redact', []],
    ['the payer’s operations', ['payer', MH, 'HOPERAT', { facts: ['shared-relationship'] }], 'redact', 'deny', ['ST-CA-2']],
    ['research under a waiver', ['researcher', MH, 'HRESCH', { attestations: ['MH-17'] }], 'redact', 'deny', ['ST-CA-2']],
    ['a court’s order', ['court', MH, 'HLEGAL', { attestations: ['MH-23'] }], 'redact', 'redact', []],
    ['notes are not its matter', ['health-oversight', PN, 'HCOMPL', { attestations: ['PN-12'] }], 'permit', 'permit', []],
  ],
  'US-NY': [
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-NY-1']],
    ['with consent', ['other-treating-provider', MH, 'TREAT', CONSENT], 'permit', 'permit', []],
    ['the state’s overseers', ['health-oversight', MH, 'HCOMPL', { attestations: ['MH-22'] }], 'redact', 'redact', []],
    ['the payer', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-NY-1']],
    ['a court’s order', ['court', MH, 'HLEGAL', { attestations: ['MH-23'] }], 'redact', 'redact', []],
  ],
  'US-FL': [
    ['aftercare', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', []],
    ['the payer', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-FL-1']],
    ['the payer, authorized', ['payer', MH, 'HPAYMT', CONSENT], 'permit', 'permit', []],
    ['a court’s order', ['court', MH, 'HLEGAL', { attestations: ['MH-23'] }], 'redact', 'redact', []],
  ],
  'US-FL-PSYCHIATRIST': [
    ['another practice, not at the patient’s request', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-FL-2']],
    ['at the patient’s request', ['other-treating-provider', MH, 'TREAT', CONSENT], 'permit', 'permit', []],
    ['a threat', ['third-party', MH, 'THREAT', THREAT], 'redact', 'redact', []],
  ],
  'US-DC': [
    ['within the facility', ['other-treating-provider', MH, 'TREAT', SAME], 'permit', 'permit', []],
    ['another facility', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-DC-1']],
    [
      'another facility, authorized',
      ['other-treating-provider', MH, 'TREAT', CONSENT],
      'permit',
      'permit',
      ['ST-DC-2', 'ST-DC-2.statement'],
    ],
    ['an emergency', ['other-treating-provider', MH, 'BTG'], 'permit', 'permit', ['ST-DC-2']],
    [
      'compulsory reporting',
      ['public-health', MH, 'PUBHLTH', { attestations: ['MH-19'] }],
      'redact',
      'redact',
      ['ST-DC-2', 'ST-DC-2.statement'],
    ],
    ['the payer', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-DC-1']],
  ],
  'US-MA': [
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-MA-1']],
    ['with express written consent', ['other-treating-provider', MH, 'TREAT', CONSENT], 'permit', 'permit', []],
    ['a threat', ['law-enforcement', MH, 'THREAT', THREAT], 'redact', 'redact', []],
    ['a court’s order', ['court', MH, 'HLEGAL', { attestations: ['MH-23'] }], 'redact', 'deny', ['ST-MA-1']],
  ],
  'US-PA': [
    ['the payer: less than elsewhere', ['payer', MH, 'HPAYMT'], 'redact', 'redact', ['ST-PA-1']],
    ['the payer, with consent', ['payer', MH, 'HPAYMT', CONSENT], 'permit', 'permit', []],
    ['another practice treats the patient', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', ['ST-PA-2']],
    ['general information', ['payer', 'other', 'HPAYMT'], 'redact', 'redact', []],
  ],
  'US-WA': [
    ['professionals responsible for the care', ['other-treating-provider', MH, 'TREAT'], 'permit', 'permit', []],
    ['the payer', ['payer', MH, 'HPAYMT'], 'redact', 'deny', ['ST-WA-1']],
    ['the minor’s parent', ['parent-of-minor', MH, 'FAMRQT', { facts: ['minor'] }], 'permit', 'permit', []],
    [
      'notes follow HIPAA',
      ['coroner-medical-examiner', PN, 'HDECD', { facts: ['deceased'], attestations: ['PN-13'] }],
      'permit',
      'permit',
      [],
    ],
  ],
  'US-MI': [
    ['within the holder', ['other-treating-provider', MH, 'TREAT', SAME], 'permit', 'permit', []],
    ['outside of the holder', ['other-treating-provider', MH, 'TREAT'], 'permit', 'deny', ['ST-MI-1']],
    ['outside, with consent', ['other-treating-provider', MH, 'TREAT', CONSENT], 'permit', 'permit', ['ST-MI-1.statement']],
    ['a court’s order', ['court', MH, 'HLEGAL', { attestations: ['MH-23'] }], 'redact', 'redact', ['ST-MI-1.statement']],
  ],
};
