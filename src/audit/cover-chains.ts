/**
 * What signed checkpoints say that the log must hold: of every chain where it begins and the hashes at its heads. Finds
 * checkpoints that were changed, removed or put in, and, by anchors kept elsewhere, a log that was set back as a whole.
 */
import type { ChainHead, Checkpoint } from './checkpoint.ts';

/** A checkpoint as it was read. */
export interface ReadCheckpoint {
  /** The number that it was filed under. */
  readonly number: number;
  /** SHA-256 of its signed text, hex. */
  readonly digest: string;
  /** Absent where the signature does not verify under a key of the installation. */
  readonly checkpoint?: Checkpoint;
}

export interface CheckpointFault {
  /** `signature`: not the installation's. `sequence`: one before it was changed or is missing. `rolled-back`: the log once had it. */
  readonly kind: 'signature' | 'sequence' | 'rolled-back';
  /** Its number; 0 for an anchor. */
  readonly checkpoint: number;
}

export interface ChainCover {
  /** The record before the first that is kept; seq 0 = kept from the beginning. */
  readonly from: { readonly seq: number; readonly hash?: string };
  /** By seq; none at or before `from`. */
  readonly heads: readonly { readonly seq: number; readonly hash: string; readonly checkpoint: number }[];
  /** The last record that must be there, where that is not the last head. */
  readonly through?: number;
}

export interface Cover {
  readonly chains: ReadonlyMap<string, ChainCover>;
  readonly newest?: Checkpoint;
  readonly faults: readonly CheckpointFault[];
}

/**
 * @param filed the log's own checkpoints, in the order of their numbers
 * @param anchors checkpoints that were kept elsewhere, in any order
 */
export function coverChains(filed: readonly ReadCheckpoint[], anchors: readonly ReadCheckpoint[] = []): Cover {
  const digests = new Map(filed.map(({ number, digest }) => [number, digest]));
  const lost = anchors.filter(({ number, digest, checkpoint }) => checkpoint !== undefined && digests.get(number) !== digest);
  const signed = [...filed, ...lost].flatMap(({ checkpoint }) => checkpoint ?? []).sort((a, b) => a.number - b.number);
  const faults: CheckpointFault[] = [
    ...findBroken(filed),
    ...anchors.filter(({ checkpoint }) => checkpoint === undefined).map(() => ({ kind: 'signature' as const, checkpoint: 0 })),
    ...lost.map(({ number }) => ({ kind: 'rolled-back' as const, checkpoint: number })),
  ].sort((a, b) => a.checkpoint - b.checkpoint);
  const newest = signed.at(-1);
  const heads = signed.flatMap(({ number, heads }) => heads.map((head) => ({ ...head, checkpoint: number })));
  const chains = [...Map.groupBy(heads, ({ chain }) => chain)].map(([chain, own]) => [chain, chainCover(own)] as const);
  return { chains: new Map(chains), ...(newest === undefined ? {} : { newest }), faults };
}

function findBroken(filed: readonly ReadCheckpoint[]): CheckpointFault[] {
  const faults: CheckpointFault[] = [];
  const rows = new Map<string, number>();
  let total = 0;
  let expected = { number: 1, previous: null as string | null };
  for (const { number, digest, checkpoint } of filed) {
    if (checkpoint === undefined) faults.push({ kind: 'signature', checkpoint: number });
    else {
      for (const { chain, seq } of checkpoint.heads) {
        total += seq - (rows.get(chain) ?? 0);
        rows.set(chain, seq);
      }
      const follows = checkpoint.number === number && number === expected.number && checkpoint.previous === expected.previous;
      // A missing one shows in the totals too: it is told once.
      const counts = faults.length > 0 || (checkpoint.chains === rows.size && checkpoint.rows === total);
      if (!follows || !counts) faults.push({ kind: 'sequence', checkpoint: number });
    }
    expected = { number: number + 1, previous: digest };
  }
  return faults;
}

function chainCover(heads: readonly (ChainHead & { readonly checkpoint: number })[]): ChainCover {
  const from = heads.reduce<ChainCover['from']>((latest, head) => (head.from && head.from.seq > latest.seq ? head.from : latest), {
    seq: 0,
  });
  const kept = heads.filter(({ seq }) => seq > from.seq).map(({ seq, hash, checkpoint }) => ({ seq, hash, checkpoint }));
  return { from, heads: kept.sort((a, b) => a.seq - b.seq) };
}
