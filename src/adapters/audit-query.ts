/**
 * Searches the log (design.md section 6, `/audit/AuditEvent`). Pages by key, not by number: a page stays the same page
 * while rows arrive. A record may give several AuditEvents (one for each patient); `_count` counts those.
 */
import type { Fragment, Sql } from 'postgres';
import type { Observer } from '../audit/logged-record.ts';
import type { AuditCursor, AuditSearch } from '../audit/parse-audit-search.ts';
import { loggedRecord } from '../audit/store-record.ts';
import { toAuditEvents } from '../audit/to-audit-event.ts';
import type { Resource } from '../fhir/resource.ts';
import { leadOf, searchDecided } from './audit-query-decided.ts';
import { both, filtersOf, inOrder, mentions, windowOf } from './audit-query-filters.ts';
import { type EventRow, type LoggedEntry, readRecords } from './audit-query-records.ts';
import { withinDeadline } from './database-deadline.ts';

/** A cursor behind every event of its record. */
const AFTER_ALL = 999_999;

export interface AuditPage {
  readonly events: readonly Resource[];
  /** Where the next page begins; absent on the last. */
  readonly next?: AuditCursor;
}

/** A page may be short, even empty, and have a next. @throws PrivityError `audit-unavailable` */
export async function searchAuditEvents(sql: Sql, search: AuditSearch, observer: Observer): Promise<AuditPage> {
  const events: Resource[] = [];
  const records = await searchRecords(sql, search);
  for (const { stored } of records) {
    for (const [index, event] of toAuditEvents(loggedRecord(stored), observer).entries()) {
      if (!isShown(event, search) || (stored.id === search.cursor?.id && index < search.cursor.index)) continue;
      if (events.length === search.count) return { events, next: { recordedAt: stored.recordedAt, id: stored.id, index } };
      events.push(event);
    }
  }
  const last = records.at(-1)?.stored;
  if (last === undefined || records.length <= search.count) return { events };
  return { events, next: { recordedAt: last.recordedAt, id: last.id, index: AFTER_ALL } };
}

/** One AuditEvent by its id (`<record>`, `<record>.1`, `<record>.authz`). @throws PrivityError `audit-unavailable` */
export async function readAuditEvent(sql: Sql, id: string, observer: Observer): Promise<Resource | undefined> {
  const [record] = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.|$)/.exec(id) ?? [];
  if (record === undefined) return undefined;
  const read = async () => readRecords(sql, await sql<EventRow[]>`select * from event where id = ${record}`);
  const [entry] = await withinDeadline(read(), 'search');
  return entry && toAuditEvents(loggedRecord(entry.stored), observer).find((event) => event.id === id);
}

/**
 * Records that match, from the cursor's on (included: some of its events may be left), one more than a page.
 * @throws PrivityError `audit-unavailable`
 */
export function searchRecords(sql: Sql, search: AuditSearch): Promise<readonly LoggedEntry[]> {
  const run = async () => {
    const terms = leadOf(search);
    return readRecords(sql, terms === undefined ? await alongEvents(sql, search) : await searchDecided(sql, search, terms));
  };
  return withinDeadline(run(), 'search');
}

function alongEvents(sql: Sql, search: AuditSearch): Promise<EventRow[]> {
  const { driver, time, id } = driverOf(sql, search);
  const where = both(sql, [...windowOf(sql, search, time, id), ...filtersOf(sql, search, time, id)]);
  return sql<EventRow[]>`select e.* from ${driver} where ${where} order by ${inOrder(sql, search, time, id)} limit ${search.count + 1}`;
}

interface Driver {
  readonly driver: Fragment;
  /** Columns to page and sort by: those of the index that drives. */
  readonly time: Fragment;
  readonly id: Fragment;
}

/** A patient or an entity leads through its own index, in the order of time; everything else is read from the events. */
function driverOf(sql: Sql, { patient, entity }: AuditSearch): Driver {
  const [subjects] = patient;
  const [references] = entity;
  const found =
    subjects !== undefined
      ? ofSubjects(sql, subjects)
      : references && sql`(select distinct recorded_at, event_id from ${mentions(sql, references)} m)`;
  if (found === undefined) return { driver: sql`event e`, time: sql`e.recorded_at`, id: sql`e.id` };
  return {
    driver: sql`${found} d join event e on e.id = d.event_id and e.recorded_at = d.recorded_at`,
    time: sql`d.recorded_at`,
    id: sql`d.event_id`,
  };
}

/** An event names a subject once, so that one subject needs no sorting and a page reads only its own rows. */
function ofSubjects(sql: Sql, subjects: readonly string[]): Fragment {
  const [only, ...more] = subjects;
  return only !== undefined && more.length === 0
    ? sql`(select recorded_at, event_id from event_subject where subject = ${only})`
    : sql`(select distinct recorded_at, event_id from event_subject where subject = any(${subjects as string[]}::text[]))`;
}

function isShown(event: Resource, { patient, type }: AuditSearch): boolean {
  const patients = new Set(patient.flat());
  const entities = (event.entity ?? []) as readonly { what?: { reference?: string }; role?: { code?: string } }[];
  const about = entities.some(({ what, role }) => role?.code === '1' && patients.has(what?.reference ?? ''));
  const { code = '' } = (event.type ?? {}) as { code?: string };
  return (patients.size === 0 || about) && type.every((codes) => codes.includes(code));
}
