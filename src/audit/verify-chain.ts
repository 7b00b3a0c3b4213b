/**
 * Whether the records of one chain are what was written, in its order, and all of it from the first on (45 CFR 164.312(c)).
 * What it can't see is the loss of a whole suffix: that takes a checkpoint kept elsewhere.
 */
import { canonicalRecord } from './canonical-record.ts';
import { type Digest, genesisHash, linkHash } from './hash-chain.ts';
import type { ChainLink, StoredRecord } from './record.ts';

export interface ChainFault {
  /** Place in the chain, 1 = first; and the id of the record that was found there. */
  readonly seq: number;
  readonly id: string;
  /** `gap`: a record before it is missing, or it is out of order. `content`: it was changed. `mac`: it was not written by a holder of the key. */
  readonly kind: 'gap' | 'content' | 'mac';
}

/**
 * @param records one chain's, by `seq`, from the first
 * @param mac MAC of a hash (hex) under the installation's key; absent = MACs are not looked at
 * @returns the first fault; `undefined` where there is none
 */
export function verifyChain(
  records: Iterable<{ readonly stored: StoredRecord; readonly link: ChainLink }>,
  digest: Digest,
  mac?: (hash: string) => string,
): ChainFault | undefined {
  let seq = 1;
  let head: string | undefined;
  for (const { stored, link } of records) {
    const fault = (kind: ChainFault['kind']) => ({ seq, id: stored.id, kind });
    if (link.seq !== seq || link.prevHash !== (head ?? genesisHash(digest, link.chain))) return fault('gap');
    if (linkHash(digest, link.prevHash, canonicalRecord(stored)) !== link.hash) return fault('content');
    if (mac !== undefined && mac(link.hash) !== link.mac) return fault('mac');
    head = link.hash;
    seq += 1;
  }
  return undefined;
}
