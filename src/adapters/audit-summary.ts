/**
 * The log in numbers over a period: what was given, given in part and withheld, by hour, label and purpose; requests refused;
 * reviews that wait; how fresh the log is. Counts only. Read along the index of time, within a bound of work.
 */
import type { TransactionSql } from 'postgres';
import { REVIEW_DUE_HOURS } from '../audit/review-due.ts';
import { PrivityError } from '../errors.ts';
import type { Database } from './database.ts';

/** Resources, one for each requester and time that one was asked for. */
export interface Counts {
  readonly given: number;
  readonly redacted: number;
  readonly withheld: number;
}

export interface AuditSummary {
  /** ISO instants; from is inclusive, before exclusive. */
  readonly from: string;
  readonly before: string;
  readonly totals: Counts & { readonly requests: number; readonly refused: number };
  /** By hour, oldest first; hours without anything are left out. */
  readonly hours: readonly (Counts & { readonly at: string; readonly refused: number })[];
  /** By sensitivity label, most first; the empty code stands for resources without one. */
  readonly labels: readonly (Counts & { readonly code: string })[];
  readonly purposes: readonly (Counts & { readonly code: string })[];
  readonly reviews: {
    readonly open: number;
    readonly overdue: number;
    readonly kinds: readonly { readonly kind: string; readonly open: number; readonly overdue: number }[];
  };
  readonly log: {
    readonly rows: number;
    readonly newestRow?: string;
    readonly newestCheckpoint?: { readonly number: number; readonly madeAt: string };
  };
}

const TIMEOUT_MS = 4000;
const TOP = 20;
const HOUR = 3_600_000;
const COUNTS = `coalesce(sum(cardinality(d.refs)) filter (where d.effect = 'permit'), 0)::int as given,
  coalesce(sum(cardinality(d.refs)) filter (where d.effect = 'redact'), 0)::int as redacted,
  coalesce(sum(cardinality(d.refs)) filter (where d.effect = 'withhold'), 0)::int as withheld`;

type Counted<Key extends string> = Counts & Readonly<Record<Key, string>>;

/** @param now ISO instant. @throws PrivityError `too-costly`, `audit-unavailable` */
export async function readAuditSummary({ sql }: Database, period: { from: string; before: string }, now: string): Promise<AuditSummary> {
  try {
    const read = sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx`select set_config('statement_timeout', ${String(TIMEOUT_MS)}, true)`;
      return summary(tx, period, now);
    });
    return (await read) as AuditSummary;
  } catch (cause) {
    const timedOut = (cause as { code?: string }).code === '57014';
    throw new PrivityError(timedOut ? 'too-costly' : 'audit-unavailable', undefined, { cause });
  }
}

async function summary(tx: TransactionSql, { from, before }: { from: string; before: string }, now: string): Promise<AuditSummary> {
  const within = (column: string) =>
    tx`${tx.unsafe(column)} >= ${from}::text::timestamptz and ${tx.unsafe(column)} < ${before}::text::timestamptz`;
  const counts = tx.unsafe(COUNTS);
  const hours = await tx<(Counts & { at: Date })[]>`
    select date_trunc('hour', d.recorded_at, 'UTC') as at, ${counts} from decision d where ${within('d.recorded_at')} group by 1`;
  const asked = await tx<{ at: Date; requests: number; refused: number }[]>`
    select date_trunc('hour', e.recorded_at, 'UTC') as at, count(*)::int as requests,
      (count(*) filter (where e.outcome <> '0' and not exists (select from decision d where d.event_id = e.id
        and d.recorded_at = e.recorded_at and d.effect = 'withhold')))::int as refused
    from event e where e.door = 'rest' and ${within('e.recorded_at')} group by 1`;
  const labels = await tx<Counted<'code'>[]>`
    select l.code, ${counts} from decision d cross join unnest(case when d.labels = '{}' then '{""}' else d.labels end) l (code)
    where ${within('d.recorded_at')} and l.code not in ('U', 'L', 'M', 'N', 'R', 'V')
    group by 1 order by sum(cardinality(d.refs)) desc, 1 limit ${TOP}`;
  const purposes = await tx<Counted<'code'>[]>`
    select coalesce(e.purpose, '') as code, ${counts}
    from decision d join event e on e.id = d.event_id and e.recorded_at = d.recorded_at
    where ${within('d.recorded_at')} and ${within('e.recorded_at')} group by 1 order by sum(cardinality(d.refs)) desc, 1 limit ${TOP}`;
  const due = new Date(Date.parse(now) - REVIEW_DUE_HOURS * HOUR).toISOString();
  const kinds = await tx<{ kind: string; open: number; overdue: number }[]>`
    select kind, count(*)::int as open, (count(*) filter (where opened_at < ${due}::text::timestamptz))::int as overdue
    from review where state = 'open' group by 1 order by 2 desc, 1`;
  const sum = (rows: readonly object[], name: string) =>
    rows.reduce((total, row) => total + Number((row as Record<string, unknown>)[name]), 0);
  return {
    from,
    before,
    totals: {
      requests: sum(asked, 'requests'),
      refused: sum(asked, 'refused'),
      given: sum(hours, 'given'),
      redacted: sum(hours, 'redacted'),
      withheld: sum(hours, 'withheld'),
    },
    hours: byHour(hours, asked),
    labels,
    purposes,
    reviews: { open: sum(kinds, 'open'), overdue: sum(kinds, 'overdue'), kinds },
    log: await freshness(tx),
  };
}

function byHour(
  decided: readonly (Counts & { readonly at: Date })[],
  asked: readonly { readonly at: Date; readonly refused: number }[],
): AuditSummary['hours'] {
  const none = { given: 0, redacted: 0, withheld: 0, refused: 0 };
  const found = new Map<number, Counts & { refused: number }>();
  for (const { at, given, redacted, withheld } of decided) found.set(at.getTime(), { ...none, given, redacted, withheld });
  for (const { at, refused } of asked) found.set(at.getTime(), { ...none, ...found.get(at.getTime()), refused });
  return [...found].sort(([one], [other]) => one - other).map(([at, row]) => ({ at: new Date(at).toISOString(), ...row }));
}

/** Rows by the last number of each chain: the log itself is not read. */
async function freshness(tx: TransactionSql): Promise<AuditSummary['log']> {
  const [row] = await tx<{ rows: string; newest: Date | null; number: string | null; made_at: Date | null }[]>`
    select (select coalesce(sum(n.seq), 0) from chain c,
        lateral (select e.seq from event e where e.chain = c.id order by e.seq desc limit 1) n) as rows,
      (select recorded_at from event order by recorded_at desc, id desc limit 1) as newest, p.number, p.made_at
    from (select 1) one left join lateral (select number, made_at from checkpoint order by number desc limit 1) p on true`;
  const { rows = '0', newest = null, number = null, made_at = null } = row ?? {};
  return {
    rows: Number(rows),
    ...(newest === null ? {} : { newestRow: newest.toISOString() }),
    ...(number === null || made_at === null ? {} : { newestCheckpoint: { number: Number(number), madeAt: made_at.toISOString() } }),
  };
}
