/**
 * `/audit/AuditEvent`: the disclosure log for those who may read it (roles auditor and privacy-officer). Who read the log is
 * in the log before the answer leaves (45 CFR 164.312(b)).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAuditEvent, searchAuditEvents } from '../adapters/audit-query.ts';
import type { Database } from '../adapters/database.ts';
import { auditedRequester } from '../audit/audited-requester.ts';
import type { Observer } from '../audit/logged-record.ts';
import { cursorText, parseAuditSearch } from '../audit/parse-audit-search.ts';
import type { AuditRecord } from '../audit/record.ts';
import { PrivityError } from '../errors.ts';
import { queryText, readPairs } from '../fhir/query-pairs.ts';
import type { Bundle, Resource } from '../fhir/resource.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { Requester, Role } from '../requester/requester.ts';
import { type Authentication, requesterOf, verifyToken } from './authenticate.ts';
import { eventId } from './event-id.ts';
import { problem } from './problem.ts';
import { refusalRecord } from './refusal-record.ts';

export interface AuditRoutesOptions {
  readonly database: Database;
  readonly log: AuditLog;
  readonly authentication: Authentication;
  readonly clock: Clock;
  /** Base URL of the gateway, no trailing slash. */
  readonly publicUrl: string;
}

const READERS: readonly Role[] = ['auditor', 'privacy-officer'];
const FHIR_JSON = 'application/fhir+json; charset=utf-8';

interface Reading {
  readonly resource: Resource;
  /** Patients whose rows were read. */
  readonly subjects: readonly string[];
}

export function auditRoutes(app: FastifyInstance, options: AuditRoutesOptions): void {
  const observer: Observer = { url: options.publicUrl, name: 'Privity' };
  const route = (read: (request: FastifyRequest) => Promise<Reading>, interaction: 'search-type' | 'read') => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const resource = await readAsAuditor(options, request, interaction, read);
        return await reply.type(FHIR_JSON).send(JSON.stringify(resource));
      } catch (error) {
        problem(request, reply, error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error }));
        return reply;
      }
    };
  };
  app.get(
    '/audit/AuditEvent',
    route((request) => search(options, request, observer), 'search-type'),
  );
  app.get(
    '/audit/AuditEvent/:id',
    route((request) => read(options, request, observer), 'read'),
  );
}

async function readAsAuditor(
  options: AuditRoutesOptions,
  request: FastifyRequest,
  interaction: 'search-type' | 'read',
  read: (request: FastifyRequest) => Promise<Reading>,
): Promise<Resource> {
  const headers = request.raw.headersDistinct;
  const verified = await verifyToken(options.authentication, headers);
  const origin = { id: eventId(options.clock), requestId: request.id, address: request.ip };
  let requester: Requester | undefined;
  try {
    requester = requesterOf(options.authentication, verified, headers);
    if (!READERS.some((role) => requester?.roles.includes(role))) throw new PrivityError('forbidden');
    const reading = await read(request);
    await options.log.append(readingRecord(options.clock, origin, requester, interaction, request, reading));
    return reading.resource;
  } catch (error) {
    const refused = error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
    if (refused.code !== 'audit-unavailable') {
      await options.log.append(refusalRecord(options.clock, origin, verified, requester, refused, 'audit'));
    }
    throw refused;
  }
}

async function search({ database, publicUrl }: AuditRoutesOptions, request: FastifyRequest, observer: Observer): Promise<Reading> {
  const pairs = readPairs((request.raw.url ?? '').split('?')[1] ?? '').filter(([name]) => name !== '_format');
  const asked = parseAuditSearch(pairs);
  const { events, next } = await searchAuditEvents(database.sql, asked, observer);
  const place = `${publicUrl}/audit/AuditEvent`;
  const link = (query: readonly (readonly [string, string])[]) => `${place}${query.length === 0 ? '' : `?${queryText(query)}`}`;
  const following = next === undefined ? [] : [...pairs.filter(([name]) => name !== '_page'), ['_page', cursorText(next)] as const];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: link(pairs) }, ...(next === undefined ? [] : [{ relation: 'next', url: link(following) }])],
    ...(events.length === 0
      ? {}
      : { entry: events.map((event) => ({ fullUrl: `${place}/${event.id}`, resource: event, search: { mode: 'match' as const } })) }),
  };
  return { resource: bundle, subjects: asked.patient.flat() };
}

async function read({ database }: AuditRoutesOptions, request: FastifyRequest, observer: Observer): Promise<Reading> {
  const event = await readAuditEvent(database.sql, (request.params as { id: string }).id, observer);
  if (event === undefined) throw new PrivityError('not-found');
  return { resource: event, subjects: [] };
}

function readingRecord(
  clock: Clock,
  origin: { readonly id: string; readonly requestId: string; readonly address: string },
  requester: Requester,
  interaction: 'search-type' | 'read',
  request: FastifyRequest,
  { subjects }: Reading,
): AuditRecord {
  const names = readPairs((request.raw.url ?? '').split('?')[1] ?? '').map(([name]) => name);
  return {
    ...origin,
    recordedAt: new Date(clock.now()).toISOString(),
    door: 'audit',
    interaction,
    action: interaction === 'read' ? 'R' : 'E',
    outcome: '0',
    status: 200,
    requester: auditedRequester(requester),
    purpose: requester.purpose,
    target: `AuditEvent${names.length === 0 ? '' : `?${names.join('&')}`}`,
    resourceType: 'AuditEvent',
    subjects,
    decisions: [],
    obligations: [],
    attestations: [],
  };
}
