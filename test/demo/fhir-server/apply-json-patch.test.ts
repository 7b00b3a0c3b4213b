import { describe, expect, it } from 'vitest';
import { applyJsonPatch } from '../../../src/demo/fhir-server/apply-json-patch.ts';
import { FhirError } from '../../../src/demo/fhir-server/fhir-error.ts';

const document = { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 };

/** RFC 6902 section 4 and appendix A. */
describe('applies', () => {
  it.each([
    ['add a member', [{ op: 'add', path: '/c', value: 4 }], { ...document, c: 4 }],
    ['add an item', [{ op: 'add', path: '/a/b/1', value: 9 }], { ...document, a: { b: [1, 9, 2, 3] } }],
    ['add at the end', [{ op: 'add', path: '/a/b/-', value: 9 }], { ...document, a: { b: [1, 2, 3, 9] } }],
    ['add null', [{ op: 'add', path: '/c', value: null }], { ...document, c: null }],
    ['remove an item', [{ op: 'remove', path: '/a/b/0' }], { ...document, a: { b: [2, 3] } }],
    ['remove a member', [{ op: 'remove', path: '/a' }], { 'x/y': 1, 'm~n': 2 }],
    ['replace', [{ op: 'replace', path: '/a/b/0', value: 0 }], { ...document, a: { b: [0, 2, 3] } }],
    ['replace the whole', [{ op: 'replace', path: '', value: { z: 1 } }], { z: 1 }],
    ['move', [{ op: 'move', from: '/a/b/0', path: '/c' }], { ...document, a: { b: [2, 3] }, c: 1 }],
    ['copy', [{ op: 'copy', from: '/a/b', path: '/c' }], { ...document, c: [1, 2, 3] }],
    ['test that holds', [{ op: 'test', path: '/a', value: { b: [1, 2, 3] } }], document],
    [
      'escapes',
      [
        { op: 'replace', path: '/x~1y', value: 5 },
        { op: 'replace', path: '/m~0n', value: 6 },
      ],
      { ...document, 'x/y': 5, 'm~n': 6 },
    ],
    ['none', [], document],
  ])('%s', (_name, patch, expected) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });
});

describe('refuses', () => {
  it.each([
    ['what is no list', {}, 400],
    ['what is no operation', [{ path: '/a' }], 400],
    ['an unknown operation', [{ op: 'steal', path: '/a' }], 422],
    ['a pointer without a slash', [{ op: 'remove', path: 'a' }], 422],
    ['a member that is not there', [{ op: 'remove', path: '/z' }], 422],
    ['a parent that is not there', [{ op: 'add', path: '/z/y', value: 1 }], 422],
    ['an item beyond the end', [{ op: 'add', path: '/a/b/9', value: 1 }], 422],
    ['an item that is no number', [{ op: 'add', path: '/a/b/one', value: 1 }], 422],
    ['a test that fails', [{ op: 'test', path: '/a', value: 1 }], 422],
    ['add without a value', [{ op: 'add', path: '/c' }], 422],
    ['move without a source', [{ op: 'move', path: '/c' }], 422],
    ['to reach the prototype', [{ op: 'replace', path: '/__proto__/polluted', value: 1 }], 422],
    ['to reach a method', [{ op: 'add', path: '/constructor/prototype/polluted', value: 1 }], 422],
  ])('%s', (_name, patch, status) => {
    let refusal: unknown;
    try {
      applyJsonPatch(document, patch);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(FhirError);
    expect(refusal).toMatchObject({ status });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
