/**
 * What every route of `/admin` shares (design.md section 6): a verified token with an entitled role, a body that is exactly
 * what is expected, and rows in the log before anything leaves. A change has two rows, like a write: the intent, durable
 * before anything is done, and the outcome.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { auditedRequester } from '../audit/audited-requester.ts';
import type { AuditRecord } from '../audit/record.ts';
import { PrivityError } from '../errors.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { Requester, Role } from '../requester/requester.ts';
import { AdminProblem } from './admin-problem.ts';
import { type AdminRequest, type ReadingOptions, readAdminRequest } from './admin-request.ts';
import { type Authentication, requesterOf, type Verified, verifyToken } from './authenticate.ts';
import { eventId } from './event-id.ts';
import { eventStream, wantsEvents } from './event-stream.ts';
import { problemDetails } from './operation-outcome.ts';
import { problem } from './problem.ts';
import { type RefusedOrigin, refusalRecord } from './refusal-record.ts';

export type { AdminRequest } from './admin-request.ts';

export interface AdminDoor {
  readonly log: AuditLog;
  readonly authentication: Authentication;
  readonly clock: Clock;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Patients that the answer is about. */
  readonly subjects?: readonly string[];
  /** What was changed, where its name was not known before. */
  readonly target?: string;
}

/** Nothing is done yet; all of it is permitted. */
export interface AdminChange {
  /** What is changed, as the log names it: `policies/clinic/versions/2`. */
  readonly target: string;
  readonly subjects?: readonly string[];
  readonly carryOut: () => Promise<AdminAnswer>;
}

export interface AdminRoute {
  /** As the log names it: `activate`. */
  readonly interaction: string;
  readonly action: AuditRecord['action'];
  /** Entitled roles; absent: the handler asks itself. */
  readonly roles?: readonly Role[];
  /** Names of query parameters; others are refused. */
  readonly query?: readonly string[];
  /** Answers as server-sent events where these are asked for: `progress`, then `result` or `problem`. */
  readonly events?: true;
  readonly target: string | ((request: AdminRequest) => string);
  readonly handle: (request: AdminRequest) => Promise<AdminAnswer | AdminChange>;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export function adminRoute(door: AdminDoor, route: AdminRoute): Handler {
  return async (request, reply) => {
    const events = route.events && wantsEvents(request) ? eventStream(reply) : undefined;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      const { status, body, headers = {} } = await answer(door, route, request, { events, signal: gone.signal });
      if (events !== undefined) {
        events.end('result', body);
        return reply;
      }
      for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      return await reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
    } catch (error) {
      const refused = asRefusal(error);
      if (events?.started) events.end('problem', problemDetails(refused));
      else if (!(refused instanceof AdminProblem)) problem(request, reply, refused);
      else {
        const details = { ...problemDetails(refused), problems: refused.problems };
        reply.code(refused.kind.status).type('application/problem+json').send(JSON.stringify(details));
      }
      return reply;
    }
  };
}

async function answer(
  door: AdminDoor,
  route: AdminRoute,
  request: FastifyRequest,
  waiting: Pick<ReadingOptions, 'events' | 'signal'>,
): Promise<AdminAnswer> {
  const headers = request.raw.headersDistinct;
  const origin = () => ({ id: eventId(door.clock), requestId: request.id, address: request.ip });
  const verified = await verifyToken(door.authentication, request.raw, (whose, refused) =>
    logRefused(door, route, origin(), whose, undefined, refused),
  );
  let requester: Requester | undefined;
  try {
    requester = requesterOf(door.authentication, verified, headers);
    const { roles = [] } = route;
    if (roles.length > 0 && !roles.some((role) => requester?.roles.includes(role))) throw new PrivityError('forbidden');
    const asked = readAdminRequest(request, { requester, now: door.clock.now(), known: route.query ?? [], ...waiting });
    const given = await route.handle(asked);
    if ('carryOut' in given) return await change(door, route, origin, requester, given);
    const target = typeof route.target === 'string' ? route.target : route.target(asked);
    await door.log.append(record(door, route, origin(), requester, { target, ...given }));
    return given;
  } catch (error) {
    const refused = asRefusal(error);
    if (!(error instanceof Logged)) await logRefused(door, route, origin(), verified, requester, refused);
    throw refused;
  }
}

/** Refused after its intent was logged; its outcome is too. */
class Logged extends Error {}

async function change(
  door: AdminDoor,
  route: AdminRoute,
  origin: () => RefusedOrigin,
  requester: Requester,
  { target, subjects = [], carryOut }: AdminChange,
): Promise<AdminAnswer> {
  await door.log.append({ ...record(door, route, origin(), requester, { target, subjects, status: 100 }), reason: 'intent' });
  let done: AdminAnswer;
  try {
    done = await carryOut();
  } catch (error) {
    const refused = asRefusal(error);
    const outcome = refused.kind.status >= 500 ? '8' : '4';
    const { status } = refused.kind;
    await door.log.append({ ...record(door, route, origin(), requester, { target, subjects, status }), outcome, reason: refused.code });
    throw new Logged('refused', { cause: refused });
  }
  await door.log.append(record(door, route, origin(), requester, { target, ...done })).catch((cause: unknown) => {
    throw new Logged('done', { cause: new PrivityError('act-unconfirmed', undefined, { cause }) });
  });
  return done;
}

function asRefusal(error: unknown): PrivityError {
  if (error instanceof Logged) return asRefusal(error.cause);
  return error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
}

async function logRefused(
  door: AdminDoor,
  route: AdminRoute,
  origin: RefusedOrigin,
  verified: Verified,
  requester: Requester | undefined,
  refused: PrivityError,
): Promise<void> {
  if (refused.code === 'audit-unavailable') return;
  const { interaction, action } = route;
  await door.log.append({ ...refusalRecord(door.clock, origin, verified, requester, refused, 'admin'), interaction, action });
}

function record(
  { clock }: AdminDoor,
  { interaction, action }: AdminRoute,
  origin: RefusedOrigin,
  requester: Requester,
  { target, subjects = [], status }: { readonly target: string; readonly subjects?: readonly string[]; readonly status: number },
): AuditRecord {
  return {
    ...origin,
    recordedAt: new Date(clock.now()).toISOString(),
    door: 'admin',
    interaction,
    action,
    outcome: '0',
    status,
    requester: auditedRequester(requester),
    purpose: requester.purpose,
    target,
    subjects,
    decisions: [],
    obligations: [],
    attestations: [],
  };
}

export function etagOf(revision: number): { readonly etag: string } {
  return { etag: `"${revision}"` };
}
