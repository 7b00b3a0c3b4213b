/**
 * Whether an exported part of the log is what was written (45 CFR 164.312(c)), by the public key alone: each range that it must
 * hold continues from a head that was signed, or from the beginning of its chain, is whole to its end, and agrees with every
 * signed head on its way. Records of others are there by their digests only.
 */
import type { ChainCover, ReadCheckpoint } from './cover-chains.ts';
import type { Digest } from './hash-chain.ts';
import type { SliceRange } from './slice-statement.ts';
import type { ChainEntry } from './verify-chain.ts';
import { createLogVerifier, type LogFault, type LogReport } from './verify-log.ts';

/**
 * @param ranges what must be there, all of it and nothing else: of a chain in its order, none overlapping
 * @param checkpoints those that the slice needs, in any order
 * @param entries any records, each chain's in its order
 */
export function verifySlice(
  ranges: readonly SliceRange[],
  checkpoints: readonly ReadCheckpoint[],
  entries: readonly ChainEntry[],
  digest: Digest,
): LogReport {
  const forged = checkpoints.filter(({ checkpoint }) => checkpoint === undefined);
  const signed = checkpoints.flatMap(({ checkpoint }) => checkpoint ?? []).sort((a, b) => a.number - b.number);
  const heads = Map.groupBy(
    signed.flatMap(({ number, heads }) =>
      heads.flatMap(({ chain, seq, hash, from }) => [
        { chain, seq, hash, checkpoint: number },
        ...(from === undefined ? [] : [{ chain, ...from, checkpoint: number }]),
      ]),
    ),
    ({ chain }) => chain,
  );
  const newest = signed.at(-1);
  const verifier = createLogVerifier(
    { chains: new Map(), faults: forged.map(({ number }) => ({ kind: 'signature', checkpoint: number })) },
    digest,
  );
  const waiting = Map.groupBy(entries, ({ link }) => link.chain);
  for (const range of ranges) {
    const all = waiting.get(range.chain) ?? [];
    const beyond = all.findIndex(({ link }) => link.seq > range.through);
    const own = beyond === -1 ? all : all.slice(0, beyond);
    waiting.set(range.chain, all.slice(own.length));
    const chain = verifier.chain(range.chain, coverOf(range, heads.get(range.chain) ?? []));
    for (const entry of own) chain.next(entry);
    chain.end();
  }
  const strays = [...waiting.values()].flatMap(([first]) => (first === undefined ? [] : [strayOf(first)]));
  const report = verifier.report();
  const faults = [...report.faults, ...strays];
  const reached = newest === undefined ? {} : { newestCheckpoint: { number: newest.number, madeAt: newest.madeAt } };
  return { ...report, ...reached, faults, sound: faults.length === 0 };
}

/** Without a signed head right before it, a range is held to the beginning of its chain, which it then does not continue. */
function coverOf({ after, through }: SliceRange, heads: ChainCover['heads']): ChainCover {
  const from = heads.find(({ seq }) => seq === after) ?? { seq: 0 };
  const within = heads.filter(({ seq }) => seq > from.seq && seq <= through);
  return { from, heads: within.sort((a, b) => a.seq - b.seq), through };
}

function strayOf(entry: ChainEntry): LogFault {
  const { chain, seq } = entry.link;
  return { chain, seq, ...('stored' in entry ? { id: entry.stored.id } : {}), kind: 'inserted' };
}
