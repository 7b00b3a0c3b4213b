/**
 * `/audit/disclosures?patient=&start=&end=`: the accounting of disclosures (45 CFR 164.528; 42 CFR 2.25) as JSON, CSV, or a page
 * to print. For auditors and privacy officers; for patients, of themselves; for who stands in a patient's place (audit/accounting-scope.ts).
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readDisclosures } from '../adapters/audit-disclosures.ts';
import type { RecipientNames } from '../adapters/audit-recipient-names.ts';
import type { Database } from '../adapters/database.ts';
import type { Accounting, AccountingScope } from '../audit/accounting.ts';
import { accountingCsv } from '../audit/accounting-csv.ts';
import { ACCOUNTING_STYLE, accountingPage } from '../audit/accounting-page.ts';
import type { AccountingRules } from '../audit/accounting-rules.ts';
import { accountingScope } from '../audit/accounting-scope.ts';
import { parsePatientPeriod } from '../audit/parse-patient-period.ts';
import type { DecideSettings } from '../decide/settings.ts';
import { PrivityError } from '../errors.ts';
import type { ConsentSource, Upstream } from '../ports.ts';
import type { Requester } from '../requester/requester.ts';
import { type AuditFormat, auditFormat } from './audit-format.ts';
import { asPrivityError, type ReadingOptions, readsTheLog, readTheLog } from './audit-reading.ts';
import { problem } from './problem.ts';

export interface DisclosureRoutesOptions extends ReadingOptions {
  readonly database: Database;
  readonly accounting: {
    readonly rules: AccountingRules;
    readonly names: RecipientNames;
    /** Where it is known who stands for whom. */
    readonly consents: ConsentSource;
    readonly upstream: Upstream;
    readonly settings: DecideSettings;
  };
}

type Pairs = readonly (readonly [string, string])[];

const STYLE_HASH = createHash('sha256').update(ACCOUNTING_STYLE).digest('base64');
const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const FORMATS: readonly AuditFormat[] = ['json', 'csv', 'html'];

export function disclosureRoutes(app: FastifyInstance, options: DisclosureRoutesOptions): void {
  app.get('/audit/disclosures', async (request: FastifyRequest, reply: FastifyReply) => {
    let scope: AccountingScope | undefined;
    const mayRead = async (requester: Requester, pairs: Pairs) => {
      scope = await scopeOf(options, requester, pairs);
      return scope !== undefined;
    };
    const kind = { interaction: 'disclosures', target: 'disclosures', mayRead };
    try {
      const { format, accounting } = await readTheLog(options, request, kind, async (pairs) => {
        const answer = {
          format: auditFormat(request.headers.accept, pairs, FORMATS),
          accounting: await account(options, pairs, scope ?? 'individual'),
        };
        return { answer, subjects: [answer.accounting.patient] };
      });
      return await send(reply, accounting, format);
    } catch (error) {
      problem(request, reply, asPrivityError(error));
      return reply;
    }
  });
}

/** A patient's own identity counts, not the launch context, which names somebody else for a representative. */
async function scopeOf(
  { clock, accounting }: DisclosureRoutesOptions,
  requester: Requester,
  pairs: Pairs,
): Promise<AccountingScope | undefined> {
  if (readsTheLog(requester)) return 'staff';
  const { fhirUser, roles } = requester;
  if (fhirUser === undefined) return undefined;
  const { patient } = parsePatientPeriod(withoutListed(pairs), clock.now());
  if (roles.includes('patient') && patient === fhirUser) return 'individual';
  if (!fhirUser.startsWith('RelatedPerson/')) return undefined;
  const { consents, upstream, settings } = accounting;
  const [records, found] = await Promise.all([consents.load([patient]), upstream.get(fhirUser)]);
  const subject = records.get(patient);
  if (subject?.patient === undefined) return undefined;
  const at = new Date(clock.now()).toISOString();
  return accountingScope({ requester, subject, person: found.resource, settings, base: upstream.base, at });
}

async function account(
  { database, clock, accounting }: DisclosureRoutesOptions,
  pairs: Pairs,
  scope: AccountingScope,
): Promise<Accounting> {
  const period = parsePatientPeriod(withoutListed(pairs), clock.now());
  const asked = { ...period, scope, all: listsAll(pairs), now: new Date(clock.now()).toISOString() };
  return accounting.names(await readDisclosures(database.sql, asked, accounting.rules));
}

/** `list=all`: what is not counted too, one by one. */
function listsAll(pairs: Pairs): boolean {
  const values = pairs.filter(([name]) => name === 'list').map(([, value]) => value);
  if (values.length > 1 || values.some((value) => value !== 'all' && value !== 'counted'))
    throw new PrivityError('invalid-parameter', 'list');
  return values[0] === 'all';
}

function withoutListed(pairs: Pairs): Pairs {
  return pairs.filter(([name]) => name !== 'list');
}

function send(reply: FastifyReply, accounting: Accounting, format: AuditFormat): FastifyReply {
  switch (format) {
    case 'csv':
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', 'attachment; filename="disclosures.csv"')
        .send(accountingCsv(accounting));
    case 'html':
      return reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(accountingPage(accounting));
    default:
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(accounting));
  }
}
