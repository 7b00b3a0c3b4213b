/**
 * Page links as JWE (RFC 7516, direct AES-256-GCM by jose): unreadable, unforgeable, bound to who may use them, and of one
 * length whatever they carry (threats.md 23).
 */
import { createHash } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { PrivityError } from '../errors.ts';
import type { Clock, PageContent, PageSealer } from '../ports.ts';

/**
 * What was asked and where it goes on are padded to multiples of this many bytes each: whoever asks chooses the length of the
 * one, and could otherwise choose it so that a digit more in the other shows.
 */
const BLOCK = 1_024;
const LIFETIME_SECONDS = 3_600;
/** Looked for among the entries of one page only. */
const MARK_BYTES = 6;

/** @param key 32 bytes, shared by the replicas of an installation */
export function createPageSealer(key: Uint8Array, clock: Clock): PageSealer {
  return {
    async seal(content, holder) {
      const { query, ...place } = content;
      const seconds = Math.floor(clock.now() / 1000);
      return new EncryptJWT({ query: padded(query), place: padded(place) })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(fingerprint(holder))
        .setExpirationTime(seconds + LIFETIME_SECONDS)
        .encrypt(key);
    },
    async open(token, holder) {
      try {
        // Unused bits of a last character would let one token be written in several ways.
        if (!token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part))
          throw new Error('not canonical');
        const { payload } = await jwtDecrypt(token, key, {
          audience: fingerprint(holder),
          currentDate: new Date(clock.now()),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return { query: JSON.parse(String(payload.query)), ...JSON.parse(String(payload.place)) } as PageContent;
      } catch (cause) {
        throw new PrivityError('page-expired', undefined, { cause });
      }
    },
    mark: (name) => createHash('sha256').update(name).digest().subarray(0, MARK_BYTES).toString('base64url'),
  };
}

function padded(content: unknown): string {
  const text = JSON.stringify(content);
  return text + ' '.repeat((BLOCK - (Buffer.byteLength(JSON.stringify(text)) % BLOCK)) % BLOCK);
}

function fingerprint(holder: string): string {
  return createHash('sha256').update(holder).digest('base64url');
}
