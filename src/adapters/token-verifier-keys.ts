/**
 * One issuer's public keys (RFC 7517), fetched and kept: asked for again at an age, and once for a key that is not
 * there, with a pause between attempts, so that tokens with invented key ids can not hammer the issuer. While the issuer
 * is down the last keys serve, up to a bound.
 */
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Dispatcher } from 'undici';
import type { Config } from '../config.ts';
import type { Clock } from '../ports.ts';
import { fetchJson } from './fetch-json.ts';

export interface IssuerKeys {
  readonly getKey: JWTVerifyGetKey;
  /** Changes when the issuer's keys change: what was verified under other keys must be verified again. */
  readonly generation: number;
}

export interface KeySource {
  /** The keys to use now. @throws Error where there are none, or none young enough */
  current(): Promise<IssuerKeys>;
  /** Asks the issuer again, unless it was asked a moment ago. @returns keys of another generation, or `undefined` */
  afterUnknownKey(generation: number): Promise<IssuerKeys | undefined>;
}

type Bounds = Config['identity']['jwks'];

export function createKeySource(jwksUri: string, bounds: Bounds, deps: { clock: Clock; dispatcher?: Dispatcher }): KeySource {
  const { clock, dispatcher } = deps;
  let keys: IssuerKeys | undefined;
  let content = '';
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let pending: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    const startedAt = clock.now();
    attemptedAt = startedAt;
    try {
      const set = await fetchJson({ url: jwksUri, ...(dispatcher === undefined ? {} : { dispatcher }) });
      const text = JSON.stringify(set.keys);
      if (text !== content || keys === undefined) {
        // Throws for what is no key set: then the keys before it stay.
        keys = {
          getKey: createLocalJWKSet(set as unknown as Parameters<typeof createLocalJWKSet>[0]),
          generation: (keys?.generation ?? 0) + 1,
        };
        content = text;
      }
      fetchedAt = startedAt;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
  }

  function refresh(): Promise<void> {
    if (pending !== undefined) return pending;
    if (clock.now() - attemptedAt < bounds.cooldownSeconds * 1000) return Promise.resolve();
    pending = fetchKeys().finally(() => {
      pending = undefined;
    });
    return pending;
  }

  return {
    async current() {
      if (clock.now() - fetchedAt >= bounds.refreshSeconds * 1000) await refresh();
      if (keys === undefined || clock.now() - fetchedAt > bounds.maxStaleSeconds * 1000) {
        throw new Error('no usable keys of this issuer', { cause: failure });
      }
      return keys;
    },
    async afterUnknownKey(generation) {
      await refresh();
      return keys !== undefined && keys.generation !== generation ? keys : undefined;
    },
  };
}

/** Whether a verification failed because no key of the set fits the token's header. */
export function isUnknownKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey;
}
