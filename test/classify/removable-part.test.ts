import { describe, expect, test } from 'vitest';
import { removablePart } from '../../src/classify/removable-part.ts';
import { elementAt } from '../../src/fhir/definitions.ts';
import type { Path, Resource } from '../../src/fhir/resource.ts';

const concept = { coding: [{ system: 'urn:x', code: 'a' }] };
const CASES: [string, Resource, Path, Path][] = [
  ['what a Condition is about', { resourceType: 'Condition', code: concept, subject: {} }, ['code', 'coding', 0], []],
  ['an array item', { resourceType: 'Encounter', reasonCode: [{}, concept] }, ['reasonCode', 1, 'coding', 0], ['reasonCode', 1]],
  ['one class of many', { resourceType: 'Encounter', type: [concept] }, ['type', 0, 'coding', 0], ['type', 0]],
  ['the only class', { resourceType: 'DocumentReference', type: concept }, ['type', 'coding', 0], []],
  [
    'an optional element',
    { resourceType: 'Observation', code: {}, valueCodeableConcept: concept },
    ['valueCodeableConcept', 'coding', 0],
    ['valueCodeableConcept'],
  ],
  [
    'a choice that a resource is about',
    { resourceType: 'MedicationRequest', medicationCodeableConcept: concept },
    ['medicationCodeableConcept', 'coding', 0],
    [],
  ],
  [
    'a required code inside an item',
    { resourceType: 'Observation', component: [{ code: concept }] },
    ['component', 0, 'code', 'coding', 0],
    ['component', 0],
  ],
  [
    'a required choice inside an item',
    { resourceType: 'Claim', diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept }] },
    ['diagnosis', 0, 'diagnosisCodeableConcept', 'coding', 0],
    ['diagnosis', 0],
  ],
  [
    'a data type is one thing',
    { resourceType: 'MedicationRequest', dosageInstruction: [{ text: 't', site: concept }] },
    ['dosageInstruction', 0, 'site', 'coding', 0],
    ['dosageInstruction', 0],
  ],
  [
    'the code of a section names the section',
    { resourceType: 'Composition', section: [{ title: 't', code: concept }] },
    ['section', 0, 'code', 'coding', 0],
    ['section', 0],
  ],
  [
    'a section in a section',
    { resourceType: 'Composition', section: [{ section: [{ code: concept }] }] },
    ['section', 0, 'section', 0, 'code', 'coding', 0],
    ['section', 0],
  ],
  [
    'an only answer leaves no empty answer behind',
    { resourceType: 'QuestionnaireResponse', item: [{ linkId: '1', answer: [{ valueCoding: { code: 'a' } }] }] },
    ['item', 0, 'answer', 0, 'valueCoding'],
    ['item', 0, 'answer', 0],
  ],
  [
    'the setting of a document is the document’s',
    { resourceType: 'DocumentReference', context: { period: {}, practiceSetting: concept } },
    ['context', 'practiceSetting', 'coding', 0],
    [],
  ],
  [
    'an element inside a single backbone',
    { resourceType: 'Encounter', hospitalization: { reAdmission: {}, dischargeDisposition: concept } },
    ['hospitalization', 'dischargeDisposition', 'coding', 0],
    ['hospitalization', 'dischargeDisposition'],
  ],
  [
    'an extension',
    { resourceType: 'Patient', extension: [{ url: 'u', valueCoding: { code: 'a' } }] },
    ['extension', 0, 'valueCoding'],
    ['extension', 0],
  ],
  [
    'the outermost of nested extensions',
    { resourceType: 'Patient', extension: [{ url: 'u', extension: [{}, {}] }] },
    ['extension', 0, 'extension', 1, 'valueCoding'],
    ['extension', 0],
  ],
  [
    'an extension inside a data type',
    { resourceType: 'Condition', code: { coding: [{ extension: [{}] }] } },
    ['code', 'coding', 0, 'extension', 0, 'valueCoding'],
    ['code', 'coding', 0, 'extension', 0],
  ],
  [
    'an extension of a primitive',
    { resourceType: 'Patient', _birthDate: { extension: [{}] } },
    ['_birthDate', 'extension', 0, 'valueCoding'],
    ['_birthDate', 'extension', 0],
  ],
  [
    'a modifier extension can’t go alone',
    { resourceType: 'Encounter', reasonCode: [{}], diagnosis: [{ condition: {}, modifierExtension: [{}] }] },
    ['diagnosis', 0, 'modifierExtension', 0, 'valueCoding'],
    ['diagnosis', 0],
  ],
  [
    'a modifier extension of the resource',
    { resourceType: 'Patient', modifierExtension: [{}] },
    ['modifierExtension', 0, 'valueCoding'],
    [],
  ],
  ['a modifier element', { resourceType: 'Condition', code: {}, verificationStatus: concept }, ['verificationStatus', 'coding', 0], []],
  ['a tag', { resourceType: 'Observation', meta: { tag: [{ code: 'a' }] } }, ['meta', 'tag', 0], []],
  [
    'an element that R4 does not know',
    { resourceType: 'Encounter', reason: [{ value: [{ concept }] }] },
    ['reason', 0, 'value', 0, 'concept', 'coding', 0],
    [],
  ],
  ['a type that R4 does not know', { resourceType: 'Transport', reason: [concept] }, ['reason', 0, 'coding', 0], []],
  [
    'a contained resource',
    { resourceType: 'Encounter', contained: [{ resourceType: 'Condition', code: concept }] },
    ['contained', 0, 'code', 'coding', 0],
    ['contained', 0],
  ],
  [
    'an entry',
    { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Encounter', reasonCode: [concept] } }] },
    ['entry', 0, 'resource', 'reasonCode', 0, 'coding', 0],
    ['entry', 0],
  ],
  [
    'the Composition of a document is the document',
    { resourceType: 'Bundle', type: 'document', entry: [{ resource: { resourceType: 'Composition', type: concept } }] },
    ['entry', 0, 'resource', 'type', 'coding', 0],
    [],
  ],
  [
    'a parameter',
    { resourceType: 'Parameters', parameter: [{ name: 'r', resource: { resourceType: 'Condition', code: concept } }] },
    ['parameter', 0, 'resource', 'code', 'coding', 0],
    ['parameter', 0],
  ],
  [
    'the outcome of an entry',
    { resourceType: 'Bundle', entry: [{ response: { status: '200', outcome: { resourceType: 'Condition', code: concept } } }] },
    ['entry', 0, 'response', 'outcome', 'code', 'coding', 0],
    ['entry', 0, 'response', 'outcome'],
  ],
];

describe('the smallest part that can go', () => {
  test.each(CASES)('%s', (_, resource, path, part) => {
    expect(removablePart(resource, path)).toEqual(part);
  });
});

describe('an array that must keep an item', () => {
  const resource: Resource = {
    resourceType: 'Appointment',
    participant: [{ type: [concept], status: 'accepted' }, { status: 'accepted' }],
  };
  const place: Path = ['participant', 0, 'status'];

  test('gives one while others stay', () => {
    expect(removablePart(resource, place)).toEqual(['participant', 0]);
  });
  test('gives none when all are labelled', () => {
    expect(removablePart(resource, place, (array, atLeast) => array.join() === 'participant' && atLeast === 2)).toEqual([]);
  });
  test('gives none when it has but the one', () => {
    expect(removablePart({ ...resource, participant: [{ status: 'accepted' }] }, place)).toEqual([]);
  });
});

test('a part is always optional by R4’s own definitions', () => {
  for (const [name, resource, path] of CASES) {
    const part = removablePart(resource, path);
    if (part.length === 0 || part.includes('contained') || part.includes('extension') || part.includes('outcome')) continue;
    const hit = elementAt(resource.resourceType, part);
    expect(hit !== undefined && (hit.definition.min === 0 || hit.definition.max !== 1), name).toBe(true);
  }
});
