/**
 * Signing in to the console and out of it (OpenID Connect Core 1.0, RFC 9700): what was begun is kept, sealed, in a cookie of
 * ten minutes that only its own browser can bring back; every sign-in makes a new session; both are in the log.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { ConsoleSessions } from '../adapters/console-session.ts';
import type { ConsoleIssuer, PendingSignIn } from '../adapters/console-session-issuer.ts';
import { auditedRequester } from '../audit/audited-requester.ts';
import type { AuditRecord } from '../audit/record.ts';
import { type ErrorCode, PrivityError } from '../errors.ts';
import { readPairs } from '../fhir/query-pairs.ts';
import type { AuditLog, Clock } from '../ports.ts';
import { type Authentication, ownerOf, requesterOf, type Verified } from './authenticate.ts';
import type { ConsoleCredential } from './console-credential.ts';
import { eventId } from './event-id.ts';
import { problem } from './problem.ts';
import { refusalRecord } from './refusal-record.ts';

export interface ConsoleSignInOptions {
  readonly issuer: ConsoleIssuer;
  /** The issuer whose tokens count here. */
  readonly issuerName: string;
  readonly sessions: ConsoleSessions;
  readonly credential: ConsoleCredential;
  /** 32 bytes, of this purpose alone. */
  readonly key: Uint8Array;
  readonly authentication: Authentication;
  readonly log: AuditLog;
  readonly clock: Clock;
  readonly publicUrl: string;
}

interface Begun extends PendingSignIn {
  /** Path to go on to. */
  readonly to: string;
}

const TEN_MINUTES = 600;
const HOME = '/console/';
/** What the page says about a sign-in that came to nothing: by code, so that nothing from outside is shown. */
const TOLD: ReadonlySet<ErrorCode> = new Set(['sign-in-refused', 'sign-in-unfit', 'issuer-unavailable', 'audit-unavailable']);

export function consoleSignIn(app: FastifyInstance, options: ConsoleSignInOptions): void {
  const { issuer, sessions, credential, key, clock, publicUrl } = options;
  const secure = new URL(publicUrl).protocol === 'https:';
  const pendingCookie = `${secure ? '__Host-' : ''}privity-sign-in`;
  const cookie = { path: '/', httpOnly: true, secure } as const;
  const failed = (reply: FastifyReply, error: unknown) => {
    const code = error instanceof PrivityError && TOLD.has(error.code) ? error.code : 'sign-in-refused';
    return reply.clearCookie(pendingCookie, cookie).redirect(`${HOME}?problem=${code}`, 303);
  };

  app.get('/console/sign-in', async (request, reply) => {
    try {
      const before = credential.secretOf(request.raw);
      const { url, pending } = await issuer.start();
      const begun: Begun = { ...pending, to: localPath(queryOf(request).get('to'), publicUrl) };
      const sealed = await seal(key, begun, clock.now());
      // Whoever signs in anew is done with what was before; from another site the cookie of the session does not come along.
      if (before !== undefined) await sessions.close(before);
      return await reply
        .setCookie(pendingCookie, sealed, { ...cookie, sameSite: 'lax', maxAge: TEN_MINUTES })
        .clearCookie(credential.cookie, cookie)
        .redirect(url, 303);
    } catch (error) {
      request.log.warn({ cause: causeOf(error) }, 'sign-in can not begin');
      return failed(reply, error);
    }
  });

  app.get('/console/callback', async (request, reply) => {
    try {
      const begun = await open(key, request.cookies[pendingCookie], clock.now());
      if (begun === undefined) throw new PrivityError('sign-in-refused');
      const signedIn = await issuer.finish((request.raw.url ?? '').split('?')[1] ?? '', begun);
      const verified = await verifyFitting(options, signedIn.tokens.access);
      const secret = await sessions.open(`${verified.issuer}|${verified.claims.sub}`, signedIn);
      await logged(options, request, verified, 'sign-in');
      return await reply
        .clearCookie(pendingCookie, cookie)
        .setCookie(credential.cookie, secret, { ...cookie, sameSite: 'strict' })
        .redirect(begun.to, 303);
    } catch (error) {
      request.log.warn({ cause: causeOf(error) }, 'sign-in failed');
      return failed(reply, error);
    }
  });

  app.post('/console/api/sign-out', async (request, reply) => {
    try {
      const session = await credential.sessionOf(request.raw);
      if (session !== undefined) await sessions.close(credential.secretOf(request.raw) ?? '');
      const verified = session && (await options.authentication.verifier.verify(session.tokens.access).catch(() => undefined));
      if (verified !== undefined) await logged(options, request, verified, 'sign-out');
      const to = session === undefined ? undefined : await issuer.signOutUrl(session.tokens.id);
      return await reply
        .clearCookie(credential.cookie, cookie)
        .type('application/json; charset=utf-8')
        .send(JSON.stringify({ to: to ?? HOME }));
    } catch (error) {
      const told = await loggedRefusal(options, request, error).catch((cause: unknown) => cause);
      problem(request, reply, told instanceof PrivityError ? told : new PrivityError('internal', undefined, { cause: told }));
      return reply;
    }
  });
}

function queryOf(request: FastifyRequest): ReadonlyMap<string, string> {
  return new Map(readPairs((request.raw.url ?? '').split('?')[1] ?? ''));
}

/** A page of the console itself, or its first one; never another origin. */
function localPath(asked: string | undefined, publicUrl: string): string {
  if (asked === undefined || !URL.canParse(asked, publicUrl)) return HOME;
  const { origin, pathname, search } = new URL(asked, publicUrl);
  return origin === new URL(publicUrl).origin && pathname.startsWith(HOME) ? `${pathname}${search}` : HOME;
}

/** The token must be one that this gateway takes, of the issuer that was asked. */
async function verifyFitting({ authentication, issuerName }: ConsoleSignInOptions, token: string): Promise<Verified> {
  const verified = await authentication.verifier.verify(token).catch((cause: unknown) => {
    throw new PrivityError('sign-in-unfit', undefined, { cause });
  });
  if (verified.issuer !== issuerName) throw new PrivityError('sign-in-unfit');
  return verified;
}

async function logged(
  { log, clock, authentication }: ConsoleSignInOptions,
  request: FastifyRequest,
  verified: Verified,
  interaction: 'sign-in' | 'sign-out',
): Promise<void> {
  const record: AuditRecord = {
    id: eventId(clock),
    requestId: request.id,
    address: request.ip,
    recordedAt: new Date(clock.now()).toISOString(),
    door: 'authentication',
    interaction,
    action: 'E',
    outcome: '0',
    status: 200,
    requester: personOf(authentication, verified),
    target: 'console',
    subjects: [],
    decisions: [],
    obligations: [],
    attestations: [],
  };
  await log.append(record);
}

/** Somebody else than the console tried to end a session: in the log as its owner's. @returns what is told */
async function loggedRefusal(
  { log, clock, authentication }: ConsoleSignInOptions,
  request: FastifyRequest,
  error: unknown,
): Promise<unknown> {
  const whose = await ownerOf(authentication.verifier, error);
  if (whose === undefined || !(error instanceof PrivityError)) return error;
  const origin = { id: eventId(clock), requestId: request.id, address: request.ip };
  await log.append({
    ...refusalRecord(clock, origin, whose, undefined, error, 'authentication'),
    interaction: 'sign-out',
    target: 'console',
  });
  return error;
}

/** A token that says too little for a request still says whose it is. */
function personOf(authentication: Authentication, verified: Verified): AuditRecord['requester'] {
  try {
    return auditedRequester(requesterOf(authentication, verified, {}));
  } catch {
    return { id: String(verified.claims.sub ?? 'unknown').slice(0, 255), issuer: verified.issuer, roles: [] };
  }
}

async function seal(key: Uint8Array, begun: Begun, now: number): Promise<string> {
  return new EncryptJWT({ begun })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setExpirationTime(Math.floor(now / 1000) + TEN_MINUTES)
    .encrypt(key);
}

async function open(key: Uint8Array, sealed: string | undefined, now: number): Promise<Begun | undefined> {
  if (sealed === undefined) return undefined;
  const opened = await jwtDecrypt(sealed, key, {
    currentDate: new Date(now),
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  }).catch(() => undefined);
  return opened?.payload.begun as Begun | undefined;
}

/** Names of errors only: their messages may quote what the issuer sent. */
function causeOf(error: unknown): string {
  const { name, cause } = error as Error;
  const code = (error as { code?: string }).code ?? '';
  return `${name} ${code}${cause instanceof Error ? ` < ${causeOf(cause)}` : ''}`.trim();
}
