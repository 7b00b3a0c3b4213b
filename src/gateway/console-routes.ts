/** `/console/…`: the page for administrators and auditors, who is signed in, and the ways in and out (design.md section 6). */
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { PrivityError } from '../errors.ts';
import { readPurposes } from '../requester/read-purposes.ts';
import type { Role } from '../requester/requester.ts';
import { requesterOf, type Verified } from './authenticate.ts';
import type { ConsoleNames } from './console-names.ts';
import { consolePages } from './console-pages.ts';
import { type ConsoleSignInOptions, consoleSignIn } from './console-sign-in.ts';
import { problem } from './problem.ts';

export interface ConsoleRoutesOptions {
  /** Absent where no sign-in is configured: the page says so. */
  readonly signIn?: ConsoleSignInOptions & { readonly names: ConsoleNames; readonly close: () => Promise<void> };
}

/** What the page knows of who uses it. No token is in it. */
export type ConsoleSession =
  | {
      readonly state: 'signed-in';
      readonly name: string;
      /** `sub` of the token. */
      readonly id: string;
      readonly roles: readonly Role[];
      /** Sent with every request as `x-csrf-token`. */
      readonly csrf: string;
      /** Sent as `x-purpose-of-use`, where the token holds several. */
      readonly purpose?: string;
    }
  | { readonly state: 'signed-out' | 'not-configured' };

export async function consoleRoutes(app: FastifyInstance, { signIn }: ConsoleRoutesOptions): Promise<void> {
  // Around the console alone: no other door pays for cookies.
  await app.register(async (own) => {
    await own.register(cookie);
    sessionRoutes(own, signIn);
  });
  await consolePages(app);
}

const USERS: readonly Role[] = ['policy-admin', 'privacy-officer', 'auditor'];

function sessionRoutes(app: FastifyInstance, signIn: ConsoleRoutesOptions['signIn']): void {
  app.get('/console/api/session', async (request, reply) => {
    try {
      const session = signIn === undefined ? ({ state: 'not-configured' } as const) : await sessionOf(signIn, request.raw);
      return await reply.type('application/json; charset=utf-8').send(JSON.stringify(session));
    } catch (error) {
      problem(request, reply, error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error }));
      return reply;
    }
  });
  if (signIn === undefined) return;
  app.get('/console/api/names', async (request, reply) => {
    try {
      const session = await sessionOf(signIn, request.raw);
      if (session.state !== 'signed-in') throw new PrivityError('login');
      if (!session.roles.some((role) => USERS.includes(role))) throw new PrivityError('forbidden');
      const names = await signIn.names(new URL(request.raw.url ?? '', signIn.publicUrl).searchParams.getAll('of'));
      return await reply.type('application/json; charset=utf-8').send(JSON.stringify(names));
    } catch (error) {
      problem(request, reply, error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error }));
      return reply;
    }
  });
  app.addHook('onClose', () => signIn.close());
  consoleSignIn(app, signIn);
}

type Raw = Parameters<ConsoleSignInOptions['credential']['sessionOf']>[0];

/** Reading it needs no CSRF token, for it is where the page gets it; no other origin can read the answer (no CORS here). */
async function sessionOf({ credential, sessions, authentication }: ConsoleSignInOptions, request: Raw): Promise<ConsoleSession> {
  const signedOut = { state: 'signed-out' } as const;
  const secret = credential.secretOf(request);
  if (secret === undefined || [request.headersDistinct['sec-fetch-site'] ?? 'same-origin'].flat().join() !== 'same-origin')
    return signedOut;
  const session = await sessions.find(secret);
  const verified = session && (await authentication.verifier.verify(session.tokens.access).catch(() => undefined));
  if (session === undefined || verified === undefined) return signedOut;
  return { state: 'signed-in', name: session.name, csrf: credential.csrfOf(secret), ...personOf(authentication, verified) };
}

/** A token with several purposes is whole once one is chosen; for the console any of them will do. */
function personOf(authentication: ConsoleSignInOptions['authentication'], verified: Verified) {
  const { issuer, claims } = verified;
  const id = String(claims.sub ?? '');
  const held = readPurposes(claims, authentication.rulesOf(issuer).issuer.claims.purposes).codes;
  const purpose = held.length > 1 ? held[0] : undefined;
  try {
    const { roles } = requesterOf(authentication, verified, purpose === undefined ? {} : { 'x-purpose-of-use': purpose });
    return { id, roles, ...(purpose === undefined ? {} : { purpose }) };
  } catch (error) {
    if (!(error instanceof PrivityError)) throw error;
    return { id, roles: [] };
  }
}
