/**
 * Whether the records of one chain are what was written, in its order, from the first that is kept to the last that a
 * checkpoint covers (45 CFR 164.312(c)). Goes record by record, so that a log of any length takes no memory.
 */
import { canonicalRecord } from './canonical-record.ts';
import type { ChainCover } from './cover-chains.ts';
import { type Digest, genesisHash, linkDigest, linkHash } from './hash-chain.ts';
import type { ChainLink, StoredRecord } from './record.ts';

/** A record in its place, or the digest of one that is not shown or no longer kept. */
export type ChainEntry =
  | { readonly link: ChainLink; readonly stored: StoredRecord }
  | { readonly link: Pick<ChainLink, 'chain' | 'seq'>; readonly digest: string };

export interface ChainFault {
  /** Place in the chain, 1 = first; and the id of the record that was found there, if one was. */
  readonly seq: number;
  readonly id?: string;
  /**
   * `gap`: a record before it is missing, or it is out of order. `content`: it was changed. `mac`: it was not written by a
   * holder of the key. `forked`: the chain up to here is another than the one that was signed; it is the same up to `after`.
   * `truncated`: signed, and not there. `inserted`: older than the newest checkpoint, which does not cover it.
   */
  readonly kind: 'gap' | 'content' | 'mac' | 'forked' | 'truncated' | 'inserted';
  readonly after?: number;
}

export interface ChainTrust {
  readonly digest: Digest;
  /** MAC of a hash (hex) under the installation's key; absent = MACs are not looked at. */
  readonly mac?: (hash: string) => string;
  readonly cover?: ChainCover;
  /** Instant from which on records need not be covered. */
  readonly coveredUntil?: string;
}

export interface ChainVerifier {
  /** @returns what is wrong with this record; after a fault the chain is not looked at further */
  next(entry: ChainEntry): ChainFault | undefined;
  /** @returns what is missing at the end */
  end(): ChainFault | undefined;
  /** Last place that a checkpoint covers and that was found right. */
  readonly covered: number;
}

export function createChainVerifier(chain: string, { digest, mac, cover, coveredUntil }: ChainTrust): ChainVerifier {
  const { heads = [], through = 0 } = cover ?? {};
  let seq = (cover?.from.seq ?? 0) + 1;
  let head = cover?.from.hash ?? genesisHash(digest, chain);
  let due = 0;
  let covered = seq - 1;
  let failed = false;

  /** Hash of the entry, where it continues the chain. */
  const follow = (entry: ChainEntry): { readonly hash: string } | { readonly kind: ChainFault['kind'] } => {
    if (entry.link.chain !== chain || entry.link.seq !== seq) return { kind: 'gap' };
    if ('digest' in entry) return { hash: linkDigest(digest, head, entry.digest) };
    const { link, stored } = entry;
    if (link.prevHash !== head) return { kind: 'gap' };
    if (linkHash(digest, head, canonicalRecord(stored)) !== link.hash) return { kind: 'content' };
    if (mac !== undefined && mac(link.hash) !== link.mac) return { kind: 'mac' };
    if (due === heads.length && coveredUntil !== undefined && stored.recordedAt < coveredUntil) return { kind: 'inserted' };
    return { hash: link.hash };
  };

  const judge = (entry: ChainEntry): Pick<ChainFault, 'kind' | 'after'> | undefined => {
    const followed = follow(entry);
    if ('kind' in followed) return followed;
    for (let signed = heads[due]; signed?.seq === seq; signed = heads[due]) {
      if (signed.hash !== followed.hash) return { kind: 'forked', after: covered };
      due += 1;
    }
    head = followed.hash;
    if (heads[due - 1]?.seq === seq) covered = seq;
    return undefined;
  };

  return {
    next(entry) {
      if (failed) return undefined;
      const fault = judge(entry);
      if (fault === undefined) {
        seq += 1;
        return undefined;
      }
      failed = true;
      return { seq, ...('stored' in entry ? { id: entry.stored.id } : {}), ...fault };
    },
    end: () => (failed || (due === heads.length && seq > through) ? undefined : { seq, kind: 'truncated' }),
    get covered() {
      return covered;
    },
  };
}
