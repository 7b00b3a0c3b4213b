import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import type { ClassifyContext, ClassifyRules } from '../../src/classify/label.ts';
import { nodeAt } from '../../src/classify/removable-part.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';
import type { Coding, Resource } from '../../src/fhir/resource.ts';
import { codesOf, labelsByPlace, shippedRules } from './shipped-rules.ts';

let rules: ClassifyRules;
beforeAll(async () => {
  rules = await shippedRules();
});

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const SNOMED = 'http://snomed.info/sct';
const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
const depression = concept(ICD, 'F32.1');
const alcohol = concept(ICD, 'F10.20');
const flu = concept(ICD, 'J11.1');
const security = (...codes: string[]) => ({
  meta: { security: codes.map((code) => (code.length === 1 ? { system: CONFIDENTIALITY, code } : { system: ACT_CODE, code })) },
});
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const inline = (code: string, system = ACT_CODE) => ({ url: INLINE, valueCoding: { system, code } });
/** A label with the law that it rests on (DS4P sec-label-basis). */
const withBasis: Coding = Object.assign(
  { system: CONFIDENTIALITY, code: 'R' },
  {
    extension: [
      {
        url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis',
        valueCoding: { system: ACT_CODE, code: '42CFRPart2' },
      },
    ],
  },
);
const PSY = ['MH', 'PSY'];
const ETH = ['ETHUD', 'SUD'];

type Places = Record<string, string[]>;
type Case = [name: string, resource: Resource, places: Places, confidentiality?: string];

const WHERE: Case[] = [
  ['nothing sensitive', { resourceType: 'Condition', code: flu }, {}, 'N'],
  ['a diagnosis', { resourceType: 'Condition', code: depression }, { '': PSY }],
  ['one reason of two', { resourceType: 'Encounter', reasonCode: [flu, depression] }, { 'reasonCode.1': PSY }],
  [
    'two reasons of different kinds',
    { resourceType: 'Encounter', reasonCode: [alcohol, depression] },
    { 'reasonCode.0': ETH, 'reasonCode.1': PSY },
  ],
  [
    'a reason that says no more than the resource',
    { resourceType: 'Procedure', code: concept('http://www.ama-assn.org/go/cpt', '90837'), reasonCode: [concept(ICD, 'R45.851')] },
    { '': ['MH'] },
  ],
  [
    'a reason that says more than the resource',
    { resourceType: 'Procedure', code: concept('http://www.ama-assn.org/go/cpt', '90837'), reasonCode: [alcohol] },
    { '': ['MH'], 'reasonCode.0': ETH },
  ],
  [
    'a component',
    { resourceType: 'Observation', code: flu, component: [{ code: flu }, { code: concept('http://loinc.org', '44261-6') }] },
    { 'component.1': ['MH'] },
  ],
  [
    'an allergy’s substance',
    { resourceType: 'AllergyIntolerance', code: concept('http://www.nlm.nih.gov/research/umls/rxnorm', '36437') },
    { '': ['MH'] },
  ],
  [
    'a claim: diagnosis and item',
    {
      resourceType: 'Claim',
      diagnosis: [{ sequence: 1, diagnosisCodeableConcept: alcohol }],
      item: [{ sequence: 1, productOrService: concept('http://www.ama-assn.org/go/cpt', '90837') }],
    },
    { 'diagnosis.0': ETH, 'item.0': ['MH'] },
  ],
  [
    'supportingInfo of an EOB (threats.md 50)',
    {
      resourceType: 'ExplanationOfBenefit',
      supportingInfo: [
        {
          sequence: 1,
          category: flu,
          code: concept(
            'https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software',
            '896',
          ),
        },
      ],
    },
    { 'supportingInfo.0': ['SUD'] },
  ],
  [
    'a Coding in an unknown extension',
    { resourceType: 'Patient', extension: [{ url: 'urn:x', extension: [{ url: 'y', valueCoding: { system: ICD, code: 'F20.0' } }] }] },
    { 'extension.0': PSY },
  ],
  [
    'a CodeableConcept in an extension of a primitive',
    { resourceType: 'Patient', _birthDate: { extension: [{ url: 'urn:x', valueCodeableConcept: depression }] } },
    { '_birthDate.extension.0': PSY },
  ],
  ['an element that R4 does not know', { resourceType: 'Encounter', reason: [{ value: [{ concept: depression }] }] }, { '': PSY }],
  ['a tag', { resourceType: 'Observation', meta: { tag: [{ system: ICD, code: 'F32.1' }] } }, { '': PSY }],
  [
    'an answer',
    {
      resourceType: 'QuestionnaireResponse',
      item: [{ linkId: '1', item: [{ linkId: '2', answer: [{ valueCoding: { system: SNOMED, code: '35489007' } }] }] }],
    },
    { 'item.0.item.0.answer.0': PSY },
  ],
  [
    'the form that was answered',
    { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: 'http://loinc.org/q/44249-1' },
    { '': ['MH'] },
  ],
  ...[
    'http://loinc.org/q/44249-1?x',
    'http://loinc.org/q/44249-1#x',
    'https://loinc.org/q/44249-1|2.77',
    'http://loinc.org/q/44249-1/',
  ].map(
    (questionnaire): Case => [
      `the form that was answered, as ${questionnaire}: with its answers`,
      {
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
        questionnaire,
        item: [{ linkId: '1', answer: [{ valueInteger: 3 }] }],
      },
      { '': ['MH'] },
    ],
  ),
  ['text alone is not interpreted', { resourceType: 'Condition', code: { text: 'Major depression' } }, {}, 'N'],
  ['sexual dysfunction is of both kinds', { resourceType: 'Condition', code: concept(ICD, 'F52.0') }, { '': ['MH', 'PSY', 'SEX'] }],
];

const NESTED: Case[] = [
  [
    'a contained diagnosis, and what refers to it',
    {
      resourceType: 'Encounter',
      contained: [{ resourceType: 'Condition', id: 'c', code: depression }],
      diagnosis: [{ condition: { reference: '#c' } }, { condition: { reference: 'Condition/2' } }],
    },
    { 'contained.0': PSY, 'diagnosis.0': PSY },
  ],
  [
    'a contained medication is what the request is about',
    {
      resourceType: 'MedicationRequest',
      contained: [{ resourceType: 'Medication', id: 'm', code: concept('http://www.nlm.nih.gov/research/umls/rxnorm', '36437') }],
      medicationReference: { reference: '#m' },
    },
    { '': ['MH'] },
  ],
  [
    'a contained form that was answered, and what refers to it',
    {
      resourceType: 'Observation',
      contained: [{ resourceType: 'QuestionnaireResponse', id: 'q', questionnaire: 'http://loinc.org/q/44249-1' }],
      derivedFrom: [{ reference: '#q' }, { reference: 'Observation/2' }],
    },
    { 'contained.0': ['MH'], 'derivedFrom.0': ['MH'] },
  ],
  [
    'a contained resource that refers to a contained one',
    {
      resourceType: 'Encounter',
      contained: [
        { resourceType: 'Condition', id: 'a', code: depression },
        { resourceType: 'Procedure', id: 'b', reasonReference: [{ reference: '#a' }] },
      ],
      reasonReference: [{ reference: '#b' }],
    },
    { 'contained.0': PSY, 'contained.1': PSY, 'reasonReference.0': PSY },
  ],
  [
    'a contained Questionnaire is part of the answer',
    {
      resourceType: 'QuestionnaireResponse',
      contained: [{ resourceType: 'Questionnaire', id: 'q', code: [{ system: 'http://loinc.org', code: '44249-1' }] }],
    },
    { 'contained.0': ['MH'] },
  ],
  [
    'a contained ValueSet lists what could be',
    {
      resourceType: 'Observation',
      contained: [
        {
          resourceType: 'ValueSet',
          id: 'v',
          compose: { include: [{ system: ICD, concept: [{ code: 'F32.1' }] }] },
          expansion: { contains: [{ system: ICD, code: 'F32.1' }] },
        },
      ],
    },
    {},
  ],
  [
    'entries of a Bundle (threats.md 19)',
    {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resource: { resourceType: 'Condition', code: flu } },
        { resource: { resourceType: 'Encounter', reasonCode: [depression] } },
      ],
    },
    { 'entry.1': PSY },
  ],
  [
    'a section of a document’s Composition',
    { resourceType: 'Composition', section: [{ code: flu }, { code: concept('http://loinc.org', '34904-3') }] },
    { 'section.1': ['MH'] },
  ],
  [
    'a document whose Composition is sensitive',
    {
      resourceType: 'Bundle',
      type: 'document',
      entry: [
        { resource: { resourceType: 'Composition', type: concept('http://loinc.org', '34904-3') } },
        { resource: { resourceType: 'Condition', code: flu } },
      ],
    },
    { '': ['MH'] },
  ],
  [
    'a resource in Parameters',
    {
      resourceType: 'Parameters',
      parameter: [{ name: 'a', part: [{ name: 'b', resource: { resourceType: 'Condition', code: depression } }] }],
    },
    { 'parameter.0.part.0': PSY },
  ],
];

const DECLARED: Case[] = [
  ['meta.security', { resourceType: 'Observation', code: flu, ...security('HIV', 'R') }, { '': ['HIV', 'R'] }, 'R'],
  ['declared beside derived', { resourceType: 'Condition', code: alcohol, ...security('SDV') }, { '': ['ETHUD', 'SDV', 'SUD'] }, 'R'],
  ['a declared confidentiality is kept', { resourceType: 'Condition', code: depression, ...security('V') }, { '': [...PSY, 'V'] }, 'V'],
  ['the highest of several', { resourceType: 'Condition', code: flu, ...security('N', 'V', 'L') }, { '': ['L', 'N', 'V'] }, 'V'],
  ['a declared N is declared', { resourceType: 'Condition', code: depression, ...security('N') }, { '': [...PSY, 'N'] }, 'N'],
  [
    'the law that a label rests on',
    {
      resourceType: 'Observation',
      code: flu,
      meta: { security: [withBasis] },
    },
    { '': ['42CFRPart2', 'R'] },
    'R',
  ],
  [
    'DocumentReference.securityLabel',
    {
      resourceType: 'DocumentReference',
      securityLabel: [
        {
          coding: [
            { system: CONFIDENTIALITY, code: 'V' },
            { system: ACT_CODE, code: 'SUD' },
          ],
        },
      ],
    },
    { '': ['SUD', 'V'] },
    'V',
  ],
  ['Composition.confidentiality', { resourceType: 'Composition', confidentiality: 'V', section: [] }, { '': ['V'] }, 'V'],
  [
    'an inline label',
    { resourceType: 'Patient', identifier: [{ value: '1', extension: [inline('R', CONFIDENTIALITY)] }, { value: '2' }] },
    { 'identifier.0': ['R'] },
    'R',
  ],
  [
    'an inline label on a primitive',
    { resourceType: 'Patient', birthDate: '1980', _birthDate: { extension: [inline('VIP')] } },
    { birthDate: ['VIP'] },
  ],
  [
    'an inline label on the second of some primitives',
    { resourceType: 'Patient', name: [{ given: ['A', 'B'], _given: [null, { extension: [inline('VIP')] }] }] },
    { 'name.0': ['VIP'] },
  ],
  [
    'an inline label on a required element',
    { resourceType: 'Immunization', patient: { reference: 'Patient/1', extension: [inline('HIV')] } },
    { '': ['HIV'] },
  ],
  [
    'integrity inline is no reason to remove',
    {
      resourceType: 'Immunization',
      patient: { extension: [inline('PATRPT', 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue')] },
      reasonCode: [],
    },
    { '': ['PATRPT'] },
    'N',
  ],
  [
    'a labelled entry',
    {
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [{ resource: { resourceType: 'Condition', ...security('PSYTHPN') } }, { resource: { resourceType: 'Condition' } }],
    },
    { 'entry.0': ['PSYTHPN'] },
  ],
  [
    'a label on a contained resource',
    {
      resourceType: 'Encounter',
      contained: [{ resourceType: 'Condition', id: 'c', ...security('HIV') }],
      reasonReference: [{ reference: '#c' }],
    },
    { 'contained.0': ['HIV'], 'reasonReference.0': ['HIV'] },
  ],
  [
    'labels of $meta',
    { resourceType: 'Parameters', parameter: [{ name: 'return', valueMeta: security('PSYTHPN').meta }] },
    { 'parameter.0.valueMeta': ['PSYTHPN'] },
  ],
  [
    'a part inside a labelled part',
    { resourceType: 'Composition', section: [{ code: depression, extension: [], section: [{ code: alcohol }] }] },
    { 'section.0': ['ETHUD', 'MH', 'PSY', 'SUD'] },
  ],
];

const NOT_THE_PATIENT: Case[] = [
  [
    'a ValueSet',
    {
      resourceType: 'ValueSet',
      compose: { include: [{ system: ICD, concept: [{ code: 'F32.1' }] }] },
      expansion: { contains: [{ system: ICD, code: 'F32.1' }] },
    },
    {},
  ],
  ['a Questionnaire', { resourceType: 'Questionnaire', code: [{ system: 'http://loinc.org', code: '44249-1' }] }, {}],
  [
    'a ValueSet in a Bundle',
    { resourceType: 'Bundle', entry: [{ resource: { resourceType: 'ValueSet', useContext: [{ valueCodeableConcept: depression }] } }] },
    {},
  ],
  [
    'a psychiatrist in a directory',
    {
      resourceType: 'PractitionerRole',
      specialty: [concept(SNOMED, '394587001'), concept('http://nucc.org/provider-taxonomy', '283Q00000X')],
    },
    {},
  ],
  [
    'what a Consent permits or denies',
    {
      resourceType: 'Consent',
      provision: {
        type: 'deny',
        code: [depression],
        securityLabel: [{ system: ACT_CODE, code: 'PSYTHPN' }],
        provision: [{ code: [alcohol] }],
      },
    },
    {},
  ],
  [
    'the sensitivities that a Consent names, at any depth; never that it names psychotherapy notes',
    {
      resourceType: 'Consent',
      provision: {
        type: 'permit',
        provision: [
          { securityLabel: [{ system: ACT_CODE, code: 'PSYTHPN' }] },
          {
            provision: [
              {
                securityLabel: [
                  { system: ACT_CODE, code: 'HIV' },
                  { system: ACT_CODE, code: '42CFRPart2' },
                ],
              },
            ],
          },
        ],
      },
    },
    { '': ['42CFRPart2', 'HIV'] },
    'R',
  ],
  [
    'the laws that a Consent names under the system that R4 has for laws',
    {
      resourceType: 'Consent',
      provision: { securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw', code: '42CFRPart2' }] },
    },
    { '': ['42CFRPart2'] },
    'R',
  ],
  [
    'a consent to disclose Part 2 records, whatever its provisions name',
    { resourceType: 'Consent', category: [concept(ACT_CODE, '42CFRPart2CD')] },
    { '': ['42CFRPart2'] },
    'R',
  ],
  ['a label declared on a definition', { resourceType: 'Library', topic: [depression], ...security('TBOO') }, { '': ['TBOO'] }],
];

describe.each([
  ['where a label sits', WHERE],
  ['nested resources', NESTED],
  ['declared labels', DECLARED],
  ['what says nothing of a patient', NOT_THE_PATIENT],
])('%s', (_, cases) => {
  test.each(cases)('%s', (__, resource, places, confidentiality) => {
    const labeled = classifyResource(resource, {}, rules);
    expect(labelsByPlace(labeled)).toEqual(places);
    if (confidentiality !== undefined) expect(labeled.confidentiality).toBe(confidentiality);
  });
});

describe('labels from what a resource belongs to', () => {
  const label = (code: string, system = ACT_CODE) => ({ system, code, evidence: [] });
  const from = (rule: 'encounter' | 'referrer' | 'target', ...codes: string[]): ClassifyContext => ({
    inherited: [{ reference: 'X/1', rule, labels: codes.map((code) => (code.length === 1 ? label(code, CONFIDENTIALITY) : label(code))) }],
  });
  test.each<[string, ClassifyContext, string[], string]>([
    ['sensitivity of its Encounter', from('encounter', 'MH', '42CFRPart2'), ['42CFRPart2', 'MH'], 'R'],
    ['never that its Encounter was a psychotherapy note', from('encounter', 'PSYTHPN', 'HIPAAPsyNotes', 'MH'), ['MH'], 'R'],
    ['nor how its Encounter is handled', from('encounter', 'V', 'DELAU'), [], 'N'],
    ['everything of a referrer', from('referrer', 'PSYTHPN', 'V'), ['PSYTHPN', 'V'], 'V'],
    ['everything of a target', from('target', 'PSYTHPN', 'SDV'), ['PSYTHPN', 'SDV'], 'R'],
  ])('%s', (_, context, labels, confidentiality) => {
    const labeled = classifyResource({ resourceType: 'Binary', contentType: 'text/plain' }, context, rules);
    expect(codesOf(labeled.labels)).toEqual(labels);
    expect(labeled.confidentiality).toBe(confidentiality);
  });

  test('a Part 2 program as source, of a resource and of each entry', () => {
    const part2 = { ...rules, part2Programs: ['Organization/p2'] };
    const record: Resource = { resourceType: 'Observation', performer: [{ reference: 'Organization/p2' }] };
    expect(labelsByPlace(classifyResource(record, {}, part2))).toEqual({ '': ['42CFRPart2'] });
    const bundle: Resource = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { resourceType: 'Patient' } }, { resource: record }],
    };
    expect(labelsByPlace(classifyResource(bundle, {}, part2))).toEqual({ 'entry.1': ['42CFRPart2'] });
  });
});

test('evidence says which rule, which path, which code', () => {
  const labeled = classifyResource({ resourceType: 'Encounter', reasonCode: [flu, depression] }, {}, rules);
  expect(labeled.segments[0]?.labels[0]?.evidence).toEqual([
    { source: 'derived', rule: 'icd-mental-health', path: 'Encounter.reasonCode[1].coding[0]', system: ICD, code: 'F32.1' },
  ]);
});

test('nesting that no FHIR content has is refused, not walked', () => {
  let node: object = { code: 'F32.1', system: ICD };
  for (let depth = 0; depth < 5000; depth += 1) node = { extension: [node] };
  expect(() => classifyResource({ resourceType: 'Patient', extension: [node] }, {}, rules)).toThrow('too-large');
});

test('a name like __proto__ is a name', () => {
  const resource: Resource = JSON.parse(
    `{"resourceType":"Patient","__proto__":{"coding":[{"system":"${ICD}","code":"F32.1"}]},"constructor":{"system":"${ICD}","code":"F10.1"}}`,
  );
  expect(labelsByPlace(classifyResource(resource, {}, rules))).toEqual({ '': ['ETHUD', 'MH', 'PSY', 'SUD'] });
});

describe('for any resource', () => {
  const coding = fc.record({
    system: fc.constantFrom(ICD, SNOMED, 'http://loinc.org', 'urn:x'),
    code: fc.constantFrom('F32.1', 'F10.20', 'J11.1', '35489007', '44261-6', 'B20', 'T74.11XA'),
  });
  const codeable = fc.record({ coding: fc.array(coding, { minLength: 1, maxLength: 4 }) });
  const encounter = fc.record({
    resourceType: fc.constant('Encounter'),
    status: fc.constant('finished'),
    type: fc.array(codeable, { maxLength: 3 }),
    reasonCode: fc.array(codeable, { maxLength: 3 }),
    diagnosis: fc.array(fc.record({ condition: fc.constant({ reference: '#c' }), use: codeable }), { maxLength: 2 }),
    contained: fc.array(fc.record({ resourceType: fc.constant('Condition'), id: fc.constant('c'), code: codeable }), { maxLength: 1 }),
  });
  const all = (resource: Resource): string[] => {
    const { labels, segments } = classifyResource(resource, {}, rules);
    return [...new Set([...codesOf(labels), ...segments.flatMap((segment) => codesOf(segment.labels))])].sort();
  };

  test('the order of codings changes no label', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value).map(([key, inner]) => [key, key === 'coding' ? (inner as unknown[]).toReversed() : reversed(inner)]),
            )
          : value;
    fc.assert(
      fc.property(encounter, (resource) => {
        expect(labelsByPlace(classifyResource(reversed(resource) as Resource, {}, rules))).toEqual(
          labelsByPlace(classifyResource(resource, {}, rules)),
        );
      }),
    );
  });

  test('an element more loses no label', () => {
    fc.assert(
      fc.property(encounter, codeable, fc.constantFrom('serviceType', 'priority', 'extension', 'unheardOf'), (resource, more, name) => {
        const added = { ...resource, [name]: name === 'extension' ? [{ url: 'urn:x', valueCodeableConcept: more }] : more };
        expect(all(added)).toEqual(expect.arrayContaining(all(resource)));
      }),
    );
  });

  test('a declared label is on the resource, whatever else is there', () => {
    fc.assert(
      fc.property(
        encounter,
        fc.subarray(['PSYTHPN', 'SUD', 'HIV', '42CFRPart2', 'DELAU', 'V', 'R'], { minLength: 1 }),
        (resource, codes) => {
          const labeled = classifyResource({ ...resource, ...security(...codes) }, {}, rules);
          expect(codesOf(labeled.labels)).toEqual(expect.arrayContaining(codes));
          if (codes.includes('V')) expect(labeled.confidentiality).toBe('V');
        },
      ),
    );
  });

  test('no segment lies in another, and every code set label is somewhere', () => {
    fc.assert(
      fc.property(encounter, (resource) => {
        const { segments } = classifyResource(resource, {}, rules);
        const keys = segments.map(({ path }) => `${path.join('/')}/`);
        for (const key of keys) expect(keys.filter((other) => other.startsWith(key))).toEqual([key]);
        const found = JSON.stringify(resource);
        expect(all(resource).includes('HIV')).toBe(/"system":"[^"]*icd-10-cm","code":"B20"/.test(found));
      }),
    );
  });

  test('with every segment gone, what is left carries the labels of the resource and no others', () => {
    const without = (resource: Resource, paths: readonly (readonly (string | number)[])[]): Resource => {
      const copy = structuredClone(resource);
      for (const path of [...paths].toReversed()) {
        const parent = nodeAt(copy, path.slice(0, -1));
        const last = path.at(-1);
        if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
        else if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last as string];
      }
      return copy;
    };
    fc.assert(
      fc.property(encounter, (resource) => {
        const labeled = classifyResource(resource, {}, rules);
        const left = classifyResource(
          without(
            resource,
            labeled.segments.map(({ path }) => path),
          ),
          {},
          rules,
        );
        expect(labelsByPlace(left)).toEqual(labeled.labels.length === 0 ? {} : { '': codesOf(labeled.labels) });
      }),
    );
  });

  test('nothing in the resource is changed', () => {
    fc.assert(
      fc.property(encounter, (resource) => {
        const before = structuredClone(resource);
        classifyResource(resource, {}, rules);
        expect(resource).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });
});
