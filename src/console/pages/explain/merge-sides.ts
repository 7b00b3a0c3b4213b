/**
 * What is on record and what somebody gets of it, as one tree: every part once, in the order of the record, with the side or sides
 * that have it. Which parts are missing and which were added, the gateway says (`Sides.differences`): nothing is compared here.
 */
import type { Difference, Sides } from '../../../decide/explanation.ts';
import type { Json, Path } from '../../../fhir/resource.ts';

export interface Part {
  /** Absent: an item of a list. */
  readonly name?: string;
  /** In the original. */
  readonly path: Path;
  /** Absent: this side has no such part. */
  readonly left?: Json;
  readonly right?: Json;
  /** Of the parts of both sides; empty where there is nothing inside. */
  readonly parts: readonly Part[];
  /** Why it is missing. */
  readonly why?: Difference['why'];
}

type Entry = readonly [key: string | number, value: Json];

export function mergeSides({ original, released, differences }: Sides): Part {
  const missing = new Map(differences.filter(({ change }) => change === 'removed').map(({ path, why }) => [keyOf(path), why]));
  const added = new Set(differences.filter(({ change }) => change === 'added').map(({ path }) => keyOf(path)));

  const merge = (name: string | undefined, left: Json | undefined, right: Json | undefined, path: Path, there: Path): Part => {
    const both = { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
    const rows = pairUp(left, right, path, there);
    const parts = rows.map(({ key, own, at, given }) => {
      const place = key ?? at ?? 0;
      return merge(typeof place === 'string' ? place : undefined, own, given, [...path, place], [...there, at ?? place]);
    });
    const why = missing.get(keyOf(path));
    return { ...(name === undefined ? {} : { name }), path, ...both, parts, ...(why === undefined || right !== undefined ? {} : { why }) };
  };

  const pairUp = (left: Json | undefined, right: Json | undefined, path: Path, there: Path) => {
    const before = entriesOf(left);
    const after = entriesOf(right);
    const fresh = new Set(after.filter(([key]) => left === undefined || added.has(keyOf([...there, key]))));
    const kept = after.filter((entry) => !fresh.has(entry));
    const isList = Array.isArray(left ?? right);
    const rows: { key?: string | number; own?: Json; at?: string | number; given?: Json }[] = [];
    const take = (entry: Entry | undefined) => (entry === undefined ? {} : { at: entry[0], given: entry[1] });
    for (const [key, own] of before) {
      const gone = right === undefined || missing.has(keyOf([...path, key]));
      const entry = gone ? undefined : isList ? kept.shift() : kept.find(([name]) => name === key);
      rows.push({ key, own, ...take(entry) });
    }
    for (const entry of fresh) rows.splice(placeFor(entry, after, rows), 0, take(entry));
    return rows;
  };

  return merge(undefined, original as Json, released as Json | undefined, [], []);
}

/** After what it follows on its own side. */
function placeFor(entry: Entry, after: readonly Entry[], rows: readonly { readonly at?: string | number }[]): number {
  const [before] = after[after.indexOf(entry) - 1] ?? [];
  return before === undefined ? 0 : rows.findIndex(({ at }) => at === before) + 1;
}

export function keyOf(path: Path): string {
  return path.join('.');
}

function entriesOf(value: Json | undefined): readonly Entry[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
