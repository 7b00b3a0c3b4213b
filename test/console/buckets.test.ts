/** Hours of the log as a reader's hours and days: whatever the log counted in the period is in one of them, at any time of day. */
import { describe, expect, test } from 'vitest';
import { bucketsOf } from '../../src/console/pages/overview/buckets.ts';

const HOUR = 3_600_000;
const iso = (time: number) => new Date(time).toISOString();
/** Every hour of two days, at its turn, just after and in the middle: midnight somewhere is among them. */
const MOMENTS = Array.from({ length: 48 }, (_, hour) => Date.UTC(2026, 10, 24, hour)).flatMap((at) => [at, at + 1, at + 17 * 60_000]);

describe.each([
  ['a day', 24],
  ['a week', 7 * 24],
  ['30 days', 30 * 24],
])('of %s', (_, hours) => {
  test('nothing that was counted is left out, up to this very moment', () => {
    for (const before of MOMENTS) {
      const from = before - hours * HOUR;
      const first = Math.ceil(from / HOUR) * HOUR;
      const counted = Array.from({ length: Math.ceil((before - first) / HOUR) }, (_, index) => ({
        at: iso(first + index * HOUR),
        given: 1,
        redacted: 2,
        withheld: 3,
        refused: 4,
      }));
      const buckets = bucketsOf({ from: iso(from), before: iso(before), hours: counted });
      const sum = (name: 'given' | 'redacted' | 'withheld' | 'refused') => buckets.reduce((total, row) => total + row[name], 0);
      expect([iso(before), sum('given'), sum('redacted'), sum('withheld'), sum('refused')]).toEqual([
        iso(before),
        ...[1, 2, 3, 4].map((each) => each * counted.length),
      ]);
      expect(new Set(buckets.map(({ told }) => told)).size).toBe(buckets.length);
    }
  });
});
