/**
 * Counts the log by hour, so that a summary of months does not have to read months: goes through each chain from where it was, adds what it
 * finds to `log_hour` and moves on in one transaction, at one replica at a time, so that every record is counted once.
 */
import type { ISql, PendingQuery, Row, TransactionSql } from 'postgres';
import type { Clock } from '../ports.ts';
import { advance, pendingChains } from './audit-export-position.ts';
import { startTurns, type Turns } from './audit-export-turns.ts';
import type { Database } from './database.ts';

export interface HoursOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly seconds: number;
  readonly onFailure: (error: unknown) => void;
}

/** Of `log_position`. */
export const HOURS = 'hours';
const PORTION = 5000;
const RECENT_MS = 62 * 86_400_000;
const EVERYTHING_MS = 3_600_000;

export function startHours({ database, clock, seconds, onFailure }: HoursOptions): Turns {
  let everythingAt = Number.NEGATIVE_INFINITY;

  const turn = async (tx: TransactionSql): Promise<boolean> => {
    const now = clock.now();
    const everything = now - everythingAt >= EVERYTHING_MS;
    const chains = await pendingChains(tx, HOURS, new Date(everything ? 0 : now - RECENT_MS));
    if (chains.length === 0 && everything) everythingAt = now;
    for (const { chain, done, head } of chains) {
      const [portion] = await tx<{ last: string | null }[]>`select max(seq) as last from
        (select seq from event where chain = ${chain} and seq > ${done} and seq <= ${head} order by seq limit ${PORTION}) p`;
      const last = portion?.last ?? head;
      const records = tx`select id, recorded_at, door, outcome, purpose from event where chain = ${chain} and seq > ${done} and seq <= ${last}`;
      await tx`with ${countedHours(tx, records)}
        insert into log_hour as h select * from counted on conflict (hour, kind, code) do update set
          requests = h.requests + excluded.requests, refused = h.refused + excluded.refused, given = h.given + excluded.given,
          redacted = h.redacted + excluded.redacted, withheld = h.withheld + excluded.withheld`;
      await advance(tx, HOURS, chain, last);
    }
    return chains.length > 0;
  };

  return startTurns({ database, worker: HOURS, seconds, turn, onFailure });
}

/**
 * @param records a query for events: id, recorded_at, door, outcome, purpose
 * @returns for a `with`: `counted`, rows as `log_hour` has them. Labels without those of confidentiality; the empty code stands for none
 */
export function countedHours(sql: ISql, records: PendingQuery<Row[]>) {
  const counts = sql.unsafe(`coalesce(sum(n) filter (where effect = 'permit'), 0) as given,
    coalesce(sum(n) filter (where effect = 'redact'), 0) as redacted, coalesce(sum(n) filter (where effect = 'withhold'), 0) as withheld`);
  return sql`records as materialized (${records}),
    decided as materialized (
      select date_trunc('hour', d.recorded_at, 'UTC') as hour, d.event_id, d.effect, d.labels, cardinality(d.refs) as n,
        coalesce(r.purpose, '') as purpose
      from records r join decision d on d.event_id = r.id and d.recorded_at = r.recorded_at),
    counted as (
      select date_trunc('hour', recorded_at, 'UTC') as hour, 'asked' as kind, '' as code, count(*) as requests,
        count(*) filter (where outcome <> '0' and not exists (select from decided d where d.event_id = id and d.effect = 'withhold')) as refused,
        0 as given, 0 as redacted, 0 as withheld
      from records where door = 'rest' group by 1
      union all select hour, 'decided', '', 0, 0, ${counts} from decided group by 1
      union all select hour, 'purpose', purpose, 0, 0, ${counts} from decided group by 1, 3
      union all select hour, 'label', l.code, 0, 0, ${counts}
        from decided cross join unnest(case when labels = '{}' then '{""}' else labels end) l (code)
        where l.code not in ('U', 'L', 'M', 'N', 'R', 'V') group by 1, 3)`;
}
