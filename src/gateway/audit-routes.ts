/** `/audit/…`: the disclosure log for those who may read it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAuditEvent } from '../adapters/audit-query.ts';
import type { Observer } from '../audit/logged-record.ts';
import { PrivityError } from '../errors.ts';
import { type DisclosureRoutesOptions, disclosureRoutes } from './audit-disclosure-routes.ts';
import { exportRoutes } from './audit-export-routes.ts';
import { holdRoutes } from './audit-hold-routes.ts';
import { proofRoutes } from './audit-proof-routes.ts';
import { asPrivityError, type Reading, type ReadingKind, readTheLog } from './audit-reading.ts';
import { type AuditAnswer, type AuditSearchOptions, searchTheLog } from './audit-search.ts';
import { type SummaryOptions, summaryRoute } from './audit-summary.ts';
import { problem } from './problem.ts';

export interface AuditRoutesOptions extends AuditSearchOptions, DisclosureRoutesOptions, SummaryOptions {
  readonly proof: Parameters<typeof proofRoutes>[1]['proof'];
}

type Pairs = readonly (readonly [string, string])[];

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

export function auditRoutes(app: FastifyInstance, options: AuditRoutesOptions): void {
  const observer: Observer = { url: options.publicUrl, name: 'Privity' };
  const route = (interaction: string, read: (pairs: Pairs, request: FastifyRequest) => Promise<Reading<AuditAnswer>>) => {
    const kind: ReadingKind = { interaction, target: 'AuditEvent' };
    return async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const { type, body } = await readTheLog(options, request, kind, (pairs) => read(pairs, request));
        return await reply.type(type).send(body);
      } catch (error) {
        problem(request, reply, asPrivityError(error));
        return reply;
      }
    };
  };
  app.get(
    '/audit/AuditEvent',
    route('search-type', (pairs, request) => searchTheLog(options, pairs, request.headers.accept, observer)),
  );
  app.get(
    '/audit/AuditEvent/:id',
    route('read', async (_, request) => {
      const event = await readAuditEvent(options.database.sql, (request.params as { id: string }).id, observer);
      if (event === undefined) throw new PrivityError('not-found');
      return { answer: { type: FHIR_JSON, body: JSON.stringify(event) }, subjects: [] };
    }),
  );
  disclosureRoutes(app, options);
  holdRoutes(app, options);
  exportRoutes(app, options);
  proofRoutes(app, options);
  summaryRoute(app, options);
}
