/**
 * Searches by what decided, or by what was found, that nothing else leads: no patient, no resource. What is common is met within the
 * newest events; what is rare is found by its index, month by month. Either way the work is bounded, however long the log is.
 */
import type { Fragment, Sql } from 'postgres';
import type { AuditSearch } from '../audit/parse-audit-search.ts';
import { ANY_CONSENT, both, filtersOf, inOrder, ofLabels, ofPolicies, windowOf } from './audit-query-filters.ts';
import type { EventRow } from './audit-query-records.ts';

/** Events that are looked through before the index is asked: what is not among them is met less than once in forty. */
const NEAR = 2000;

interface Lead {
  readonly policies?: readonly string[];
  readonly labels?: readonly string[];
  /** What administrators changed is of this kind too (to-audit-event.ts: DCM 110113). */
  readonly alerts?: true;
}

/** @returns what of the decisions leads; `undefined` where the events, a patient or a resource do */
export function leadOf({ patient, entity, id, policy, label, type }: AuditSearch): Lead | undefined {
  const [policies] = policy;
  const [labels] = label;
  if (patient.length + entity.length + id.length > 0) return undefined;
  if (policies !== undefined) return { policies };
  if (labels !== undefined) return { labels };
  return type.some((codes) => codes.every((code) => code === '110113')) ? { policies: [ANY_CONSENT], alerts: true } : undefined;
}

/** @returns at most one more than a page, in order */
export async function searchDecided(sql: Sql, search: AuditSearch, lead: Lead): Promise<EventRow[]> {
  const near = await amongNear(sql, search, lead);
  if (near.whole || near.rows.length > search.count) return near.rows;
  const found: EventRow[] = [];
  for (const month of await monthsOf(sql, search)) {
    found.push(...(await ofMonth(sql, search, lead, month, search.count + 1 - found.length)));
    if (found.length > search.count) break;
  }
  return found;
}

async function amongNear(sql: Sql, search: AuditSearch, { alerts }: Lead): Promise<{ readonly rows: EventRow[]; readonly whole: boolean }> {
  const [time, id] = [sql`e.recorded_at`, sql`e.id`];
  const type = alerts ? [] : search.type;
  const events = both(sql, [...windowOf(sql, search, time, id), ...filtersOf(sql, { ...search, policy: [], label: [], type })]);
  const decided = both(
    sql,
    filtersOf(sql, { ...search, agent: [], action: [], outcome: [], purpose: [], type: alerts ? search.type : [] }),
  );
  const order = inOrder(sql, search, time, id);
  const rows = await sql<(EventRow & { examined: string })[]>`
    with near as materialized (select e.* from event e where ${events} order by ${order} limit ${NEAR})
    select n.examined, f.* from (select count(*) as examined from near) n
    left join lateral (select e.* from near e where ${decided} order by ${order} limit ${search.count + 1}) f on true`;
  return { rows: rows.filter((row) => row.id !== null), whole: Number(rows[0]?.examined ?? 0) < NEAR };
}

interface Month {
  readonly from: Date;
  readonly before: Date;
}

/** Of the log, within the window that is asked for, in the order in which they are asked. */
async function monthsOf(sql: Sql, { from, before, cursor, order }: AuditSearch): Promise<readonly Month[]> {
  const [row] = await sql<{ first: Date | null; last: Date | null }[]>`select
    (select recorded_at from event order by recorded_at, id limit 1) as first,
    (select recorded_at from event order by recorded_at desc, id desc limit 1) as last`;
  if (row === undefined || row.first === null || row.last === null) return [];
  const newest = order === 'newest';
  const low = latest([row.first, from, newest ? undefined : cursor?.recordedAt]);
  const high = -latest([row.last, before, newest ? cursor?.recordedAt : undefined], -1);
  const months: Month[] = [];
  for (let at = startOfMonth(low); at <= high; at = startOfMonth(at, 1))
    months.push({ from: new Date(at), before: new Date(startOfMonth(at, 1)) });
  return newest ? months.reverse() : months;
}

/** @param sign -1: of the negated, so that it is the earliest */
function latest(instants: readonly (Date | string | undefined)[], sign = 1): number {
  return Math.max(...instants.filter((instant) => instant !== undefined).map((instant) => sign * new Date(instant).getTime()));
}

function startOfMonth(time: number, later = 0): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

function ofMonth(sql: Sql, search: AuditSearch, lead: Lead, { from, before }: Month, count: number): Promise<EventRow[]> {
  const [time, id] = [sql`d.recorded_at`, sql`d.event_id`];
  const others = withoutLead(search, lead);
  const window = windowOf(sql, search, time, id);
  const order = inOrder(sql, search, time, id);
  // Where nothing else is asked for, only as many events are read as are shown.
  const more = lead.alerts
    ? sql`union select d.recorded_at, d.id from event d where d.door = 'admin' and d.recorded_at >= ${from} and d.recorded_at < ${before}`
    : sql``;
  const enough: Fragment = others.length === 0 ? sql`order by ${order} limit ${count}` : sql``;
  return sql<EventRow[]>`
    select e.* from (
      select distinct d.recorded_at, d.event_id from decision d
      where ${leads(sql, lead)} and d.recorded_at >= ${from} and d.recorded_at < ${before} and ${both(sql, window)} ${enough}
      ${more}
    ) d join event e on e.id = d.event_id and e.recorded_at = d.recorded_at
    where ${both(sql, filtersOf(sql, others.search))} order by ${order} limit ${count}`;
}

function leads(sql: Sql, { policies, labels }: Lead): Fragment {
  return policies === undefined ? ofLabels(sql, labels ?? []) : ofPolicies(sql, policies);
}

function withoutLead(search: AuditSearch, { policies, alerts }: Lead): { readonly search: AuditSearch; readonly length: number } {
  const unled = { ...search, policy: search.policy.slice(1) };
  const rest = alerts ? search : policies === undefined ? { ...search, label: search.label.slice(1) } : unled;
  const { agent, action, outcome, purpose, type, policy, label } = rest;
  return { search: rest, length: [agent, action, outcome, purpose, type, policy, label].reduce((sum, list) => sum + list.length, 0) };
}
