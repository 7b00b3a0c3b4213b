/**
 * How far somebody came who goes through the log: per chain, because within a chain records are committed in their order, while
 * chains of several replicas, and clocks, know none. No record can slip in behind a position.
 */
import type { ISql } from 'postgres';
import { type EventRow, type LoggedEntry, readRecords } from './audit-query-records.ts';

export interface PendingChain {
  readonly chain: string;
  /** The last record that is done, and the last that there is. */
  readonly done: string;
  readonly head: string;
}

/** @param since chains whose newest record is older are not looked at: those of processes that are long gone */
export function pendingChains(sql: ISql, consumer: string, since: Date): Promise<PendingChain[]> {
  return sql<PendingChain[]>`
    select c.id as chain, coalesce(p.seq, 0) as done, h.seq as head from chain c
    left join log_position p on p.consumer = ${consumer} and p.chain = c.id
    cross join lateral (select seq from event e where e.chain = c.id and e.recorded_at >= ${since} order by seq desc limit 1) h
    where h.seq > coalesce(p.seq, 0) order by c.id`;
}

/** The next records of a chain after `after`, up to and with `through` where it is given. */
export async function readChain(
  sql: ISql,
  { chain, after, through, count }: { readonly chain: string; readonly after: string; readonly through?: string; readonly count: number },
): Promise<readonly LoggedEntry[]> {
  const rows = await sql<EventRow[]>`select * from event where chain = ${chain} and seq > ${after}
    ${through === undefined ? sql`` : sql`and seq <= ${through}`} order by seq limit ${count}`;
  return readRecords(sql, rows);
}

export async function advance(sql: ISql, consumer: string, chain: string, seq: number | string): Promise<void> {
  await sql`insert into log_position (consumer, chain, seq) values (${consumer}, ${chain}, ${seq})
    on conflict (consumer, chain) do update set seq = greatest(log_position.seq, excluded.seq)`;
}
