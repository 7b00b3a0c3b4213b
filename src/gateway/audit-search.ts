/**
 * `/audit/AuditEvent?…`: as a Bundle page by page, or all that match as NDJSON or CSV, streamed. The log has its row of who
 * asked before the first byte; a fault in the middle breaks the connection, so that a part is never taken for the whole.
 */
import { Readable } from 'node:stream';
import { type AuditPage, searchAuditEvents } from '../adapters/audit-query.ts';
import type { Database } from '../adapters/database.ts';
import { AUDIT_EVENT_CSV_HEAD, auditEventCsv } from '../audit/audit-event-csv.ts';
import type { Observer } from '../audit/logged-record.ts';
import { type AuditSearch, cursorText, parseAuditSearch } from '../audit/parse-audit-search.ts';
import { PrivityError } from '../errors.ts';
import { queryText } from '../fhir/query-pairs.ts';
import type { Bundle, Resource } from '../fhir/resource.ts';
import { type AuditFormat, auditFormat } from './audit-format.ts';
import type { Reading } from './audit-reading.ts';

type Pairs = readonly (readonly [string, string])[];

export interface AuditAnswer {
  readonly type: string;
  readonly body: string | Readable;
}

export interface AuditSearchOptions {
  readonly database: Database;
  /** Base URL of the gateway, no trailing slash. */
  readonly publicUrl: string;
}

const FORMATS: readonly AuditFormat[] = ['fhir', 'ndjson', 'csv'];
const CHUNK = 100;

/** @throws PrivityError `invalid-parameter`, `not-acceptable`, `audit-unavailable` */
export async function searchTheLog(
  options: AuditSearchOptions,
  given: Pairs,
  accept: string | undefined,
  observer: Observer,
): Promise<Reading<AuditAnswer>> {
  const format = auditFormat(accept, given, FORMATS);
  const pairs = given.filter(([name]) => name !== '_format');
  const asked = parseAuditSearch(pairs);
  const page = (search: AuditSearch) => searchAuditEvents(options.database.sql, search, observer);
  const subjects = asked.patient.flat();
  if (format === 'fhir') {
    const bundle = bundleOf(options.publicUrl, pairs, await page(asked));
    return { answer: { type: 'application/fhir+json; charset=utf-8', body: JSON.stringify(bundle) }, subjects };
  }
  for (const [name] of pairs) if (name === '_count' || name === '_page') throw new PrivityError('invalid-parameter', name);
  const search = { ...asked, count: CHUNK };
  const first = await page(search);
  const pages = following(first, (cursor) => page({ ...search, cursor }));
  const [type, text] =
    format === 'csv' ? (['text/csv; charset=utf-8; header=present', csvText] as const) : (['application/x-ndjson', ndjsonText] as const);
  return { answer: { type, body: Readable.from(text(pages), { objectMode: false }) }, subjects };
}

async function* following(first: AuditPage, next: (cursor: NonNullable<AuditPage['next']>) => Promise<AuditPage>) {
  for (let page = first; ; page = await next(page.next)) {
    yield page.events;
    if (page.next === undefined) return;
  }
}

async function* ndjsonText(pages: AsyncIterable<readonly Resource[]>): AsyncGenerator<string> {
  for await (const events of pages) yield events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

async function* csvText(pages: AsyncIterable<readonly Resource[]>): AsyncGenerator<string> {
  yield AUDIT_EVENT_CSV_HEAD;
  for await (const events of pages) yield auditEventCsv(events);
}

function bundleOf(publicUrl: string, pairs: Pairs, { events, next }: AuditPage): Bundle {
  const place = `${publicUrl}/audit/AuditEvent`;
  const link = (query: Pairs) => `${place}${query.length === 0 ? '' : `?${queryText(query)}`}`;
  const onward = next === undefined ? [] : [...pairs.filter(([name]) => name !== '_page'), ['_page', cursorText(next)] as const];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: link(pairs) }, ...(next === undefined ? [] : [{ relation: 'next', url: link(onward) }])],
    ...(events.length === 0
      ? {}
      : { entry: events.map((event) => ({ fullUrl: `${place}/${event.id}`, resource: event, search: { mode: 'match' as const } })) }),
  };
}
