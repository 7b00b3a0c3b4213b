import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { sortResources } from '../../../src/fhir/search/sort-resources.ts';

const people: Resource[] = [
  { resourceType: 'Patient', id: 'c', birthDate: '1980', name: [{ family: 'Ärmel' }], meta: { lastUpdated: '2024-01-01T00:00:00Z' } },
  { resourceType: 'Patient', id: 'a', name: [{ family: 'berg' }], meta: { lastUpdated: '2024-01-03T00:00:00Z' } },
  {
    resourceType: 'Patient',
    id: 'd',
    birthDate: '1980',
    name: [{ family: 'Zoll' }, { family: 'Aal' }],
    meta: { lastUpdated: '2024-01-02T00:00:00Z' },
  },
  { resourceType: 'Patient', id: 'b', birthDate: '1975-03-02' },
];

const values: Resource[] = [
  { resourceType: 'Observation', id: '1', valueQuantity: { value: 10 } },
  { resourceType: 'Observation', id: '2', valueQuantity: { value: 9 } },
  { resourceType: 'Observation', id: '3', valueString: 'none' },
];

describe('sortResources', () => {
  it.each([
    ['without keys by id', people, [], 'abcd'],
    ['a date, missing last, ties by id', people, [['birthdate', false]], 'bcda'],
    ['a date descending, missing last all the same', people, [['birthdate', true]], 'cdba'],
    [
      'two keys',
      people,
      [
        ['birthdate', false],
        ['family', true],
      ],
      'bdca',
    ],
    ['a text without case and accents, the lowest of several', people, [['family', false]], 'dcab'],
    ['a text descending, the highest of several', people, [['family', true]], 'dacb'],
    ['the last update', people, [['_lastUpdated', true]], 'adcb'],
    ['the id descending', people, [['_id', true]], 'dcba'],
    ['numbers as numbers', values, [['value-quantity', false]], '213'],
    ['a parameter that the type does not have', people, [['__proto__', false]], 'abcd'],
  ] as [string, Resource[], [string, boolean][], string][])('%s', (_name, resources, keys, expected) => {
    const sorted = sortResources(
      resources,
      keys.map(([parameter, descending]) => ({ parameter, descending })),
    );
    expect(sorted.map(({ id }) => id).join('')).toBe(expected);
  });

  it('leaves its input alone', () => {
    const before = people.map(({ id }) => id);
    sortResources(people, [{ parameter: 'family', descending: false }]);
    expect(people.map(({ id }) => id)).toEqual(before);
  });
});
