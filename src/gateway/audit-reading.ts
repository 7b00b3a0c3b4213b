/**
 * Every way to read the log (45 CFR 164.312(b)): who asks is known, may read it, and is in the log before the answer leaves;
 * who may not is there too.
 */
import type { FastifyRequest } from 'fastify';
import { auditedRequester } from '../audit/audited-requester.ts';
import type { AuditRecord } from '../audit/record.ts';
import { PrivityError } from '../errors.ts';
import { readPairs } from '../fhir/query-pairs.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { Requester, Role } from '../requester/requester.ts';
import { type Authentication, requesterOf, verifyToken } from './authenticate.ts';
import { eventId } from './event-id.ts';
import { refusalRecord } from './refusal-record.ts';

export interface ReadingOptions {
  readonly log: AuditLog;
  readonly authentication: Authentication;
  readonly clock: Clock;
}

export interface Reading<T> {
  readonly answer: T;
  /** Patients whose rows were read. */
  readonly subjects: readonly string[];
}

/** What is read, as the log names it. */
export interface ReadingKind {
  readonly interaction: string;
  /** `AuditEvent`; parameters are added by their names. */
  readonly target: string;
  /** @param pairs the query. Default: roles auditor and privacy-officer. */
  readonly mayRead?: (requester: Requester, pairs: readonly (readonly [string, string])[]) => boolean | Promise<boolean>;
}

const READERS: readonly Role[] = ['auditor', 'privacy-officer'];

export function readsTheLog(requester: Requester): boolean {
  return READERS.some((role) => requester.roles.includes(role));
}

/** @throws PrivityError what the caller is told */
export async function readTheLog<T>(
  { log, authentication, clock }: ReadingOptions,
  request: FastifyRequest,
  { interaction, target, mayRead = readsTheLog }: ReadingKind,
  read: (pairs: readonly (readonly [string, string])[]) => Promise<Reading<T>>,
): Promise<T> {
  const headers = request.raw.headersDistinct;
  const origin = { id: eventId(clock), requestId: request.id, address: request.ip };
  const verified = await verifyToken(authentication, request.raw, (whose, refused) =>
    log.append(refusalRecord(clock, origin, whose, undefined, refused, 'audit')),
  );
  let requester: Requester | undefined;
  try {
    requester = requesterOf(authentication, verified, headers);
    const pairs = readPairs((request.raw.url ?? '').split('?')[1] ?? '');
    if (!(await mayRead(requester, pairs))) throw new PrivityError('forbidden');
    const { answer, subjects } = await read(pairs);
    const names = pairs.map(([name]) => name);
    const record: AuditRecord = {
      ...origin,
      recordedAt: new Date(clock.now()).toISOString(),
      door: 'audit',
      interaction,
      action: interaction === 'read' ? 'R' : 'E',
      outcome: '0',
      status: 200,
      requester: auditedRequester(requester),
      purpose: requester.purpose,
      target: `${target}${names.length === 0 ? '' : `?${names.join('&')}`}`,
      resourceType: 'AuditEvent',
      subjects,
      decisions: [],
      obligations: [],
      attestations: [],
    };
    await log.append(record);
    return answer;
  } catch (error) {
    const refused = asPrivityError(error);
    if (refused.code !== 'audit-unavailable') await log.append(refusalRecord(clock, origin, verified, requester, refused, 'audit'));
    throw refused;
  }
}

export function asPrivityError(error: unknown): PrivityError {
  return error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
}
