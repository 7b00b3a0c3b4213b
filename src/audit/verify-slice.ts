/**
 * Whether an exported part of the log is what was written (45 CFR 164.312(c)), by the public key alone: each run of records
 * must continue from a head that was signed, or from the beginning of its chain, and reach one. Records of others are there
 * by their digests only.
 */
import type { ChainCover, ReadCheckpoint } from './cover-chains.ts';
import type { Digest } from './hash-chain.ts';
import type { ChainEntry } from './verify-chain.ts';
import { createLogVerifier, type LogReport } from './verify-log.ts';

/** @param checkpoints those that the slice needs, in any order; @param entries any records, each chain's in its order */
export function verifySlice(checkpoints: readonly ReadCheckpoint[], entries: readonly ChainEntry[], digest: Digest): LogReport {
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
  for (const run of runsOf(entries)) {
    const [first] = run;
    if (first === undefined) continue;
    const chain = verifier.chain(first.link.chain, coverOf(run, heads.get(first.link.chain) ?? []));
    for (const entry of run) chain.next(entry);
    chain.end();
  }
  const report = verifier.report();
  return newest === undefined ? report : { ...report, newestCheckpoint: { number: newest.number, madeAt: newest.madeAt } };
}

function runsOf(entries: readonly ChainEntry[]): readonly (readonly ChainEntry[])[] {
  const runs: ChainEntry[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1)?.at(-1)?.link;
    if (last?.chain === entry.link.chain && last.seq + 1 === entry.link.seq) runs.at(-1)?.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

/** Without a signed head right before it, a run is held to the beginning of its chain, which it then does not continue. */
function coverOf(run: readonly ChainEntry[], heads: ChainCover['heads']): ChainCover {
  const before = (run[0]?.link.seq ?? 1) - 1;
  const from = heads.find(({ seq }) => seq === before) ?? { seq: 0 };
  const end = run.at(-1)?.link.seq ?? 0;
  return { from, heads: heads.filter(({ seq }) => seq > from.seq && seq <= end).sort((a, b) => a.seq - b.seq) };
}
