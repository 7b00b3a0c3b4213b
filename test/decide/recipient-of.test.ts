/** One recipient class a decision, the first that matches in the order of law/matrix.json; and who treats whom. */
import { describe, expect, test } from 'vitest';
import { type Relation, recipientOf } from '../../src/decide/recipient-of.ts';
import { treats } from '../../src/decide/treats.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Fact } from '../../src/policy/question.ts';
import type { Role } from '../../src/requester/requester.ts';
import { AT, requester, settings, subject } from './build.ts';

const NO_RELATION: Relation = { isSubject: false, represents: false, isAuthor: false, treats: false };

type Row = readonly [
  situation: string,
  recipient: string,
  roles: Role | readonly Role[],
  given?: { readonly purpose?: string; readonly relation?: Partial<Relation>; readonly facts?: readonly Fact[] },
];

const rows: readonly Row[] = [
  ['the patient', 'patient', 'patient', { purpose: 'PATRQT', relation: { isSubject: true } }],
  ['a patient, of somebody else’s record', 'third-party', 'patient', { purpose: 'PATRQT' }],
  [
    'a clinician who is the patient here, with a patient’s token',
    'patient',
    ['patient', 'treating-provider'],
    { relation: { isSubject: true, treats: true } },
  ],
  [
    'a clinician reading the own record as a clinician',
    'other-treating-provider',
    'treating-provider',
    { relation: { isSubject: true, treats: true } },
  ],
  ['a representative of this patient', 'personal-representative', 'personal-representative', { relation: { represents: true } }],
  ['a representative of another', 'third-party', 'personal-representative'],
  ['a parent of this child', 'parent-of-minor', 'parent-of-minor', { relation: { represents: true } }],
  ['a parent of another', 'third-party', 'parent-of-minor'],
  ['family, whoever’s', 'family-friend', 'family-friend'],
  ['who wrote it', 'originator', 'mental-health-professional', { relation: { isAuthor: true, treats: true } }],
  [
    'who wrote it, for payment: still the originator',
    'originator',
    'treating-provider',
    { purpose: 'HPAYMT', relation: { isAuthor: true } },
  ],
  ['a trainee who wrote it', 'originator', 'trainee', { purpose: 'TRAIN', relation: { isAuthor: true } }],
  ['a biller is no originator', 'workforce', 'workforce', { purpose: 'HPAYMT', relation: { isAuthor: true } }],
  ['who treats', 'other-treating-provider', 'treating-provider', { relation: { treats: true } }],
  ['who treats, in an emergency', 'other-treating-provider', 'treating-provider', { purpose: 'ETREAT', relation: { treats: true } }],
  ['who broke the glass', 'other-treating-provider', 'mental-health-professional', { purpose: 'BTG', relation: { treats: true } }],
  ['a clinician who does not treat', 'third-party', 'treating-provider'],
  ['a clinician at the desk', 'workforce', 'treating-provider', { purpose: 'HOPERAT', relation: { treats: true } }],
  ['BTG is-a TREAT, TRAIN is not', 'workforce', 'mental-health-professional', { purpose: 'TRAIN' }],
  ['a trainee under supervision', 'trainee-own-program', 'trainee', { purpose: 'TRAIN', facts: ['supervised-own-program'] }],
  ['a trainee without', 'workforce', 'trainee', { purpose: 'TRAIN' }],
  ['billing', 'workforce', 'workforce', { purpose: 'HPAYMT' }],
  ['a health plan', 'payer', 'payer', { purpose: 'HPAYMT' }],
  ['another covered entity', 'other-covered-entity', 'covered-entity', { purpose: 'HOPERAT' }],
  ['a business associate', 'business-associate', 'business-associate', { purpose: 'HSYSADMIN' }],
  ['a researcher', 'researcher', 'researcher', { purpose: 'HRESCH' }],
  [
    'a researcher who also treats, for treatment',
    'other-treating-provider',
    ['researcher', 'treating-provider'],
    { relation: { treats: true } },
  ],
  ['a court before everything else', 'court', ['court', 'treating-provider'], { relation: { treats: true } }],
  ['the Secretary before a court', 'hhs', ['court', 'hhs']],
  ['police', 'law-enforcement', 'law-enforcement', { purpose: 'HLEGAL' }],
  ['a coroner', 'coroner-medical-examiner', 'coroner-medical-examiner', { purpose: 'HDECD' }],
  ['oversight', 'health-oversight', 'health-oversight', { purpose: 'HCOMPL' }],
  ['public health', 'public-health', 'public-health', { purpose: 'PUBHLTH' }],
  ['an auditor is nobody to a record', 'third-party', 'auditor', { purpose: 'HCOMPL', relation: { treats: true, isAuthor: true } }],
  ['a policy administrator is nobody to a record', 'third-party', 'policy-admin'],
  ['a third party', 'third-party', 'third-party'],
];

test.each(rows.map(([situation, recipient, roles, given = {}]) => ({ situation, recipient, roles, given })))(
  '$situation: $recipient',
  (row) => {
    const { recipient, roles, given } = row;
    const asks = requester(roles, { purpose: given.purpose ?? 'TREAT' });
    expect(recipientOf(asks, { ...NO_RELATION, ...given.relation }, given.facts ?? [])).toBe(recipient);
  },
);

describe('who treats', () => {
  const evidenced = { ...settings, treatmentRelationship: 'evidenced' as const };
  const team = (more: Partial<Resource> = {}, participant: object = {}): Resource => ({
    resourceType: 'CareTeam',
    status: 'active',
    participant: [{ member: { reference: 'Practitioner/someone' }, ...participant }],
    ...more,
  });
  const encounter = (status: string, reference = 'Practitioner/someone'): Resource => ({
    resourceType: 'Encounter',
    status,
    period: { end: '2020-01-01' },
    participant: [{ individual: { reference } }],
  });
  const appointment = (status: string, participation?: string): Resource => ({
    resourceType: 'Appointment',
    status,
    participant: [{ actor: { reference: 'Patient/p' } }, { actor: { reference: 'Practitioner/someone' }, status: participation }],
  });
  const base = 'http://upstream.test/fhir';
  const about = subject('Patient/p');
  type Evidence = readonly [situation: string, expected: boolean, relations: readonly Resource[], purpose?: string];
  const cases: readonly Evidence[] = [
    ['nothing says so', false, []],
    ['on the care team', true, [team()]],
    // FHIR R4: not yet participating in the delivery of care.
    ['on a care team that is proposed', false, [team({ status: 'proposed' })]],
    ['on a care team that is suspended', false, [team({ status: 'suspended' })]],
    ['on a care team whose status nobody wrote', true, [team({ status: undefined })]],
    ['on a care team entered in error', false, [team({ status: 'entered-in-error' })]],
    ['on a care team that is inactive', false, [team({ status: 'inactive' })]],
    ['on a care team that ended yesterday', false, [team({ period: { end: '2026-11-22' } })]],
    ['on a care team that ends today', true, [team({ period: { end: '2026-11-23' } })]],
    ['on a care team that ends who knows when', false, [team({ period: { end: 'soon' } })]],
    ['on a care team that begins tomorrow', false, [team({ period: { start: '2026-11-24' } })]],
    ['on a care team that begins today', true, [team({ period: { start: '2026-11-23' } })]],
    ['on a care team that begins who knows when', false, [team({ period: { start: 'soon' } })]],
    ['joins the care team later', false, [team({}, { period: { start: '2030-01-01' } })]],
    ['on the care team by an absolute reference', true, [team({}, { member: { reference: `${base}/Practitioner/someone` } })]],
    ['on a care team of another server', false, [team({}, { member: { reference: 'https://other/fhir/Practitioner/someone' } })]],
    ['left the care team', false, [team({}, { period: { end: '2026-01-01' } })]],
    ['saw the patient once', true, [encounter('finished')]],
    ['a visit that nobody knows of', false, [encounter('unknown')]],
    ['a visit that was cancelled', false, [encounter('cancelled')]],
    ['a visit with somebody else', false, [encounter('finished', 'Practitioner/other')]],
    ['an appointment ahead', true, [appointment('booked')]],
    ['an appointment that was accepted', true, [appointment('booked', 'accepted')]],
    ['an appointment that was declined', false, [appointment('booked', 'declined')]],
    ['an appointment that was not answered', false, [appointment('booked', 'needs-action')]],
    ['an appointment that is proposed', false, [appointment('proposed', 'accepted')]],
    ['an appointment that nobody came to', false, [appointment('noshow')]],
    [
      'something else that names both',
      false,
      [{ resourceType: 'Observation', status: 'final', participant: [{ member: { reference: 'Practitioner/someone' } }] }],
    ],
    ['on the care team, but not for treatment', false, [team()], 'HPAYMT'],
  ];
  test.each(cases.map(([situation, expected, relations, purpose = 'TREAT']) => ({ situation, expected, relations, purpose })))(
    'evidenced: $situation',
    (row) => {
      const { expected, relations, purpose } = row;
      expect(
        treats(requester('treating-provider', { purpose }), { ...about, consents: { ...about.consents, base }, relations }, evidenced, AT),
      ).toBe(expected);
    },
  );

  test('asserted: a treatment purpose of a trusted issuer', () => {
    expect(treats(requester('treating-provider'), subject('Patient/p'), settings, AT)).toBe(true);
    expect(treats(requester('treating-provider', { purpose: 'HOPERAT' }), subject('Patient/p'), settings, AT)).toBe(false);
  });
});
