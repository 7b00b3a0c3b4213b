/** `/audit/AuditEvent`: the disclosure log for those who may read it (roles auditor and privacy-officer). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAuditEvent, searchAuditEvents } from '../adapters/audit-query.ts';
import type { Database } from '../adapters/database.ts';
import type { Observer } from '../audit/logged-record.ts';
import { cursorText, parseAuditSearch } from '../audit/parse-audit-search.ts';
import { PrivityError } from '../errors.ts';
import { queryText } from '../fhir/query-pairs.ts';
import type { Bundle, Resource } from '../fhir/resource.ts';
import { type DisclosureRoutesOptions, disclosureRoutes } from './audit-disclosure-routes.ts';
import { proofRoutes } from './audit-proof-routes.ts';
import { asPrivityError, type Reading, type ReadingKind, type ReadingOptions, readTheLog } from './audit-reading.ts';
import { problem } from './problem.ts';

export interface AuditRoutesOptions extends ReadingOptions, DisclosureRoutesOptions {
  readonly database: Database;
  readonly proof: Parameters<typeof proofRoutes>[1]['proof'];
  /** Base URL of the gateway, no trailing slash. */
  readonly publicUrl: string;
}

type Pairs = readonly (readonly [string, string])[];

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

export function auditRoutes(app: FastifyInstance, options: AuditRoutesOptions): void {
  const observer: Observer = { url: options.publicUrl, name: 'Privity' };
  const route = (interaction: string, read: (pairs: Pairs, request: FastifyRequest) => Promise<Reading<Resource>>) => {
    const kind: ReadingKind = { interaction, target: 'AuditEvent' };
    return async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const resource = await readTheLog(options, request, kind, (pairs) => read(pairs, request));
        return await reply.type(FHIR_JSON).send(JSON.stringify(resource));
      } catch (error) {
        problem(request, reply, asPrivityError(error));
        return reply;
      }
    };
  };
  app.get(
    '/audit/AuditEvent',
    route('search-type', (pairs) => search(options, pairs, observer)),
  );
  app.get(
    '/audit/AuditEvent/:id',
    route('read', (_, request) => read(options, request, observer)),
  );
  disclosureRoutes(app, options);
  proofRoutes(app, options);
}

async function search({ database, publicUrl }: AuditRoutesOptions, given: Pairs, observer: Observer): Promise<Reading<Resource>> {
  const pairs = given.filter(([name]) => name !== '_format');
  const asked = parseAuditSearch(pairs);
  const { events, next } = await searchAuditEvents(database.sql, asked, observer);
  const place = `${publicUrl}/audit/AuditEvent`;
  const link = (query: Pairs) => `${place}${query.length === 0 ? '' : `?${queryText(query)}`}`;
  const following = next === undefined ? [] : [...pairs.filter(([name]) => name !== '_page'), ['_page', cursorText(next)] as const];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: link(pairs) }, ...(next === undefined ? [] : [{ relation: 'next', url: link(following) }])],
    ...(events.length === 0
      ? {}
      : { entry: events.map((event) => ({ fullUrl: `${place}/${event.id}`, resource: event, search: { mode: 'match' as const } })) }),
  };
  return { answer: bundle, subjects: asked.patient.flat() };
}

async function read({ database }: AuditRoutesOptions, request: FastifyRequest, observer: Observer): Promise<Reading<Resource>> {
  const event = await readAuditEvent(database.sql, (request.params as { id: string }).id, observer);
  if (event === undefined) throw new PrivityError('not-found');
  return { answer: event, subjects: [] };
}
