/** A ValueSet is read exactly, or what keeps it from that is told with its place. */
import { describe, expect, test } from 'vitest';
import { addCodeSets } from '../../src/classify/add-code-sets.ts';
import { compileCodeSets } from '../../src/classify/compile-code-sets.ts';
import { readValueSet } from '../../src/classify/read-value-set.ts';
import { ICD, LOCAL, READ, REFUSED } from './read-value-set.cases.ts';

const valueSet = (has: object) => JSON.parse(JSON.stringify({ resourceType: 'ValueSet', status: 'active', ...has })) as unknown;

describe('what is read', () => {
  test.each(READ)('$name', ({ has, reads, says = [] }) => {
    const { systems = [], problems } = readValueSet(valueSet(has));
    expect(systems.flatMap(({ codes }) => codes)).toEqual(reads);
    expect(problems.map(({ severity, path }) => [severity, path])).toEqual(says.map(([path]) => ['warning', path]));
    for (const [at, [, begins]] of says.entries()) expect(problems[at]?.message).toMatch(new RegExp(`^${begins}`));
  });

  test.each(READ)('$name: every code is found in a record that writes it', ({ has }) => {
    const { systems = [] } = readValueSet(valueSet(has));
    const set = { id: 'x', title: 'x', source: 's', licence: 'l', version: '1', labels: ['MH'] };
    const index = addCodeSets(compileCodeSets([]), [{ ...set, systems }]);
    expect(systems.length).toBeGreaterThan(0);
    for (const { system, codes } of systems) for (const code of codes) expect(index.match(system, code)).toHaveLength(1);
  });

  test('the very code that was written is found, where senders mix systems', () => {
    const { systems = [] } = readValueSet(
      valueSet({ compose: { include: [{ system: 'http://hl7.org/fhir/sid/icd-9-cm', concept: [{ code: '94.3' }] }] } }),
    );
    const index = compileCodeSets([{ id: 'x', title: 'x', source: 's', licence: 'l', version: '1', labels: ['MH'], systems }]);
    expect(index.match('http://hl7.org/fhir/sid/icd-9-cm', '94.3')).toHaveLength(1);
  });
});

describe('what is refused, with its place', () => {
  test.each(REFUSED)('$name', ({ has, at, says, expandable = false }) => {
    const read = readValueSet(valueSet(has));
    expect(read.systems).toBeUndefined();
    const told = read.problems.find(({ path, message }) => path === at && message.startsWith(says));
    expect(told, JSON.stringify(read.problems)).toMatchObject({ severity: 'error' });
    expect(read.expandable).toBe(expandable);
  });

  test.each([null, 7, 'ValueSet', [], {}, { resourceType: 'CodeSystem' }])('%j is no ValueSet', (value) => {
    expect(readValueSet(value)).toEqual({
      problems: [{ severity: 'error', path: 'ValueSet', message: 'This is no FHIR R4 ValueSet.' }],
      expandable: false,
    });
  });

  test('a hundred mistakes are told in part, and counted', () => {
    const concept = Array.from({ length: 100 }, (_, code) => ({ code }));
    const { problems } = readValueSet(valueSet({ compose: { include: [{ system: LOCAL, concept }] } }));
    expect([problems.length, problems.at(-1)?.message]).toEqual([51, '50 more problems are not shown.']);
  });
});

test('50,000 codes are read in linear time', () => {
  const of = (count: number) =>
    valueSet({ compose: { include: [{ system: ICD, concept: Array.from({ length: count }, (_, at) => ({ code: `A${at}` })) }] } });
  const time = (count: number) => {
    const value = of(count);
    const start = performance.now();
    expect(readValueSet(value).systems?.[0]?.codes).toHaveLength(count);
    return performance.now() - start;
  };
  time(1000);
  const [small, large] = [Math.min(time(5000), time(5000)), time(50_000)];
  console.log(`5,000 codes ${small.toFixed(0)} ms, 50,000 codes ${large.toFixed(0)} ms`);
  expect(large).toBeLessThan(small * 40 + 200);
});
