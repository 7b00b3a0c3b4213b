/**
 * The gateway's own credentials at the upstream: none, a fixed bearer token, or OAuth client credentials (RFC 6749 section
 * 4.4) with a token kept until shortly before it expires. The caller's token is never sent upstream.
 */
import type { Dispatcher } from 'undici';
import type { UpstreamAuth } from '../config.ts';
import type { Clock } from '../ports.ts';
import { basicAuthorization, fetchJson } from './fetch-json.ts';

export interface UpstreamCredentials {
  /** Value of `Authorization`, or none. @throws Error where the token endpoint gives no token */
  authorization(): Promise<string | undefined>;
  /** The upstream refused this value. @returns whether another can be had */
  refused(authorization: string | undefined): boolean;
}

const EARLY_MS = 30_000;
const DEFAULT_SECONDS = 60;

type ClientCredentials = Extract<UpstreamAuth, { type: 'client-credentials' }>;

async function requestToken(auth: ClientCredentials, dispatcher: Dispatcher | undefined): Promise<{ value: string; seconds: number }> {
  const answer = await fetchJson({
    url: auth.tokenUrl,
    method: 'POST',
    headers: {
      authorization: basicAuthorization(auth.clientId, auth.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(auth.scope === undefined ? {} : { scope: auth.scope }) }).toString(),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  const { access_token: token, token_type: type, expires_in: seconds } = answer;
  if (typeof token !== 'string' || !/^[!-~]+$/.test(token) || String(type).toLowerCase() !== 'bearer')
    throw new Error('no bearer token given');
  return { value: `Bearer ${token}`, seconds: typeof seconds === 'number' ? seconds : DEFAULT_SECONDS };
}

/** @param deps `dispatcher` replaces the HTTP client in tests */
export function createUpstreamCredentials(
  auth: UpstreamAuth,
  deps: { readonly clock: Clock; readonly dispatcher?: Dispatcher },
): UpstreamCredentials {
  if (auth.type !== 'client-credentials') {
    const fixed = auth.type === 'bearer' ? `Bearer ${auth.token}` : undefined;
    return { authorization: async () => fixed, refused: () => false };
  }
  let held: { value: string; until: number } | undefined;
  let pending: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const { value, seconds } = await requestToken(auth as ClientCredentials, deps.dispatcher);
    // A token that lives shorter than the margin is used once around, not renewed in a loop.
    held = { value, until: deps.clock.now() + Math.max(seconds * 1000 - EARLY_MS, (seconds * 1000) / 2) };
    return value;
  }

  return {
    async authorization() {
      if (held !== undefined && deps.clock.now() < held.until) return held.value;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    refused(authorization) {
      if (held?.value === authorization) held = undefined;
      return true;
    },
  };
}
