/** What a view leaves of references and of `meta`. `CANARY` is a name or a number that the view does not give. */
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { applyView } from '../../src/redact/apply-view.ts';
import { deepFreeze } from './hl7-examples.ts';

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED', display: 'subsetted' };
const MASKED = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] };
const tagged = { meta: { tag: [SUBSETTED] } };
const named = { display: 'CANARY', identifier: { system: 'mrn', value: 'CANARY' } };
const kept = { display: 'Ann One', identifier: { system: 'mrn', value: 'MRN-1' } };
const ann = { reference: 'Patient/p1' };

const view = (elements: Record<string, readonly string[] | '*'>) => ({ id: 'v', citation: '45 CFR 164.514(d)', elements });
const condition = (subject: object, more: object = {}): Resource => ({ resourceType: 'Condition', id: 'c', subject, ...more });
const encounter = (more: object): Resource => ({ resourceType: 'Encounter', id: 'e', status: 'finished', class: { code: 'AMB' }, ...more });

const CONDITION = ['subject', 'encounter', 'asserter', 'evidence'];
const NAMELESS = { Patient: ['birthDate'], Condition: CONDITION, Encounter: ['status', 'subject', 'participant'] };

interface Case {
  readonly name: string;
  readonly elements: Record<string, readonly string[] | '*'>;
  readonly resource: Resource;
  readonly expected: Resource | 'same';
}

const CASES: readonly Case[] = [
  {
    name: 'name and number of a patient that the view gives without either',
    elements: NAMELESS,
    resource: condition({ ...ann, ...named, type: 'Patient' }),
    expected: condition({ ...ann, type: 'Patient' }, tagged),
  },
  {
    name: 'the name alone is given: the number goes',
    elements: { ...NAMELESS, Patient: ['name'] },
    resource: condition({ ...ann, ...named, display: 'Ann One' }),
    expected: condition({ ...ann, display: 'Ann One' }, tagged),
  },
  {
    name: 'the number alone is given: the name goes',
    elements: { ...NAMELESS, Patient: ['identifier'] },
    resource: condition({ ...ann, ...kept, display: 'CANARY' }),
    expected: condition({ ...ann, identifier: kept.identifier }, tagged),
  },
  {
    name: 'both are given, or every element: the same object',
    elements: { ...NAMELESS, Patient: ['name', 'identifier'], Encounter: '*' },
    resource: condition({ ...ann, ...kept }, { encounter: { reference: 'Encounter/e', ...kept } }),
    expected: 'same',
  },
  {
    name: 'every element of what refers, but not of the patient',
    elements: { ...NAMELESS, Condition: '*' },
    resource: condition({ ...ann, ...named }, { extension: [{ url: 'urn:x', valueReference: { ...ann, ...named } }] }),
    expected: condition(ann, { extension: [{ url: 'urn:x', valueReference: ann }], ...tagged }),
  },
  {
    name: 'a type that the view does not list',
    elements: NAMELESS,
    resource: condition(ann, { asserter: { reference: 'RelatedPerson/r', ...named } }),
    expected: condition(ann, { asserter: { reference: 'RelatedPerson/r' }, ...tagged }),
  },
  {
    name: 'a type without a name keeps what it is called by; its number goes',
    elements: NAMELESS,
    resource: condition(ann, { encounter: { reference: 'Encounter/e', ...named, display: 'Visit' } }),
    expected: condition(ann, { encounter: { reference: 'Encounter/e', display: 'Visit' }, ...tagged }),
  },
  {
    name: 'who is no patient can be read whole: the same object',
    elements: NAMELESS,
    resource: condition(ann, { asserter: { reference: 'Practitioner/x', ...kept } }),
    expected: 'same',
  },
  {
    name: 'who is no patient, of whom the view lists less',
    elements: { ...NAMELESS, Practitioner: ['name'] },
    resource: condition(ann, { asserter: { reference: 'Practitioner/x', ...named, display: 'Dr. X' } }),
    expected: condition(ann, { asserter: { reference: 'Practitioner/x', display: 'Dr. X' }, ...tagged }),
  },
  {
    name: 'by URL, by version, with a fragment, by uuid',
    elements: NAMELESS,
    resource: condition(ann, {
      evidence: [
        {
          detail: ['http://up/fhir/Patient/p1', 'Patient/p1/_history/2', 'Patient/p1#x', 'urn:uuid:0b1f'].map((reference) => ({
            reference,
            ...named,
          })),
        },
      ],
    }),
    expected: condition(ann, {
      evidence: [
        {
          detail: ['http://up/fhir/Patient/p1', 'Patient/p1/_history/2', 'Patient/p1#x', 'urn:uuid:0b1f'].map((reference) => ({
            reference,
          })),
        },
      ],
      ...tagged,
    }),
  },
  {
    name: 'by number alone, where it may be a person: it goes whole, required it stays as masked',
    elements: NAMELESS,
    resource: condition({ type: 'Patient', ...named }, { asserter: named }),
    expected: condition(MASKED, tagged),
  },
  {
    name: 'by a search for the number',
    elements: NAMELESS,
    resource: condition({ reference: 'Patient?identifier=mrn|CANARY', display: 'CANARY' }),
    expected: condition(MASKED, tagged),
  },
  {
    name: 'by name alone, where only who is no patient can stand: the same object',
    elements: { ...NAMELESS, Encounter: ['status', 'serviceProvider'] },
    resource: encounter({ serviceProvider: { display: 'Clinic' } }),
    expected: 'same',
  },
  {
    name: 'what says two types is given as both are',
    elements: NAMELESS,
    resource: condition(ann, { asserter: { reference: 'Practitioner/x', type: 'Patient', ...named } }),
    expected: condition(ann, { asserter: { reference: 'Practitioner/x', type: 'Patient' }, ...tagged }),
  },
  {
    name: 'what hangs on the reference or its parts, but for codes',
    elements: NAMELESS,
    resource: condition(
      {
        ...ann,
        display: 'CANARY',
        _display: { extension: [{ url: 'urn:x', valueString: 'CANARY' }] },
        extension: [{ url: 'urn:x', valueHumanName: { text: 'CANARY' } }],
      },
      { asserter: { reference: 'Patient/p1', display: 'CANARY', ...MASKED } },
    ),
    expected: condition(ann, { asserter: { reference: 'Patient/p1', ...MASKED }, ...tagged }),
  },
  {
    name: 'at any depth: of a part, and of what is contained',
    elements: { ...NAMELESS, Encounter: [...NAMELESS.Encounter, 'diagnosis'] },
    resource: encounter({
      contained: [
        { resourceType: 'Patient', id: 'p', name: [{ text: 'CANARY' }], birthDate: '1990' },
        condition({ reference: '#p', ...named }),
      ],
      subject: { reference: '#p', ...named },
      participant: [{ individual: { reference: 'RelatedPerson/r', ...named } }],
      diagnosis: [{ condition: { reference: '#c' } }],
    }),
    expected: encounter({
      contained: [{ resourceType: 'Patient', id: 'p', birthDate: '1990', ...tagged }, condition({ reference: '#p' })],
      subject: { reference: '#p' },
      participant: [{ individual: { reference: 'RelatedPerson/r' } }],
      diagnosis: [{ condition: { reference: '#c' } }],
      ...tagged,
    }),
  },
];

describe('a view gives of a reference what it gives of the target', () => {
  test.each(CASES)('$name', ({ elements, resource, expected }) => {
    const given = applyView(deepFreeze(resource), view(elements));
    if (expected === 'same') expect(given).toBe(resource);
    else {
      expect(given).toEqual(expected);
      expect(JSON.stringify(given)).not.toContain('CANARY');
      expect(validateResource(given as Resource)).toEqual(validateResource(resource));
    }
  });
});

describe('a view gives of meta the version, the profiles and the labels', () => {
  const whole = { versionId: '3', lastUpdated: '2026-08-01T10:00:00Z', profile: ['urn:p'], security: [{ code: 'R' }] };
  const more = {
    source: 'http://up/CANARY',
    tag: [{ code: 'CANARY' }, { ...SUBSETTED, version: 'CANARY' }],
    extension: [{ url: 'urn:x', valueString: 'CANARY' }],
    _versionId: { id: 'CANARY' },
  };
  const elements = { ...NAMELESS, Patient: ['active'] };
  const patient = (meta: object): Resource => ({ resourceType: 'Patient', id: 'p', meta, active: true });

  test.each([
    ['more goes', elements, { ...whole, ...more }, { ...whole, tag: [SUBSETTED] }],
    ['nothing but more', elements, more, { tag: [SUBSETTED] }],
    ['no more is there', elements, { ...whole, tag: [SUBSETTED] }, 'same'],
    ['every element is given', { Patient: '*' as const }, { ...whole, ...more }, 'same'],
    ['it is listed', { Patient: ['meta', 'active'] }, { ...whole, ...more }, 'same'],
  ])('%s', (_situation, listed, meta, expected) => {
    const given = applyView(deepFreeze(patient(meta)), view(listed));
    expect(given).toEqual(patient(expected === 'same' ? meta : (expected as object)));
  });
});
