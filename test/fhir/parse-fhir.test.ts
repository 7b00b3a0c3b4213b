/** Parsing in pieces is JSON.parse, and copying what came is JSON.stringify: for every text, well-formed or not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownText, type KnownTexts, parseFhir } from '../../src/fhir/parse-fhir.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { sourceText } from '../../src/fhir/source-text.ts';
import { writeFhir } from '../../src/fhir/write-fhir.ts';

const DEEP = 40;

/** JSON as JSON.parse reads it, or that it can't be read. */
function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read()) ?? 'undefined';
  } catch (error) {
    return error instanceof SyntaxError || error instanceof RangeError ? 'refused' : String(error);
  }
}

/** Without a bound, and found by the shortest beginning there is, so that every object of the generated texts is compared. */
function knownTexts(): KnownTexts {
  const kept: KnownText[] = [];
  return {
    at: (text, start) => kept.find((known) => text.startsWith(known.text, start)),
    add: (known) => {
      kept.push(known);
      return known.text;
    },
  };
}

/** Texts as servers write them: spaces, escapes, members twice, odd names. */
const name = fc.oneof(
  fc.constantFrom('entry', 'resource', 'resourceType', '\\u0065ntry', 'resourc\\u0065', 'id', '__proto__', 'contained', 'toJSON', '1', '0'),
  fc.string({ maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
);
const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r\n  ');
const leaf = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '1.50',
    '-0',
    '1e3',
    '""',
    '"Bundle"',
    '"Observation"',
    '"[0]"',
    '"\\\\"',
    '"a\\"b"',
    '"\\ud800"',
    '"é\u2028"',
  ),
  fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
);
const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 6 }, leaf, tie('object'), tie('array')),
  object: fc
    .array(fc.tuple(name, tie('value'), space), { maxLength: 4 })
    .map((rows) => `{${rows.map(([key, child, gap]) => `${gap}"${key}"${gap}:${gap}${child}${gap}`).join(',')}}`),
  array: fc
    .array(fc.tuple(tie('value'), space), { maxLength: 4 })
    .map((rows) => `[${rows.map(([item, gap]) => gap + item + gap).join(',')}]`),
}));
const entry = fc
  .tuple(space, value, fc.constantFrom('', ',"search":{"mode":"match"}', ',"resource":{"a":1}', ',"resource":3', ',"resourc\\u0065":[0]'))
  .map(([gap, resource, more]) => `{"fullUrl":"urn:x",${gap}"resource"${gap}:${gap}${resource}${gap}${more}}`);
const bundle = fc
  .tuple(
    fc.array(fc.oneof(entry, value), { maxLength: 4 }),
    space,
    fc.constantFrom('', ',"entry":[]', ',"total":1', ',"entry":[[{"resource":{}}]]'),
  )
  .map(([entries, gap, more]) => `${gap}{"resourceType":"Bundle",${gap}"entry"${gap}:[${entries.join(',')}]${more}}${gap}`);
/** A character more, fewer or other: no JSON, as a rule. */
const broken = fc
  .tuple(bundle, fc.nat(), fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', ':', '5', '{}'), fc.nat(1))
  .map(([text, at, put, drop]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + drop));

describe('parseFhir', () => {
  it('reads every text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.oneof(bundle, value, broken), (text) => {
        const known = knownTexts();
        expect(outcome(() => parseFhir(text, DEEP, known))).toBe(outcome(() => JSON.parse(text)));
        // And once more, out of what it keeps.
        expect(outcome(() => parseFhir(text, DEEP, known))).toBe(outcome(() => JSON.parse(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives the same object for the same text', () => {
    const known = knownTexts();
    const read = () => parseFhir('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","id":"b"}}]}', DEEP, known);
    const [first, second] = [read(), read()] as { entry: { resource: Resource }[] }[];
    expect(first?.entry[0]?.resource).toBe(second?.entry[0]?.resource);
  });

  it('refuses what nests too deep', () => {
    const text = `${'['.repeat(DEEP + 1)}${']'.repeat(DEEP + 1)}`;
    expect(() => parseFhir(text, DEEP)).toThrow(RangeError);
    expect(parseFhir('['.repeat(DEEP) + ']'.repeat(DEEP), DEEP)).toBeDefined();
  });

  it.each([
    ['a member twice', '{"resourceType":"Basic","id":"a","id":"b"}'],
    ['a member twice, once escaped', '{"resourceType":"Basic","id":"a","i\\u0064":"b"}'],
    ['a member twice, deep inside', '{"resourceType":"Basic","a":[{"b":{"c":1,"c":2}}]}'],
  ])('copies no text with %s', (_, text) => {
    expect(sourceText(parseFhir(text, DEEP) as Resource)).toBeUndefined();
    const outer = parseFhir(`{"resourceType":"Bundle","entry":[{"resource":${text}}]}`, DEEP) as { entry: { resource: Resource }[] };
    expect(sourceText(outer.entry[0]?.resource as Resource)).toBeUndefined();
  });
});

describe('writeFhir', () => {
  it('says what JSON.stringify says', () => {
    fc.assert(
      fc.property(fc.oneof(bundle, value), (text) => {
        const read = parseFhir(text, DEEP);
        if (typeof read !== 'object' || read === null || Array.isArray(read)) return;
        // What was written before is copied.
        const [first, ...again] = [1, 2, 3].map(() => written(read));
        expect(again).toEqual([first, first]);
        expect(JSON.stringify(JSON.parse(written(read)))).toBe(JSON.stringify(JSON.parse(text)));
        // Every part of what was written can be read: nothing of the text came along that was not parsed.
        expect(membersOf(written(read))).toBe(membersOf(JSON.stringify(read)));
      }),
      { numRuns: 5_000 },
    );
  });

  it('makes pieces of bounded size', () => {
    const entry = Array.from({ length: 400 }, (_, at) => ({ resource: { resourceType: 'Basic', id: `b${at}`, text: 'é'.repeat(1000) } }));
    const { size, pieces } = writeFhir({ resourceType: 'Bundle', entry } as Resource);
    const lengths = [...pieces()].map((piece) => piece.length);
    expect(size).toBeGreaterThan(800_000);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(size);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(128_000);
    expect(lengths.length).toBeLessThan(10);
  });

  it.each<[string, object]>([
    ['a match', { fullUrl: 'http://h/fhir/Basic/b', resource: { resourceType: 'Basic', id: 'b' }, search: { mode: 'match' } }],
    ['a URL that needs an escape', { fullUrl: 'http://h/"\\\n', resource: { resourceType: 'Basic' }, search: { mode: 'match' } }],
    ['a URL beyond ASCII', { fullUrl: 'http://h/é\ud800', resource: { resourceType: 'Basic' }, search: { mode: 'match' } }],
    ['another order', { resource: { resourceType: 'Basic' }, fullUrl: 'http://h/b', search: { mode: 'match' } }],
    ['a score', { fullUrl: 'http://h/b', resource: { resourceType: 'Basic' }, search: { mode: 'match', score: 1 } }],
    ['an include', { fullUrl: 'http://h/b', resource: { resourceType: 'Basic' }, search: { mode: 'include' } }],
    ['a link more', { fullUrl: 'http://h/b', resource: { resourceType: 'Basic' }, search: { mode: 'match' }, link: [] }],
    ['a resource that is none', { fullUrl: 'http://h/b', resource: { id: 'b' }, search: { mode: 'match' } }],
    ['no search', { fullUrl: 'http://h/b', resource: { resourceType: 'Basic' }, search: undefined }],
  ])('writes an entry with %s', (_, entry) => {
    const bundle = { resourceType: 'Bundle', type: 'searchset', entry: [entry, entry], total: 2 };
    expect(written(bundle)).toBe(JSON.stringify(bundle));
  });

  it('keeps decimals as they were written', () => {
    const text = '{"resourceType":"Observation","valueQuantity":{"value":1.50}}';
    expect(written(parseFhir(text, DEEP))).toBe(text);
  });
});

/** What is written is the same whole and in pieces. */
function written(read: unknown): string {
  const { size, whole, pieces } = writeFhir(read as Resource);
  expect(Buffer.concat([...pieces()]).equals(whole())).toBe(true);
  expect(whole()).toHaveLength(size);
  return whole().toString();
}

/** Members by a tokenizer that knows JSON: strings first, then colons. */
function membersOf(text: string): number {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '').replaceAll(/[^:]/g, '').length;
}
