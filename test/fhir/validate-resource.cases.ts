/** Resources and what is wrong with them: `kind path what`. */
import type { Resource } from '../../src/fhir/resource.ts';

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Pulse' } };
const patient = { resourceType: 'Patient' };
const nested = (depth: number): object =>
  depth === 0 ? { url: 'urn:x', valueString: 'x' } : { url: 'urn:x', extension: [nested(depth - 1)] };

export const VALIDATION: readonly { readonly name: string; readonly resource: Resource; readonly issues: readonly string[] }[] = [
  { name: 'a minimal Observation', resource: observation, issues: [] },
  { name: 'a Patient with nothing', resource: patient, issues: [] },
  { name: 'an unknown resource type', resource: { resourceType: 'Psyche' }, issues: ['unknown  Resource.resourceType'] },
  { name: 'a name of Object.prototype as type', resource: { resourceType: 'constructor' }, issues: ['unknown  Resource.resourceType'] },
  { name: 'an unknown element', resource: { ...observation, mood: 'low' }, issues: ['unknown mood Observation.*'] },
  {
    name: 'an unknown element inside a data type',
    resource: { ...observation, code: { text: 'Pulse', colour: 'red' } },
    issues: ['unknown code.colour CodeableConcept.*'],
  },
  {
    name: 'a required element missing',
    resource: { resourceType: 'Observation', code: { text: 'x' } },
    issues: ['cardinality  Observation.status'],
  },
  {
    name: 'a required element of a part missing',
    resource: { ...observation, component: [{ valueString: 'x' }] },
    issues: ['cardinality component.0 Observation.component.code'],
  },
  {
    name: 'a required element given by its extension only',
    resource: { resourceType: 'Observation', code: { text: 'x' }, _status: { extension: [{ url: 'urn:x', valueCode: 'masked' }] } },
    issues: [],
  },
  {
    name: 'one value where there can be many',
    resource: { ...observation, category: { text: 'x' } },
    issues: ['cardinality category Observation.category'],
  },
  {
    name: 'many values where there can be one',
    resource: { ...observation, code: [{ text: 'x' }] },
    issues: ['cardinality code Observation.code'],
  },
  { name: 'an empty array', resource: { ...observation, category: [] }, issues: ['empty category Observation.category'] },
  { name: 'an empty object', resource: { ...observation, method: {} }, issues: ['empty method CodeableConcept'] },
  { name: 'an object with an id alone', resource: { ...observation, method: { id: 'a' } }, issues: ['empty method CodeableConcept'] },
  { name: 'a null element', resource: { ...observation, method: null }, issues: ['type method Observation.method'] },
  { name: 'a number where a string belongs', resource: { ...observation, status: 1 }, issues: ['type status Observation.status'] },
  {
    name: 'a string where a number belongs',
    resource: { ...observation, valueInteger: '7' },
    issues: ['type valueInteger Observation.value[x]'],
  },
  {
    name: 'an integer with a fraction',
    resource: { ...observation, valueInteger: 7.5 },
    issues: ['type valueInteger Observation.value[x]'],
  },
  { name: 'a date that is none', resource: { ...patient, birthDate: '1990-13-01' }, issues: ['type birthDate Patient.birthDate'] },
  {
    name: 'a dateTime with time and no zone',
    resource: { ...observation, effectiveDateTime: '2020-01-01T10:00:00' },
    issues: ['type effectiveDateTime Observation.effective[x]'],
  },
  { name: 'a partial dateTime', resource: { ...observation, effectiveDateTime: '2020-01' }, issues: [] },
  { name: 'an id with a slash', resource: { ...patient, id: 'a/b' }, issues: [] },
  {
    name: 'a type that the choice does not have',
    resource: { ...observation, valueMoney: { value: 1 } },
    issues: ['unknown valueMoney Observation.*'],
  },
  {
    name: 'two types of one choice',
    resource: { ...observation, valueString: 'x', valueInteger: 1 },
    issues: ['choice valueInteger Observation.value[x]'],
  },
  {
    name: 'one choice with its extension, in either order',
    resource: { ...observation, _valueString: { id: 'a' }, valueString: 'x' },
    issues: ['empty _valueString Element'],
  },
  {
    name: 'primitive extensions aligned with their values',
    resource: { ...patient, name: [{ given: ['Ann', null], _given: [null, { extension: [{ url: 'urn:x', valueCode: 'unknown' }] }] }] },
    issues: [],
  },
  {
    name: 'primitive extensions out of line with their values',
    resource: { ...patient, name: [{ given: ['Ann', 'Eve'], _given: [{ extension: [{ url: 'urn:x', valueCode: 'unknown' }] }] }] },
    issues: ['cardinality name.0._given HumanName.given'],
  },
  {
    name: 'a primitive extension of a complex element',
    resource: { ...observation, _method: { id: 'a' } },
    issues: ['unknown _method Observation.*'],
  },
  {
    name: 'an extension without value',
    resource: { ...patient, extension: [{ url: 'urn:x' }] },
    issues: ['invariant extension.0 ext-1'],
  },
  {
    name: 'an extension with value and extensions',
    resource: { ...patient, extension: [{ url: 'urn:x', valueCode: 'a', extension: [{ url: 'y', valueCode: 'b' }] }] },
    issues: ['invariant extension.0 ext-1'],
  },
  {
    name: 'an error inside a contained resource',
    resource: { ...observation, contained: [{ resourceType: 'Condition', id: 'c' }], focus: [{ reference: '#c' }] },
    issues: ['cardinality contained.0 Condition.subject'],
  },
  {
    name: 'contained in contained, versioned and labelled',
    resource: {
      ...observation,
      contained: [
        {
          resourceType: 'Patient',
          id: 'p',
          meta: { versionId: '1', security: [{ code: 'R' }] },
          contained: [{ resourceType: 'Patient', id: 'q' }],
        },
      ],
      subject: { reference: '#p' },
    },
    issues: ['invariant contained.0 dom-2', 'invariant contained.0 dom-4', 'invariant contained.0 dom-5'],
  },
  {
    name: 'an orphan among the contained',
    resource: { ...observation, contained: [{ resourceType: 'Patient', id: 'p' }] },
    issues: ['invariant contained.0 dom-3'],
  },
  {
    name: 'a reference to a contained resource that is not there',
    resource: { ...observation, subject: { reference: '#p' } },
    issues: ['invariant subject ref-1'],
  },
  {
    name: 'an error in a Bundle entry',
    resource: { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Observation', status: 'final' } }] },
    issues: ['cardinality entry.0.resource Observation.code'],
  },
  {
    name: 'an error in an item that shares its definition with its parent',
    resource: { resourceType: 'Questionnaire', status: 'draft', item: [{ linkId: 'a', type: 'group', item: [{ type: 'string' }] }] },
    issues: ['cardinality item.0.item.0 Questionnaire.item.linkId'],
  },
  {
    name: 'a value beside the reason for its absence',
    resource: { ...observation, valueString: 'x', dataAbsentReason: { text: 'y' } },
    issues: ['invariant  obs-6'],
  },
  {
    name: 'a broken invariant of a part',
    resource: { resourceType: 'Condition', subject: { display: 'p' }, stage: [{ type: { text: 'x' } }] },
    issues: ['invariant stage.0 con-1'],
  },
  {
    name: 'a broken invariant of a data type',
    resource: { ...observation, valueQuantity: { value: 1, code: 'mg' } },
    issues: ['invariant valueQuantity qty-3'],
  },
  {
    name: 'a broken invariant inside a contained resource, judged by that resource',
    resource: {
      ...observation,
      contained: [{ ...observation, id: 'o', valueString: 'x', dataAbsentReason: { text: 'y' } }],
      hasMember: [{ reference: '#o' }],
    },
    issues: ['invariant contained.0 obs-6'],
  },
  { name: 'more levels than are followed', resource: { ...patient, extension: [nested(60)] } as unknown as Resource, issues: ['depth'] },
];
