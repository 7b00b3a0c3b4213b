/** How the prefixes of R4 section 3.1.1.4.4 relate to each other, for any two dates of any precision. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dateRange } from '../../../src/fhir/search/date-range.ts';
import { matchDate } from '../../../src/fhir/search/match-date.ts';
import type { Prefix } from '../../../src/fhir/search/search-query.ts';

const instant = fc.date({ min: new Date('2012-12-30'), max: new Date('2013-02-02'), noInvalidDate: true });
const date = fc.tuple(instant, fc.constantFrom(4, 7, 10, 16, 19, 23)).map(([value, length]) => {
  const text = value.toISOString().slice(0, length);
  return length > 10 ? `${text}Z` : text;
});

function matches(prefix: Prefix, asked: string, target: string): boolean | undefined {
  const range = dateRange(asked);
  if (range === undefined) throw new Error(asked);
  return matchDate({ kind: 'date', prefix, ...range }, { value: target, type: 'dateTime' }, undefined);
}

it.each([
  ['ne is what eq is not', (is: (prefix: Prefix) => boolean | undefined) => is('ne') === !is('eq')],
  ['ge is gt or eq', (is: (prefix: Prefix) => boolean | undefined) => is('ge') === (is('gt') || is('eq'))],
  ['le is lt or eq', (is: (prefix: Prefix) => boolean | undefined) => is('le') === (is('lt') || is('eq'))],
  ['what starts after is greater', (is: (prefix: Prefix) => boolean | undefined) => !is('sa') || is('gt') === true],
  ['what ends before is less', (is: (prefix: Prefix) => boolean | undefined) => !is('eb') || is('lt') === true],
  ['nothing starts after and ends before', (is: (prefix: Prefix) => boolean | undefined) => !(is('sa') && is('eb'))],
  ['eq is neither gt nor lt', (is: (prefix: Prefix) => boolean | undefined) => !is('eq') || !(is('gt') || is('lt'))],
] as const)('%s', (_name, holds) => {
  fc.assert(fc.property(date, date, (asked, target) => holds((prefix) => matches(prefix, asked, target))));
});

it('a date contains itself in every precision, and its year contains it', () => {
  fc.assert(
    fc.property(date, (text) => {
      expect(matches('eq', text, text)).toBe(true);
      expect(matches('eq', text.slice(0, 4), text)).toBe(true);
    }),
  );
});

it.each([
  '',
  '13',
  '2013-13',
  '2013-00-01',
  '2013-02-29',
  '2013-1-1',
  '2013-01-01T24:00Z',
  '2013-01-01T10',
  '2013-01-01T10:00+99:00',
  '2013-01-01 10:00Z',
])('"%s" is no date', (text) => {
  expect(dateRange(text)).toBeUndefined();
});
