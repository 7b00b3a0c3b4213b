import { describe, expect, test } from 'vitest';
import type { Path, Resource } from '../../src/fhir/resource.ts';
import { hasPath, removePaths } from '../../src/redact/remove-paths.ts';
import { deepFreeze } from './hl7-examples.ts';

const resource: Resource = deepFreeze({
  resourceType: 'Patient',
  id: 'p',
  gender: 'other',
  _gender: { id: 'g' },
  name: [{ family: 'A', given: ['x', 'y'], _given: [{ id: '1' }, null] }],
  extension: [{ url: 'urn:a', valueCode: 'a' }],
  communication: [{ id: 'only', preferred: true }, { language: { text: 'de' } }],
});
const { id, gender, _gender, name, extension, communication } = resource;

describe('removePaths', () => {
  test.each<[string, readonly Path[], Resource | undefined]>([
    ['nothing', [], resource],
    ['the resource', [[]], undefined],
    ['a primitive and its sibling', [['gender']], { resourceType: 'Patient', id, name, extension, communication }],
    ['the sibling alone', [['_gender']], { resourceType: 'Patient', id, gender, name, extension, communication }],
    [
      'an item of a primitive array',
      [['name', 0, 'given', 0]],
      { resourceType: 'Patient', id, gender, _gender, name: [{ family: 'A', given: ['y'] }], extension, communication },
    ],
    [
      'all items of a primitive array, one by one',
      [
        ['name', 0, 'given', 0],
        ['name', 0, 'given', 1],
      ],
      { resourceType: 'Patient', id, gender, _gender, name: [{ family: 'A' }], extension, communication },
    ],
    [
      'all siblings of a primitive array',
      [['name', 0, '_given']],
      { resourceType: 'Patient', id, gender, _gender, name: [{ family: 'A', given: ['x', 'y'] }], extension, communication },
    ],
    [
      'the value of an extension: its url alone is nothing',
      [['extension', 0, 'valueCode']],
      { resourceType: 'Patient', id, gender, _gender, name, communication },
    ],
    [
      'all but the id of an item: that is nothing',
      [['communication', 0, 'preferred']],
      { resourceType: 'Patient', id, gender, _gender, name, extension, communication: [{ language: { text: 'de' } }] },
    ],
    [
      'a part and the whole that it is in',
      [['communication', 1, 'language', 'text'], ['communication']],
      { resourceType: 'Patient', id, gender, _gender, name, extension },
    ],
  ])('%s', (_situation, paths, expected) => {
    expect(removePaths(resource, paths)).toEqual(expected);
  });

  test('a place that can not be set as a property is not followed', () => {
    const odd = JSON.parse('{"resourceType":"Patient","__proto__":{"meta":{"tag":[]}},"active":true,"gender":"male"}');
    const left = removePaths(odd, [['active']]);
    expect(left).toEqual({ resourceType: 'Patient', gender: 'male' });
    expect(left?.meta).toBeUndefined();
  });
});

describe('hasPath', () => {
  test.each<[string, Path, boolean]>([
    ['an item', ['name', 0, 'given', 1], true],
    ['an item past the end', ['name', 0, 'given', 2], false],
    ['a null item', ['name', 0, '_given', 1], false],
    ['a path through a primitive', ['gender', 'x'], false],
    ['a name of Object.prototype', ['constructor'], false],
    ['the resource', [], true],
  ])('%s', (_situation, path, expected) => {
    expect(hasPath(resource, path)).toBe(expected);
  });

  test('a list in a list, which FHIR does not know, stays one', () => {
    const odd = deepFreeze({ resourceType: 'Basic', odd: [['a', 'b'], 'c', 'd'] }) as unknown as Resource;
    expect(removePaths(odd, [['odd', 2]])).toEqual({ resourceType: 'Basic', odd: [['a', 'b'], 'c'] });
    expect(removePaths(odd, [['odd', 0, 0]])).toEqual({ resourceType: 'Basic', odd: [['b'], 'c', 'd'] });
  });
});
