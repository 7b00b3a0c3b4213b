/**
 * The house stands as design.md section 2 draws it: the pure part does no I/O and knows no clock, framework or logger, and
 * each room imports only from rooms before it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

/** Rooms in the order of the flow; a room may use itself, its equals' types, and whatever stands before it. */
const ORDER: readonly (readonly string[])[] = [
  ['errors.ts'],
  ['fhir'],
  ['requester', 'classify'],
  ['consent', 'policy'],
  ['decide'],
  ['redact', 'audit'],
  ['ports.ts', 'pipeline', 'pipeline.ts'],
  ['config', 'config.ts', 'adapters', 'gateway', 'demo'],
  ['console'],
  ['main.ts'],
];
const PURE = new Set(ORDER.slice(0, 7).flat());
/** Libraries that compute and do nothing else. */
const PURE_LIBRARIES = new Set(['@cedar-policy/cedar-wasm/nodejs', 'fhirpath', 'fhirpath/fhir-context/r4', 'lru-cache', 'yaml', 'zod']);
const IMPURE_WORDS = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\bperformance\.now\b/,
  /\bprocess\.(env|argv|cwd|exit|stdout|stderr)\b/,
  /\bconsole\.\w+\(/,
  /\bfetch\(/,
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, room: file.split(path.sep)[0] ?? file, text: readFileSync(path.join(SRC, file), 'utf8') }));

function importsOf(text: string): readonly { readonly from: string; readonly typeOnly: boolean }[] {
  const found = [...text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/g)];
  const dynamic = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)].map((match) => ({ from: match[1] ?? '', typeOnly: false }));
  return [...found.map((match) => ({ from: match[3] ?? '', typeOnly: match[2] !== undefined })), ...dynamic];
}

function roomOf(file: string, from: string): string {
  const target = path.relative(SRC, path.resolve(SRC, path.dirname(file), from));
  return target.split(path.sep)[0] ?? target;
}

const rank = (room: string) => ORDER.findIndex((rooms) => rooms.includes(room));

describe('the house', () => {
  it('has no room that the plan does not name', () => {
    expect([...new Set(files.map(({ room }) => room))].filter((room) => rank(room) < 0)).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(files.filter(({ room }) => PURE.has(room)))('$file is pure', ({ text }) => {
    const libraries = importsOf(text)
      .filter(({ from, typeOnly }) => !from.startsWith('.') && !typeOnly)
      .map(({ from }) => from);
    expect(libraries.filter((library) => !PURE_LIBRARIES.has(library))).toEqual([]);
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
    expect(IMPURE_WORDS.filter((word) => word.test(code)).map(String)).toEqual([]);
  });

  it.each(files)('$file imports only from rooms before it', ({ file, room, text }) => {
    const wrong = importsOf(text)
      .filter(({ from }) => from.startsWith('.') && !from.endsWith('.json'))
      .map((row) => ({ ...row, target: roomOf(file, row.from) }))
      .filter(({ target, typeOnly }) => target !== room && (typeOnly ? false : rank(target) > rank(room)));
    expect(wrong.map(({ from }) => from)).toEqual([]);
  });

  it.each(files.filter(({ room }) => room === 'console'))('$file runs in a browser', ({ file, text }) => {
    const runs = importsOf(text).filter(({ typeOnly }) => !typeOnly);
    const server = runs.filter(({ from }) => from.startsWith('.') && !PURE.has(roomOf(file, from)) && roomOf(file, from) !== 'console');
    expect(server.map(({ from }) => from)).toEqual([]);
    expect(runs.filter(({ from }) => from.startsWith('node:')).map(({ from }) => from)).toEqual([]);
  });

  it.each([
    ['consent', 'policy'],
    ['policy', 'consent'],
    ['requester', 'classify'],
    ['classify', 'requester'],
  ])('%s does not use %s', (room, other) => {
    const users = files.filter(
      (row) =>
        row.room === room &&
        importsOf(row.text).some(({ from, typeOnly }) => !typeOnly && from.startsWith('.') && roomOf(row.file, from) === other),
    );
    expect(users.map(({ file }) => file)).toEqual([]);
  });
});
