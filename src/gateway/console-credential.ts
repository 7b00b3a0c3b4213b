/**
 * How a request of the console is told from everything else that a browser may send with the same cookie: the cookie alone
 * never counts. Reading needs the browser's own word that the request comes from this origin (Fetch Metadata, W3C), changing
 * needs the session's CSRF token too, which only the console's own script can have read (OWASP CSRF Cheat Sheet).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastifyCookie } from '@fastify/cookie';
import type { ConsoleSessions, SessionContent } from '../adapters/console-session.ts';
import { CrossSite, type Presented } from './authenticate.ts';

export interface ConsoleCredential {
  /** Name of the session cookie: `__Host-` where it can be (RFC 6265bis section 4.1.3.2). */
  readonly cookie: string;
  /** The secret of the session cookie, if there is one. */
  secretOf(request: Presented): string | undefined;
  /** What the page sends with its requests as `x-csrf-token`. */
  csrfOf(secret: string): string;
  /** @throws CrossSite where a session is presented by somebody else than the console */
  sessionOf(request: Presented): Promise<SessionContent | undefined>;
}

export interface ConsoleCredentialOptions {
  readonly sessions: ConsoleSessions;
  /** 32 bytes, of this purpose alone. */
  readonly key: Uint8Array;
  readonly publicUrl: string;
}

export function createConsoleCredential({ sessions, key, publicUrl }: ConsoleCredentialOptions): ConsoleCredential {
  const { origin, protocol } = new URL(publicUrl);
  const cookie = `${protocol === 'https:' ? '__Host-' : ''}privity-console`;
  const csrfOf = (secret: string) => createHmac('sha256', key).update(secret).digest('base64url');
  const secretOf = ({ headersDistinct }: Presented) => {
    const given = [headersDistinct.cookie ?? []].flat().flatMap((header) => fastifyCookie.parse(String(header))[cookie] ?? []);
    return given.length === 1 ? given[0] : undefined;
  };
  return {
    cookie,
    secretOf,
    csrfOf,
    async sessionOf(request) {
      const secret = secretOf(request);
      if (secret === undefined) return undefined;
      if (!isOwn(request, origin, csrfOf(secret))) throw new CrossSite((await sessions.peek(secret))?.tokens.access);
      return sessions.find(secret);
    },
  };
}

function isOwn({ headersDistinct, method = '' }: Presented, own: string, csrf: string): boolean {
  const { origin, 'sec-fetch-site': site, 'x-csrf-token': token } = headersDistinct;
  if (origin !== undefined && one(origin) !== own) return false;
  // Sent by every browser of today, but only to https and to loopback (Fetch Metadata section 2).
  if (site !== undefined && one(site) !== 'same-origin') return false;
  const reads = method === 'GET' || method === 'HEAD';
  return (reads && site !== undefined) || isSame(one(token), csrf);
}

function one(header: string | readonly string[] | undefined): string | undefined {
  const values = [header ?? []].flat();
  return values.length === 1 ? String(values[0]) : undefined;
}

function isSame(given: string | undefined, expected: string): boolean {
  if (given === undefined || given.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(expected, 'latin1'));
}
