/**
 * Where a page begins that somebody goes on with (threats.md 23, 52): behind the last of what was given, found by name. A place
 * that is counted would move with whatever is written or deleted before it: records would be left out, or given twice; and as an
 * upstream's pages begin elsewhere where something withheld stands between, how it moved would tell that there is something withheld.
 */
import type { PageSealer, Position } from '../ports.ts';

/** Marks that a link carries: as many as are given and deleted again between two pages do no harm. */
export const KEPT = 32;

/**
 * @param given keys of what the page gives: names of resources, or of their versions
 * @returns marks of all that was given, the last ones
 */
export function lastGiven({ mark }: PageSealer, before: Position | undefined, given: readonly string[]): readonly string[] {
  return [...(before?.given ?? []), ...given.slice(-KEPT).map(mark)].slice(-KEPT);
}

/**
 * @param keys of a page, or of the sorted whole
 * @returns how many of them stand before the place to go on at
 */
export function skipGiven({ mark }: PageSealer, from: Position | undefined, keys: readonly (string | undefined)[]): number {
  if (from === undefined) return 0;
  const marks = keys.map((key) => (key === undefined ? undefined : mark(key)));
  for (const last of from.given.toReversed()) {
    const at = marks.lastIndexOf(last);
    if (at >= 0) return at + 1;
  }
  return from.skip ?? 0;
}

/** @returns what of these was not given, where what was given stands anywhere among them */
export function withoutGiven<Entry>(
  { mark }: PageSealer,
  { given }: Position,
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string | undefined,
): readonly Entry[] {
  const done = new Set(given);
  return entries.filter((entry) => {
    const key = keyOf(entry);
    return key === undefined || !done.has(mark(key));
  });
}

/**
 * One page of what the gateway holds whole.
 * @param keys of all, in their order
 * @returns its borders, and where the next one goes on; absent at the end
 */
export function pageWithin(
  sealer: PageSealer,
  keys: readonly string[],
  size: number,
  before: Position | undefined,
): { readonly start: number; readonly end: number; readonly next?: Position } {
  const start = skipGiven(sealer, before, keys);
  const end = start + size;
  if (end >= keys.length) return { start, end: keys.length };
  return { start, end, next: { skip: end, given: lastGiven(sealer, before, keys.slice(start, end)) } };
}
