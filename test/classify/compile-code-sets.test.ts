import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CodeSet, CodeSetSystem } from '../../src/classify/code-set.ts';
import { compileCodeSets, rangePrefixes } from '../../src/classify/compile-code-sets.ts';

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const HCPCS = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets';
const set = (id: string, labels: string[], ...systems: CodeSetSystem[]): CodeSet => ({
  id,
  title: id,
  source: 'test',
  licence: 'test',
  version: '1',
  labels,
  systems,
});
const found = (sets: CodeSet[], system: string | undefined, code: string) =>
  compileCodeSets(sets)
    .match(system, code)
    .map((match) => match.set);

describe('what a rule takes', () => {
  const sets = [
    set('codes', ['MH'], { system: ICD, codes: ['R45.851'] }),
    set('prefixes', ['SUD'], { system: ICD, prefixes: ['O99.31'], exclude: { codes: ['O99.312'] } }),
    set('ranges', ['MH'], { system: ICD, ranges: ['F10-F19'], exclude: { prefixes: ['F17'] } }),
    set('tests', ['MH'], { system: ICD, tests: [{ ranges: ['T36-T65'], characters: { 6: '2' } }] }),
    set('hcpcs', ['SUD'], { system: HCPCS, codes: ['H0034'] }),
    set('roots', ['PSY'], { system: 'http://snomed.info/sct', hierarchies: [{ root: '74732009', descendants: ['35489007'] }] }),
  ];
  test.each([
    ['an exact code', ICD, 'r45.851', ['codes']],
    ['not its neighbour', ICD, 'R45.85', []],
    ['a prefix, without dots', ICD, 'O99313', ['prefixes']],
    ['not what is excluded', ICD, 'O99.312', []],
    ['a category of a range', ICD, 'F10', ['ranges']],
    ['a code below a category of a range', ICD, 'F19.239', ['ranges']],
    ['not beyond the range', ICD, 'F20.0', []],
    ['not an excluded category', ICD, 'F17.210', []],
    ['a character that tells intent', ICD, 'T43.222A', ['tests']],
    ['not another intent', ICD, 'T43.221A', []],
    ['not a code too short for the test', ICD, 'T43.2', []],
    ['the same letters in another system', ICD, 'H00.34', []],
    ['those letters in their own system', HCPCS, 'H0034', ['hcpcs']],
    ['a root', 'http://snomed.info/sct', '74732009', ['roots']],
    ['a stored descendant', 'http://snomed.info/sct/731000124108', '35489007', ['roots']],
    ['another system altogether', 'http://hospital.example', 'F10.20', []],
    ['no system', undefined, 'F10.20', ['ranges']],
  ])('%s', (_, system, code, expected) => {
    expect(found(sets, system, code)).toEqual(expected);
  });
});

test('a code in several sets has all of them, by id', () => {
  const sets = [set('b', ['SUD'], { system: ICD, prefixes: ['F10'] }), set('a', ['ETHUD'], { system: ICD, codes: ['F10.20'] })];
  expect(found(sets, ICD, 'F10.20')).toEqual(['a', 'b']);
});

test('two sets of one id are refused', () => {
  const one = set('a', ['MH'], { system: ICD, codes: ['F32'] });
  expect(() => compileCodeSets([one, one])).toThrow('code set a: loaded twice');
});

test.each([['F20-G29'], ['F20-F2'], ['F29-F20'], ['F20'], ['A-B']])('range %s is refused by name', (range) => {
  expect(() => compileCodeSets([set('broken', ['MH'], { system: ICD, ranges: [range] })])).toThrow(`code set broken: range ${range}`);
});

test('a range keeps its zeros', () => {
  expect(rangePrefixes('H0008-H0011', HCPCS)).toEqual(['H0008', 'H0009', 'H0010', 'H0011']);
});

test('remembered answers are the answers, for any order and spelling of questions', () => {
  const sets = [set('a', ['MH'], { system: ICD, ranges: ['F20-F29'] }), set('b', ['SUD'], { system: HCPCS, ranges: ['H0005-H0010'] })];
  const shared = compileCodeSets(sets);
  const question = fc.tuple(
    fc.constantFrom(ICD, `${ICD}/`, HCPCS, 'urn:x', undefined),
    fc.constantFrom('F20', 'f20.1', 'H0005', 'h00.05', 'F30', '__proto__'),
  );
  fc.assert(
    fc.property(fc.array(question, { maxLength: 30 }), (questions) => {
      for (const [system, code] of questions) expect(shared.match(system, code)).toEqual(compileCodeSets(sets).match(system, code));
    }),
    { numRuns: 50 },
  );
});

test('the memory is bounded: far more spellings than it holds change no answer', () => {
  const index = compileCodeSets([set('a', ['MH'], { system: ICD, prefixes: ['F32'] })]);
  for (let count = 0; count < 70_000; count += 1) index.match('urn:x', `code-${count}`);
  expect(index.match(ICD, 'F32.9').map((match) => match.set)).toEqual(['a']);
});
