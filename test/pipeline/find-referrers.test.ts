/** Types that can have a Binary attached and are found by their patient: none of R4 is left out. */
import { expect, test } from 'vitest';
import { elementsOf, RESOURCE_TYPES } from '../../src/fhir/definitions.ts';
import { searchDefinition } from '../../src/fhir/search/search-definition.ts';
import { ATTACHMENT_TYPES } from '../../src/pipeline/find-referrers.ts';
import { countNames, namesBinary } from '../../src/pipeline/names-binary.ts';

/** Whether an Attachment stands in a type or backbone element; extensions can hold anything. */
function holdsAttachment(path: string): boolean {
  return [...(elementsOf(path) ?? [])].some(
    ([name, { types }]) =>
      types.includes('Attachment') || (elementsOf(`${path}.${name}`) !== undefined && holdsAttachment(`${path}.${name}`)),
  );
}

test('all types with an Attachment and a patient to search by are asked', () => {
  const types = [...RESOURCE_TYPES].filter((type) => holdsAttachment(type) && searchDefinition(type, 'patient') !== undefined);
  expect(types.sort()).toEqual([...ATTACHMENT_TYPES]);
});

const ROWS: readonly (readonly [string, boolean])[] = [
  ['Binary/a.b', true],
  ['/Binary/a.b', true],
  ['./Binary/a.b', true],
  ['http://one.test/fhir/Binary/a.b/_history/2', true],
  ['http://one.test/fhir//Binary//a.b', true],
  ['Binary/a.b#page=1', true],
  ['Binary/a.b?_format=json', true],
  ['Binary/a.b|1', true],
  [' Binary/a.b ', true],
  ['B%69nary%2Fa%2eb', true],
  ['Binary/a.b%', false],
  ['Binary/aXb', false],
  ['Binary/a.bc', false],
  ['Binary/a.b-1', false],
  ['OldBinary/a.b', false],
  ['Binary', false],
  ['see Binary/a.b', false],
  ['<div>Binary/a.b</div>', false],
];
test.each(ROWS)('%s', (text, is) => {
  expect(namesBinary('a.b')(text)).toBe(is);
});

test('counts them at any depth', () => {
  const photo = [{ url: 'Binary/p' }, { url: 'Binary/q' }, { _url: { extension: [{ url: 'x', valueUrl: '/Binary/p' }] } }];
  expect(countNames({ resourceType: 'Patient', photo }, namesBinary('p'))).toBe(2);
});

test('a long text takes no long time', () => {
  const started = performance.now();
  expect(namesBinary('p')(`${'/Binary/'.repeat(100_000)} x`)).toBe(false);
  expect(namesBinary('p')(`${'Binary/p?'.repeat(100_000)} x`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});
