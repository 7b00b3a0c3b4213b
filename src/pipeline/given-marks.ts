/**
 * Where a page begins that somebody goes on with (threats.md 23, 52): behind the last of what was given, found by name. A place
 * that is counted would move with whatever is written or deleted before it: records would be left out, or given twice; and as an
 * upstream's pages begin elsewhere where something withheld stands between, how it moved would tell that there is something withheld.
 */
import type { PageSealer, Position } from '../ports.ts';

/** Marks that a link carries: as many as are given and deleted again between two pages do no harm. */
export const MARKS_KEPT = 32;

/**
 * @param given keys of what the page gives: names of resources, or of their versions
 * @returns marks of all that was given, the last ones
 */
export function lastGiven({ mark }: PageSealer, before: Position | undefined, given: readonly string[]): readonly string[] {
  return [...(before?.given ?? []), ...given.slice(-MARKS_KEPT).map(mark)].slice(-MARKS_KEPT);
}

/** @returns how many of these stand before the place to go on at */
function skipGiven({ mark }: PageSealer, { given, skip = 0 }: Position, keys: readonly (string | undefined)[]): number {
  const marks = keys.map((key) => (key === undefined ? undefined : mark(key)));
  for (const last of given.toReversed()) {
    const at = marks.lastIndexOf(last);
    if (at >= 0) return at + 1;
  }
  return skip;
}

/**
 * What is left to look at of a page of the upstream. Of a search that is made anew what was given may stand anywhere.
 * @param path of the page
 * @param keyOf what an entry is known by
 */
export function restOfPage<Entry>(
  sealer: PageSealer,
  from: Position | undefined,
  path: string,
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string | undefined,
): readonly Entry[] {
  if (from === undefined) return entries;
  if (from.path === path) return entries.slice(skipGiven(sealer, from, entries.map(keyOf)));
  if (from.path !== undefined) return entries;
  const done = new Set(from.given);
  return entries.filter((entry) => {
    const key = keyOf(entry);
    return key === undefined || !done.has(sealer.mark(key));
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
  const start = before === undefined ? 0 : skipGiven(sealer, before, keys);
  const end = start + size;
  if (end >= keys.length) return { start, end: keys.length };
  return { start, end, next: { skip: end, given: lastGiven(sealer, before, keys.slice(start, end)) } };
}
