/**
 * Searches the log (design.md section 6, `/audit/AuditEvent`). Pages by key, not by number: a page stays the same page
 * while rows arrive. A record may give several AuditEvents (one for each patient); `_count` counts those.
 */
import type { Fragment, Sql } from 'postgres';
import { OUTSIDE } from '../audit/disclosure-event.ts';
import type { Observer } from '../audit/logged-record.ts';
import type { AuditCursor, AuditSearch } from '../audit/parse-audit-search.ts';
import { loggedRecord } from '../audit/store-record.ts';
import { toAuditEvents } from '../audit/to-audit-event.ts';
import type { Resource } from '../fhir/resource.ts';
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
  const newest = search.order === 'newest';
  const run = async () => {
    const { driver, time, id } = driverOf(sql, search);
    const conditions = [...windowOf(sql, search, time, id), ...filtersOf(sql, search)];
    const where = conditions.reduce<Fragment>((text, condition) => sql`${text} and ${condition}`, sql`true`);
    const order = newest ? sql`${time} desc, ${id} desc` : sql`${time}, ${id}`;
    const rows = await sql<EventRow[]>`select e.* from ${driver} where ${where} order by ${order} limit ${search.count + 1}`;
    return readRecords(sql, rows);
  };
  return withinDeadline(run(), 'search');
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

/** Events in which a resource was decided about, or that are about it as a patient. */
function mentions(sql: Sql, references: readonly string[]): Fragment {
  return sql`(select recorded_at, event_id from decision where refs && ${references as string[]}::text[]
    union all select recorded_at, event_id from event_subject where subject = any(${references as string[]}::text[]))`;
}

function windowOf(sql: Sql, { from, before, cursor, order }: AuditSearch, time: Fragment, id: Fragment): Fragment[] {
  const after = cursor && sql`(${cursor.recordedAt}::text::timestamptz, ${cursor.id}::text::uuid)`;
  return [
    ...(from === undefined ? [] : [sql`${time} >= ${from}::text::timestamptz`]),
    ...(before === undefined ? [] : [sql`${time} < ${before}::text::timestamptz`]),
    ...(after === undefined ? [] : [order === 'newest' ? sql`(${time}, ${id}) <= ${after}` : sql`(${time}, ${id}) >= ${after}`]),
  ];
}

function filtersOf(sql: Sql, search: AuditSearch): Fragment[] {
  const [, ...patients] = search.patient;
  const entities = search.patient.length > 0 ? search.entity : search.entity.slice(1);
  const any = (values: readonly string[]) => sql`any(${values as string[]}::text[])`;
  return [
    ...patients.map(
      (values) =>
        sql`exists (select from event_subject s where s.event_id = e.id and s.recorded_at = e.recorded_at and s.subject = ${any(values)})`,
    ),
    ...entities.map(
      (values) => sql`exists (select from ${mentions(sql, values)} m where m.event_id = e.id and m.recorded_at = e.recorded_at)`,
    ),
    ...search.agent.map((values) => sql`(e.requester_id = ${any(values)} or e.fhir_user = ${any(values)} or e.client_id = ${any(values)})`),
    ...search.action.map((values) => sql`e.action = ${any(values)}`),
    ...search.outcome.map((values) => sql`e.outcome = ${any(values)}`),
    ...search.purpose.map((values) => sql`e.purpose = ${any(values)}`),
    ...search.type.map((values) => values.map((value) => ofType(sql, value)).reduce((text, next) => sql`(${text} or ${next})`)),
    ...search.policy.map((values) =>
      decided(
        sql,
        values.map((id) => sql`d.basis @> ${sql.json([{ id }])}`).reduce((text, next) => sql`${text} or ${next}`),
      ),
    ),
    ...search.label.map((values) => decided(sql, sql`d.labels && ${values as string[]}::text[]`)),
    ...search.id.map((values) => sql`e.id = any(${values as string[]}::text[]::uuid[])`),
  ];
}

function decided(sql: Sql, condition: Fragment): Fragment {
  return sql`exists (select from decision d where d.event_id = e.id and d.recorded_at = e.recorded_at and (${condition}))`;
}

/** Records that may give an event of this type (to-audit-event.ts). */
function ofType(sql: Sql, code: string): Fragment {
  const reading = sql`e.action in ('R', 'E')`;
  switch (code) {
    case '110101':
      return sql`e.door = 'audit'`;
    case '110106':
      return sql`(e.door = 'rest' and e.outcome = '0' and e.action in ('R', 'E') and e.recipient = any(${OUTSIDE as unknown as string[]}::text[]))`;
    case '110114':
      return sql`e.door = 'authentication'`;
    case '110113':
      return sql`((e.door = 'admin' and not ${reading}) or ${decided(sql, sql`d.basis @> '[{"kind":"consent"}]'`)})`;
    default:
      return sql`(e.door = 'rest' or (e.door = 'admin' and ${reading}))`;
  }
}

function isShown(event: Resource, { patient, type }: AuditSearch): boolean {
  const patients = new Set(patient.flat());
  const entities = (event.entity ?? []) as readonly { what?: { reference?: string }; role?: { code?: string } }[];
  const about = entities.some(({ what, role }) => role?.code === '1' && patients.has(what?.reference ?? ''));
  const { code = '' } = (event.type ?? {}) as { code?: string };
  return (patients.size === 0 || about) && type.every((codes) => codes.includes(code));
}
