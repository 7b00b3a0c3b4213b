/**
 * `/audit/summary?from=&to=`: the log in numbers, for the console's first page and for reports. Counts name nobody, so that
 * policy administrators may read them as well; who asked is in the log like any other reader.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAuditSummary } from '../adapters/audit-summary.ts';
import type { Database } from '../adapters/database.ts';
import { PrivityError } from '../errors.ts';
import type { Requester, Role } from '../requester/requester.ts';
import { asPrivityError, type ReadingOptions, readTheLog } from './audit-reading.ts';
import type { Verifications } from './audit-verifications.ts';
import { problem } from './problem.ts';

export interface SummaryOptions extends ReadingOptions {
  readonly database: Database;
  readonly verifications: Verifications;
}

type Pairs = readonly (readonly [string, string])[];

const READERS: readonly Role[] = ['policy-admin', 'auditor', 'privacy-officer'];
const DAY = 86_400_000;
const MAX_DAYS = 93;
const DEFAULT_DAYS = 7;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

export function summaryRoute(app: FastifyInstance, options: SummaryOptions): void {
  const mayRead = (requester: Requester) => READERS.some((role) => requester.roles.includes(role));
  app.get('/audit/summary', async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      const answer = await readTheLog(options, request, { interaction: 'summary', target: 'summary', mayRead }, async (pairs) => {
        const now = options.clock.now();
        const summary = await readAuditSummary(options.database, periodOf(pairs, now), new Date(now).toISOString());
        const verified = options.verifications.last();
        return { answer: { ...summary, log: { ...summary.log, ...(verified === undefined ? {} : { verified }) } }, subjects: [] };
      });
      return await reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
    } catch (error) {
      problem(request, reply, asPrivityError(error));
      return reply;
    }
  });
}

/** Default: the last week. @throws PrivityError `invalid-parameter` */
function periodOf(pairs: Pairs, now: number): { from: string; before: string } {
  const given = new Map(pairs);
  for (const [name, value] of pairs) {
    if ((name !== 'from' && name !== 'to') || !INSTANT.test(value) || Number.isNaN(Date.parse(value))) {
      throw new PrivityError('invalid-parameter', name === 'from' || name === 'to' ? name : 'unknown');
    }
  }
  if (given.size < pairs.length) throw new PrivityError('invalid-parameter', 'repeated');
  const before = Date.parse(given.get('to') ?? '') || now;
  const from = Date.parse(given.get('from') ?? '') || before - DEFAULT_DAYS * DAY;
  if (from >= before || before - from > MAX_DAYS * DAY) throw new PrivityError('invalid-parameter', `from, to: at most ${MAX_DAYS} days`);
  return { from: new Date(from).toISOString(), before: new Date(before).toISOString() };
}
