/**
 * Sightings of one requester under one rule -> alerts. A window slides over them until it holds as many different things as the
 * rule allows at most; then it stands still, and what else falls into it belongs to the same alert. Windows that stand already
 * take what comes late.
 */
import type { AlertRule } from './alert-rule.ts';
import type { Sighting } from './alert-sightings.ts';

export interface AlertWindow {
  /** Of the first and of the last sighting in it, ISO instants. */
  readonly from: string;
  readonly until: string;
  /** Different things in it. */
  readonly count: number;
  /** Records that they are in, the first fifty. */
  readonly events: readonly string[];
}

const MAX_EVENTS = 50;
const HOUR_MS = 3_600_000;
/** Days on which somebody must have been seen before something is usual for him. */
const ACQUAINTANCE = 5;

/**
 * @param sightings by time
 * @param known where windows of earlier alerts begin, ISO instants
 * @param usualDays counts of earlier days on which there were any
 */
export function findAlerts(
  rule: AlertRule,
  sightings: readonly Sighting[],
  known: readonly string[] = [],
  usualDays: readonly number[] = [],
): readonly AlertWindow[] {
  const length = rule.windowHours * HOUR_MS;
  const threshold = thresholdOf(rule, usualDays);
  const windows = known.map((from) => ({ from, seen: [] as Sighting[] }));
  let sliding = emptySlide();
  for (const sighting of sightings) {
    const at = Date.parse(sighting.at);
    const standing = windows.findLast(({ from }) => Date.parse(from) <= at && at < Date.parse(from) + length);
    if (standing !== undefined) {
      standing.seen.push(sighting);
      if (sliding.seen.length > 0) sliding = emptySlide();
      continue;
    }
    slide(sliding, sighting, at - length);
    if (sliding.times.size < threshold) continue;
    const seen = sliding.seen.slice(sliding.first);
    windows.push({ from: seen[0]?.at ?? sighting.at, seen });
    windows.sort((a, b) => a.from.localeCompare(b.from));
    sliding = emptySlide();
  }
  return windows.flatMap(({ from, seen }) => (seen.length === 0 ? [] : [windowOf(from, seen)]));
}

/** A window on its way: each sighting comes in once and goes out once, however many there are. */
interface Slide {
  readonly seen: Sighting[];
  /** Index of the oldest that is still in it. */
  first: number;
  /** How often each thing is in it. */
  readonly times: Map<string, number>;
}

function emptySlide(): Slide {
  return { seen: [], first: 0, times: new Map() };
}

/** @param after milliseconds since 1970: what was not later than this goes out */
function slide(window: Slide, sighting: Sighting, after: number): void {
  const { seen, times } = window;
  for (let oldest = seen[window.first]; oldest !== undefined && Date.parse(oldest.at) <= after; oldest = seen[window.first]) {
    const left = (times.get(oldest.key) ?? 0) - 1;
    if (left > 0) times.set(oldest.key, left);
    else times.delete(oldest.key);
    window.first += 1;
  }
  seen.push(sighting);
  times.set(sighting.key, (times.get(sighting.key) ?? 0) + 1);
}

/** As the rule says, or so many times what is usual where that is less. */
export function thresholdOf({ threshold, usual, windowHours }: AlertRule, usualDays: readonly number[]): number {
  if (usual === undefined || usualDays.length < ACQUAINTANCE) return threshold;
  const perDay = usualDays.reduce((sum, count) => sum + count, 0) / usualDays.length;
  return Math.min(threshold, Math.max(usual.atLeast, Math.ceil((perDay * usual.times * windowHours) / 24)));
}

function countOf(sightings: readonly Sighting[]): number {
  return new Set(sightings.map(({ key }) => key)).size;
}

function windowOf(from: string, seen: readonly Sighting[]): AlertWindow {
  const events = [...new Set(seen.map(({ event }) => event))].slice(0, MAX_EVENTS);
  return { from, until: seen.at(-1)?.at ?? from, count: countOf(seen), events };
}
