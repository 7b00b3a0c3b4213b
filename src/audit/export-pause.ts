/**
 * How long to leave a place alone that did not take what was sent: twice as long each time, anywhere in the upper half of that, so
 * that many senders do not come back together; as long as it asked for (Retry-After, RFC 9110 section 10.2.3) where that is longer.
 */
export interface Pauses {
  /** Milliseconds after the first failure, and at most. */
  readonly first: number;
  readonly most: number;
}

/** Nobody is believed who wants to be left alone for longer. */
const MAX_ASKED_MS = 3_600_000;

/**
 * @param failures in a row, 1 = the first
 * @param random from 0 to 1
 * @param askedMs what the place asked for
 * @returns milliseconds
 */
export function pauseAfter(failures: number, random: number, { first, most }: Pauses, askedMs = 0): number {
  const full = Math.min(first * 2 ** Math.min(failures - 1, 30), most);
  return Math.max(full / 2 + (random * full) / 2, Math.min(askedMs, MAX_ASKED_MS));
}

/** @param value of `Retry-After`: seconds or a date. @param now milliseconds since 1970. @returns milliseconds; 0 where it says nothing */
export function readRetryAfter(value: unknown, now: number): number {
  if (typeof value !== 'string') return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? 0 : Math.max(0, until - now);
}
