/**
 * What signed checkpoints say that an exported log must hold. Other than the database, an export keeps what was purged after
 * it was exported: a chain is held to its beginning, or to where it began when the export did.
 */
import { type Cover, coverChains, type ReadCheckpoint } from './cover-chains.ts';

/**
 * @param checkpoints those in the export, in the order of their numbers
 * @param firsts the first record of each chain that is in it
 */
export function coverExport(checkpoints: readonly ReadCheckpoint[], firsts: ReadonlyMap<string, number>): Cover {
  const cover = coverChains(checkpoints);
  const signed = checkpoints.flatMap(({ checkpoint }) => checkpoint ?? []);
  const heads = Map.groupBy(
    signed.flatMap(({ number, heads }) => heads.map((head) => ({ ...head, checkpoint: number }))),
    ({ chain }) => chain,
  );
  const chains = new Map(cover.chains);
  for (const [chain, first] of firsts) {
    const own = heads.get(chain) ?? [];
    const purged = own.flatMap(({ from }) => from ?? []).find(({ seq }) => seq === first - 1);
    const from = purged ?? { seq: 0 };
    const due = own.filter(({ seq }) => seq > from.seq).map(({ seq, hash, checkpoint }) => ({ seq, hash, checkpoint }));
    chains.set(chain, { from, heads: due.sort((a, b) => a.seq - b.seq) });
  }
  return { ...cover, chains };
}
