/** Arrays there and back through a real PostgreSQL, by connections that never ask it for its types. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArray } from '../../src/adapters/database-arrays.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await startTestDatabase();
});
afterAll(() => store.stop());

const storable = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', ''));

test('texts, whatever is in them', async () => {
  const { sql } = store.database;
  const property = fc.asyncProperty(fc.array(fc.option(storable)), async (values) => {
    const [row] = await sql`select ${values as string[]}::text[] as back, cardinality(${values as string[]}::text[]) as n`;
    expect(row).toEqual({ back: values, n: values.length });
  });
  await fc.assert(property, { numRuns: 200, examples: [[['', 'NULL', 'null', '{}', 'a,b', '"', '\\', ' x ', '\n', null]]] });
});

test.each<[string, unknown[]]>([
  ['uuid[]', ['0b9a5f4e-6c1d-4d5a-8f5e-2f2f8d1a7c11']],
  ['bigint[]', ['9007199254740993', '-1']],
  ['integer[]', [1, -2, null]],
  ['smallint[]', []],
  ['double precision[]', [1.5, -0.25]],
])('%s', async (type, values) => {
  const { sql } = store.database;
  const [row] = await sql`select ${values as string[]}::${sql.unsafe(type)} as back`;
  expect(row?.back).toEqual(values);
});

test('more than one dimension is refused, not misread', () => {
  expect(() => readArray('{{a,b},{c,d}}', String)).toThrow(RangeError);
});
