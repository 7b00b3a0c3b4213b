/** Authorizations, one element a table: [situation, Consents on file, the types that are valid, what else is on file]. */
import type { AuthorizationType } from '../../src/consent/vote.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { authorization, FORM, part2, RECIPIENT, signature, TERMS } from './authorization.build.ts';
import { type Ask, actor, concept, deny, except, permit, r4, ref, relatedPerson } from './build.ts';

export interface OnFile {
  readonly ask?: Ask;
  readonly onFile?: readonly Resource[];
  readonly provenances?: readonly Resource[];
  readonly approvedForms?: readonly string[];
  readonly custodians?: readonly string[];
}
export type AuthorizationCase = readonly [
  situation: string,
  consents: readonly Resource[],
  types: readonly AuthorizationType[],
  more?: OnFile,
];

const NOTES: readonly AuthorizationType[] = ['hipaa-508', 'hipaa-508-psychotherapy-notes'];
const MH = { ...TERMS, labels: ['MH'] };
const mh = { ask: { labels: ['MH', 'R'] } };
const { actors, purposes, labels, more } = TERMS;

export const elements: readonly AuthorizationCase[] = [
  ['complete, for psychotherapy notes', [authorization()], NOTES],
  ['complete, for mental health', [authorization(permit(MH))], ['hipaa-508'], mh],
  ['AE-01: everything', [authorization(permit({ purposes, actors, more }))], [], mh],
  [
    'AE-01: a resource type describes general information',
    [
      authorization(
        permit({ purposes, actors, more: { ...more, class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] } }),
      ),
    ],
    ['hipaa-508'],
    mh,
  ],
  [
    'AE-01: a resource type never describes psychotherapy notes',
    [
      authorization(
        permit({ purposes, actors, more: { ...more, class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] } }),
      ),
    ],
    [],
  ],
  ['AE-02: no discloser', [authorization(permit({ ...TERMS, actors: [actor(RECIPIENT)] }))], []],
  ['AE-02: another discloser', [authorization(permit({ ...TERMS, actors: [actor('Organization/other', 'CST'), actor(RECIPIENT)] }))], []],
  ['AE-02: no custodian is configured', [authorization()], [], { custodians: [] }],
  [
    'AE-02: the discloser by identifier',
    [authorization(permit({ ...TERMS, actors: [actor({ identifier: { system: 'urn:npi', value: '1' } }, 'CST'), actor(RECIPIENT)] }))],
    NOTES,
    { custodians: ['urn:npi|1'] },
  ],
  ['AE-03: no recipient', [authorization(permit({ ...TERMS, actors: [actor('Organization/clinic', 'CST')] }))], []],
  [
    'AE-03: a recipient in words only',
    [authorization(permit({ ...TERMS, actors: [actor('Organization/clinic', 'CST'), actor({ display: 'Dr. Two' })] }))],
    [],
  ],
  ['AE-03: another recipient asks', [authorization()], [], { ask: { who: ['Practitioner/dr-three'] } }],
  [
    'AE-03: a current member of the team that is named',
    [authorization(permit({ ...TERMS, actors: [actors[0] as never, actor('CareTeam/t')] }))],
    NOTES,
    { onFile: [{ resourceType: 'CareTeam', id: 't', status: 'active', participant: [{ member: ref(RECIPIENT) }] }] },
  ],
  ['AE-03: a team that is not on file', [authorization(permit({ ...TERMS, actors: [actors[0] as never, actor('CareTeam/t')] }))], []],
  ['AE-04: no purpose', [authorization(permit({ labels, actors, more }))], []],
  ['AE-04: another purpose asks', [authorization()], [], { ask: { purposes: ['HPAYMT'] } }],
  ['AE-04: TREAT is not ETREAT', [authorization()], [], { ask: { purposes: ['ETREAT'] } }],
  ['AE-04: HOPERAT is not TRAIN', [authorization(permit({ ...TERMS, purposes: ['HOPERAT'] }))], [], { ask: { purposes: ['TRAIN'] } }],
  [
    'AE-04: at the request of the individual, without saying so',
    [authorization(permit({ ...TERMS, purposes: ['PATRQT'] }))],
    [],
    { ask: { purposes: ['PATRQT'] } },
  ],
  [
    'AE-04: at the request of the individual',
    [
      authorization(permit({ ...TERMS, purposes: ['PATRQT'] }), {
        extension: [{ url: 'urn:privity:authorization-statement', valueCode: 'initiated-by-individual' }],
      }),
    ],
    NOTES,
    { ask: { purposes: ['PATRQT'] } },
  ],
  ['AE-05: expired', [authorization()], [], { ask: { at: '2026-01-01' } }],
  ['AE-05: not in force yet', [authorization()], [], { ask: { at: '2024-12-31' } }],
  ['AE-05: no end', [authorization(permit({ labels, purposes, actors }))], []],
  ['AE-05: no end, research', [authorization(permit({ labels, actors, purposes: ['HRESCH'] }))], NOTES, { ask: { purposes: ['HRESCH'] } }],
  [
    'AE-05: `none` stated, treatment',
    [
      authorization(permit({ labels, purposes, actors }), {
        extension: [{ url: 'urn:privity:consent-expiry-event', valueString: 'none' }],
      }),
    ],
    [],
  ],
  [
    'AE-05: an event',
    [
      authorization(permit({ labels, purposes, actors }), {
        extension: [{ url: 'urn:privity:consent-expiry-event', valueString: 'when Dr. Two’s treatment of me begins' }],
      }),
    ],
    NOTES,
  ],
  ['AE-05: an unreadable period', [authorization(permit({ ...TERMS, more: { period: { end: 'next year' } } }))], []],
  ['AE-06: not signed', [authorization()], [], { provenances: [] }],
  ['AE-06: signed by somebody else', [authorization()], [], { provenances: [signature({ who: ref('Practitioner/dr-one') })] }],
  ['AE-06: signed in the future', [authorization()], [], { provenances: [signature({ when: '2025-06-16T00:00:00Z' })] }],
  ['AE-06: signed without a date', [authorization()], [], { provenances: [signature({ when: undefined })] }],
  ['AE-06: a witness’s signature', [authorization()], [], { provenances: [signature({ type: [{ code: '1.2.840.10065.1.12.1.5' }] })] }],
  ['AE-06: the signature of another Consent', [authorization()], [], { provenances: [signature({}, 'Consent/other')] }],
  ['AE-06: the signature of an earlier version', [authorization()], [], { provenances: [signature({}, 'Consent/auth/_history/2')] }],
  [
    'AE-06: the signature of this version',
    [authorization()],
    NOTES,
    { provenances: [signature({}, 'https://fhir.example/r4/Consent/auth/_history/3')] },
  ],
  [
    'AE-06: neither bytes nor a paper',
    [authorization(permit(TERMS), { sourceAttachment: undefined })],
    [],
    { provenances: [signature({ data: undefined })] },
  ],
  ['AE-06: no performer', [authorization(permit(TERMS), { performer: undefined })], []],
  [
    'AE-07: signed by a guardian',
    [authorization(permit(TERMS), { performer: [ref('RelatedPerson/g')] })],
    NOTES,
    { onFile: [relatedPerson('g', 'GUARD')], provenances: [signature({ who: ref('RelatedPerson/g') })] },
  ],
  [
    'AE-07: signed by a guardian who is not on file',
    [authorization(permit(TERMS), { performer: [ref('RelatedPerson/g')] })],
    [],
    { provenances: [signature({ who: ref('RelatedPerson/g') })] },
  ],
  [
    'AE-07: signed by a friend',
    [authorization(permit(TERMS), { performer: [ref('RelatedPerson/g')] })],
    [],
    { onFile: [relatedPerson('g', 'FRND')], provenances: [signature({ who: ref('RelatedPerson/g') })] },
  ],
  [
    'AE-08 to AE-11: a form that was not approved',
    [authorization(permit(TERMS), { policy: [{ uri: 'https://clinic.example/forms/old' }] })],
    [],
  ],
  ['AE-08 to AE-11: no register: psychotherapy notes stay closed', [authorization()], [], { approvedForms: [] }],
  [
    'AE-08 to AE-11: no register, statements attested: psychotherapy notes stay closed',
    [authorization(permit(TERMS), attested())],
    [],
    { approvedForms: [] },
  ],
  ['AE-08 to AE-11: no register, nothing attested', [authorization(permit(MH))], [], { ...mh, approvedForms: [] }],
  [
    'AE-08 to AE-11: no register, statements attested: general information',
    [authorization(permit(MH), attested())],
    ['hipaa-508'],
    { ...mh, approvedForms: [] },
  ],
  [
    'AE-08 to AE-11: with a register, attesting is not enough',
    [authorization(permit(MH), { ...attested(), policy: [{ uri: 'urn:other' }] })],
    [],
    mh,
  ],
  [
    'AE-08 to AE-11: the questionnaire is the form',
    [authorization(permit(TERMS), { policy: [{ uri: 'urn:clinic' }], sourceReference: ref('QuestionnaireResponse/q') })],
    NOTES,
    { onFile: [{ resourceType: 'QuestionnaireResponse', id: 'q', questionnaire: FORM }] },
  ],
  ['AE-13: marketing', [authorization(permit({ ...MH, purposes: ['HMARKT'] }))], [], { ask: { labels: ['MH'], purposes: ['HMARKT'] } }],
  [
    'AE-13: marketing with the statement on remuneration',
    [
      authorization(permit({ ...MH, purposes: ['HMARKT'] }), {
        extension: [{ url: 'urn:privity:authorization-statement', valueCode: 'remuneration' }],
      }),
    ],
    ['hipaa-508'],
    { ask: { labels: ['MH'], purposes: ['HMARKT'] } },
  ],
];

function attested(): Record<string, unknown> {
  return {
    extension: ['revocation', 'conditioning', 'redisclosure', 'plain-language'].map((valueCode) => ({
      url: 'urn:privity:authorization-statement',
      valueCode,
    })),
  };
}

const paper = { sourceAttachment: { hash: 'paper-1' } };
const otherPaper = { sourceAttachment: { hash: 'paper-2', url: 'Binary/paper-2' } };
const CONSENT_POLICY = 'http://terminology.hl7.org/CodeSystem/consentpolicycodes';

export const documentTests: readonly AuthorizationCase[] = [
  ['AV-01: revoked', [authorization(permit(TERMS), { status: 'inactive' })], []],
  ['AV-01: a draft', [authorization(permit(TERMS), { status: 'draft' })], []],
  ['AV-02: psychotherapy notes and mental health in one permit', [authorization(permit({ ...TERMS, labels: ['PSYTHPN', 'MH'] }))], []],
  ['AV-02: and the mental health in it is void too', [authorization(permit({ ...TERMS, labels: ['PSYTHPN', 'MH'] }))], [], mh],
  ['AV-02: with a confidentiality beside the notes', [authorization(permit({ ...TERMS, labels: ['PSYTHPN', 'R'] }))], []],
  ['AV-02: all specially protected information sweeps the notes', [authorization(permit({ ...TERMS, labels: ['SPI'] }))], []],
  ['AV-02: and is void for the rest', [authorization(permit({ ...TERMS, labels: ['SPI'] }))], [], mh],
  ['AV-02: two permits in one Consent', [authorization(deny({ nested: [permit(TERMS), permit(MH)] }))], []],
  ['AV-02: the same paper in another Consent, by hash', [authorization(), authorization(permit(MH), { id: 'second', ...paper })], []],
  [
    'AV-02: voids that other Consent as well',
    [authorization(), authorization(permit(MH), { id: 'second', ...paper })],
    [],
    { ...mh, provenances: [signature(), signature({}, 'Consent/second')] },
  ],
  [
    'AV-02: the same paper in another Consent, revoked',
    [authorization(), authorization(permit(MH), { id: 'second', status: 'inactive', ...paper })],
    [],
  ],
  [
    'AV-02: the same paper in another Consent, entered in error',
    [authorization(), authorization(permit(MH), { id: 'second', status: 'entered-in-error', ...paper })],
    NOTES,
  ],
  ['AV-02: the same paper as a directive that permits', [authorization(), r4(permit(), { id: 'second', ...paper })], []],
  ['AV-02: the same paper as a directive that only denies', [authorization(), r4(deny(), { id: 'second', ...paper })], NOTES],
  ['AV-02: another paper', [authorization(), authorization(permit(MH), { id: 'second', ...otherPaper })], NOTES],
  [
    'AV-02: two authorizations of notes on one paper may be combined',
    [authorization(), authorization(permit({ ...TERMS, purposes: ['HPAYMT'] }), { id: 'second', ...paper })],
    NOTES,
  ],
  [
    'AV-02: the same paper by identifier',
    [
      authorization(permit(TERMS), { identifier: [{ system: 'urn:dms', value: '9' }] }),
      authorization(permit(MH), { id: 'second', ...otherPaper, identifier: [{ system: 'urn:dms', value: '9' }] }),
    ],
    [],
  ],
  [
    'AV-02: the same paper by its document',
    [
      authorization(permit(TERMS), { sourceReference: ref('DocumentReference/d') }),
      authorization(permit(MH), { id: 'second', ...otherPaper, sourceReference: ref('DocumentReference/d') }),
    ],
    [],
  ],
  [
    'AV-02: the same paper, once attached and once as a document',
    [
      authorization(),
      authorization(permit(MH), { id: 'second', sourceAttachment: undefined, sourceReference: ref('DocumentReference/d') }),
    ],
    [],
    { onFile: [{ resourceType: 'DocumentReference', id: 'd', content: [{ attachment: { hash: 'paper-1' } }] }] },
  ],
  [
    'AV-02: the same paper by a chain of three Consents',
    [
      authorization(),
      r4(deny(), { id: 'between', sourceAttachment: { hash: 'paper-1' }, identifier: [{ value: '9' }] }),
      authorization(permit(MH), { id: 'third', ...otherPaper, identifier: [{ value: '9' }] }),
    ],
    [],
  ],
  [
    'AV-02: the same paper acknowledges the notice of privacy practices',
    [authorization(), r4(undefined, { id: 'second', ...paper, policyRule: concept(CONSENT_POLICY, 'hipaa-npp') })],
    [],
  ],
  ['AV-02: the same paper can not be read elsewhere', [authorization(), r4({ type: 'allow' }, { id: 'second', ...paper })], []],
  [
    'AV-02: instances that are all labelled as notes',
    [authorization(permit({ purposes, actors, more: { ...more, data: [{ meaning: 'instance', reference: ref('Observation/o1') }] } }))],
    NOTES,
    { onFile: [notes('o1')] },
  ],
  [
    'AV-02: instances that are labelled as notes under the OID of the system',
    [authorization(permit({ purposes, actors, more: { ...more, data: [{ meaning: 'instance', reference: ref('Observation/o1') }] } }))],
    NOTES,
    { onFile: [notes('o1', 'urn:oid:2.16.840.1.113883.5.4')] },
  ],
  [
    'AV-02: one of the instances is something else',
    [
      authorization(
        permit({
          purposes,
          actors,
          more: { ...more, data: ['o1', 'o2'].map((id) => ({ meaning: 'instance', reference: ref(`Observation/${id}`) })) },
        }),
      ),
    ],
    [],
    { onFile: [notes('o1'), { resourceType: 'Observation', id: 'o2' }] },
  ],
  [
    'AV-03: nothing says that it is an authorization',
    [authorization(permit(TERMS), { category: [concept('http://loinc.org', '59284-0')], policyRule: undefined })],
    [],
  ],
  ['AV-03: the category alone says so', [authorization(permit(TERMS), { policyRule: undefined })], NOTES],
  ['AV-03: the policy alone says so', [authorization(permit(TERMS), { category: [concept('http://loinc.org', '59284-0')] })], NOTES],
  [
    'AV-03: a treatment scope',
    [authorization(permit(TERMS), { scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'treatment') })],
    [],
  ],
  ['AV-05: known to be false', [authorization(permit(TERMS), { verification: [{ verified: false }] })], []],
  ['AV-06: for another patient', [authorization(permit(TERMS), { patient: ref('Patient/p2') })], []],
  [
    'AV-06: no policy',
    [authorization(permit(MH), { ...attested(), policy: undefined, policyRule: undefined })],
    [],
    { ...mh, approvedForms: [] },
  ],
  ['AV-07: the root has no type', [authorization(except(TERMS))], []],
  ['AV-08: a modifier extension', [authorization(permit(TERMS), { modifierExtension: [{ url: 'urn:x' }] })], []],
  [
    'AV-08: a condition that is not understood',
    [authorization(permit({ ...TERMS, more: { ...more, extension: [{ url: 'urn:only-if' }] } }))],
    [],
  ],
  ['AV-08: malformed somewhere', [authorization(permit({ ...TERMS, nested: [deny({ more: { securityLabel: 'x' } })] }))], []],
];

function notes(id: string, system = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'): Resource {
  return { resourceType: 'Observation', id, meta: { security: [{ system, code: 'PSYTHPN' }] } };
}

export const reach: readonly AuthorizationCase[] = [
  ['psychotherapy notes with mental health labels on them', [authorization()], NOTES, { ask: { labels: ['PSYTHPN', 'MH', 'R'] } }],
  [
    'the law’s label for the same',
    [authorization(permit({ ...TERMS, labels: ['HIPAAPsyNotes'] }))],
    NOTES,
    { ask: { labels: ['HIPAAPsyNotes'] } },
  ],
  ['an authorization of notes opens nothing else', [authorization()], [], mh],
  ['a general authorization opens no notes', [authorization(permit(MH))], [], { ask: { labels: ['MH', 'PSYTHPN', 'R'] } }],
  ['a general authorization must cover every label', [authorization(permit(MH))], [], { ask: { labels: ['MH', 'HIV', 'R'] } }],
  ['a root deny around the permit', [authorization(deny({ nested: [permit(TERMS)] }))], NOTES],
  [
    'a nested deny restricts',
    [authorization(permit({ ...TERMS, nested: [deny({ more: { dataPeriod: { start: '2025-03-01', end: '2025-03-31' } } })] }))],
    [],
  ],
  [
    'a nested deny restricts no more than it names',
    [authorization(permit({ ...TERMS, nested: [deny({ more: { dataPeriod: { start: '2024', end: '2024' } } })] }))],
    NOTES,
  ],
  [
    'a nested deny of a recipient who can not be told',
    [authorization(permit({ ...TERMS, nested: [deny({ actors: ['Group/gone'] })] }))],
    [],
  ],
  [
    'data outside of the period that is described',
    [authorization(permit({ ...TERMS, more: { ...more, dataPeriod: { start: '2024', end: '2024' } } }))],
    [],
  ],
  ['two authorizations, one of them void', [authorization(permit(TERMS), { id: 'gone', status: 'inactive' }), authorization()], NOTES],
];

const TPO = { ...TERMS, purposes: ['TREAT', 'HPAYMT', 'HOPERAT'], labels: ['SUD', '42CFRPart2'] };
const SUD = { ask: { labels: ['SUD', '42CFRPart2', 'R'] } };
const forever = { extension: [{ url: 'urn:privity:consent-expiry-event', valueString: 'none' }] };

export const part2Consents: readonly AuthorizationCase[] = [
  ['named recipient and purpose', [part2(permit({ ...TERMS, labels: ['SUD'] }))], ['part2-2.31'], SUD],
  ['treatment, payment and operations', [part2(permit(TPO))], ['part2-2.31', 'part2-2.31-tpo'], SUD],
  [
    'for all future treatment, payment and operations: no recipient, no end',
    [part2(permit({ ...TPO, actors: [actor('Organization/clinic', 'CST')], more: undefined }), forever)],
    ['part2-2.31-tpo'],
    SUD,
  ],
  ['P2-07: no end, and none stated', [part2(permit({ ...TPO, more: undefined }))], [], SUD],
  [
    'P2-07: `none` is only for treatment, payment and operations',
    [part2(permit({ ...TERMS, labels: ['SUD'], more: undefined }), forever)],
    [],
    SUD,
  ],
  ['P2-05: two of the three purposes are no TPO consent', [part2(permit({ ...TPO, purposes: ['TREAT', 'HPAYMT'] }))], ['part2-2.31'], SUD],
  ['P2-03: mental health is not what Part 2 asks for', [part2(permit({ ...TERMS, labels: ['MH'] }))], [], SUD],
  [
    'P2-03: alcohol does not describe opioids',
    [part2(permit({ ...TERMS, labels: ['ETHUD'] }))],
    [],
    { ask: { labels: ['OPIOIDUD', '42CFRPart2'] } },
  ],
  [
    'P2-03: SUD describes whatever a program holds',
    [part2(permit({ ...TERMS, labels: ['SUD'] }))],
    ['part2-2.31'],
    { ask: { labels: ['42CFRPart2'] } },
  ],
  [
    'P2-03: other labels on the record are judged by their own law',
    [part2(permit({ ...TERMS, labels: ['SUD'] }))],
    ['part2-2.31'],
    { ask: { labels: ['SUD', 'HIV', '42CFRPart2'] } },
  ],
  [
    'P2-04: no recipient, one purpose',
    [part2(permit({ ...TERMS, labels: ['SUD'], actors: [actor('Organization/clinic', 'CST')] }))],
    [],
    SUD,
  ],
  ['P2-06: a form that was not approved', [part2(permit(TPO), { policy: [{ uri: 'urn:other' }] })], [], SUD],
  ['P2-08: not signed', [part2(permit(TPO))], [], { ...SUD, provenances: [] }],
  [
    'P2-10: notes of SUD counseling, a document of their own',
    [part2(permit({ ...TERMS, labels: ['PSYTHPN'] }))],
    ['part2-2.31', 'part2-2.31b-scn'],
    { ask: { labels: ['PSYTHPN', '42CFRPart2', 'R'] } },
  ],
  [
    'P2-10: notes of SUD counseling and records in one',
    [part2(permit({ ...TERMS, labels: ['PSYTHPN', 'SUD'] }))],
    [],
    { ask: { labels: ['PSYTHPN', '42CFRPart2', 'R'] } },
  ],
  [
    'P2-10: a consent to SUD records does not open notes of counseling',
    [part2(permit(TPO))],
    [],
    { ask: { labels: ['PSYTHPN', 'SUD', '42CFRPart2'] } },
  ],
  [
    'P2-11: proceedings, a document of its own',
    [part2(permit({ ...TERMS, labels: ['SUD'], purposes: ['HLEGAL'] }))],
    ['part2-2.31d'],
    { ask: { ...SUD.ask, purposes: ['HLEGAL'] } },
  ],
  [
    'P2-11: proceedings beside treatment',
    [part2(permit({ ...TERMS, labels: ['SUD'], purposes: ['HLEGAL', 'TREAT'] }))],
    [],
    { ask: { ...SUD.ask, purposes: ['HLEGAL'] } },
  ],
  [
    'P2-11: proceedings beside treatment on the same paper',
    [part2(permit({ ...TERMS, labels: ['SUD'], purposes: ['HLEGAL'] })), part2(permit(TPO), { id: 'second', ...paper })],
    [],
    { ask: { ...SUD.ask, purposes: ['HLEGAL'] } },
  ],
  [
    'a HIPAA authorization that names SUD is a Part 2 consent too',
    [authorization(permit({ ...TERMS, labels: ['SUD'] }))],
    ['hipaa-508', 'part2-2.31'],
    SUD,
  ],
  ['a Part 2 consent is no HIPAA authorization', [part2(permit({ ...TERMS, labels: ['SUD'] }))], ['part2-2.31'], SUD],
  [
    '38 USC 7332',
    [authorization(permit({ ...TERMS, labels: ['Title38Section7332'] }), { policyRule: concept(CONSENT_POLICY, 'va-10-5345') })],
    ['va-7332'],
    { ask: { labels: ['HIV', 'Title38Section7332'] } },
  ],
  [
    '38 USC 7332: not signed',
    [authorization(permit({ ...TERMS, labels: ['Title38Section7332'] }), { policyRule: concept(CONSENT_POLICY, 'va-10-5345') })],
    [],
    { ask: { labels: ['HIV', 'Title38Section7332'] }, provenances: [] },
  ],
];
