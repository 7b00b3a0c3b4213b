/**
 * Alerts as reviews, and what they are counted from, in the database: sightings for as long as windows need them, a count a day
 * for what is usual, and one review for a rule, a requester and a window.
 */
import type { TransactionSql } from 'postgres';
import { type AlertWindow, findAlerts, thresholdOf } from '../audit/alert-find.ts';
import type { AlertRule } from '../audit/alert-rule.ts';
import type { Sighting } from '../audit/alert-sightings.ts';

/** What was seen of a requester under a rule. */
export interface Seen {
  readonly rule: AlertRule;
  /** issuer|id */
  readonly requester: string;
  /** By time. */
  readonly sightings: readonly Sighting[];
}

/** In `review.alert`: rule, requester, window, records; no data of patients. */
export interface ReviewedAlert extends AlertWindow {
  readonly rule: string;
  readonly requester: string;
  readonly severity: AlertRule['severity'];
  readonly text: string;
  readonly citation: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Of one requester within two windows; beyond it the alert is there in any case. */
const MAX_SIGHTINGS = 20_000;

/** @returns whether an alert is new */
export async function countSightings(tx: TransactionSql, { rule, requester, sightings }: Seen): Promise<number> {
  const times = sightings.map(({ at }) => at);
  const [first, last] = [Date.parse(times[0] ?? ''), Date.parse(times.at(-1) ?? '')];
  const length = rule.windowHours * HOUR_MS;
  const rows = sightings.map(({ at, event, key }) => ({ at, event_id: event, key }));
  await tx`insert into alert_sighting (rule, requester, at, event_id, key)
    select ${rule.id}, ${requester}, at, event_id, key
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (at timestamptz, event_id uuid, key text) on conflict do nothing`;
  const known = await tx<{ from: string }[]>`select alert ->> 'from' as from from review
    where kind = 'alert' and alert ->> 'rule' = ${rule.id} and alert ->> 'requester' = ${requester}
      and alert ->> 'from' > ${new Date(first - 2 * length).toISOString()} order by 1`;
  const since = new Date(Math.min(first - length, ...known.map(({ from }) => Date.parse(from))));
  const usualDays = rule.usual === undefined ? [] : await countDays(tx, { rule, requester, first, last, days: rule.usual.days });
  const range = tx`rule = ${rule.id} and requester = ${requester} and at >= ${since} and at <= ${new Date(last + length)}`;
  if (known.length === 0) {
    const [seen] = await tx<{ things: number }[]>`select count(distinct key)::integer as things from alert_sighting where ${range}`;
    if ((seen?.things ?? 0) < thresholdOf(rule, usualDays)) return 0;
  }
  const all = await tx<{ at: Date; event_id: string; key: string }[]>`select at, event_id, key from alert_sighting
    where ${range} order by at, event_id, key limit ${MAX_SIGHTINGS}`;
  const seen = all.map(({ at, event_id, key }) => ({ at: at.toISOString(), event: event_id, key }));
  const windows = findAlerts(
    rule,
    seen,
    known.map(({ from }) => from),
    usualDays,
  );
  let made = 0;
  for (const window of windows) made += await fileAlert(tx, rule, requester, window);
  return made;
}

/** @returns counts of the days before these sightings on which there were any */
async function countDays(
  tx: TransactionSql,
  { rule, requester, first, last, days }: { rule: AlertRule; requester: string; first: number; last: number; days: number },
): Promise<readonly number[]> {
  const [from, until] = [dayOf(first), dayOf(last)];
  await tx`insert into alert_day (rule, requester, day, count)
    select ${rule.id}, ${requester}, (at at time zone 'UTC')::date, count(distinct key) from alert_sighting
    where rule = ${rule.id} and requester = ${requester}
      and at >= ${`${from}T00:00:00Z`}::text::timestamptz and at < ${`${until}T00:00:00Z`}::text::timestamptz + interval '1 day'
    group by 3 on conflict (rule, requester, day) do update set count = greatest(alert_day.count, excluded.count)`;
  const rows = await tx<{ count: number }[]>`select count from alert_day where rule = ${rule.id} and requester = ${requester}
    and day < ${from}::text::date and day >= ${dayOf(first - days * DAY_MS)}::text::date`;
  return rows.map(({ count }) => count);
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Opens a review, or lets an open one grow. @returns how many are new */
async function fileAlert(tx: TransactionSql, rule: AlertRule, requester: string, window: AlertWindow): Promise<number> {
  const { id, severity, text, citation } = rule;
  const alert: ReviewedAlert = { rule: id, requester, severity, text, citation, ...window };
  const [row] = await tx<{ isNew: boolean }[]>`
    insert into review (kind, event_id, opened_at, alert)
    values ('alert', ${window.events[0] ?? null}, ${window.until}::text::timestamptz, ${JSON.stringify(alert)}::text::jsonb)
    on conflict ((alert ->> 'rule'), (alert ->> 'requester'), (alert ->> 'from')) where kind = 'alert'
    do update set alert = excluded.alert
      where review.state = 'open' and (review.alert ->> 'count')::integer < (excluded.alert ->> 'count')::integer
    returning xmax = 0 as "isNew"`;
  return row?.isNew === true ? 1 : 0;
}

/** Lets go of what no window needs any more. @param oldest instant of the records that are looked at now */
export async function forgetSightings(tx: TransactionSql, rules: readonly AlertRule[], oldest: number): Promise<void> {
  const longest = Math.max(0, ...rules.map(({ windowHours }) => windowHours * HOUR_MS));
  await tx`delete from alert_sighting where at < ${new Date(oldest - 2 * longest - 7 * DAY_MS)}`;
  await tx`delete from alert_day where day < ${dayOf(oldest - 120 * DAY_MS)}::text::date`;
}
