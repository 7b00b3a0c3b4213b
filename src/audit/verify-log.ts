/**
 * Whether a whole log is what was written, as far as its checkpoints reach (45 CFR 164.312(c)); what they do not reach yet
 * is told as the tail. The caller brings the records, chain by chain, so that a log of any size takes no memory.
 */
import type { ChainCover, CheckpointFault, Cover } from './cover-chains.ts';
import type { Digest } from './hash-chain.ts';
import { type ChainEntry, type ChainFault, createChainVerifier } from './verify-chain.ts';

export type LogFault = CheckpointFault | (ChainFault & { readonly chain: string });

export interface LogReport {
  /** Nothing is wrong. Says nothing about the tail but that its own links (and MACs) hold. */
  readonly sound: boolean;
  readonly chains: number;
  readonly rows: number;
  /** Records that no checkpoint covers yet, and where they are. */
  readonly tail: {
    readonly rows: number;
    readonly chains: readonly { readonly chain: string; readonly from: number; readonly to: number }[];
  };
  readonly newestCheckpoint?: { readonly number: number; readonly madeAt: string };
  /** ISO instant of the newest record. */
  readonly newestRow?: string;
  /** The first of each chain, and all of the checkpoints. */
  readonly faults: readonly LogFault[];
}

/**
 * `orphan`: a row of an event that is not there. `context`: a recorded question that was changed, or is gone. `file`: of an export,
 * not as its manifest says. `slice`: what it must hold was not signed, or is not what it holds.
 */
export interface RowFault {
  readonly kind: 'orphan' | 'context' | 'file' | 'slice';
  /** The event; of a changed context its own id; of a file its name; `slice`. */
  readonly id: string;
}

export type DatabaseFault = LogFault | RowFault;

/** Of a log in its database, with what hangs on no record. */
export interface DatabaseReport extends Omit<LogReport, 'faults'> {
  readonly faults: readonly DatabaseFault[];
  /** Of a slice: whose records of which period it holds, all of them. */
  readonly slice?: { readonly patient: string; readonly from: string; readonly before: string };
}

export interface LogVerifier {
  /**
   * Opens a chain; its records follow, by seq.
   * @param own what of it must be there, where that is not what the log's cover says
   */
  chain(id: string, own?: ChainCover): { next(entry: ChainEntry): void; end(): void };
  /** Chains that checkpoints name and that were not opened are missing as a whole. */
  report(): LogReport;
}

/** A record is committed within its request's time, and then the next checkpoint covers it. */
const GRACE_MS = 600_000;

/** @param mac as `ChainTrust.mac` */
export function createLogVerifier(cover: Cover, digest: Digest, mac?: (hash: string) => string): LogVerifier {
  const { newest } = cover;
  const coveredUntil = newest && new Date(Date.parse(newest.madeAt) - GRACE_MS).toISOString();
  const opened = new Set<string>();
  const faults: LogFault[] = [...cover.faults];
  const tail: LogReport['tail']['chains'][number][] = [];
  let rows = 0;
  let newestRow: string | undefined;

  const open = (id: string, own: ChainCover | undefined) => {
    const verifier = createChainVerifier(id, { digest, mac, cover: own, coveredUntil });
    const note = (fault: ChainFault | undefined) => {
      if (fault !== undefined) faults.push({ chain: id, ...fault });
    };
    let last = 0;
    opened.add(id);
    return {
      next(entry: ChainEntry) {
        note(verifier.next(entry));
        last = entry.link.seq;
        if (!('stored' in entry)) return;
        rows += 1;
        if (newestRow === undefined || entry.stored.recordedAt > newestRow) newestRow = entry.stored.recordedAt;
      },
      end() {
        note(verifier.end());
        if (last > verifier.covered) tail.push({ chain: id, from: verifier.covered + 1, to: last });
      },
    };
  };

  return {
    chain: (id, own = cover.chains.get(id)) => open(id, own),
    report() {
      const missing = [...cover.chains].filter(([id, { heads }]) => !opened.has(id) && heads.length > 0);
      for (const [id, own] of missing) open(id, own).end();
      return {
        sound: faults.length === 0,
        chains: opened.size,
        rows,
        tail: { rows: tail.reduce((sum, { from, to }) => sum + to - from + 1, 0), chains: tail },
        ...(newest === undefined ? {} : { newestCheckpoint: { number: newest.number, madeAt: newest.madeAt } }),
        ...(newestRow === undefined ? {} : { newestRow }),
        faults,
      };
    },
  };
}
