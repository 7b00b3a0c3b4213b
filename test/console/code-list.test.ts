/** A list of codes becomes a ValueSet and back, each mistake with its line; what the API names by a path is found in the text. */
import { describe, expect, test } from 'vitest';
import { codesOf, newCodes, problemsOfCodes, readCodes } from '../../src/console/pages/policies/code-set-draft.ts';
import { placesInJson } from '../../src/console/pages/policies/json-places.ts';
import { listOf } from '../../src/console/pages/policies/read-code-list.ts';

const CLINIC = 'https://clinic.example/codes';
const draft = (text: string, system = '') => ({ ...newCodes('Petra'), text, system });
const included = (include: readonly object[]) => ({ resourceType: 'ValueSet', status: 'active', compose: { include } });

describe('a list', () => {
  const one = included([{ system: CLINIC, concept: [{ code: 'VL-1', display: 'Viral load' }, { code: 'WT-7' }] }]);
  test.each([
    ['with names of columns', `system,code,display\n${CLINIC},VL-1,Viral load\n${CLINIC},WT-7,\n`, ''],
    ['in another order', `Code,Description,System\nVL-1,Viral load,${CLINIC}\nWT-7,,${CLINIC}`, ''],
    ['without names, the system first', `${CLINIC},VL-1,Viral load\n${CLINIC},WT-7`, ''],
    ['of codes alone, of a system said once', 'VL-1,Viral load\nWT-7', CLINIC],
    ['with semicolons and line ends of Windows', 'code;display\r\nVL-1;Viral load\r\n\r\nWT-7;\r\n', CLINIC],
    ['with tabs', 'code\tdisplay\nVL-1\tViral load\nWT-7', CLINIC],
    ['with quotes', '"code","display"\n"VL-1","Viral load"\n"WT-7",""', CLINIC],
  ])('%s', (_, text, system) => {
    expect(readCodes(draft(text, system))).toMatchObject({ valueSet: one, problems: [] });
  });

  test('a quoted cell keeps its commas, quotes and lines', () => {
    const { valueSet } = readCodes(draft('code,display\nVL-1,"Viral ""load"",\nby PCR"\nWT-7', CLINIC));
    expect(valueSet).toEqual(
      included([{ system: CLINIC, concept: [{ code: 'VL-1', display: 'Viral "load",\nby PCR' }, { code: 'WT-7' }] }]),
    );
  });

  test.each([
    ['nothing', '', [1, 'Write a code a line']],
    ['names and no code', 'system,code\n', [1, 'no code under the names']],
    ['a line without a code', `system,code,display\n${CLINIC},A\n${CLINIC},,Viral load`, [3, 'no code']],
    ['a code of no system', 'code\nA\nB', [2, 'Of which code system is A?'], [3, 'Of which code system is B?']],
    ['a quote without end', 'code,display\nA,"Viral\nload', [2, 'quotation mark']],
    ['JSON that breaks off', '{\n  "resourceType": "ValueSet"\n', [2, 'This is not JSON']],
    ['JSON with a comma too many', '{\n  "a": [\n    1,\n  ]\n}', [4, 'This is not JSON']],
    ['JSON with a comma too few', '{\n  "a": [1]\n  "b": 2\n}', [3, 'This is not JSON']],
    ['JSON with a text that has no end', '{\n  "a": "b,\n  "c": 2\n}', [2, 'This is not JSON']],
    ['JSON with a word too many', '{\n  "resourceType": oops\n}', [2, 'This is not JSON']],
  ])('%s is told with its line', (_, text, ...told) => {
    const { valueSet, problems } = readCodes(draft(text));
    expect(valueSet).toBeUndefined();
    expect(problems).toMatchObject(told.map(([line, words]) => ({ line, message: expect.stringContaining(String(words)) })));
  });

  test('comes back as it was from the ValueSet, and a ValueSet that says more as JSON', () => {
    const text = `system,code,display\n${CLINIC},VL-1,"a, ""b"""\nurn:oid:1.2,2,\n`;
    const { valueSet } = readCodes(draft(text));
    expect(listOf(valueSet)).toBe(text);
    const more = { ...(valueSet as object), url: 'https://clinic.example/set' };
    expect(listOf(more)).toBeUndefined();
    expect(
      JSON.parse(codesOf({ valueSet: more, effective: {}, labels: ['HIV'] } as unknown as Parameters<typeof codesOf>[0], 'P').text),
    ).toEqual(more);
    for (const odd of [null, 'x', {}, { status: 'active', compose: {} }, included([{ system: CLINIC, filter: [] }])])
      expect(listOf(odd)).toBeUndefined();
  });

  test('has its place for what the API says of a concept, and none for what is said of all', () => {
    const read = readCodes(draft(`system,code\n${CLINIC},A\nurn:oid:1.2,B\n${CLINIC},C\n`));
    const at = (path: string, severity = 'error' as const) => ({ severity, path, message: path });
    const { placed, whole } = problemsOfCodes(
      [at('ValueSet.compose.include[0].concept[1]'), at('ValueSet.compose.include[1].system'), at('ValueSet'), at('labels.0')],
      read,
    );
    expect(placed.map(({ line, column }) => [line, column])).toEqual([
      [4, CLINIC.length + 2],
      [3, 'urn:oid:1.2,'.length + 1],
    ]);
    expect(whole.map(({ path }) => path)).toEqual(['ValueSet']);
  });
});

describe('a place in JSON', () => {
  const text = JSON.stringify(
    { resourceType: 'ValueSet', note: 'a "{[,:" \\', compose: { include: [{ concept: [{ code: 'A' }, { code: 'B' }] }] } },
    undefined,
    2,
  );
  test.each([
    ['ValueSet', '{', 1],
    ['ValueSet.note', '"a \\"', 3],
    ['ValueSet.compose.include[0].concept[1]', '{', 11],
    ['ValueSet.compose.include[0].concept[1].code', '"B"', 12],
    // Of what is missing, the place of what should have it.
    ['ValueSet.compose.include[0].system', '{', 6],
    ['ValueSet.title', '{', 1],
  ])('%s', (path, begins, line) => {
    const place = placesInJson(text, 'ValueSet', [path]).get(path);
    expect(place?.line).toBe(line);
    expect(text.split('\n')[line - 1]?.slice((place?.column ?? 0) - 1)).toMatch(new RegExp(`^${begins.replace(/[{\\]/g, '\\$&')}`));
  });
});
