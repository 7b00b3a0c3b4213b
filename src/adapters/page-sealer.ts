/**
 * Page links as JWE (RFC 7516, direct AES-256-GCM by jose): unreadable, unforgeable, bound to who may use them, and of one
 * length whatever they carry (threats.md 23).
 */
import { createHash } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { PrivityError } from '../errors.ts';
import type { Clock, PageContent, PageSealer } from '../ports.ts';

/** Content is padded to a multiple of this many bytes. */
const BLOCK = 2_048;
const LIFETIME_SECONDS = 3_600;

/** @param key 32 bytes, shared by the replicas of an installation */
export function createPageSealer(key: Uint8Array, clock: Clock): PageSealer {
  return {
    async seal(content, holder) {
      const text = JSON.stringify(content);
      const padding = ' '.repeat((BLOCK - (Buffer.byteLength(JSON.stringify(text)) % BLOCK)) % BLOCK);
      const seconds = Math.floor(clock.now() / 1000);
      return new EncryptJWT({ content: text + padding })
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
        return JSON.parse(String(payload.content)) as PageContent;
      } catch (cause) {
        throw new PrivityError('page-expired', undefined, { cause });
      }
    },
  };
}

function fingerprint(holder: string): string {
  return createHash('sha256').update(holder).digest('base64url');
}
