/** JSON Patch and FHIRPath Patch as tables: what they do, and that what does not fit is refused without a trace. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrivityError } from '../../src/errors.ts';
import { applyFhirPathPatch } from '../../src/fhir/apply-fhirpath-patch.ts';
import { applyJsonPatch } from '../../src/fhir/apply-json-patch.ts';
import type { Json, Resource } from '../../src/fhir/resource.ts';
import { sameJson } from '../../src/fhir/same-json.ts';

const failure = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof PrivityError) return error.code;
    throw error;
  }
  return 'none';
};

describe('JSON Patch', () => {
  // RFC 6902, appendix A.
  it.each<{ name: string; document: Json; operation: Json; result: Json }>([
    { name: 'add a member', document: { a: 1 }, operation: { op: 'add', path: '/b', value: 2 }, result: { a: 1, b: 2 } },
    { name: 'add an item', document: { a: [1, 3] }, operation: { op: 'add', path: '/a/1', value: 2 }, result: { a: [1, 2, 3] } },
    { name: 'append', document: { a: [1] }, operation: { op: 'add', path: '/a/-', value: 2 }, result: { a: [1, 2] } },
    { name: 'remove a member', document: { a: 1, b: 2 }, operation: { op: 'remove', path: '/b' }, result: { a: 1 } },
    { name: 'remove an item', document: { a: [1, 2] }, operation: { op: 'remove', path: '/a/0' }, result: { a: [2] } },
    { name: 'replace', document: { a: 1 }, operation: { op: 'replace', path: '/a', value: null }, result: { a: null } },
    { name: 'replace all', document: { a: 1 }, operation: { op: 'replace', path: '', value: { b: 1 } }, result: { b: 1 } },
    {
      name: 'move',
      document: { a: { b: 1 }, c: {} },
      operation: { op: 'move', from: '/a/b', path: '/c/d' },
      result: { a: {}, c: { d: 1 } },
    },
    {
      name: 'move within a list',
      document: { a: [1, 2, 3] },
      operation: { op: 'move', from: '/a/0', path: '/a/2' },
      result: { a: [2, 3, 1] },
    },
    { name: 'copy', document: { a: [1] }, operation: { op: 'copy', from: '/a', path: '/b' }, result: { a: [1], b: [1] } },
    {
      name: 'test',
      document: { a: { b: 1, c: 2 } },
      operation: { op: 'test', path: '/a', value: { c: 2, b: 1 } },
      result: { a: { b: 1, c: 2 } },
    },
    {
      name: 'escapes',
      document: { 'a/b': { 'c~d': 1 } },
      operation: { op: 'replace', path: '/a~1b/c~0d', value: 2 },
      result: { 'a/b': { 'c~d': 2 } },
    },
  ])('$name', ({ document, operation, result }) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, [operation])).toEqual(result);
    expect(document).toEqual(before);
  });

  it.each([
    { name: 'no pointer', operation: { op: 'add', path: 'a', value: 1 } },
    { name: 'no value', operation: { op: 'add', path: '/a' } },
    { name: 'no from', operation: { op: 'move', path: '/a' } },
    { name: 'no such member', operation: { op: 'remove', path: '/x' } },
    { name: 'no such parent', operation: { op: 'add', path: '/x/y', value: 1 } },
    { name: 'beyond the end', operation: { op: 'add', path: '/list/5', value: 1 } },
    { name: 'a leading zero', operation: { op: 'replace', path: '/list/00', value: 1 } },
    { name: 'all of it', operation: { op: 'remove', path: '' } },
    { name: 'into itself', operation: { op: 'move', from: '/a', path: '/a/b' } },
    { name: 'a test that fails', operation: { op: 'test', path: '/list', value: [2, 1] } },
    { name: 'unknown', operation: { op: 'merge', path: '/a', value: 1 } },
    { name: 'no object', operation: 'remove' },
    { name: 'the prototype', operation: { op: 'add', path: '/__proto__', value: { admin: true } } },
    { name: 'through the prototype', operation: { op: 'add', path: '/constructor/prototype/admin', value: true } },
  ])('refuses $name', ({ operation }) => {
    expect(failure(() => applyJsonPatch({ a: 1, list: [1, 2] }, [operation as Json]))).toBe('patch-failed');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('refuses a document that copies itself beyond any size', () => {
    const copies = Array.from({ length: 60 }, (_, index) => ({ op: 'copy', from: '', path: `/x${index}` }));
    expect(failure(() => applyJsonPatch({ text: 'x'.repeat(1000) }, copies))).toBe('patch-failed');
  });
});

const RESOURCE: Resource = {
  resourceType: 'Patient',
  id: 'p',
  name: [{ family: 'A', given: ['x', 'y', 'z'], _given: [null, { id: 'second' }, null] }],
  birthDate: '1980-01-01',
  deceasedBoolean: false,
  contact: [{ name: { text: 'Ann' } }],
};
const operation = (type: string, path: string, ...parts: object[]) => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...parts],
});
const patch = (...operations: object[]) => applyFhirPathPatch(RESOURCE, { resourceType: 'Parameters', parameter: operations });
const value = (of: object) => ({ name: 'value', ...of });
const named = (name: string) => ({ name: 'name', valueString: name });

describe('FHIRPath Patch', () => {
  it.each([
    {
      name: 'replace',
      operation: operation('replace', 'Patient.birthDate', value({ valueDate: '1981-02-03' })),
      result: { birthDate: '1981-02-03' },
    },
    {
      name: 'replace by another type',
      operation: operation('replace', 'Patient.deceased', value({ valueDateTime: '2020' })),
      result: { deceasedBoolean: undefined, deceasedDateTime: '2020' },
    },
    {
      name: 'replace what is selected',
      operation: operation('replace', "Patient.name.where(family='A').given[2]", value({ valueString: 'w' })),
      result: { name: [{ family: 'A', given: ['x', 'y', 'w'], _given: [null, { id: 'second' }, null] }] },
    },
    {
      name: 'add a single element',
      operation: operation('add', 'Patient', named('gender'), value({ valueCode: 'female' })),
      result: { gender: 'female' },
    },
    {
      name: 'add to a list',
      operation: operation('add', 'Patient', named('name'), value({ valueHumanName: { text: 'B' } })),
      result: { name: [RESOURCE.name[0], { text: 'B' }] },
    },
    {
      name: 'add a first item',
      operation: operation('add', 'Patient', named('photo'), value({ valueAttachment: { title: 't' } })),
      result: { photo: [{ title: 't' }] },
    },
    {
      name: 'add what has no data type',
      operation: operation(
        'add',
        'Patient',
        named('contact'),
        value({
          part: [
            { name: 'name', valueHumanName: { text: 'Bob' } },
            { name: 'telecom', valueContactPoint: { value: '1' } },
          ],
        }),
      ),
      result: { contact: [{ name: { text: 'Ann' } }, { name: { text: 'Bob' }, telecom: [{ value: '1' }] }] },
    },
    {
      name: 'insert',
      operation: operation('insert', 'Patient.name[0].given', { name: 'index', valueInteger: 1 }, value({ valueString: 'n' })),
      result: { name: [{ family: 'A', given: ['x', 'n', 'y', 'z'], _given: [null, null, { id: 'second' }, null] }] },
    },
    { name: 'delete an element', operation: operation('delete', 'Patient.deceased'), result: { deceasedBoolean: undefined } },
    {
      name: 'delete an item, with what stands beside it',
      operation: operation('delete', 'Patient.name.given[1]'),
      result: { name: [{ family: 'A', given: ['x', 'z'], _given: [null, null] }] },
    },
    { name: 'delete the last item', operation: operation('delete', 'Patient.contact[0]'), result: { contact: undefined } },
    { name: 'delete nothing', operation: operation('delete', 'Patient.photo'), result: {} },
    {
      name: 'move',
      operation: operation('move', 'Patient.name[0].given', { name: 'source', valueInteger: 1 }, { name: 'destination', valueInteger: 0 }),
      result: { name: [{ family: 'A', given: ['y', 'x', 'z'], _given: [{ id: 'second' }, null, null] }] },
    },
  ])('$name', ({ operation: one, result }) => {
    const before = structuredClone(RESOURCE);
    expect(patch(one)).toEqual({ ...RESOURCE, ...result });
    expect(RESOURCE).toEqual(before);
  });

  it.each([
    { name: 'more than one element', one: operation('replace', 'Patient.name.given', value({ valueString: 'x' })) },
    { name: 'no element', one: operation('replace', 'Patient.gender', value({ valueCode: 'x' })) },
    { name: 'a value that is no element', one: operation('delete', "'text'") },
    { name: 'the resource itself', one: operation('delete', 'Patient') },
    { name: 'an element that is there', one: operation('add', 'Patient', named('birthDate'), value({ valueDate: '1990-01-01' })) },
    { name: 'an element that FHIR does not have', one: operation('add', 'Patient', named('colour'), value({ valueString: 'x' })) },
    {
      name: 'a list that is none',
      one: operation('insert', 'Patient.birthDate', { name: 'index', valueInteger: 0 }, value({ valueString: 'x' })),
    },
    {
      name: 'beyond the end',
      one: operation('insert', 'Patient.name[0].given', { name: 'index', valueInteger: 9 }, value({ valueString: 'x' })),
    },
    { name: 'no value', one: operation('replace', 'Patient.birthDate') },
    { name: 'an unknown type', one: operation('rename', 'Patient.birthDate') },
    { name: 'what is no expression', one: operation('delete', 'Patient..') },
    { name: 'a regular expression', one: operation('delete', "Patient.name.where(family.matches('(a+)+$'))") },
    { name: 'recursion', one: operation('delete', 'Patient.repeat(contact)') },
    { name: 'a resolver', one: operation('delete', 'Patient.generalPractitioner.resolve()') },
    { name: 'a function hidden behind a string', one: operation('delete', "Patient.name.where(family = 'a\\'').trace('x')") },
    { name: 'a parameter that is no operation', one: { name: 'other' } },
  ])('refuses $name', ({ one }) => {
    expect(failure(() => patch(one))).toBe('patch-failed');
  });
});

describe('sameJson', () => {
  it('is equality, whatever the order of names', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const turned = JSON.parse(JSON.stringify(json), (_key, child) =>
          typeof child === 'object' && child !== null && !Array.isArray(child)
            ? Object.fromEntries(Object.entries(child).reverse())
            : child,
        );
        expect(sameJson(JSON.parse(JSON.stringify(json)) as Json, turned as Json)).toBe(true);
        expect(sameJson([json] as Json, [json, json] as Json)).toBe(false);
      }),
    );
  });

  it.each([
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: undefined }],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [null, {}],
    ['1', 1],
  ])('tells %j from %j', (one, other) => {
    expect(sameJson(one as Json, other as Json)).toBe(false);
  });
});
