/**
 * The log in numbers over a period: what was given, given in part and withheld, by hour, label and purpose; requests refused;
 * reviews that wait; how fresh the log is. Counts only. Whole hours are known from `log_hour`; what is not counted there yet, and the
 * broken hours at both ends, are read from the log.
 */
import type { TransactionSql } from 'postgres';
import { REVIEW_DUE_HOURS } from '../audit/review-due.ts';
import { PrivityError } from '../errors.ts';
import { countedHours, HOURS } from './audit-hours.ts';
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

interface Row extends Counts {
  /** Of what is told by hour. */
  readonly at: Date | null;
  readonly kind: 'asked' | 'decided' | 'label' | 'purpose';
  readonly code: string;
  readonly requests: number;
  readonly refused: number;
}

async function summary(tx: TransactionSql, period: { from: string; before: string }, now: string): Promise<AuditSummary> {
  const { from, before } = period;
  const rows = await countedRows(tx, period);
  const of = (kind: Row['kind']) => rows.filter((row) => row.kind === kind);
  const [hours, asked] = [of('decided'), of('asked')];
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
    labels: most(of('label')),
    purposes: most(of('purpose')),
    reviews: { open: sum(kinds, 'open'), overdue: sum(kinds, 'overdue'), kinds },
    log: await freshness(tx),
  };
}

async function countedRows(tx: TransactionSql, { from, before }: { from: string; before: string }): Promise<readonly Row[]> {
  const [begin, end] = [Date.parse(from), Date.parse(before)];
  const first = Math.ceil(begin / HOUR) * HOUR;
  const last = Math.max(first, Math.floor(end / HOUR) * HOUR);
  const within = (since: number, until: number) =>
    tx`e.recorded_at >= ${new Date(since)} and e.recorded_at < ${new Date(Math.min(until, end))}`;
  const columns = tx`e.id, e.recorded_at, e.door, e.outcome, e.purpose`;
  const chains = tx`(select c.id, coalesce(p.seq, 0) as done from chain c
    left join log_position p on p.consumer = ${HOURS} and p.chain = c.id) c`;
  const records = tx`
    select ${columns} from ${chains} cross join lateral
      (select * from event e where e.chain = c.id and e.seq > c.done and ${within(begin, end)}) e
    union all
    select ${columns} from event e join ${chains} on c.id = e.chain
      where e.seq <= c.done and ((${within(begin, first)}) or (${within(last, end)}))`;
  return tx<Row[]>`with ${countedHours(tx, records)},
    known as (select * from counted union all select * from log_hour where hour >= ${new Date(first)} and hour < ${new Date(last)})
    select case when kind in ('asked', 'decided') then hour end as at, kind, code, sum(requests)::float8 as requests,
      sum(refused)::float8 as refused, sum(given)::float8 as given, sum(redacted)::float8 as redacted, sum(withheld)::float8 as withheld
    from known group by 1, 2, 3`;
}

function most(rows: readonly Row[]): readonly (Counts & { readonly code: string })[] {
  const size = ({ given, redacted, withheld }: Counts) => given + redacted + withheld;
  return rows
    .map(({ code, given, redacted, withheld }) => ({ code, given, redacted, withheld }))
    .sort((one, other) => size(other) - size(one) || (one.code < other.code ? -1 : 1))
    .slice(0, TOP);
}

function byHour(decided: readonly Row[], asked: readonly Row[]): AuditSummary['hours'] {
  const none = { given: 0, redacted: 0, withheld: 0, refused: 0 };
  const found = new Map<number, Counts & { refused: number }>();
  const time = ({ at }: Row) => at?.getTime() ?? 0;
  for (const row of decided) {
    const { given, redacted, withheld } = row;
    found.set(time(row), { ...none, given, redacted, withheld });
  }
  for (const row of asked) found.set(time(row), { ...none, ...found.get(time(row)), refused: row.refused });
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
