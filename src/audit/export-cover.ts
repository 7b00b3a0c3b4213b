/**
 * What signed checkpoints say that an exported log must hold. Other than the database, an export keeps what was purged after
 * it was exported: a chain is held to its beginning, or to where it began when the export did.
 */
import type { ChainHead } from './checkpoint.ts';
import { type ChainCover, type CheckpointFault, type Cover, coverChains, type ReadCheckpoint } from './cover-chains.ts';

type SignedHead = ChainHead & { readonly checkpoint: number };

/**
 * @param checkpoints those in the export, in the order of their numbers
 * @param firsts the first record of each chain that is in it
 */
export function coverExport(checkpoints: readonly ReadCheckpoint[], firsts: ReadonlyMap<string, number>): Cover {
  const cover = coverChains(checkpoints);
  const heads = headsOf(checkpoints);
  const chains = new Map(cover.chains);
  for (const [chain, first] of firsts) {
    const own = heads.get(chain) ?? [];
    const purged = own.flatMap(({ from }) => from ?? []).find(({ seq }) => seq === first - 1);
    chains.set(chain, coverFrom(purged ?? { seq: 0 }, own));
  }
  return { ...cover, chains };
}

/**
 * Of one file by itself: it holds all that its own checkpoints cover, from the first to the last of them. Older ones, which reach
 * nothing in it, are there to begin from.
 */
export function coverFile(checkpoints: readonly ReadCheckpoint[], firsts: ReadonlyMap<string, number>): Cover {
  const reaches = ({ checkpoint }: ReadCheckpoint) =>
    checkpoint?.heads.some(({ chain, seq }) => seq >= (firsts.get(chain) ?? Number.POSITIVE_INFINITY));
  const begin = firsts.size === 0 ? 0 : checkpoints.findIndex(reaches);
  const own = begin === -1 ? [] : checkpoints.slice(begin);
  const faults = checkpoints.flatMap(({ number, checkpoint }, n): CheckpointFault[] => {
    if (checkpoint === undefined) return [{ kind: 'signature', checkpoint: number }];
    return n > begin && begin !== -1 && checkpoint.previous !== checkpoints[n - 1]?.digest
      ? [{ kind: 'sequence', checkpoint: number }]
      : [];
  });
  const all = headsOf(checkpoints);
  // A purge tells heads of chains anew that did not move.
  const due = [...headsOf(own)].filter(([chain, heads]) => firsts.has(chain) || heads.some(({ from }) => from === undefined));
  const chains = due.map(([chain, heads]) => {
    const places = (all.get(chain) ?? []).flatMap(({ seq, hash, from }) => [{ seq, hash }, from ?? []].flat());
    return [chain, coverFrom(places.find(({ seq }) => seq === (firsts.get(chain) ?? 0) - 1) ?? { seq: 0 }, heads)] as const;
  });
  const newest = own.at(-1)?.checkpoint;
  return { chains: new Map(chains), faults, ...(newest === undefined ? {} : { newest }) };
}

function headsOf(checkpoints: readonly ReadCheckpoint[]): ReadonlyMap<string, readonly SignedHead[]> {
  const signed = checkpoints.flatMap(({ checkpoint }) => checkpoint ?? []);
  return Map.groupBy(
    signed.flatMap(({ number, heads }) => heads.map((head) => ({ ...head, checkpoint: number }))),
    ({ chain }) => chain,
  );
}

function coverFrom(from: ChainCover['from'], own: readonly SignedHead[]): ChainCover {
  const due = own.filter(({ seq }) => seq > from.seq).map(({ seq, hash, checkpoint }) => ({ seq, hash, checkpoint }));
  return { from, heads: due.sort((a, b) => a.seq - b.seq) };
}
