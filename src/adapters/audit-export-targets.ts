/**
 * The places that the log is exported to, as the database knows them: whether they are configured, how they do, how far behind
 * they are, what they refused. What a configured place has not received is not purged.
 */
import type { ISql, Sql } from 'postgres';
import { withinDeadline } from './database-deadline.ts';

export const TARGETS = ['folder', 'repository'] as const;
export type TargetName = (typeof TARGETS)[number];

export interface ParkedEvent {
  /** Of the AuditEvent, as `/audit/AuditEvent/{id}` knows it. */
  readonly id: string;
  readonly recordedAt: string;
  /** HTTP status, and the issue code of its OperationOutcome. */
  readonly status: number;
  readonly code?: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

export interface TargetState {
  readonly target: TargetName;
  /** Records that it has not received yet, and the instant of the oldest. */
  readonly waiting: number;
  readonly oldest?: string;
  /** Failures in a row, the last one, and when it is tried again. */
  readonly failures: number;
  readonly error?: string;
  readonly retryAt?: string;
  readonly acknowledgedAt?: string;
  /** Events put aside, and the first hundred of them. */
  readonly parkedCount: number;
  readonly parked: readonly ParkedEvent[];
}

/** Tells the database what is configured. A place that is not any more holds up no purge; where it stands is kept. */
export async function registerTargets(sql: ISql, names: readonly TargetName[]): Promise<void> {
  for (const name of TARGETS) {
    await sql`insert into log_target (name, active) select ${name}, true where ${names.includes(name)}
      on conflict (name) do nothing`;
    await sql`update log_target set active = ${names.includes(name)} where name = ${name} and active <> ${names.includes(name)}`;
  }
}

/** Those that are configured. @throws PrivityError `audit-unavailable` */
export async function readTargets(sql: Sql): Promise<readonly TargetState[]> {
  const states = await withinDeadline(sql<TargetRow[]>`select * from log_target where active order by name`, 'export');
  return Promise.all(states.map((row) => withinDeadline(stateOf(sql, row), 'export')));
}

export interface Lag {
  readonly waiting: number;
  readonly oldest: Date | null;
}

/**
 * Records that a consumer has not done yet, and the instant of the oldest.
 * @param since older records are not looked at: years of partitions, for each process that ever was
 */
export async function lagOf(sql: ISql, consumer: string, since = new Date(0)): Promise<Lag> {
  const [lag] = await sql<{ waiting: string | null; oldest: Date | null }[]>`
    select sum(h.seq - greatest(coalesce(p.seq, 0), t.seq - 1)) as waiting, min(t.recorded_at) as oldest from chain c
    left join log_position p on p.consumer = ${consumer} and p.chain = c.id
    cross join lateral (select seq from event e where e.chain = c.id and e.recorded_at >= ${since} order by seq desc limit 1) h
    cross join lateral (select seq, recorded_at from event e where e.chain = c.id and e.recorded_at >= ${since}
      and e.seq > coalesce(p.seq, 0) order by seq limit 1) t`;
  return { waiting: Number(lag?.waiting ?? 0), oldest: lag?.oldest ?? null };
}

/** Events that each place refused. */
export async function countParked(sql: ISql): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ target: string; count: number }[]>`select target, count(*)::integer as count from log_parked group by target`;
  return new Map(rows.map(({ target, count }) => [target, count]));
}

/** Has what was put aside sent again. @returns how many */
export async function retryParked(sql: Sql, target: TargetName): Promise<number> {
  const marked = sql`with marked as (update log_parked set retry = true where target = ${target} and not retry returning 1),
    waking as (update log_target set retry_at = null where name = ${target})
    select count(*)::integer as count from marked`;
  const [row] = await withinDeadline(marked, 'export');
  return Number(row?.count ?? 0);
}

interface TargetRow {
  readonly name: TargetName;
  readonly failures: number;
  readonly retry_at: Date | null;
  readonly error: string | null;
  readonly acknowledged_at: Date | null;
}

interface ParkedRow {
  readonly id: string;
  readonly recorded_at: Date;
  readonly status: number;
  readonly code: string | null;
  readonly attempts: number;
  readonly parked_at: Date;
  readonly total: number;
}

async function stateOf(sql: Sql, row: TargetRow): Promise<TargetState> {
  const [{ waiting, oldest }, parked] = await Promise.all([
    lagOf(sql, row.name),
    sql<ParkedRow[]>`select *, count(*) over ()::integer as total from log_parked where target = ${row.name}
      order by parked_at, id limit 100`,
  ]);
  return {
    target: row.name,
    waiting,
    ...(oldest === null ? {} : { oldest: oldest.toISOString() }),
    failures: row.failures,
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.retry_at === null ? {} : { retryAt: row.retry_at.toISOString() }),
    ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at.toISOString() }),
    parkedCount: parked[0]?.total ?? 0,
    parked: parked.map((event) => ({
      id: event.id,
      recordedAt: event.recorded_at.toISOString(),
      status: event.status,
      ...(event.code === null ? {} : { code: event.code }),
      attempts: event.attempts,
      parkedAt: event.parked_at.toISOString(),
    })),
  };
}
