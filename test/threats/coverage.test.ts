/** Every row of threats.md has a test named by its number, and a row in SECURITY.md that names files and tests that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const SHARED = '../shared/threats.md';
/** The rows of threats.md, also where the folder is not there. */
const KNOWN = Array.from({ length: 60 }, (_, index) => index + 1);

function numbers(): readonly number[] {
  if (!existsSync(SHARED)) {
    process.stdout.write(`${SHARED} is not here: rows 1 to ${KNOWN.length} are taken for all\n`);
    return KNOWN;
  }
  return [...readFileSync(SHARED, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
}

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(test|cases)\.ts$/.test(name))
  .map((name) => path.join('test', name));
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const named = new Set<number>();
for (const [file, source] of sources) {
  for (const [, number] of source.matchAll(/\b(?:test|it|describe)(?:\.each\([^)]*\))?\(\s*['"`]threat (\d+):/g)) named.add(Number(number));
  // Tables whose rows begin with the number: `threat $threat: $name`.
  if (file.endsWith('threats.cases.ts')) for (const [, number] of source.matchAll(/^ {2}row\(\s*(\d+),/gm)) named.add(Number(number));
}
const security = readFileSync('SECURITY.md', 'utf8');
const rows = new Map(
  [...security.matchAll(/^\| (\d+) \|(.+)\|$/gm)].map(([, number, cells]) => [Number(number), (cells ?? '').split(' | ')]),
);

describe('threats.md', () => {
  test('there are sixty rows at least', () => {
    expect(numbers().length).toBeGreaterThanOrEqual(KNOWN.length);
  });

  test('every row has a test that is named by its number', () => {
    expect(numbers().filter((number) => !named.has(number))).toEqual([]);
  });

  test('every row has a row in SECURITY.md with leak, defence and tests', () => {
    expect(numbers().filter((number) => rows.get(number)?.length !== 3 || rows.get(number)?.some((cell) => cell.trim() === ''))).toEqual(
      [],
    );
  });
});

test('every file that SECURITY.md names is there', () => {
  const paths = [...security.matchAll(/`((?:src|test|policies|scripts|docker)\/[\w./-]*)`/g)].map(([, file]) => file ?? '');
  expect(paths.length).toBeGreaterThan(100);
  expect(paths.filter((file) => !existsSync(file))).toEqual([]);
});
