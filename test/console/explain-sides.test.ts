/** Both sides of a record as lines beside each other: no line of either is lost, each stands beside its own, labels where they are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignSides, type Line } from '../../src/console/pages/explain/align-sides.ts';
import type { ExplainedLabel, Sides } from '../../src/decide/explanation.ts';
import type { Json, Path, Resource } from '../../src/fhir/resource.ts';
import { compareRelease } from '../../src/redact/compare-release.ts';
import { removePaths } from '../../src/redact/remove-paths.ts';
import { structureOf } from '../../src/redact/structure-of.ts';

function sidesOf(original: Resource, released: Resource | undefined, remove: readonly Path[] = []): Sides {
  const differences = released === undefined ? [] : compareRelease(original, released, { remove });
  return { content: 'values', original, ...(released === undefined ? {} : { released }), differences };
}
const text = (lines: readonly Line[], side: 'left' | 'right') => lines.flatMap((line) => line[side] ?? []).join('');
/** As where a required reference is masked. */
function marked(value: Json, now: () => boolean): Json {
  if (Array.isArray(value)) return value.map((item) => marked(item, now));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, marked(part, now)] as const);
  return Object.fromEntries(now() ? [...parts, ['extension', [{ url: 'masked' }]]] : parts);
}
const long = (word: string) => ({
  coding: [{ system: `http://terminology.example/${word.repeat(8)}`, code: word, display: `${word} `.repeat(12) }],
});
const VISIT: Resource = { resourceType: 'Encounter', id: 'e1', status: 'finished', reasonCode: [long('sugar'), long('grief')] };
const RELEASED: Resource = {
  resourceType: 'Encounter',
  id: 'e1',
  meta: { security: [{ code: 'REDACTED' }] },
  status: 'finished',
  reasonCode: [long('sugar')],
};
const label = (code: string, on: string, path = on): ExplainedLabel => ({
  system: 's',
  code,
  on,
  evidence: [{ source: 'derived', rule: 'list', path }],
});

describe('alignSides', () => {
  test('both sides are whole', () => {
    const lines = alignSides(sidesOf(VISIT, RELEASED, [['reasonCode', 1]]), []);
    expect(JSON.parse(text(lines, 'left'))).toEqual(VISIT);
    expect(JSON.parse(text(lines, 'right'))).toEqual(RELEASED);
  });

  test('what is missing is one block, with why; what was added stands after what it follows', () => {
    const lines = alignSides(sidesOf(VISIT, RELEASED, [['reasonCode', 1]]), [label('MH', 'Encounter.reasonCode[1]')]);
    const missing = lines.filter(({ block }) => block !== undefined);
    expect(new Set(missing.map(({ block, why }) => `${block} ${why}`))).toEqual(new Set(['1 label']));
    expect(missing.every(({ left, right }) => left !== undefined && right === undefined)).toBe(true);
    expect(missing[0]?.labels).toEqual([{ code: 'MH', onPart: true }]);
    const added = lines.findIndex(({ left }) => left === undefined);
    expect(lines[added]?.right).toContain('"meta"');
    expect(lines[added - 1]?.left).toBe('"id": "e1",');
  });

  test('a label of the whole record stands where it was found', () => {
    const lines = alignSides(sidesOf(VISIT, VISIT), [label('MH', 'resource', 'Encounter.reasonCode[1].coding[0]')]);
    const at = lines.findIndex(({ labels }) => labels.some(({ code, onPart }) => code === 'MH' && !onPart));
    expect(lines.slice(at, at + 2).map(({ left }) => left)).toEqual(['{', expect.stringContaining('grief')]);
    expect(lines.filter(({ labels }) => labels.length > 0)).toHaveLength(1);
  });

  test('where nothing is given, every line is missing', () => {
    const lines = alignSides(sidesOf(VISIT, undefined), []);
    expect(lines.every(({ block, right }) => block !== undefined && right === undefined)).toBe(true);
    expect(JSON.parse(text(lines, 'left'))).toEqual(VISIT);
  });

  test('short parts stand on one line, and so do those of a record without content', () => {
    const lines = alignSides({ ...sidesOf(structureOf(VISIT), structureOf(VISIT)), content: 'structure' }, []);
    expect(lines.map(({ left }) => left)).toEqual([
      '{',
      '"resourceType": "Encounter",',
      '"id": "e1",',
      '"status": …,',
      '"reasonCode": [{ "coding": [{ "system": …, "code": …, "display": … }] }, { "coding": [{ "system": …, "code": …, "display": … }] }]',
      '}',
    ]);
  });

  test('what was added to an item stands in it, also where one before it went', () => {
    const at = (location: object) => ({ location });
    const before = { ...VISIT, location: [at({ reference: 'Location/l1' }), at({ reference: 'Location/l2' })] };
    const after = { ...VISIT, location: [at({ extension: [{ url: 'masked' }] })] };
    const lines = alignSides(sidesOf(before, after, [['location', 0]]), []);
    expect(JSON.parse(text(lines, 'left'))).toEqual(before);
    expect(JSON.parse(text(lines, 'right'))).toEqual(after);
  });

  test('lists in lists, which FHIR has none of, keep their lines too', () => {
    const before: Resource = { resourceType: 'Basic', r: false, p: [false, 0, [0], [[false, false], false]] };
    const remove: Path[] = [['p', 1], ['r']];
    const after = removePaths(before, remove);
    const lines = alignSides(sidesOf(before, after, remove), []);
    expect(JSON.parse(text(lines, 'left'))).toEqual(before);
    expect(JSON.parse(text(lines, 'right'))).toEqual(after);
  });

  test('no line of either side is lost, whatever is taken and marked', () => {
    const leaf = fc.oneof(fc.string({ maxLength: 60 }), fc.integer(), fc.boolean());
    const value = fc.letrec<{ node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        leaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('node'), { minKeys: 1, maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('p', 'q', 'r'), value, { minKeys: 1 }),
        fc.infiniteStream(fc.nat()),
        (elements, choices) => {
          const original = { resourceType: 'Basic', ...elements } as Resource;
          const remove: Path[] = [];
          for (let count = 0; count < 2; count += 1) {
            const path: (string | number)[] = [];
            let at: Json = elements as Json;
            while (typeof at === 'object' && at !== null && (path.length === 0 || (choices.next().value ?? 0) % 3 > 0)) {
              const keys: readonly (string | number)[] = Array.isArray(at) ? [...at.keys()] : Object.keys(at);
              const key = keys[(choices.next().value ?? 0) % keys.length] ?? 0;
              path.push(key);
              at = (at as Readonly<Record<string | number, Json>>)[key] ?? null;
            }
            remove.push(path);
          }
          const rest = removePaths(original, remove);
          const released = rest === undefined ? undefined : (marked(rest as Json, () => (choices.next().value ?? 0) % 4 === 0) as Resource);
          const lines = alignSides(sidesOf(original, released, remove), []);
          expect(JSON.parse(text(lines, 'left'))).toEqual(original);
          if (released !== undefined) expect(JSON.parse(text(lines, 'right'))).toEqual(released);
        },
      ),
    );
  });
});
