/**
 * Directives, one rule a table: [situation, Consents, what is asked, the outcome under HIPAA's implicit policy].
 * The last column may name what lies on file beside the Consents.
 */
import type { ConsentData, VoteOutcome } from '../../src/consent/vote.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type Ask, actor, concept, deny, except, permit, r4, r5, ref, relatedPerson } from './build.ts';

export type DirectiveCase = readonly [
  situation: string,
  consents: readonly Resource[],
  ask: Ask,
  outcome: VoteOutcome,
  onFile?: readonly Resource[],
];

const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const TPO = ['TREAT', 'HPAYMT', 'HOPERAT'];
const SCOPE = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code });
const CATEGORY = (code: string) => concept('http://terminology.hl7.org/CodeSystem/consentcategorycodes', code);
const everything = r4(permit());
const nothing = r4(deny());

export const inForce: readonly DirectiveCase[] = [
  ['no directive', [], {}, 'none'],
  ['an active permit of everything', [everything], {}, 'permit'],
  ['an active deny of everything', [nothing], {}, 'deny'],
  ...['draft', 'proposed', 'rejected', 'inactive', 'entered-in-error', 'unknown'].map(
    (status): DirectiveCase => [`a deny that is ${status}`, [r4(deny(), { status })], {}, 'none'],
  ),
  ['a deny without a status', [r4(deny(), { status: undefined })], {}, 'none'],
  ['a permit that ended yesterday', [r4(permit({ more: { period: { end: '2025-06-14' } } }))], {}, 'none'],
  ['a permit that ends today', [r4(permit({ more: { period: { end: '2025-06-15' } } }))], {}, 'permit'],
  ['a permit that ended a second ago', [r4(permit({ more: { period: { end: '2025-06-15T11:59:59Z' } } }))], {}, 'none'],
  ['a permit that starts tomorrow', [r4(permit({ more: { period: { start: '2025-06-16' } } }))], {}, 'none'],
  ['a permit without a start', [r4(permit({ more: { period: { end: '2026' } } }))], {}, 'permit'],
  ['a permit without an end', [r4(permit({ more: { period: { start: '2020' } } }))], {}, 'permit'],
  ['R5: an expired Consent.period', [r5('deny', undefined, { period: { end: '2025-01-31' } })], {}, 'none'],
  ['R5: a Consent.period to come', [r5('deny', undefined, { period: { start: '2099' } })], {}, 'none'],
  [
    'a consent to be treated is no privacy directive',
    [r4(deny(), { scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'treatment') })],
    {},
    'none',
  ],
  [
    'an advance directive is no privacy directive',
    [r4(deny(), { scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'adr') })],
    {},
    'none',
  ],
  [
    'an R5 do-not-resuscitate order is none either',
    [r5('deny', undefined, { category: [concept('http://terminology.hl7.org/CodeSystem/consentcategorycodes', 'dnr')] })],
    {},
    'none',
  ],
  ...[
    ['a scope of privacy and of treatment', { scope: { coding: [SCOPE('patient-privacy'), SCOPE('treatment')] } }],
    ['a scope of treatment without a system', { scope: { coding: [{ code: 'treatment' }] } }],
    ['a scope of somebody’s own that is called treatment', { scope: concept('http://foo', 'treatment') }],
    ['a second category of somebody’s own', { category: [concept('http://loinc.org', '59284-0'), concept('http://foo', 'acd')] }],
    ['an advance directive that is about privacy too', { category: [CATEGORY('acd'), concept('http://loinc.org', '57016-8')] }],
    ['an advance directive whose scope is privacy', { category: [CATEGORY('acd')] }],
    ['a scope of treatment and a policy of opting out', { scope: { coding: [SCOPE('treatment')] }, policyRule: concept(ACT, 'OPTOUT') }],
    ['neither scope nor category', { scope: undefined, category: undefined }],
  ].map(([situation, more]): DirectiveCase => [`a deny with ${situation}`, [r4(deny(), more as Record<string, unknown>)], {}, 'deny']),
  [
    'an advance directive with a scope that says so',
    [r4(deny(), { scope: { coding: [SCOPE('adr')] }, category: [CATEGORY('acd')] })],
    {},
    'none',
  ],
  [
    'an authorization is not a directive, its root deny closes nothing',
    [r4(deny(), { category: [concept('http://loinc.org', '64292-6')] })],
    {},
    'none',
  ],
];

const GRANDMA = relatedPerson('grandma', 'GUARD');
const by = (reference: string): Resource => r4(deny(), { performer: [ref(reference)] });

export const grantor: readonly DirectiveCase[] = [
  ['by the patient', [by('Patient/p1')], {}, 'deny'],
  ['by the patient, with an absolute reference to this server', [by('https://fhir.example/r4/Patient/p1')], {}, 'deny'],
  ['by a patient with the same id on another server', [by('https://other.example/r4/Patient/p1')], {}, 'none'],
  ['by a guardian on file', [by('RelatedPerson/grandma')], {}, 'deny', [GRANDMA]],
  ['by a guardian who is not on file', [by('RelatedPerson/grandma')], {}, 'none'],
  ['by a related person without authority', [by('RelatedPerson/friend')], {}, 'none', [relatedPerson('friend', 'FRND')]],
  ['by another patient’s guardian', [by('RelatedPerson/grandma')], {}, 'none', [{ ...GRANDMA, patient: ref('Patient/p2') }]],
  ['by a guardian whose record is inactive', [by('RelatedPerson/grandma')], {}, 'none', [{ ...GRANDMA, active: false }]],
  ['by a guardian whose time is over', [by('RelatedPerson/grandma')], {}, 'none', [{ ...GRANDMA, period: { end: '2024' } }]],
  [
    'by the mother of a child',
    [by('RelatedPerson/mum')],
    {},
    'deny',
    [relatedPerson('mum', 'MTH'), { resourceType: 'Patient', id: 'p1', birthDate: '2015-05-05' }],
  ],
  [
    'by the mother of an adult',
    [by('RelatedPerson/mum')],
    {},
    'none',
    [relatedPerson('mum', 'MTH'), { resourceType: 'Patient', id: 'p1', birthDate: '1985-05-05' }],
  ],
  [
    'by a representative who is a patient too, linked',
    [by('Patient/p2')],
    {},
    'deny',
    [GRANDMA, { resourceType: 'Patient', id: 'p2', link: [{ other: ref('RelatedPerson/grandma') }] }],
  ],
  ['by another patient, not linked', [by('Patient/p2')], {}, 'none', [GRANDMA, { resourceType: 'Patient', id: 'p2' }]],
  [
    'by a related person that the Consent itself contains',
    [r4(deny(), { contained: [{ ...GRANDMA, id: 'me' }], performer: [ref('#me')] })],
    {},
    'none',
  ],
  ['by a practitioner', [by('Practitioner/who')], {}, 'none', [{ resourceType: 'Practitioner', id: 'who' }]],
  ['by nobody named: the custodian holds it as active', [r4(deny(), { performer: undefined })], {}, 'deny'],
  [
    'by the patient, by identifier',
    [r4(deny(), { performer: [{ identifier: { system: 'urn:mrn', value: '7' } }] })],
    {},
    'deny',
    [{ resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:mrn', value: '7' }] }],
  ],
  ['for another patient', [r4(deny(), { patient: ref('Patient/p2') })], {}, 'none'],
  ['for a patient that can not be told', [r4(permit(), { patient: { display: 'Ann' } })], {}, 'deny'],
  ['without a patient', [r4(permit(), { patient: undefined })], {}, 'deny'],
];

export const purposes: readonly DirectiveCase[] = [
  ['a permit of the purpose', [r4(permit({ purposes: TPO }))], { purposes: ['HPAYMT'] }, 'permit'],
  ['a permit of other purposes', [r4(permit({ purposes: TPO }))], { purposes: ['HRESCH'] }, 'outside'],
  ['a permit of TREAT is none of ETREAT', [r4(permit({ purposes: TPO }))], { purposes: ['ETREAT'] }, 'outside'],
  ['a permit of HOPERAT is none of what is under it', [r4(permit({ purposes: TPO }))], { purposes: ['HLEGAL'] }, 'outside'],
  ['one of two purposes asserted is permitted', [r4(permit({ purposes: ['TREAT'] }))], { purposes: ['BTG', 'TREAT'] }, 'permit'],
  ['a deny of another purpose', [r4(deny({ purposes: ['HMARKT'] }))], {}, 'none'],
  ['a deny of HRESCH is one of clinical trials', [r4(deny({ purposes: ['HRESCH'] }))], { purposes: ['CLINTRCH'] }, 'deny'],
  ['a deny of TREAT does not reach an emergency', [r4(deny({ purposes: ['TREAT'] }))], { purposes: ['ETREAT'] }, 'none'],
  ['a deny of TREAT does not reach break-glass', [r4(deny({ purposes: ['TREAT'] }))], { purposes: ['BTG'] }, 'none'],
  ['a deny of ETREAT reaches break-glass', [r4(deny({ purposes: ['ETREAT'] }))], { purposes: ['BTG'] }, 'deny'],
  ['a deny of BTG does not reach emergency treatment', [r4(deny({ purposes: ['BTG'] }))], { purposes: ['ETREAT'] }, 'none'],
  ['the same code of another system is another purpose', [r4(permit({ purposes: ['urn:local|TREAT'] }))], {}, 'outside'],
  ['a permit of a purpose without a system', [r4(permit({ more: { purpose: [{ code: 'TREAT' }] } }))], {}, 'outside'],
  ['a deny of a purpose without a system', [r4(deny({ more: { purpose: [{ code: 'TREAT' }] } }))], {}, 'deny'],
  ['a permit of a purpose in words only', [r4(permit({ more: { purpose: [{ display: 'treatment' }] } }))], {}, 'deny'],
  ['a deny of a purpose in words only', [r4(deny({ more: { purpose: [{ display: 'marketing' }] } }))], {}, 'deny'],
  ['an empty list constrains nothing', [r4(permit({ purposes: [] }))], {}, 'permit'],
  ['a permit to disclose is one to read', [r4(permit({ actions: ['disclose'] }))], {}, 'permit'],
  ['a permit to correct is none to read', [r4(permit({ actions: ['correct'] }))], {}, 'outside'],
  ['a deny of use is one of reading', [r4(deny({ actions: ['use'] }))], {}, 'deny'],
  ['a deny of correction leaves reading', [r4(deny({ actions: ['correct'] }))], {}, 'none'],
];

const STAFF: Resource = { resourceType: 'Group', id: 'staff', actual: true, active: true, member: [{ entity: ref('Practitioner/who') }] };
const TEAM: Resource = { resourceType: 'CareTeam', id: 'team', status: 'active', participant: [{ member: ref('Practitioner/who') }] };
const ROLE: Resource = {
  resourceType: 'PractitionerRole',
  id: 'role',
  practitioner: ref('Practitioner/who'),
  organization: ref('Organization/clinic'),
};
const NPI = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' };
const to = (party: Parameters<typeof actor>[0]): Resource => r4(permit({ actors: [actor(party)] }));
const notTo = (party: Parameters<typeof actor>[0]): Resource => r4(deny({ actors: [actor(party)] }));

export const actors: readonly DirectiveCase[] = [
  ['a permit to the requester', [to('Practitioner/who')], {}, 'permit'],
  ['a permit to the requester’s organization', [to('Organization/clinic')], {}, 'permit'],
  ['a permit to somebody else', [to('Practitioner/other')], {}, 'outside'],
  ['a permit to the same id on another server', [to('https://other.example/r4/Practitioner/who')], {}, 'outside'],
  ['a permit by absolute, versioned reference', [to('https://fhir.example/r4/Practitioner/who/_history/4')], {}, 'permit'],
  ['a deny to the requester', [notTo('Practitioner/who')], {}, 'deny'],
  ['a deny to somebody else who is not on file', [notTo('Practitioner/other')], {}, 'none'],
  ['by identifier in the reference', [to({ identifier: NPI })], { identifiers: [NPI] }, 'permit'],
  [
    'by identifier of the resource on file',
    [to('Practitioner/who-elsewhere')],
    { identifiers: [NPI] },
    'permit',
    [{ resourceType: 'Practitioner', id: 'who-elsewhere', identifier: [NPI] }],
  ],
  [
    'by an identifier of the requester on file',
    [to({ identifier: NPI })],
    {},
    'permit',
    [{ resourceType: 'Practitioner', id: 'who', identifier: [NPI] }],
  ],
  ['by the same value in another system', [to({ identifier: { ...NPI, system: 'urn:staff' } })], { identifiers: [NPI] }, 'outside'],
  ['a permit by value without a system', [to({ identifier: { value: NPI.value } })], { identifiers: [NPI] }, 'outside'],
  ['a deny by value without a system', [notTo({ identifier: { value: NPI.value } })], { identifiers: [NPI] }, 'deny'],
  ['a permit to a name in words only', [to({ display: 'Dr. Who' })], {}, 'deny'],
  ['a deny to a name in words only', [notTo({ display: 'my ex-husband' })], {}, 'deny'],
  ['one of several actors', [r4(permit({ actors: ['Practitioner/other', 'Practitioner/who'] }))], {}, 'permit'],

  ['a permit to a Group of the requester', [to('Group/staff')], {}, 'permit', [STAFF]],
  ['a permit to a Group of others', [to('Group/staff')], {}, 'outside', [{ ...STAFF, member: [{ entity: ref('Practitioner/other') }] }]],
  ['a permit to a Group that is missing', [to('Group/staff')], {}, 'outside'],
  ['a deny to a Group that is missing', [notTo('Group/staff')], {}, 'deny'],
  ['a deny to a Group of others', [notTo('Group/staff')], {}, 'none', [{ ...STAFF, member: [{ entity: ref('Practitioner/other') }] }]],
  [
    'a permit to a Group that the requester left',
    [to('Group/staff')],
    {},
    'outside',
    [{ ...STAFF, member: [{ entity: ref('Practitioner/who'), inactive: true }] }],
  ],
  [
    'a permit to a Group, before the requester joined',
    [to('Group/staff')],
    {},
    'outside',
    [{ ...STAFF, member: [{ entity: ref('Practitioner/who'), period: { start: '2026' } }] }],
  ],
  [
    'a deny to a Group that the requester left',
    [notTo('Group/staff')],
    {},
    'none',
    [{ ...STAFF, member: [{ entity: ref('Practitioner/who'), inactive: true }] }],
  ],
  ['a permit to a Group out of use', [to('Group/staff')], {}, 'outside', [{ ...STAFF, active: false }]],
  ['a deny to a Group out of use', [notTo('Group/staff')], {}, 'deny', [{ ...STAFF, active: false }]],
  [
    'a permit to a Group that only describes its members',
    [to('Group/staff')],
    {},
    'outside',
    [{ resourceType: 'Group', id: 'staff', actual: false }],
  ],
  [
    'a deny to a Group that only describes its members',
    [notTo('Group/staff')],
    {},
    'deny',
    [{ resourceType: 'Group', id: 'staff', actual: false }],
  ],
  [
    'a deny to a Group of forty whose members are not listed',
    [notTo('Group/staff')],
    {},
    'deny',
    [{ resourceType: 'Group', id: 'staff', actual: true, quantity: 40 }],
  ],
  [
    'a Group in a Group',
    [to('Group/all')],
    {},
    'permit',
    [STAFF, { resourceType: 'Group', id: 'all', actual: true, member: [{ entity: ref('Group/staff') }] }],
  ],
  [
    'a permit to a Group that holds itself',
    [to('Group/loop')],
    {},
    'outside',
    [{ resourceType: 'Group', id: 'loop', actual: true, member: [{ entity: ref('Group/loop') }] }],
  ],
  [
    'a deny to a Group that holds itself',
    [notTo('Group/loop')],
    {},
    'deny',
    [{ resourceType: 'Group', id: 'loop', actual: true, member: [{ entity: ref('Group/loop') }] }],
  ],
  ['a permit to a contained Group', [r4(permit({ actors: [actor('#g')] }), { contained: [{ ...STAFF, id: 'g' }] })], {}, 'permit'],
  ['a permit to a contained Group that is not there', [r4(permit({ actors: [actor('#g')] }))], {}, 'outside'],
  ['a deny to a contained Group that is not there', [r4(deny({ actors: [actor('#g')] }))], {}, 'deny'],

  ['a permit to a CareTeam of the requester', [to('CareTeam/team')], {}, 'permit', [TEAM]],
  ['a permit to a CareTeam that was dissolved', [to('CareTeam/team')], {}, 'outside', [{ ...TEAM, status: 'inactive' }]],
  ['a permit to a CareTeam whose time is over', [to('CareTeam/team')], {}, 'outside', [{ ...TEAM, period: { end: '2024' } }]],
  [
    'a permit to a CareTeam that the requester left',
    [to('CareTeam/team')],
    {},
    'outside',
    [{ ...TEAM, participant: [{ member: ref('Practitioner/who'), period: { end: '2024' } }] }],
  ],
  ['a deny to a CareTeam that is missing', [notTo('CareTeam/team')], {}, 'deny'],
  [
    'a CareTeam with a Group in it',
    [to('CareTeam/team')],
    {},
    'permit',
    [STAFF, { ...TEAM, participant: [{ member: ref('Group/staff') }] }],
  ],

  ['a permit to a role of the requester', [to('PractitionerRole/role')], {}, 'permit', [ROLE]],
  [
    'a permit to a role of the requester elsewhere',
    [to('PractitionerRole/role')],
    {},
    'outside',
    [{ ...ROLE, organization: ref('Organization/other') }],
  ],
  [
    'a permit to a colleague’s role is none to the clinic',
    [to('PractitionerRole/role')],
    {},
    'outside',
    [{ ...ROLE, practitioner: ref('Practitioner/other') }],
  ],
  ['a permit to a role that ended', [to('PractitionerRole/role')], {}, 'outside', [{ ...ROLE, active: false }]],
  [
    'a deny to a role of the requester elsewhere',
    [notTo('PractitionerRole/role')],
    {},
    'deny',
    [{ ...ROLE, organization: ref('Organization/other') }],
  ],
  [
    'a permit to any role at the clinic',
    [to('PractitionerRole/role')],
    {},
    'permit',
    [{ resourceType: 'PractitionerRole', id: 'role', organization: ref('Organization/clinic') }],
  ],
  [
    'a permit to the nurses of the clinic: who is one is not known',
    [to('PractitionerRole/role')],
    {},
    'outside',
    [{ resourceType: 'PractitionerRole', id: 'role', organization: ref('Organization/clinic'), code: [concept('urn:x', 'nurse')] }],
  ],
  [
    'a deny to the nurses of the clinic',
    [notTo('PractitionerRole/role')],
    {},
    'deny',
    [{ resourceType: 'PractitionerRole', id: 'role', organization: ref('Organization/clinic'), code: [concept('urn:x', 'nurse')] }],
  ],
  ['a requester known by role, a permit to the person', [to('Practitioner/who')], { who: ['PractitionerRole/role'] }, 'permit', [ROLE]],

  ['a permit with a discloser: no custodian is configured', [r4(permit({ actors: [actor('Organization/clinic', 'CST')] }))], {}, 'outside'],
  ['a deny with a discloser: no custodian is configured', [r4(deny({ actors: [actor('Organization/elsewhere', 'CST')] }))], {}, 'deny'],
];

const LOINC_BP = { system: 'http://loinc.org', code: '85354-9' };

export const labels: readonly DirectiveCase[] = [
  ['a permit of N: normal data', [r4(permit({ labels: ['N'] }))], { labels: ['N'] }, 'permit'],
  ['a permit of N: moderate data, which is below', [r4(permit({ labels: ['N'] }))], { labels: ['M'] }, 'permit'],
  ['a permit of N: restricted data', [r4(permit({ labels: ['N'] }))], { labels: ['R'] }, 'deny'],
  ['a permit of N: data without confidentiality', [r4(permit({ labels: ['N'] }))], { labels: ['-'] }, 'deny'],
  ['a permit of R leaves sensitivity to the law', [r4(permit({ labels: ['R'] }))], { labels: ['R', 'HIV', 'PSY'] }, 'permit'],
  ['a deny of R: very restricted data, which is above', [r4(deny({ labels: ['R'] }))], { labels: ['V'] }, 'deny'],
  ['a deny of R: normal data', [r4(deny({ labels: ['R'] }))], { labels: ['N'] }, 'none'],
  ['a deny of R: data without confidentiality', [r4(deny({ labels: ['R'] }))], { labels: ['-'] }, 'deny'],
  [
    'a permit of a confidentiality that is none',
    [r4(permit({ more: { securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'X' }] } }))],
    {},
    'deny',
  ],
  ['a permit of PSY', [r4(permit({ labels: ['PSY'] }))], { labels: ['PSY', 'R'] }, 'permit'],
  ['a permit of PSY: data without labels', [r4(permit({ labels: ['PSY'] }))], {}, 'deny'],
  ['a permit of PSY is none of psychotherapy notes', [r4(permit({ labels: ['PSY'] }))], { labels: ['PSYTHPN', 'R'] }, 'deny'],
  ['a permit of PSY must cover HIV too', [r4(permit({ labels: ['PSY'] }))], { labels: ['PSY', 'HIV', 'R'] }, 'deny'],
  ['a permit of PSY and HIV', [r4(permit({ labels: ['PSY', 'HIV'] }))], { labels: ['PSY', 'HIV', 'R'] }, 'permit'],
  ['a permit of PSY and N: normal data', [r4(permit({ labels: ['PSY', 'N'] }))], { labels: ['N'] }, 'permit'],
  ['a permit of PSY and N: HIV that is marked normal', [r4(permit({ labels: ['PSY', 'N'] }))], { labels: ['HIV', 'N'] }, 'deny'],
  ['a permit of SUD covers alcohol', [r4(permit({ labels: ['SUD'] }))], { labels: ['ETHUD', 'R'] }, 'permit'],
  [
    'a deny of 42CFRPart2 under the system that R4 has for laws',
    [r4(deny({ labels: ['http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw|42CFRPart2'] }))],
    { labels: ['42CFRPart2', 'R'] },
    'deny',
  ],
  ['a deny of SUD under somebody’s own system', [r4(deny({ labels: ['urn:x|SUD'] }))], { labels: ['ETHUD', 'R'] }, 'deny'],
  ['a permit of SUD under its OID', [r4(permit({ labels: ['urn:oid:2.16.840.1.113883.5.4|SUD'] }))], { labels: ['SUD', 'R'] }, 'permit'],
  ['a permit of SUD under somebody’s own system', [r4(permit({ labels: ['urn:x|SUD'] }))], { labels: ['SUD', 'R'] }, 'deny'],
  [
    'a permit of N under its OID: restricted data',
    [r4(permit({ labels: ['urn:oid:2.16.840.1.113883.5.25|N'] }))],
    { labels: ['R'] },
    'deny',
  ],
  ['a permit of alcohol does not cover SUD', [r4(permit({ labels: ['ETHUD'] }))], { labels: ['SUD', 'R'] }, 'deny'],
  [
    'a permit of alcohol alone does not cover the SUD that stands beside it: one more label never opens',
    [r4(permit({ labels: ['ETHUD'] }))],
    { labels: ['ETHUD', 'SUD', 'R'] },
    'deny',
  ],
  ['a deny of behavioral health covers coded depression', [r4(deny({ labels: ['BH'] }))], { labels: ['MH', 'PSY', 'R'] }, 'deny'],
  ['a deny of mental health covers what is labelled psychiatry alone', [r4(deny({ labels: ['MH'] }))], { labels: ['PSY', 'R'] }, 'deny'],
  ['a permit of mental health covers psychiatry beside it', [r4(permit({ labels: ['MH'] }))], { labels: ['MH', 'PSY', 'R'] }, 'permit'],
  [
    'a permit of mental health is none of psychotherapy notes',
    [r4(permit({ labels: ['MH'] }))],
    { labels: ['MH', 'PSYTHPN', 'R'] },
    'deny',
  ],
  ['a deny of substance abuse (ETH) covers SUD', [r4(deny({ labels: ['ETH'] }))], { labels: ['SUD', 'R'] }, 'deny'],
  ['a deny of SUD covers opioids', [r4(deny({ labels: ['SUD'] }))], { labels: ['OPIOIDUD', 'R'] }, 'deny'],
  ['a deny of opioids does not cover SUD', [r4(deny({ labels: ['OPIOIDUD'] }))], { labels: ['SUD', 'R'] }, 'none'],
  ['a deny of SPI covers mental health', [r4(deny({ labels: ['SPI'] }))], { labels: ['MH', 'R'] }, 'deny'],
  ['one label of two is enough for a deny', [r4(deny({ labels: ['SUD'] }))], { labels: ['HIV', 'SUD'] }, 'deny'],
  [
    'a law label is no sensitivity that a permit must cover',
    [r4(permit({ labels: ['SUD'] }))],
    { labels: ['SUD', '42CFRPart2'] },
    'permit',
  ],
  ['a permit of a law label: data under that law', [r4(permit({ labels: ['42CFRPart2'] }))], { labels: ['SUD', '42CFRPart2'] }, 'permit'],
  ['a deny of a law label', [r4(deny({ labels: ['42CFRPart2'] }))], { labels: ['SUD', '42CFRPart2'] }, 'deny'],
  ['a deny of a law label: the same content outside that law', [r4(deny({ labels: ['42CFRPart2'] }))], { labels: ['SUD'] }, 'none'],
  ['a label of an unknown system must be covered', [r4(permit({ labels: ['PSY'] }))], { labels: ['PSY', 'urn:local|VIP'] }, 'deny'],
  ['the same code of another system is another label', [r4(permit({ labels: ['urn:local|PSY'] }))], { labels: ['PSY'] }, 'deny'],
];

export const data: readonly DirectiveCase[] = [
  [
    'a permit of Observations',
    [r4(permit({ more: { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] } }))],
    {},
    'permit',
  ],
  [
    'a permit of Conditions',
    [r4(permit({ more: { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }] } }))],
    {},
    'deny',
  ],
  [
    'a permit of a profile',
    [r4(permit({ more: { class: [{ system: 'urn:ietf:rfc:3986', code: 'http://hl7.org/fhir/StructureDefinition/bp' }] } }))],
    { data: { profiles: ['http://hl7.org/fhir/StructureDefinition/bp|4.0.1'] } },
    'permit',
  ],
  ['a permit of a document type', [r4(permit({ more: { class: [LOINC_BP] } }))], { data: { codes: [LOINC_BP] } }, 'permit'],
  [
    'a permit of CDA files: format is not known here',
    [r4(permit({ more: { class: [{ system: 'urn:ietf:bcp:13', code: 'application/hl7-cda+xml' }] } }))],
    {},
    'deny',
  ],
  [
    'a deny of CDA files: format is not known here',
    [r4(deny({ more: { class: [{ system: 'urn:ietf:bcp:13', code: 'application/hl7-cda+xml' }] } }))],
    {},
    'deny',
  ],
  [
    'R5: an exception for a resource type',
    [r5('permit', [except({ more: { resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'Observation' }] } })])],
    {},
    'deny',
  ],
  [
    'R5: document type and resource type must both match',
    [r5('permit', [except({ more: { documentType: [LOINC_BP], resourceType: [{ code: 'Condition' }] } })])],
    { data: { codes: [LOINC_BP] } },
    'permit',
  ],
  ['a deny of a code', [r4(deny({ more: { code: [{ coding: [LOINC_BP] }] } }))], { data: { codes: [LOINC_BP] } }, 'deny'],
  ['a deny of another code', [r4(deny({ more: { code: [{ coding: [LOINC_BP] }] } }))], {}, 'none'],
  ['a permit of a code in words only', [r4(permit({ more: { code: [{ text: 'blood pressure' }] } }))], {}, 'deny'],
  ['a deny of a code in words only', [r4(deny({ more: { code: [{ text: 'my abortion' }] } }))], {}, 'deny'],
  ['a permit of a period that holds the data', [r4(permit({ more: { dataPeriod: { start: '2025', end: '2025' } } }))], {}, 'permit'],
  [
    'a permit of a period that holds only a part of it',
    [r4(permit({ more: { dataPeriod: { start: '2025-03-02' } } }))],
    { data: { period: { start: '2025-03-01', end: '2025-03-31' } } },
    'deny',
  ],
  [
    'a deny of a period that holds a part of it',
    [r4(deny({ more: { dataPeriod: { start: '2025-03-02' } } }))],
    { data: { period: { start: '2025-03-01', end: '2025-03-31' } } },
    'deny',
  ],
  [
    'a permit of a period: data without a date',
    [r4(permit({ more: { dataPeriod: { start: '2025' } } }))],
    { data: { period: undefined } },
    'deny',
  ],
  [
    'a deny of a period: data without a date',
    [r4(deny({ more: { dataPeriod: { start: '2025' } } }))],
    { data: { period: undefined } },
    'deny',
  ],
  [
    'a deny of a period: data that is still open',
    [r4(deny({ more: { dataPeriod: { start: '2026' } } }))],
    { data: { period: { start: '2025-03-01' } } },
    'deny',
  ],
  [
    'a deny of a period: data of an unreadable date',
    [r4(deny({ more: { dataPeriod: { start: '2026' } } }))],
    { data: { period: { start: 'last spring' } } },
    'deny',
  ],
  ['an instance', [r4(deny({ more: { data: [{ meaning: 'instance', reference: ref('Observation/o1') }] } }))], {}, 'deny'],
  ['another instance', [r4(deny({ more: { data: [{ meaning: 'instance', reference: ref('Observation/o2') }] } }))], {}, 'none'],
  [
    'what is related to an encounter',
    [r4(deny({ more: { data: [{ meaning: 'related', reference: ref('Encounter/e1') }] } }))],
    { data: { related: ['Encounter/e1'] } },
    'deny',
  ],
  [
    'an instance is not what is related to it',
    [r4(deny({ more: { data: [{ meaning: 'instance', reference: ref('Encounter/e1') }] } }))],
    { data: { related: ['Encounter/e1'] } },
    'none',
  ],
  [
    'what somebody wrote',
    [r4(deny({ more: { data: [{ meaning: 'authoredby', reference: ref('Practitioner/x') }] } }))],
    { data: { authors: ['Practitioner/x'] } },
    'deny',
  ],
  [
    'a permit of a meaning that is unknown',
    [r4(permit({ more: { data: [{ meaning: 'whatever', reference: ref('Observation/o1') }] } }))],
    {},
    'deny',
  ],
  [
    'a deny of a meaning that is unknown',
    [r4(deny({ more: { data: [{ meaning: 'whatever', reference: ref('Observation/o2') }] } }))],
    {},
    'deny',
  ],
  [
    'elements AND: label and type',
    [r4(deny({ labels: ['SUD'], more: { class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }] } }))],
    { labels: ['SUD'] },
    'none',
  ],
];

const CONF = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const TYPES = 'http://hl7.org/fhir/resource-types';
const BP = 'http://hl7.org/fhir/StructureDefinition/bp';
const E119 = { system: ICD, code: 'E11.9' };
const within = (short: Parameters<typeof deny>[0]) => [r4(permit({ nested: [deny(short)] }))];
const coding = (named: string) => ({ system: named.slice(0, named.lastIndexOf('|')), code: named.slice(named.lastIndexOf('|') + 1) });

/** What a patient denies is denied under every known name of a system, in every spelling. */
export const spellings: readonly DirectiveCase[] = [
  ...['http://hl7.org/fhir/v3/ActCode|MH', 'urn:oid:2.16.840.1.113883.5.4|MH', `${ACT}/|MH`, `${ACT}|mh`, `${ACT}| MH`, `${ACT}|MH `].map(
    (named): DirectiveCase => [`a deny of the label ${named}`, within({ labels: [named] }), { labels: ['MH', 'R'] }, 'deny'],
  ),
  [`and of no other label`, within({ labels: ['http://hl7.org/fhir/v3/ActCode|mh'] }), { labels: ['HIV', 'R'] }, 'permit'],
  ...['http://hl7.org/fhir/v3/Confidentiality|R', 'urn:oid:2.16.840.1.113883.5.25|R', `${CONF}|r`, `${CONF}/|R`].flatMap(
    (named): DirectiveCase[] => [
      [`a deny of ${named}: very restricted data`, within({ labels: [named] }), { labels: ['V'] }, 'deny'],
      [`a deny of ${named}: normal data`, within({ labels: [named] }), { labels: ['N'] }, 'permit'],
    ],
  ),
  ['a deny of HL7’s code under a system that is not known stands', within({ labels: ['urn:x|VIP'] }), { labels: ['VIP'] }, 'deny'],
  ['and so does one of a confidentiality', within({ labels: ['urn:x|R'] }), { labels: ['V'] }, 'deny'],
  ['a deny of an installation’s own label', within({ labels: ['urn:x|secret'] }), { labels: ['urn:x|secret'] }, 'deny'],
  ['and of nothing else', within({ labels: ['urn:x|secret'] }), { labels: ['urn:y|secret'] }, 'permit'],
  ['a deny of a label without a system is of that code', within({ more: { securityLabel: [{ code: 'secret' }] } }), {}, 'permit'],
  ['a deny of a purpose written as a label is of that label', within({ labels: [`${REASON}|HMARKT`] }), {}, 'permit'],
  ...['http://hl7.org/fhir/v3/ActReason|TREAT', 'urn:oid:2.16.840.1.113883.5.8|TREAT', `${REASON}/|TREAT`, `${REASON}|treat`].flatMap(
    (named): DirectiveCase[] => [
      [`a deny of the purpose ${named}`, within({ purposes: [named] }), {}, 'deny'],
      [`a deny of the purpose ${named}: another purpose`, within({ purposes: [named] }), { purposes: ['HPAYMT'] }, 'permit'],
      [`a permit of the purpose ${named}`, [r4(permit({ purposes: [named] }))], {}, 'permit'],
    ],
  ),
  [
    'a deny of research under an OID is one of trials',
    within({ purposes: ['urn:oid:2.16.840.1.113883.5.8|HRESCH'] }),
    { purposes: ['CLINTRCH'] },
    'deny',
  ],
  ['a deny of a purpose of a system that is not known stands', within({ purposes: ['urn:x|marketing'] }), {}, 'deny'],
  ['a deny of an action in another case', within({ actions: ['Access'] }), {}, 'deny'],
  ['a deny of an action that HL7 does not list stands', within({ actions: ['look'] }), {}, 'deny'],
  ...['E119', 'e11.9', ' E11.9 '].flatMap((code): DirectiveCase[] => [
    [`a deny of the code ${code}`, within({ more: { code: [concept(ICD, code)] } }), { data: { codes: [E119] } }, 'deny'],
    [
      `a deny of E11.9: data that writes ${code}`,
      within({ more: { code: [concept(ICD, 'E11.9')] } }),
      { data: { codes: [{ ...E119, code }] } },
      'deny',
    ],
  ]),
  ...['urn:oid:2.16.840.1.113883.6.90', `${ICD}/`, `${ICD}|2025`, 'https://hl7.org/fhir/sid/icd-10-cm'].flatMap(
    (system): DirectiveCase[] => [
      [`a deny of a code of ${system}`, within({ more: { code: [concept(system, 'E11.9')] } }), { data: { codes: [E119] } }, 'deny'],
      [
        `a permit of a code of ${system}`,
        [r4(permit({ more: { code: [concept(system, 'E11.9')] } }))],
        { data: { codes: [E119] } },
        'permit',
      ],
      [
        `a deny of a code: data of ${system}`,
        within({ more: { code: [concept(ICD, 'E11.9')] } }),
        { data: { codes: [{ ...E119, system }] } },
        'deny',
      ],
    ],
  ),
  ['a deny of the code next to it', within({ more: { code: [concept(ICD, 'E11.8')] } }), { data: { codes: [E119] } }, 'permit'],
  [
    'a deny of a code: data without a system',
    within({ more: { code: [concept(ICD, 'E11.9')] } }),
    { data: { codes: [{ code: 'E119' }] } },
    'deny',
  ],
  [
    'a permit of a code: data without a system',
    [r4(permit({ more: { code: [concept(ICD, 'E11.9')] } }))],
    { data: { codes: [{ code: 'E11.9' }] } },
    'deny',
  ],
  [
    'a permit of a code of somebody’s own system: another case',
    [r4(permit({ more: { code: [concept('urn:x', 'a')] } }))],
    { data: { codes: [{ system: 'urn:x', code: 'A' }] } },
    'deny',
  ],
  ...[
    `${TYPES}/|Observation`,
    `${TYPES}|observation`,
    'urn:x|Observation',
    'urn:ietf:rfc:3986|http://hl7.org/fhir/StructureDefinition/Observation',
  ].map((named): DirectiveCase => [`a deny of the class ${named}`, within({ more: { class: [coding(named)] } }), {}, 'deny']),
  ...[`${BP}|4.0.1`, `${BP}/`].map(
    (code): DirectiveCase => [
      `a deny of the profile ${code}`,
      within({ more: { class: [{ system: 'urn:ietf:rfc:3986', code }] } }),
      { data: { profiles: [BP] } },
      'deny',
    ],
  ),
  [
    'a permit of one version of a profile: data of another',
    [r4(permit({ more: { class: [{ system: 'urn:ietf:rfc:3986', code: `${BP}|4.0.1` }] } }))],
    { data: { profiles: [`${BP}|5.0.0`] } },
    'deny',
  ],
  ...['urn:oid:2.16.840.1.113883.4.6', 'http://hl7.org/fhir/sid/us-npi/'].flatMap((system): DirectiveCase[] => [
    [`a deny to an NPI of ${system}`, within({ actors: [{ identifier: { ...NPI, system } }] }), { identifiers: [NPI] }, 'deny'],
    [
      `a deny to an NPI: the requester’s of ${system}`,
      within({ actors: [{ identifier: NPI }] }),
      { identifiers: [{ ...NPI, system }] },
      'deny',
    ],
  ]),
  [
    'a deny to an NPI: the same value in another system',
    within({ actors: [{ identifier: NPI }] }),
    { identifiers: [{ ...NPI, system: 'urn:staff' }] },
    'permit',
  ],
  [
    'a discloser under an older name of the system of roles',
    [r4(deny({ actors: [{ ...actor('Organization/elsewhere'), role: concept('http://hl7.org/fhir/v3/ParticipationType', 'CST') }] }))],
    {},
    'deny',
  ],
];

const about = (meaning: string, reference: string, identifier?: object) => ({
  more: { data: [{ meaning, reference: { reference, ...(identifier && { identifier }) } }] },
});
const NOTHING_MORE = { codes: [], identifiers: [], authors: [], authorIdentifiers: [], references: [] };
const wide = (more: Partial<NonNullable<ConsentData['wide']>>) => ({ data: { wide: { ...NOTHING_MORE, ...more } } });
const OTHER_NPI = { ...NPI, value: '1' };

/** FHIR R4: a deny of a code or an instance is of all that holds it, wrote it or refers to it; a permit is of what it names. */
export const wideDenies: readonly DirectiveCase[] = [
  ['a deny of a code that stands deeper', within({ more: { code: [concept(ICD, 'E11.9')] } }), wide({ codes: [E119] }), 'deny'],
  ['a permit of a code that stands deeper', [r4(permit({ more: { code: [concept(ICD, 'E11.9')] } }))], wide({ codes: [E119] }), 'deny'],
  [
    'a deny of what an organization wrote',
    within(about('authoredby', 'Organization/lab')),
    wide({ authors: ['Organization/lab'] }),
    'deny',
  ],
  ['a deny of what another wrote', within(about('authoredby', 'Organization/x')), wide({ authors: ['Organization/lab'] }), 'permit'],
  [
    'a permit of what an organization wrote',
    [r4(permit(about('authoredby', 'Organization/lab')))],
    wide({ authors: ['Organization/lab'] }),
    'deny',
  ],
  ['a deny of an author by identifier', within(about('authoredby', 'Practitioner/x', NPI)), wide({ authorIdentifiers: [NPI] }), 'deny'],
  [
    'a deny of an author by another identifier',
    within(about('authoredby', 'Practitioner/x', OTHER_NPI)),
    wide({ authorIdentifiers: [NPI] }),
    'permit',
  ],
  ['a deny of an instance by identifier', within(about('instance', 'Observation/x', NPI)), wide({ identifiers: [NPI] }), 'deny'],
  ['a deny of what depends on a record', within(about('dependents', 'Condition/c')), wide({ references: ['Condition/c'] }), 'deny'],
  [
    'a deny of an instance is none of what refers to it',
    within(about('instance', 'Condition/c')),
    wide({ references: ['Condition/c'] }),
    'permit',
  ],
  ['a permit of what depends on a record', [r4(permit(about('dependents', 'Condition/c')))], wide({ references: ['Condition/c'] }), 'deny'],
];

const R = (inner: Parameters<typeof permit>[0]) => permit({ labels: ['R'], ...inner });

export const nesting: readonly DirectiveCase[] = [
  ['a deny in a permit', [r4(permit({ nested: [deny({ labels: ['HIV'] })] }))], { labels: ['HIV'] }, 'deny'],
  ['what the deny in a permit does not name', [r4(permit({ nested: [deny({ labels: ['HIV'] })] }))], { labels: ['SUD'] }, 'permit'],
  ['a permit in a deny', [r4(deny({ nested: [permit({ actors: ['Practitioner/who'] })] }))], {}, 'permit'],
  ['a permit in a deny, for somebody else', [r4(deny({ nested: [permit({ actors: ['Practitioner/other'] })] }))], {}, 'deny'],
  [
    'three deep: the innermost wins',
    [r4(permit({ nested: [deny({ labels: ['SUD'], nested: [permit({ actors: ['Practitioner/who'] })] })] }))],
    { labels: ['SUD'] },
    'permit',
  ],
  [
    'a nested rule has the labels of the rule around it',
    [r4(permit({ labels: ['N'], nested: [deny({ labels: ['SUD'], nested: [permit({ actors: ['Practitioner/who'] })] })] }))],
    { labels: ['HIV', 'R'] },
    'deny',
  ],
  [
    'a nested rule has the purposes of the rule around it',
    [r4(permit({ purposes: ['TREAT'], labels: ['N'], nested: [R({})] }))],
    { purposes: ['HRESCH'], labels: ['R'] },
    'outside',
  ],
  [
    'a nested rule may name its own purpose',
    [r4(permit({ purposes: ['TREAT'], labels: ['N'], nested: [R({ purposes: ['BTG'] })] }))],
    { purposes: ['BTG'], labels: ['R'] },
    'permit',
  ],
  [
    'and gives no more than it names',
    [r4(permit({ purposes: ['TREAT'], labels: ['N'], nested: [R({ purposes: ['BTG'] })] }))],
    { purposes: ['BTG'], labels: ['V'] },
    'deny',
  ],
  [
    'a nested rule does not outlive the one around it',
    [
      r4(
        permit({
          nested: [deny({ labels: ['HIV'], more: { period: { end: '2024' } }, nested: [deny({ more: { period: { end: '2099' } } })] })],
        }),
      ),
    ],
    { labels: ['HIV'] },
    'permit',
  ],
  [
    'the later of two siblings: deny',
    [r4(permit({ nested: [permit({ labels: ['HIV'] }), deny({ labels: ['HIV'] })] }))],
    { labels: ['HIV'] },
    'deny',
  ],
  [
    'the later of two siblings: permit',
    [r4(permit({ nested: [deny({ labels: ['HIV'] }), permit({ labels: ['HIV'] })] }))],
    { labels: ['HIV'] },
    'permit',
  ],
  [
    'an earlier sibling’s exception loses to a later sibling',
    [r4(permit({ nested: [deny({ labels: ['HIV'], nested: [permit({ actors: ['Practitioner/who'] })] }), deny({ labels: ['HIV'] })] }))],
    { labels: ['HIV'] },
    'deny',
  ],
  [
    'an exception of a deny does not close the rest',
    [r4(deny({ labels: ['SUD'], nested: [permit({ actors: ['Practitioner/who'] })] }))],
    {},
    'none',
  ],
  ['a nested permit that names nothing can not turn a deny over', [r4(deny({ nested: [permit()] }))], {}, 'deny'],
  ['a nested deny that names nothing turns a permit over', [r4(permit({ nested: [deny()] }))], {}, 'deny'],
  ['R5: a permit with an exception', [r5('permit', [except({ labels: ['HIV'] })])], { labels: ['HIV'] }, 'deny'],
  ['R5: a deny with an exception', [r5('deny', [except({ labels: ['HIV'] })])], { labels: ['HIV'] }, 'permit'],
  [
    'R5: an exception of an exception',
    [r5('permit', [except({ labels: ['HIV'], nested: [except({ actors: ['Practitioner/who'] })] })])],
    { labels: ['HIV'] },
    'permit',
  ],
  ['R5: an exception that names nothing can not turn a deny over', [r5('deny', [except()])], {}, 'deny'],
  ['R5: no provisions, permit', [r5('permit')], { labels: ['V'] }, 'permit'],
  ['R5: no provisions, deny', [r5('deny')], {}, 'deny'],
  ['R5: neither decision nor provision', [r5(undefined)], {}, 'none'],
];

const deep = (levels: number): object =>
  levels === 0 ? permit({ labels: ['N'] }) : permit({ nested: [deep(levels - 1) as Record<string, unknown>] });
const policyRule = (code: string) => ({ policyRule: concept('http://terminology.hl7.org/CodeSystem/v3-ActCode', code) });
const strange = { modifierExtension: [{ url: 'urn:x', valueBoolean: true }] };

export const notUnderstood: readonly DirectiveCase[] = [
  [
    'a permit with a modifier extension is void; what it would have reached is closed',
    [r4(permit({ purposes: ['TREAT'] }), strange)],
    {},
    'deny',
  ],
  ['a deny with a modifier extension stands', [r4(deny(), strange)], {}, 'deny'],
  ['a void permit leaves others’ purposes alone', [r4(permit({ purposes: ['TREAT'] }), strange)], { purposes: ['HRESCH'] }, 'outside'],
  ['implicit rules change the meaning of all', [r4(permit(), { implicitRules: 'http://example.org/rules' })], {}, 'deny'],
  [
    'a nested permit with a modifier extension leaves the deny around it',
    [r4(deny({ nested: [permit({ labels: ['N'], more: strange })] }))],
    {},
    'deny',
  ],
  [
    'a nested deny with a modifier extension stands',
    [r4(permit({ nested: [deny({ labels: ['HIV'], more: strange })] }))],
    { labels: ['HIV'] },
    'deny',
  ],
  ['and covers no more than it names', [r4(permit({ nested: [deny({ labels: ['HIV'], more: strange })] }))], {}, 'permit'],
  [
    'a modifier extension inside an actor',
    [r4(deny({ nested: [permit({ actors: [{ ...actor('Practitioner/who'), ...strange }] })] }))],
    {},
    'deny',
  ],
  [
    'a void permit voids the permits inside',
    [r4(deny({ nested: [permit({ labels: ['N'], more: strange, nested: [permit({ actors: ['Practitioner/who'] })] })] }))],
    {},
    'deny',
  ],
  [
    'an extension on a provision may constrain it',
    [r4(deny({ nested: [permit({ labels: ['N'], more: { extension: [{ url: 'urn:only-on-mondays' }] } })] }))],
    {},
    'deny',
  ],
  ['an extension on the Consent constrains nothing', [r4(permit(), { extension: [{ url: 'urn:note', valueString: 'x' }] })], {}, 'permit'],
  [
    'R5 expression on an exception that opens',
    [r5('deny', [except({ labels: ['N'], more: { expression: { language: 'text/cql', expression: 'true' } } })])],
    {},
    'deny',
  ],
  [
    'R5 expression on an exception that closes',
    [r5('permit', [except({ labels: ['N'], more: { expression: { language: 'text/cql', expression: 'false' } } })])],
    {},
    'deny',
  ],
  ['an element that no version of Consent has', [r4(permit({ more: { securityLabels: [{ code: 'N' }] } }))], {}, 'deny'],
  ['an R5 element in an R4 permit', [r4(permit({ more: { documentType: [LOINC_BP] } }))], { data: { codes: [LOINC_BP] } }, 'deny'],
  [
    'a permit for a place, asked from there',
    [
      r4(
        deny({
          nested: [
            permit({
              more: {
                extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-location', valueReference: ref('Location/ca') }],
              },
            }),
          ],
        }),
      ),
    ],
    { states: ['CA'] },
    'permit',
    [{ resourceType: 'Location', id: 'ca', address: { state: 'CA' } }],
  ],
  [
    'a permit for a place, asked from elsewhere',
    [
      r4(
        deny({
          nested: [
            permit({
              more: {
                extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-location', valueReference: ref('Location/ca') }],
              },
            }),
          ],
        }),
      ),
    ],
    { states: ['NV'] },
    'deny',
    [{ resourceType: 'Location', id: 'ca', address: { state: 'CA' } }],
  ],
  [
    'a deny for a place that is not known',
    [
      r4(
        permit({
          nested: [
            deny({
              more: {
                extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/consent-location', valueReference: ref('Location/tx') }],
              },
            }),
          ],
        }),
      ),
    ],
    { states: ['CA'] },
    'deny',
  ],
];

export const malformed: readonly DirectiveCase[] = [
  ['provision is a string', [r4(undefined, { provision: 'permit' })], {}, 'deny'],
  ['provision.type is no effect', [r4({ type: 'allow' })], {}, 'deny'],
  ['decision is no effect', [r5('maybe')], {}, 'deny'],
  ['decision of R5 and provision of R4', [r4(permit(), { decision: 'permit' })], {}, 'deny'],
  ['R5 provisions without a decision', [r5(undefined, [except({ labels: ['N'] })])], {}, 'deny'],
  ['patient and subject differ', [r4(permit(), { subject: ref('Patient/p2') })], {}, 'deny'],
  ['performer is no list', [r4(permit(), { performer: ref('Patient/p1') })], {}, 'deny'],
  ['a performer in words only', [r4(permit(), { performer: [{ display: 'Ann' }] })], {}, 'deny'],
  ['nested provision is no list', [r4(permit({ more: { provision: deny() } }))], {}, 'deny'],
  ['a nested provision is null', [r4(permit({ nested: [null as never] }))], {}, 'deny'],
  [
    'a nested provision without a type denies what it names',
    [r4(permit({ nested: [except({ labels: ['HIV'] })] }))],
    { labels: ['HIV'] },
    'deny',
  ],
  ['and no more', [r4(permit({ nested: [except({ labels: ['HIV'] })] }))], {}, 'permit'],
  ['an unreadable period on a permit', [r4(permit({ more: { period: { end: 'soon' } } }))], {}, 'deny'],
  ['an unreadable period on a deny', [r4(deny({ more: { period: { end: '2025-02-31' } } }))], {}, 'deny'],
  ['a period that ends before it starts', [r4(deny({ more: { period: { start: '2025', end: '2024' } } }))], {}, 'deny'],
  ['an element that should be a list', [r4(permit({ more: { securityLabel: { code: 'N' } } }))], {}, 'deny'],
  ['32 levels', [r4(deep(32) as Record<string, unknown>)], {}, 'permit'],
  ['33 levels', [r4(deep(33) as Record<string, unknown>)], {}, 'deny'],
  ['1001 provisions', [r4(permit({ nested: Array.from({ length: 1001 }, () => permit({ labels: ['N'] })) }))], {}, 'deny'],
  ['an unreadable Consent of another patient', [r4(undefined, { provision: 'x', patient: ref('Patient/p2') })], {}, 'none'],
  ['an unreadable Consent that was revoked', [r4(undefined, { provision: 'x', status: 'inactive' })], {}, 'none'],
];

export const untypedRoot: readonly DirectiveCase[] = [
  ['nothing but a policy', [r4(undefined, policyRule('OPTIN'))], {}, 'none'],
  [
    'OPTOUT without provisions’ type denies what is named',
    [r4(except({ actors: ['Organization/clinic'] }), policyRule('OPTOUT'))],
    {},
    'deny',
  ],
  ['OPTOUT for somebody else', [r4(except({ actors: ['Organization/other'] }), policyRule('OPTOUT'))], {}, 'none'],
  [
    'OPTIN that names a nurse and no type: HL7’s example means not her',
    [r4(except({ actors: ['Practitioner/who'] }), policyRule('OPTIN'))],
    {},
    'deny',
  ],
  ['OPTIN with a typed rule inside', [r4(except({ nested: [permit({ labels: ['N'] })] }), policyRule('OPTIN'))], {}, 'permit'],
  [
    'OPTIN with a typed rule inside that does not match',
    [r4(except({ nested: [permit({ labels: ['PSY'] })] }), policyRule('OPTIN'))],
    {},
    'none',
  ],
  ['OPTOUT with an exception inside', [r4(except({ nested: [permit({ labels: ['N'] })] }), policyRule('OPTOUT'))], {}, 'permit'],
  [
    'OPTOUT outside of its exception',
    [r4(except({ nested: [permit({ labels: ['N'] })] }), policyRule('OPTOUT'))],
    { labels: ['R'] },
    'deny',
  ],
];
