/** 45 CFR 164.501 by case: what is a psychotherapy note here, what is a candidate, what is reviewed. */
import { beforeAll, describe, expect, test } from 'vitest';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import type { ClassifyContext, ClassifyRules, PsychotherapyNoteRules } from '../../src/classify/label.ts';
import { ACT_CODE } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { codesOf, NO_NOTE_RULES, shippedRules } from './shipped-rules.ts';

let shipped: ClassifyRules;
beforeAll(async () => {
  shipped = await shippedRules();
});

const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const document = (code: string, rest: object = {}): Resource => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: loinc(code),
  content: [],
  ...rest,
});
const declared = (...codes: string[]) => ({ meta: { security: codes.map((code) => ({ system: ACT_CODE, code })) } });
const nucc = (code: string): ClassifyContext => ({ authorCodings: [{ system: 'http://nucc.org/provider-taxonomy', code }] });
const psychologist = nucc('103T00000X');
const COUNSELING = '34866-4';
const PROGRESS = '34904-3';
const REPORT = '11502-2';
const UNKNOWN = '99999-3';

interface Case {
  readonly name: string;
  readonly resource: Resource;
  readonly context?: ClassifyContext;
  readonly rules?: Partial<PsychotherapyNoteRules>;
  readonly labels: readonly string[];
  readonly candidate?: boolean;
  readonly reviews?: readonly string[];
}

const DECLARED: readonly Case[] = [
  { name: 'declared PSYTHPN', resource: document(UNKNOWN, declared('PSYTHPN')), labels: ['PSYTHPN'] },
  { name: 'declared HIPAAPsyNotes', resource: document(UNKNOWN, declared('HIPAAPsyNotes')), labels: ['HIPAAPsyNotes'] },
  {
    name: 'in DocumentReference.securityLabel',
    resource: document(UNKNOWN, { securityLabel: [{ coding: [{ system: ACT_CODE, code: 'PSYTHPN' }] }] }),
    labels: ['PSYTHPN'],
  },
  {
    name: 'a declared note is no candidate',
    resource: document(COUNSELING, declared('PSYTHPN')),
    context: psychologist,
    labels: ['MH', 'PSYTHPN'],
  },
  {
    name: 'declared on a lab result: it stays, and is reviewed',
    resource: { resourceType: 'Observation', status: 'final', code: loinc('718-7'), ...declared('PSYTHPN') },
    labels: ['PSYTHPN'],
    reviews: ['psythpn-on-excluded-content'],
  },
  {
    name: 'declared on a progress note',
    resource: document(PROGRESS, declared('PSYTHPN')),
    labels: ['MH', 'PSYTHPN'],
    reviews: ['psythpn-on-excluded-content'],
  },
  {
    name: 'declared, but in the general store',
    resource: document(UNKNOWN, declared('PSYTHPN')),
    context: { store: 'https://ehr.example/fhir' },
    rules: { stores: ['https://notes.example/fhir'] },
    labels: ['PSYTHPN'],
    reviews: ['psythpn-outside-separate-store'],
  },
  {
    name: 'declared, in the separate store',
    resource: document(UNKNOWN, declared('PSYTHPN')),
    context: { store: 'https://notes.example/fhir/' },
    rules: { stores: ['https://notes.example/fhir'] },
    labels: ['PSYTHPN'],
  },
];

const INSTALLATION: readonly Case[] = [
  {
    name: 'the store that holds nothing else',
    resource: document(UNKNOWN),
    context: { store: 'https://notes.example' },
    rules: { stores: ['https://notes.example/'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'a source with a fragment',
    resource: document(UNKNOWN, { meta: { source: 'https://notes.example#x1' } }),
    rules: { stores: ['https://notes.example'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'a profile',
    resource: document(UNKNOWN, { meta: { profile: ['http://x/psynote|1.0'] } }),
    rules: { profiles: ['http://x/psynote'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'a category',
    resource: document(UNKNOWN, { category: [{ coding: [{ system: 'urn:x', code: 'note' }] }] }),
    rules: { categories: ['urn:x|note'] },
    labels: ['PSYTHPN'],
  },
  { name: 'a document type', resource: document(UNKNOWN), rules: { documentTypes: [`http://loinc.org|${UNKNOWN}`] }, labels: ['PSYTHPN'] },
  {
    name: 'an attester',
    resource: document(UNKNOWN, { authenticator: { reference: 'Practitioner/dr' } }),
    rules: { attesters: ['Practitioner/dr'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'the attester of a Composition',
    resource: {
      resourceType: 'Composition',
      status: 'final',
      type: loinc(UNKNOWN),
      attester: [{ mode: 'legal', party: { reference: 'https://x/fhir/Practitioner/dr' } }],
    },
    rules: { attesters: ['Practitioner/dr'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'a recording of a session',
    resource: { resourceType: 'Media', status: 'completed', content: {} },
    context: { store: 'notes' },
    rules: { stores: ['notes'] },
    labels: ['PSYTHPN'],
  },
  {
    name: 'a Binary in the store',
    resource: { resourceType: 'Binary', contentType: 'text/plain' },
    context: { store: 'notes' },
    rules: { stores: ['notes'] },
    labels: ['PSYTHPN'],
  },
  { name: 'another type of document', resource: document(REPORT), rules: { documentTypes: ['x'] }, labels: [] },
  {
    name: 'a code of the type under another system',
    resource: document(UNKNOWN),
    rules: { documentTypes: [`urn:x|${UNKNOWN}`] },
    labels: [],
  },
  {
    name: 'a medication in the store is none: 164.501 excludes it',
    resource: { resourceType: 'MedicationRequest', medicationCodeableConcept: {} },
    context: { store: 'notes' },
    rules: { stores: ['notes'] },
    labels: [],
  },
  {
    name: 'a progress note in the store is none',
    resource: document(PROGRESS),
    context: { store: 'notes' },
    rules: { stores: ['notes'] },
    labels: ['MH'],
  },
  {
    name: 'excluded by type, but named as the type of the installation’s notes: it is one, and is reviewed',
    resource: document(PROGRESS),
    rules: { documentTypes: [PROGRESS] },
    labels: ['MH', 'PSYTHPN'],
    reviews: ['psythpn-on-excluded-content'],
  },
];

const CANDIDATES: readonly Case[] = [
  {
    name: 'counseling note by a psychologist',
    resource: document(COUNSELING),
    context: psychologist,
    labels: ['MH'],
    candidate: true,
    reviews: ['psychotherapy-note-candidate'],
  },
  {
    name: 'general counseling note by a psychiatrist',
    resource: document('47042-7'),
    context: nucc('2084P0800X'),
    labels: ['MH'],
    candidate: true,
    reviews: ['psychotherapy-note-candidate'],
  },
  {
    name: 'counseling note by an addiction counselor',
    resource: document('47042-7'),
    context: nucc('101YA0400X'),
    labels: ['SUD'],
    candidate: true,
    reviews: ['psychotherapy-note-candidate'],
  },
  {
    name: 'the section of a Composition',
    resource: { resourceType: 'Composition', status: 'final', type: loinc(UNKNOWN), section: [{ code: loinc('47042-7') }] },
    context: psychologist,
    labels: ['MH'],
    candidate: true,
    reviews: ['psychotherapy-note-candidate'],
  },
  {
    name: 'a contained author',
    resource: document('47042-7', {
      contained: [
        {
          resourceType: 'PractitionerRole',
          id: 'a',
          specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '103T00000X' }] }],
        },
      ],
      author: [{ reference: '#a' }],
    }),
    labels: ['MH'],
    candidate: true,
    reviews: ['psychotherapy-note-candidate'],
  },
  {
    name: 'genetic or dietary counseling: not by a mental health professional',
    resource: document('47042-7'),
    context: nucc('133V00000X'),
    labels: [],
  },
  { name: 'counseling note by a neurologist', resource: document('47042-7'), context: nucc('2084N0400X'), labels: [] },
  { name: 'counseling note, author unknown', resource: document(COUNSELING), labels: ['MH'] },
  { name: 'progress note by a psychologist', resource: document(PROGRESS), context: psychologist, labels: ['MH'] },
  { name: 'any narrative by a psychologist is mental health', resource: document(UNKNOWN), context: psychologist, labels: ['MH'] },
  { name: 'narrative by a psychiatric nurse', resource: document(UNKNOWN), context: nucc('163WP0808X'), labels: ['MH'] },
  {
    name: 'a blood pressure that a psychiatrist took',
    resource: { resourceType: 'Observation', status: 'final', code: loinc('85354-9') },
    context: psychologist,
    labels: [],
  },
  {
    name: 'counseling coded on an Encounter',
    resource: { resourceType: 'Encounter', status: 'finished', class: {}, type: [loinc('47042-7')] },
    context: psychologist,
    labels: [],
  },
];

describe.each([
  ['declared', DECLARED],
  ['by the installation’s rules', INSTALLATION],
  ['candidates', CANDIDATES],
])('%s', (_, cases) => {
  test.each(cases.map((each) => [each.name, each] as const))(
    '%s',
    (__, { resource, context = {}, rules, labels, candidate = false, reviews = [] }) => {
      const labeled = classifyResource(resource, context, { ...shipped, psychotherapyNotes: { ...NO_NOTE_RULES, ...rules } });
      expect(codesOf(labeled.labels)).toEqual(labels);
      expect(labeled.candidate).toBe(candidate);
      expect(labeled.reviews).toEqual(reviews);
    },
  );
});

test('SUD counseling notes: a note from a Part 2 program', () => {
  const resource = document(UNKNOWN, { ...declared('PSYTHPN'), custodian: { reference: 'Organization/p2' } });
  expect(codesOf(classifyResource(resource, {}, { ...shipped, part2Programs: ['Organization/p2'] }).labels)).toEqual([
    '42CFRPart2',
    'PSYTHPN',
  ]);
});

test('the evidence of an installation’s rule names the rule', () => {
  const rules = { ...shipped, psychotherapyNotes: { ...NO_NOTE_RULES, stores: ['notes'] } };
  const [label] = classifyResource(document(UNKNOWN), { store: 'notes' }, rules).labels;
  expect(label?.evidence).toEqual([{ source: 'installation', rule: 'psychotherapyNotes.stores', path: 'DocumentReference' }]);
});
