/**
 * The hash chain of one gateway process (design.md section 5; 45 CFR 164.312(b), (c)(1)): each record's hash covers the
 * one before it, the first covers the chain's own id, so that a changed, removed, inserted or reordered record breaks it.
 * A record enters by the digest of its text: where a record may not be shown, or is no longer kept, its digest still
 * holds the chain together.
 */

/** SHA-256 of a text's UTF-8 bytes, as lower-case hex; given from outside, so that this stays free of I/O. */
export type Digest = (text: string) => string;

/** What the first record of a chain has as its previous hash. @param chain UUID */
export function genesisHash(digest: Digest, chain: string): string {
  return digest(`privity-chain-1\n${chain}`);
}

/**
 * @param previous hash of the record before, hex
 * @param canonical the record's canonical text (canonical-record.ts)
 * @returns hash of this record, hex
 */
export function linkHash(digest: Digest, previous: string, canonical: string): string {
  return linkDigest(digest, previous, digest(canonical));
}

/** As `linkHash`, of a record of which only the digest of its canonical text is known. */
export function linkDigest(digest: Digest, previous: string, recordDigest: string): string {
  return digest(`${previous}\n${recordDigest}`);
}
