/**
 * Our answers to the decision cases of public consent engines (shared/vectors/peer-cases.json). Cases marked `yes` keep
 * the peer's expectation; for `review` and `no-defect` the rule is ours: see peer-cases.md.
 */
import type { VoteOutcome } from '../../src/consent/vote.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type Ask, actor, deny, type Json, permit, r4, r5, ref } from './build.ts';

export type PeerCase = readonly [
  id: string,
  situation: string,
  consents: readonly Resource[],
  ask: Ask,
  outcome: VoteOutcome,
  onFile?: readonly Resource[],
];

const both = (decision: string, more: Json = {}, id = 'c1'): Resource => r5(decision, undefined, { id, ...more });

/** NO_CONSENT is `none`. */
export const adopted: readonly PeerCase[] = [
  ['asu-eng-03', 'R5 deny', [both('deny')], {}, 'deny'],
  ['asu-eng-04', 'a permit and a deny', [both('permit'), both('deny', {}, 'c2')], {}, 'deny'],
  ['asu-eng-05', 'active, no decision', [r5(undefined)], {}, 'none'],
  ['asu-eng-06', 'an inactive permit', [both('permit', { status: 'inactive' })], {}, 'none'],
  ['asu-eng-07', 'a period that is over', [both('permit', { period: { start: '2015', end: '2016' } })], {}, 'none'],
  ['asu-eng-08', 'a period to come', [both('permit', { period: { start: '2099' } })], {}, 'none'],
  ['asu-matrix-noprov-1', 'R5 permit, no provisions', [both('permit')], { labels: ['SUD', 'R'] }, 'permit'],
  ['asu-matrix-noprov-2', 'R5 deny, no provisions', [both('deny')], {}, 'deny'],
  ['c2s-pdp-2', 'several Consents match', [r4(permit()), r4(deny({ purposes: ['TREAT'] }), { id: 'c2' })], {}, 'deny'],
  ['c2s-pdp-5', 'not active', [r4(permit(), { status: 'inactive' })], {}, 'none'],
  ['c2s-pdp-5', 'today is outside of the period', [r4(permit({ more: { period: { end: '2024' } } }))], {}, 'none'],
  ['bwell-deleg-03', 'no start', [r4(permit({ more: { period: { end: '2099' } } }))], {}, 'permit'],
  ['bwell-deleg-03', 'no end', [r4(permit({ more: { period: { start: '2020' } } }))], {}, 'permit'],
  ['bwell-cache-8', 'a Consent that somebody else granted himself', [r4(permit(), { performer: [ref('Patient/attacker')] })], {}, 'none'],
];

/** What unlocks upstream data there is a permit where nothing else permits here (implicit policy `deny`). */
export const unlocks: readonly (readonly [id: string, consent: Resource, unlocks: boolean])[] = [
  ['bwell-state-01', r4(permit({ more: { period: { start: '2025', end: '2026' } } })), true],
  ['bwell-state-03', r4(permit({ more: { period: { start: '2020', end: '2021' } } })), false],
  ['bwell-state-05', r4(permit(), { status: 'inactive' }), false],
  ['bwell-state-07', r4(permit(), { status: 'draft' }), false],
  ['bwell-state-08', r4(permit(), { status: 'entered-in-error' }), false],
  ['bwell-state-09', r4(deny()), false],
];

const SENSITIVE = ['ABORTION', 'GENDER_AFFIRMING_CARE', 'CONTRACEPTION'].map((code) => `urn:ab352|${code}`);
const TPO = ['TREAT', 'HPAYMT', 'HOPERAT'];
const IN_CA = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-location', valueReference: ref('Location/ca') }] };
const CA: readonly Resource[] = [{ resourceType: 'Location', id: 'ca', address: { state: 'CA' } }];
const three = r4(permit({ purposes: TPO, labels: ['N'], nested: [deny({ labels: SENSITIVE, nested: [permit({ more: IN_CA })] })] }));
const four = r4(
  permit({
    purposes: TPO,
    nested: [
      deny({
        labels: SENSITIVE,
        nested: [
          permit({ labels: SENSITIVE, more: IN_CA, nested: [deny({ more: { dataPeriod: { start: '2014-01-01', end: '2014-12-31' } } })] }),
        ],
      }),
    ],
  }),
);
const on = (day: string) => ({ period: { start: day, end: day } });
const abortion = ['urn:ab352|ABORTION', 'R'];

export const ab352: readonly PeerCase[] = [
  ['shift-ab352-01', 'normal data, Nevada', [three], { states: ['NV'] }, 'permit', CA],
  ['shift-ab352-04', 'restricted data of another kind, Nevada', [three], { states: ['NV'], labels: ['HIV', 'R'] }, 'deny', CA],
  [
    'shift-ab352-07',
    'sensitive data of 2015, California',
    [four],
    { states: ['CA'], labels: abortion, data: on('2015-06-01') },
    'permit',
    CA,
  ],
  [
    'shift-ab352-07',
    'sensitive data of 2014, California',
    [four],
    { states: ['CA'], labels: abortion, data: on('2014-06-01') },
    'deny',
    CA,
  ],
  ['shift-ab352-08', 'sensitive data of 2015, Nevada', [four], { states: ['NV'], labels: abortion, data: on('2015-06-01') }, 'deny', CA],
  ['shift-ab352-09', 'data of 2014 that is not sensitive, California', [four], { states: ['CA'], data: on('2014-06-01') }, 'permit', CA],
  [
    'shift-ab352-10',
    'all labels permitted, Nevada',
    [r4(permit({ purposes: TPO, labels: [...SENSITIVE, 'N', 'R'] }))],
    { states: ['NV'], labels: abortion },
    'permit',
    CA,
  ],
];

export const reviewed: readonly PeerCase[] = [
  ['asu-eng-09', 'an R4 deny is read', [r4(deny())], {}, 'deny'],
  [
    'asu-eng-10',
    'R5 permit, an exception for a named organization: it asks',
    [r5('permit', [{ actor: [actor('Organization/9')] }])],
    { who: ['Organization/9'] },
    'deny',
  ],
  [
    'asu-eng-10',
    'R5 permit, an exception for a named organization: another asks',
    [r5('permit', [{ actor: [actor('Organization/9')] }])],
    {},
    'permit',
  ],
  [
    'c2s-pdp-3',
    'recipient, intermediary and purpose are all required',
    [r4(permit({ purposes: ['TREAT'], actors: [actor('Practitioner/who'), actor('Organization/hie', 'INF')] }))],
    {},
    'outside',
  ],
  ['c2s-red-3', 'shared: ETH; data: ETH and PSY', [r4(permit({ labels: ['ETH'] }))], { labels: ['ETH', 'PSY', 'R'] }, 'deny'],
  ['c2s-red-4', 'shared: ETH; data without labels', [r4(permit({ labels: ['ETH'] }))], { labels: ['-'] }, 'deny'],
  ['c2s-red-4', 'denied: ETH; data without labels', [r4(deny({ labels: ['ETH'] }))], { labels: ['-'] }, 'none'],
  ['bwell-deleg-04', 'a directive without a period', [r4(permit())], {}, 'permit'],
  [
    'bwell-deleg-02',
    'two active Consents about the same recipient that contradict each other',
    [r4(permit({ actors: ['Practitioner/who'] })), r4(deny({ actors: ['Practitioner/who'] }), { id: 'c2' })],
    {},
    'deny',
  ],
  [
    'bwell-deleg-06',
    'a permit that names what it opens: data that nobody classified',
    [r4(permit({ labels: ['N'] }))],
    { labels: ['-'] },
    'deny',
  ],
];

/**
 * asu-matrix: one R5 Consent with one provision; per case our answer for data labelled SUD, MENCAT, both, nothing
 * (P permit, D deny). A provision is an exception to `decision`; without a decision nobody can say which way.
 */
export const matrix: Readonly<Record<string, readonly string[]>> = {
  // No decision; an exception that covers all; an exception that names nothing under a deny.
  DDDD: [
    '001',
    '005',
    '006',
    '007',
    '010',
    '011',
    '038',
    '040',
    '046',
    '047',
    '048',
    '052',
    '062',
    '073',
    '075',
    '076',
    '077',
    '078',
    '079',
    '080',
    '083',
    '085',
    '086',
    '087',
    '090',
    '091',
    '092',
    '093',
    '094',
    '096',
    '097',
    '099',
    '100',
    '102',
    '104',
    '105',
    '106',
  ],
  // The exception is for another purpose than the one asked for; or it opens all for this purpose.
  PPPP: ['002', '004', '014', '026', '039', '041', '042', '043', '044', '045'],
  // Permit but SUD: what is both is SUD too (the peer leaks it).
  DPDP: ['013', '018', '019', '020', '021', '022'],
  // Permit but SUD and MENCAT.
  DDDP: ['027', '030', '032', '033', '034', '035', '036'],
  // Deny but SUD: what is both is not covered by SUD alone (the peer leaks it).
  PDDD: ['051', '053', '054', '055', '057', '058', '060'],
  // Deny but SUD and MENCAT: data without labels is not what the exception names.
  PPPD: ['063', '065', '067', '068', '070', '071', '072'],
};

const PERSONALITY = 'urn:shift|PERSONALITY';
const treatingMentalHealth = ['Practitioner/funke', 'Practitioner/van-pelt', 'Practitioner/white'];
/** Carl's table as one directive: nothing for the app; no behavioral health for four; the personality disorder for his mental health professionals only. */
export const carl = r4(
  permit({
    nested: [
      deny({ labels: [PERSONALITY], nested: [permit({ actors: treatingMentalHealth, labels: ['BH', 'SUD', PERSONALITY] })] }),
      deny({
        actors: ['Practitioner/sasquatch', 'Practitioner/aurora', 'Practitioner/banner', 'RelatedPerson/ellie'],
        labels: ['BH', 'SUD', PERSONALITY],
      }),
      deny({ actors: ['Device/mapple'] }),
    ],
  }),
);
export const carlRecipients: Readonly<Record<string, string>> = {
  'SMC PCP (Dr. Hibbert)': 'Practitioner/hibbert',
  'SMC Primary Psychiatrist (Dr. Funke)': 'Practitioner/funke',
  'SMC Therapist (Lucy van Pelt)': 'Practitioner/van-pelt',
  'SMC 42 CFR II Psychiatrist (Dr. White)': 'Practitioner/white',
  'Pharmacy (BLP)': 'Organization/blp',
  'OHS Podiatrist (Dr. Sasquatch)': 'Practitioner/sasquatch',
  'OHS Anesthesiologist (Dr. Aurora)': 'Practitioner/aurora',
  'RADS Radiologist (Dr. Banner)': 'Practitioner/banner',
  'ACO Care Manager (Ann Perkins)': 'Practitioner/perkins',
  'ACO De-Identified Metrics': 'Organization/metrics',
  'Mapple (PGHD app)': 'Device/mapple',
  'Payers (Medicare and Green, Inc.)': 'Organization/medicare',
  'Portal Proxy (Ellie)': 'RelatedPerson/ellie',
};
export const carlData: Readonly<Record<string, readonly string[]>> = {
  medical: ['N'],
  BH: ['BH', 'R'],
  'BH-personality': ['BH', PERSONALITY, 'R'],
  'BH-SUD-nonPart2': ['BH', 'SUD', 'R'],
  'BH-SUD-Part2': ['BH', 'SUD', '42CFRPart2', 'R'],
};
