import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainId, checkpointOf, type Entry, extend, type Log, logs, macOf, sha256, verifyLog } from './build-log.ts';
import { sampleRecord } from './sample-record.ts';

/** A record of the log, each reached by some n. */
function pick({ chains }: Log, n: number): { c: number; i: number; chain: readonly Entry[]; entry: Entry } {
  const all = chains.flatMap((chain, c) => chain.map((entry, i) => ({ c, i, chain, entry })));
  return all[n % all.length] as { c: number; i: number; chain: readonly Entry[]; entry: Entry };
}

function withChain(log: Log, c: number, chain: readonly Entry[]): Log {
  return { ...log, chains: log.chains.with(c, chain) };
}

/** The last record before the i-th that a checkpoint covers. */
function coveredBefore({ checkpoints }: Log, { chain, i }: { chain: readonly Entry[]; i: number }): number {
  const heads = checkpoints.flatMap(({ checkpoint }) => checkpoint?.heads ?? []);
  const before = heads.filter((head) => head.chain === chain[0]?.link.chain && head.seq <= i);
  return Math.max(0, ...before.map(({ seq }) => seq));
}

/** A holder of the MAC key writes the chain anew from its i-th record on. */
function rewrite(chain: readonly Entry[], i: number, first: object, mac = macOf): Entry[] {
  const records = chain.slice(i).map(({ stored }, n) => sampleRecord({ id: stored.id, ...(n === 0 ? first : {}) }));
  return extend(chain[0]?.link.chain ?? '', chain.slice(0, i), records, mac);
}

describe('a log under its checkpoints', () => {
  test('as it was written is sound, and has no tail after a checkpoint', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const report = verifyLog(log, log.checkpoints);
        expect(report).toMatchObject({ sound: true, faults: [], rows: log.chains.flat().length, tail: { rows: 0, chains: [] } });
        expect(report.newestCheckpoint?.number).toBe(log.checkpoints.length);
        expect(report.newestRow).toBe(
          log.chains
            .flat()
            .map(({ stored }) => stored.recordedAt)
            .sort()
            .at(-1),
        );
      }),
    );
  });

  test('what came after the newest checkpoint is told as the tail', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 4 }), (log, more) => {
        const [first = []] = log.chains;
        const recordedAt = log.checkpoints.at(-1)?.checkpoint?.madeAt;
        const longer = withChain(
          log,
          0,
          extend(
            chainId(0),
            first,
            Array.from({ length: more }, () => sampleRecord({ recordedAt })),
          ),
        );
        expect(verifyLog(longer)).toMatchObject({
          sound: true,
          tail: { rows: more, chains: [{ chain: chainId(0), from: first.length + 1, to: first.length + more }] },
        });
      }),
    );
  });

  type Mutation = (log: Log, n: number) => { changed: Log; fault: object };
  const mutations: Record<string, Mutation> = {
    'a record is changed': (log, n) => {
      const { c, i, chain, entry } = pick(log, n);
      const changed = { link: entry.link, stored: { ...entry.stored, outcome: '8' as const } };
      return { changed: withChain(log, c, chain.with(i, changed)), fault: { kind: 'content', seq: i + 1, id: entry.stored.id } };
    },
    'a record is deleted': (log, n) => {
      const { c, i, chain } = pick(log, n);
      const next = chain[i + 1];
      const fault = next === undefined ? { kind: 'truncated', seq: i + 1 } : { kind: 'gap', seq: i + 1, id: next.stored.id };
      return { changed: withChain(log, c, chain.toSpliced(i, 1)), fault };
    },
    'the records from one on are deleted': (log, n) => {
      const { c, i, chain } = pick(log, n);
      return { changed: withChain(log, c, chain.slice(0, i)), fault: { kind: 'truncated', seq: i + 1 } };
    },
    'two records change places': (log, n) => {
      const { c, i, chain, entry } = pick(log, n);
      const other = chain[i + 1];
      if (other === undefined) return mutations['a record is deleted']?.(log, n) as ReturnType<Mutation>;
      return {
        changed: withChain(log, c, chain.with(i, other).with(i + 1, entry)),
        fault: { kind: 'gap', seq: i + 1, id: other.stored.id },
      };
    },
    'a record is put in, hashed, by someone without the key': (log, n) => {
      const { c, i, chain } = pick(log, n);
      const changed = rewrite(chain, i, { status: 418 }, (hash) => sha256(`other ${hash}`));
      return { changed: withChain(log, c, changed), fault: { kind: 'mac', seq: i + 1, id: changed[i]?.stored.id } };
    },
    'the chain is written anew from one record on, by someone with the key (forked)': (log, n) => {
      const picked = pick(log, n);
      const after = coveredBefore(log, picked);
      const changed = rewrite(picked.chain, picked.i, { status: 418 });
      return { changed: withChain(log, picked.c, changed), fault: { kind: 'forked', after } };
    },
    'a whole chain of long ago is made up, by someone with the key': (log) => {
      const recordedAt = '2026-11-23T10:00:00.000Z';
      const made = extend(chainId(7), [], [sampleRecord({ recordedAt })]);
      return { changed: { ...log, chains: [...log.chains, made] }, fault: { kind: 'inserted', seq: 1, id: made[0]?.stored.id } };
    },
  };
  test.each(Object.entries(mutations))('%s: found, and the first bad record is named', (_, mutate) => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, n) => {
        const { changed, fault } = mutate(log, n);
        const report = verifyLog(changed);
        expect(report.sound).toBe(false);
        expect(report.faults).toHaveLength(1);
        expect(report.faults[0]).toMatchObject(fault);
      }),
    );
  });

  test.each(Object.entries(mutations))('%s: found with the public key alone', (_, mutate) => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, n) => {
        expect(verifyLog(mutate(log, n).changed, [], null).sound).toBe(false);
      }),
    );
  });

  test('checkpoints: one that is changed, removed, filed twice or in another order is named', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, n) => {
        const { checkpoints } = log;
        const i = n % checkpoints.length;
        const own = checkpoints[i] as (typeof checkpoints)[number];
        const forged = checkpoints.with(i, { number: own.number, digest: sha256('forged') });
        expect(verifyLog({ ...log, checkpoints: forged }).faults).toContainEqual({ kind: 'signature', checkpoint: i + 1 });
        const twice = [...checkpoints, { ...own, number: checkpoints.length + 1 }];
        expect(verifyLog({ ...log, checkpoints: twice }).faults).toContainEqual({ kind: 'sequence', checkpoint: checkpoints.length + 1 });
        if (i + 1 === checkpoints.length) return;
        expect(verifyLog({ ...log, checkpoints: checkpoints.toSpliced(i, 1) }).faults[0]).toEqual({ kind: 'sequence', checkpoint: i + 2 });
      }),
    );
  });

  test('a log that is set back as a whole is found by an anchor, which names the first record that is missing', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const [first = []] = log.chains;
        const recordedAt = log.checkpoints.at(-1)?.checkpoint?.madeAt ?? '';
        const grown = withChain(log, 0, extend(chainId(0), first, [sampleRecord({ recordedAt })]));
        const anchor = checkpointOf(grown.chains, log.checkpoints, recordedAt);
        expect(verifyLog(log).sound).toBe(true);
        expect(verifyLog(log, [anchor]).faults).toEqual([
          { kind: 'rolled-back', checkpoint: anchor.number },
          { chain: chainId(0), kind: 'truncated', seq: first.length + 1 },
        ]);
      }),
    );
  });

  test('of which the beginning was purged is held to where it begins now', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, n) => {
        const { c, i, chain, entry } = pick(log, n);
        const made = checkpointOf(log.chains, log.checkpoints, '2026-11-23T21:00:00.000Z');
        const { seq, hash } = entry.link;
        const last = chain.at(-1) as Entry;
        const head = { chain: last.link.chain, seq: last.link.seq, hash: last.link.hash, from: { seq, hash } };
        const purging = { ...made, checkpoint: { ...made.checkpoint, heads: [head] } } as typeof made;
        const purged = { checkpoints: [...log.checkpoints, purging], chains: log.chains.with(c, chain.slice(i + 1)) };
        expect(verifyLog(purged).faults).toEqual([]);
        expect(verifyLog({ ...purged, chains: log.chains }).faults).toMatchObject([{ kind: 'gap', seq: i + 2 }]);
      }),
    );
  });
});
