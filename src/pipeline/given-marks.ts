/**
 * Where a page begins that somebody goes on with (threats.md 23, 52): behind the last of what was given, found by name. A place
 * counted from the begin of an upstream's page would move with whatever is written or deleted before it; and as pages begin
 * elsewhere where something withheld stands between, how it moved would tell that there is something withheld.
 */
import type { BundleEntry } from '../fhir/resource.ts';
import type { PageSealer, Position } from '../ports.ts';

/** Marks that a link carries: as many as are given and deleted again between two pages do no harm. */
const KEPT = 32;

/**
 * @param given keys of what the page gives: names of resources, or of their versions
 * @returns marks of all that was given, the last ones
 */
export function lastGiven({ mark }: PageSealer, before: Position | undefined, given: readonly string[]): readonly string[] {
  return [...(before?.given ?? []), ...given.slice(-KEPT).map(mark)].slice(-KEPT);
}

/** @returns how many entries of the page stand before the place to go on at */
export function skipGiven(
  { mark }: PageSealer,
  { given }: Position,
  entries: readonly BundleEntry[],
  keyOf: (entry: BundleEntry) => string | undefined,
): number {
  const marks = entries.map((entry) => {
    const key = keyOf(entry);
    return key === undefined ? undefined : mark(key);
  });
  for (const last of given.toReversed()) {
    const at = marks.lastIndexOf(last);
    if (at >= 0) return at + 1;
  }
  return 0;
}
