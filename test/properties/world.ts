/**
 * Generated worlds for the non-interference property (design.md 4.7): patients with records of every shape that can hide or
 * betray something, consents, recorded attestations and settings. A world is built from a plan of plain numbers and words, so
 * that fast-check can shrink it. Every place where text can hide carries a canary that names its resource and part.
 */

import fc from 'fast-check';
import type { RecordedAttestation } from '../../src/decide/decision.ts';
import type { DecideSettings } from '../../src/decide/settings.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { attestationRules } from '../support/attestation-rules.ts';
import { NOW, type World } from '../support/in-process.ts';

const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const LOINC = 'http://loinc.org';

export type Sensitivity = 'none' | 'mh' | 'sud' | 'hiv' | 'sdv' | 'part2' | 'psythpn';
export const SENSITIVITIES: readonly Sensitivity[] = ['none', 'mh', 'sud', 'hiv', 'sdv', 'part2', 'psythpn'];

/** Codes that derive a label, and ones of the same kind to exchange them for. */
const CODES: Readonly<Record<Sensitivity, readonly [string, string]>> = {
  none: ['E11.9', 'I10'],
  mh: ['F33.1', 'F41.1'],
  sud: ['F10.20', 'F11.20'],
  hiv: ['B20', 'Z21'],
  sdv: ['T74.11XA', 'T74.21XA'],
  part2: ['F11.20', 'F10.20'],
  psythpn: ['F33.1', 'F41.1'],
};
const DECLARED: Readonly<Partial<Record<Sensitivity, string>>> = { part2: '42CFRPart2', psythpn: 'PSYTHPN' };

export const KINDS = [
  'Condition',
  'Observation',
  'Encounter',
  'DocumentReference',
  'MedicationRequest',
  'Provenance',
  'Appointment',
  'List',
  'Composition',
  'CarePlan',
  'DiagnosticReport',
  'Communication',
  'Procedure',
  'Group',
  'Claim',
  'AuditEvent',
] as const;
export type Kind = (typeof KINDS)[number];

export interface ResourcePlan {
  readonly kind: Kind;
  readonly patient: 0 | 1;
  readonly sensitivity: Sensitivity;
  readonly second: Sensitivity;
  /** Which of the resources before it this one refers to. */
  readonly target: number;
  readonly author: 0 | 1;
  /** Declares the sensitivity in meta.security over and above its codes. */
  readonly declares: boolean;
  readonly day: number;
  readonly alternative: boolean;
}

export const resourcePlan: fc.Arbitrary<ResourcePlan> = fc.record({
  kind: fc.constantFrom(...KINDS),
  patient: fc.constantFrom<0 | 1>(0, 0, 1),
  sensitivity: fc.constantFrom(...SENSITIVITIES),
  second: fc.constantFrom(...SENSITIVITIES),
  target: fc.nat(20),
  author: fc.constantFrom<0 | 1>(0, 1),
  declares: fc.boolean(),
  day: fc.integer({ min: 1, max: 28 }),
  alternative: fc.boolean(),
});

export type ConsentPlan = {
  readonly patient: 0 | 1;
  readonly root: 'permit' | 'deny';
  readonly inner: 'permit' | 'deny' | 'none';
  readonly label: string;
  readonly actor: number;
  readonly purpose: string;
  readonly status: 'active' | 'inactive';
};

export const consentPlan: fc.Arbitrary<ConsentPlan> = fc.record({
  patient: fc.constantFrom<0 | 1>(0, 1),
  root: fc.constantFrom<'permit' | 'deny'>('permit', 'permit', 'deny'),
  inner: fc.constantFrom<'permit' | 'deny' | 'none'>('permit', 'deny', 'none'),
  label: fc.constantFrom('MH', 'SUD', 'HIV', 'SDV', 'PSYTHPN', ''),
  actor: fc.nat(4),
  purpose: fc.constantFrom('TREAT', 'HPAYMT', 'HRESCH', ''),
  status: fc.constantFrom<'active' | 'inactive'>('active', 'active', 'inactive'),
});

export interface WorldPlan {
  readonly resources: readonly ResourcePlan[];
  readonly consents: readonly ConsentPlan[];
  readonly attested: readonly string[];
  readonly implicit: DecideSettings['consent']['implicit'];
  readonly announce: boolean;
  readonly evidenced: boolean;
}

export const worldPlan: fc.Arbitrary<WorldPlan> = fc.record({
  resources: fc.array(resourcePlan, { minLength: 3, maxLength: 10 }),
  consents: fc.array(consentPlan, { maxLength: 2 }),
  attested: fc.subarray(['MH-07', 'MH-17', 'access-denied-524', 'restriction-agreed', 'self-pay']),
  implicit: fc.constantFrom<WorldPlan['implicit']>('hipaa', 'hipaa', 'hipaa', 'basic-normal', 'deny'),
  announce: fc.boolean(),
  evidenced: fc.constantFrom(false, false, true),
});

const PRACTITIONERS = ['okafor', 'bennett'];
const ACTORS = ['Practitioner/bennett', 'Practitioner/okafor', 'Organization/clinic', 'Practitioner/moreau', 'Organization/university'];

function meta(index: number, label: string | undefined, day = 1) {
  const security = label === undefined ? {} : { security: [{ system: ACT, code: label }] };
  return {
    versionId: '1',
    lastUpdated: `2026-09-${String(day).padStart(2, '0')}T10:00:${String(index % 60).padStart(2, '0')}.000Z`,
    ...security,
  };
}

function concept(sensitivity: Sensitivity, canary: string, alternative = false) {
  return { coding: [{ system: ICD, code: CODES[sensitivity][alternative ? 1 : 0], display: canary }], text: canary };
}

/** @param name id without the type: unique in a world */
export function buildResource(plan: ResourcePlan, index: number, before: readonly Resource[], name = `r${index}`): Resource[] {
  const { kind, sensitivity, second, day } = plan;
  const id = `${kind.toLowerCase()}-${name}`;
  const whole = `CNRY-${name}-w`;
  const part = `CNRY-${name}-s`;
  const subject = { reference: `Patient/p${plan.patient + 1}`, display: `p${plan.patient + 1}` };
  const other = { reference: `Patient/p${2 - plan.patient}` };
  const author = { reference: `Practitioner/${PRACTITIONERS[plan.author]}` };
  const label =
    DECLARED[sensitivity] ??
    (plan.declares && sensitivity !== 'none' ? { mh: 'MH', sud: 'SUD', hiv: 'HIV', sdv: 'SDV' }[sensitivity as 'mh'] : undefined);
  const chosen = before.length === 0 ? undefined : before[plan.target % before.length];
  const target = chosen === undefined ? undefined : { reference: `${chosen.resourceType}/${chosen.id}`, display: `to ${chosen.id}` };
  const encounters = before.filter((row) => row.resourceType === 'Encounter' && row.subject?.reference === subject.reference);
  const encounter = encounters.length === 0 ? undefined : { reference: `Encounter/${encounters[plan.target % encounters.length]?.id}` };
  const date = `2026-08-${String(day).padStart(2, '0')}`;
  const base = {
    id,
    meta: meta(index, label, day),
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${whole}</div>` },
    extension: [{ url: 'http://example.org/remark', valueString: whole }],
    identifier: [{ system: 'urn:ids', value: whole }],
  };
  const main = concept(sensitivity, whole, plan.alternative);
  const side = concept(second, part, plan.alternative);
  switch (kind) {
    case 'Condition':
      return [
        {
          resourceType: kind,
          ...base,
          subject,
          code: main,
          ...(encounter && { encounter }),
          recordedDate: date,
          note: [{ text: whole }],
          clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
          evidence: [{ code: [side], ...(target && { detail: [target] }) }],
        },
      ];
    case 'Observation':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'final',
          subject,
          code: { coding: [{ system: LOINC, code: '29463-7' }] },
          effectiveDateTime: date,
          ...(encounter && { encounter }),
          performer: [author],
          component: [
            { code: main, valueString: whole },
            { code: side, valueString: part },
          ],
          note: [{ text: part }],
        },
      ];
    case 'Encounter':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'finished',
          class: { system: ACT, code: 'AMB' },
          subject,
          period: { start: date },
          reasonCode: [main, side],
          participant: [{ individual: author }],
        },
      ];
    case 'DocumentReference':
      return [
        {
          resourceType: kind,
          ...base,
          identifier: base.identifier,
          status: 'current',
          subject,
          date: `${date}T09:00:00Z`,
          author: [author],
          description: whole,
          type: { coding: [{ system: LOINC, code: sensitivity === 'psythpn' ? '34866-4' : '11506-3' }] },
          category: sensitivity === 'none' || sensitivity === 'psythpn' || sensitivity === 'part2' ? undefined : [main],
          content: [{ attachment: { contentType: 'text/plain', url: `Binary/bin-${name}`, title: whole } }],
          ...(encounter && { context: { encounter: [encounter] } }),
        },
        {
          resourceType: 'Binary',
          id: `bin-${name}`,
          meta: meta(index, undefined, day),
          contentType: 'text/plain',
          data: Buffer.from(whole).toString('base64'),
        },
      ];
    case 'MedicationRequest':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'active',
          intent: 'order',
          subject,
          authoredOn: date,
          requester: author,
          ...(encounter && { encounter }),
          medicationCodeableConcept: {
            coding: [
              { system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: sensitivity === 'mh' ? '36437' : '6809', display: whole },
            ],
          },
          reasonCode: [side],
          ...(target && ['Condition', 'Observation'].includes(chosen?.resourceType ?? '') && { reasonReference: [target] }),
        },
      ];
    case 'Provenance':
      return [
        {
          resourceType: kind,
          id,
          meta: meta(index, label, day),
          target: [target ?? subject],
          recorded: `${date}T10:00:00Z`,
          agent: [{ who: author }],
          reason: [side],
        },
      ];
    case 'Appointment':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'booked',
          reasonCode: [main],
          start: `${date}T09:00:00Z`,
          end: `${date}T10:00:00Z`,
          comment: whole,
          participant: [
            { actor: subject, status: 'accepted' },
            ...(plan.declares ? [{ actor: other, status: 'accepted' }] : []),
            { actor: author, status: 'accepted' },
          ],
        },
      ];
    case 'List':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'current',
          mode: 'working',
          subject,
          title: whole,
          date,
          entry: [...before.slice(-3).map((row) => ({ item: { reference: `${row.resourceType}/${row.id}`, display: `to ${row.id}` } }))],
        },
      ];
    case 'Composition':
      return [
        {
          resourceType: kind,
          ...base,
          identifier: base.identifier[0],
          status: 'final',
          type: { coding: [{ system: LOINC, code: '11488-4' }] },
          subject,
          date,
          author: [author],
          title: 'Visit',
          ...(encounter && { encounter }),
          section: [
            { title: whole, code: main, text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${whole}</div>` } },
            {
              title: part,
              code: side,
              text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${part}</div>` },
              ...(target && { entry: [target] }),
            },
          ],
        },
      ];
    case 'CarePlan':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'active',
          intent: 'plan',
          subject,
          title: whole,
          created: date,
          author,
          category: [main],
          activity: [{ detail: { status: 'in-progress', code: side, description: part } }, ...(target ? [{ reference: target }] : [])],
        },
      ];
    case 'DiagnosticReport':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'final',
          code: main,
          subject,
          effectiveDateTime: date,
          conclusion: whole,
          conclusionCode: [side],
          ...(chosen?.resourceType === 'Observation' && { result: [target] }),
          ...(encounter && { encounter }),
        },
      ];
    case 'Communication':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'completed',
          subject,
          sent: `${date}T09:00:00Z`,
          sender: author,
          reasonCode: [main],
          payload: [{ contentString: whole }],
          ...(target && { about: [target] }),
        },
      ];
    case 'Procedure':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'completed',
          subject,
          code: main,
          performedDateTime: date,
          performer: [{ actor: author }],
          reasonCode: [side],
          contained: [{ resourceType: 'Observation', id: 'c', status: 'final', code: side, valueString: part }],
          reasonReference: [{ reference: '#c' }],
        },
      ];
    case 'Group':
      return [
        {
          resourceType: kind,
          ...base,
          type: 'person',
          actual: true,
          name: whole,
          member: [{ entity: subject }, ...(plan.declares ? [{ entity: other }] : [])],
        },
      ];
    case 'AuditEvent':
      return [
        {
          resourceType: kind,
          id,
          meta: meta(index, label, day),
          type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110110' },
          recorded: `${date}T10:00:00Z`,
          agent: [{ requestor: true, who: author }],
          source: { observer: { display: 'old system' } },
          entity: [{ what: target ?? subject, name: whole, description: part }],
        },
      ];
    case 'Claim':
      return [
        {
          resourceType: kind,
          ...base,
          status: 'active',
          use: 'claim',
          type: { coding: [{ code: 'professional' }] },
          patient: subject,
          created: date,
          provider: author,
          priority: { coding: [{ code: 'normal' }] },
          insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/cov' } }],
          diagnosis: [
            { sequence: 1, diagnosisCodeableConcept: main },
            { sequence: 2, diagnosisCodeableConcept: side },
          ],
        },
      ];
  }
}

function buildConsent(plan: ConsentPlan, index: number): Resource {
  const rule = {
    type: plan.inner,
    ...(plan.label === '' ? {} : { securityLabel: [{ system: ACT, code: plan.label }] }),
    ...(plan.purpose === '' ? {} : { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: plan.purpose }] }),
    actor: [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: ACTORS[plan.actor] ?? '' },
      },
    ],
  };
  return {
    resourceType: 'Consent',
    id: `consent-${index}`,
    meta: meta(index, undefined),
    status: plan.status,
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: LOINC, code: '59284-0' }] }],
    patient: { reference: `Patient/p${plan.patient + 1}` },
    performer: [{ reference: `Patient/p${plan.patient + 1}` }],
    dateTime: '2026-01-01',
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-restrictions' }] },
    provision: { type: plan.root, ...(plan.inner === 'none' ? {} : { provision: [rule] }) },
  };
}

const STANDING: readonly Resource[] = [
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: meta(1, undefined),
    name: [{ family: 'One', given: ['Ann'] }],
    birthDate: '1980-01-01',
    gender: 'female',
    generalPractitioner: [{ reference: 'Practitioner/bennett' }],
  },
  {
    resourceType: 'Patient',
    id: 'p2',
    meta: meta(2, undefined),
    name: [{ family: 'Two', given: ['Bo'] }],
    birthDate: '1990-02-02',
    gender: 'male',
  },
  {
    resourceType: 'Practitioner',
    id: 'okafor',
    meta: meta(3, undefined),
    name: [{ family: 'Okafor' }],
    qualification: [{ code: { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '103TC0700X' }] } }],
  },
  { resourceType: 'Practitioner', id: 'bennett', meta: meta(4, undefined), name: [{ family: 'Bennett' }] },
  { resourceType: 'Practitioner', id: 'moreau', meta: meta(5, undefined), name: [{ family: 'Moreau' }] },
  { resourceType: 'Organization', id: 'clinic', meta: meta(6, undefined), name: 'Clinic' },
  { resourceType: 'Organization', id: 'university', meta: meta(7, undefined), name: 'University' },
  {
    resourceType: 'Coverage',
    id: 'cov',
    meta: meta(8, undefined),
    status: 'active',
    beneficiary: { reference: 'Patient/p1' },
    payor: [{ reference: 'Organization/clinic' }],
  },
  { resourceType: 'RelatedPerson', id: 'spouse', meta: meta(9, undefined), active: true, patient: { reference: 'Patient/p1' } },
];

export function buildWorld(plan: WorldPlan): World {
  const made: Resource[] = [];
  for (const [index, row] of plan.resources.entries())
    made.push(
      ...buildResource(
        row,
        index,
        made.filter((resource) => resource.resourceType !== 'Binary'),
      ),
    );
  const consents = plan.consents.map(buildConsent);
  const recorded: RecordedAttestation[] = plan.attested.map((kind) => ({
    id: kind,
    kind,
    subject: 'Patient/p1',
    recordedBy: 'Practitioner/ferris',
    recordedAt: new Date(NOW - 86_400_000).toISOString(),
  }));
  return {
    resources: [...STANDING, ...consents, ...made].map((resource) => JSON.parse(JSON.stringify(resource)) as Resource),
    recorded,
    settings: {
      consent: { combine: 'deny-overrides', implicit: plan.implicit, custodians: ['Organization/clinic'], approvedForms: [] },
      withheld: { default: 'hide', patient: plan.announce ? 'announce' : 'hide' },
      candidates: 'release-for-treatment',
      treatmentRelationship: plan.evidenced ? 'evidenced' : 'asserted',
      attestations: attestationRules(),
      part2Programs: ['Organization/part2'],
    },
  };
}
