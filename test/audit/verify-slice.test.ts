import { describe, expect, test } from 'vitest';
import type { SliceRange } from '../../src/audit/slice-statement.ts';
import type { ChainEntry } from '../../src/audit/verify-chain.ts';
import { verifySlice } from '../../src/audit/verify-slice.ts';
import { chainId, checkpointOf, type Entry, extend, sha256 } from './build-log.ts';
import { sampleRecord } from './sample-record.ts';

const [LONG, SHORT, OPEN] = [chainId(0), chainId(1), chainId(2)];
const records = (count: number) => Array.from({ length: count }, () => sampleRecord());

/** Signed after 2 and 3 of the long chain's 6 records, so that a range of it is a single record; the open chain is not signed at all. */
const long = extend(LONG, [], records(6));
const short = extend(SHORT, [], records(1));
const open = extend(OPEN, [], records(3));
const first = checkpointOf([long.slice(0, 2)], [], '2026-11-23T21:00:00.000Z');
const second = checkpointOf([long.slice(0, 3), short], [first], '2026-11-23T21:05:00.000Z');
const third = checkpointOf([long, short], [first, second], '2026-11-23T21:10:00.000Z');
const checkpoints = [third, first, second];

const ranges: readonly SliceRange[] = [
  { chain: LONG, after: 2, through: 3 },
  { chain: LONG, after: 3, through: 6 },
  { chain: SHORT, after: 0, through: 1 },
  { chain: OPEN, after: 0, through: 3 },
];
const entries = [...long.slice(2), ...short, ...open];
const without = (...left: readonly Entry[]) => entries.filter((entry) => !left.includes(entry));
const verify = (held: readonly ChainEntry[], among = checkpoints, of = ranges) => verifySlice(of, among, held, sha256);
const [l3, l4, l5, l6] = long.slice(2) as [Entry, Entry, Entry, Entry];
const [s1] = short as [Entry];
const [o1, o2, o3] = open as [Entry, Entry, Entry];
const digestOf = ({ link: { chain, seq }, stored }: Entry) => ({ link: { chain, seq }, digest: sha256(JSON.stringify(stored)) });

describe('a slice of a log', () => {
  test('as it was written is sound; what nobody signed yet is told as the tail', () => {
    const tail = { rows: 3, chains: [{ chain: OPEN, from: 1, to: 3 }] };
    expect(verify(entries)).toMatchObject({ sound: true, faults: [], rows: 8, tail, newestCheckpoint: { number: 3 } });
  });

  test('of nothing is sound, and holds nothing', () => {
    expect(verify([], [], [])).toMatchObject({ sound: true, faults: [], rows: 0, chains: 0 });
  });

  const leftOut: Record<string, { readonly of: readonly Entry[]; readonly fault: object }> = {
    'the only record between two heads': { of: [l3], fault: { chain: LONG, seq: 3, kind: 'truncated' } },
    'the first record of a range': { of: [l4], fault: { chain: LONG, seq: 4, kind: 'gap', id: l5.stored.id } },
    'one in the middle': { of: [l5], fault: { chain: LONG, seq: 5, kind: 'gap', id: l6.stored.id } },
    'the last, which a head names': { of: [l6], fault: { chain: LONG, seq: 6, kind: 'truncated' } },
    'the last two': { of: [l5, l6], fault: { chain: LONG, seq: 5, kind: 'truncated' } },
    'a whole range': { of: [l4, l5, l6], fault: { chain: LONG, seq: 4, kind: 'truncated' } },
    'all of a chain, ranges of it that follow on each other': { of: [l3, l4, l5, l6], fault: { chain: LONG, seq: 3, kind: 'truncated' } },
    'the only record of a chain': { of: [s1], fault: { chain: SHORT, seq: 1, kind: 'truncated' } },
    'the first of a chain that nobody signed yet': { of: [o1], fault: { chain: OPEN, seq: 1, kind: 'gap', id: o2.stored.id } },
    'the middle of it': { of: [o2], fault: { chain: OPEN, seq: 2, kind: 'gap', id: o3.stored.id } },
    'the last of it': { of: [o3], fault: { chain: OPEN, seq: 3, kind: 'truncated' } },
    'all of it': { of: open, fault: { chain: OPEN, seq: 1, kind: 'truncated' } },
    everything: { of: entries, fault: { chain: LONG, seq: 3, kind: 'truncated' } },
  };
  test.each(Object.entries(leftOut))('%s is left out: found, and its place is named', (_, { of, fault }) => {
    const report = verify(without(...of));
    expect(report.sound).toBe(false);
    expect(report.faults[0]).toEqual(fault);
  });

  test.each(entries.map((entry) => [`${entry.link.seq} of ${entry.link.chain.at(-1)}`, entry] as const))(
    '%s: found when it is left out, changed, or given as another digest',
    (_, entry) => {
      const at = entries.indexOf(entry);
      const changed = { ...entry, stored: { ...entry.stored, outcome: '8' as const } };
      expect(verify(without(entry)).sound).toBe(false);
      expect(verify(entries.with(at, changed)).faults).toMatchObject([{ kind: 'content', id: entry.stored.id }]);
      // Of a tail's last record no other hash is there to hold it to: its statement's digest is (audit-slice.ts).
      if (entry !== o3) expect(verify(entries.map((other, n) => (n === at ? digestOf(changed) : other))).sound).toBe(false);
    },
  );

  const strange: Record<string, () => ReturnType<typeof verify>> = {
    'a record beyond what it states': () => verify(entries, checkpoints, ranges.toSpliced(1, 1)),
    'a chain that it does not state': () => verify(entries, checkpoints, ranges.toSpliced(2, 1)),
    'a record twice': () => verify([...entries, l6]),
    'two records in another order': () => verify(entries.with(1, l5).with(2, l4)),
    'the head that a range continues from is not signed': () => verify(entries, [second, third]),
    'a checkpoint is forged': () => verify(entries, [...checkpoints, { number: 4, digest: sha256('forged') }]),
    'a head is another': () => verify(entries, [first, second, checkpointOf([extend(LONG, [], records(6))], [first, second], '')]),
  };
  test.each(Object.entries(strange))('%s: found', (_, verified) => {
    const { sound, faults } = verified();
    expect(sound).toBe(false);
    expect(faults.length).toBeGreaterThan(0);
  });
});
