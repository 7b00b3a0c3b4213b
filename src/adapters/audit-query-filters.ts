/** Parameters of a search of the log -> SQL: the window of time, what is asked of an event, what is asked of its decisions. */
import type { Fragment, Sql } from 'postgres';
import { OUTSIDE } from '../audit/disclosure-event.ts';
import type { AuditSearch } from '../audit/parse-audit-search.ts';

/** The term that stands for any consent (migrations/0007_log-search.sql). */
export const ANY_CONSENT = '*consent';

/** Events in which a resource was decided about, or that are about it as a patient. */
export function mentions(sql: Sql, references: readonly string[]): Fragment {
  return sql`(select recorded_at, event_id from decision where refs && ${references as string[]}::text[]
    union all select recorded_at, event_id from event_subject where subject = any(${references as string[]}::text[]))`;
}

export function windowOf(sql: Sql, { from, before, cursor, order }: AuditSearch, time: Fragment, id: Fragment): Fragment[] {
  const after = cursor && sql`(${cursor.recordedAt}::text::timestamptz, ${cursor.id}::text::uuid)`;
  return [
    ...(from === undefined ? [] : [sql`${time} >= ${from}::text::timestamptz`]),
    ...(before === undefined ? [] : [sql`${time} < ${before}::text::timestamptz`]),
    ...(after === undefined ? [] : [order === 'newest' ? sql`(${time}, ${id}) <= ${after}` : sql`(${time}, ${id}) >= ${after}`]),
  ];
}

/**
 * The role of an entity is that of a security resource (the one that is asked by) in every act of the staff, and in nothing else.
 *
 * @param time,id the key of the event, by the columns that lead: so a decision is asked before the event is read
 */
export function filtersOf(sql: Sql, search: AuditSearch, time = sql`e.recorded_at`, id = sql`e.id`): Fragment[] {
  const decided = (condition: Fragment) => decidedAt(sql, condition, time, id);
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
    ...search.policy.map((values) => decided(ofPolicies(sql, values))),
    ...search.label.map((values) => decided(ofLabels(sql, values))),
    ...search.role.map(() => sql`e.door = 'admin'`),
    ...search.notRole.map(() => sql`e.door <> 'admin'`),
    ...search.id.map((values) => sql`e.id = any(${values as string[]}::text[]::uuid[])`),
  ];
}

/** Asked of one event after the other: as a join the planner would now and then read every decision first. */
function decidedAt(sql: Sql, condition: Fragment, time: Fragment, id: Fragment): Fragment {
  return sql`coalesce((select true from decision x where x.event_id = ${id} and x.recorded_at = ${time} and ${condition} limit 1), false)`;
}

/** Written as the index is (migrations/0017_terms-without-function.sql), which has names as they stand in JSON. */
export function ofPolicies(sql: Sql, values: readonly string[]): Fragment {
  const terms = values.map((value) => JSON.stringify(value).slice(1, -1));
  return sql`string_to_array("right"("left"((jsonb_path_query_array(basis, '$[*]."id"') ||
    case when basis @> '[{"kind": "consent"}]' then '["*consent"]'::jsonb else '[]'::jsonb end)::text, -2), -2), '", "') && ${terms}::text[]`;
}

export function ofLabels(sql: Sql, values: readonly string[]): Fragment {
  return sql`labels && ${values as string[]}::text[]`;
}

export function both(sql: Sql, conditions: readonly Fragment[]): Fragment {
  return conditions.reduce((text, condition) => sql`${text} and ${condition}`, sql`true`);
}

export function inOrder(sql: Sql, { order }: AuditSearch, time: Fragment, id: Fragment): Fragment {
  return order === 'newest' ? sql`${time} desc, ${id} desc` : sql`${time}, ${id}`;
}

/** Records that may give an event of this type (to-audit-event.ts). */
function ofType(sql: Sql, code: string): Fragment {
  const reading = sql`e.action in ('R', 'E')`;
  // Spelled out, so that the planner knows the partial index for it.
  const outside = sql.unsafe(OUTSIDE.map((recipient) => `'${recipient}'`).join(', '));
  switch (code) {
    case '110101':
      return sql`e.door = 'audit'`;
    case '110106':
      return sql`(e.door = 'rest' and e.outcome = '0' and e.action in ('R', 'E') and e.recipient in (${outside}))`;
    case '110114':
      return sql`e.door = 'authentication'`;
    case '110113':
      return sql`((e.door = 'admin' and not ${reading}) or ${decidedAt(sql, ofPolicies(sql, [ANY_CONSENT]), sql`e.recorded_at`, sql`e.id`)})`;
    default:
      return sql`(e.door = 'rest' or (e.door = 'admin' and ${reading}))`;
  }
}
