/** How fresh the log is (design.md section 5): its newest row, its newest checkpoint, and how much no checkpoint covers yet. */
import type { Sql } from 'postgres';
import { withinDeadline } from './database-deadline.ts';

export interface Freshness {
  /** ISO instants; absent where there is none. */
  readonly newestRow?: string;
  readonly newestCheckpoint?: { readonly number: number; readonly madeAt: string };
  /** Records behind the last signed head of their chain. */
  readonly uncovered: number;
}

/** Reads the ends of chains, not the log. @throws PrivityError `audit-unavailable` */
export async function readFreshness(sql: Sql): Promise<Freshness> {
  const asked = sql<{ newest: Date | null; number: string | null; made_at: Date | null; uncovered: string }[]>`
    select (select recorded_at from event order by recorded_at desc, id desc limit 1) as newest, p.number, p.made_at,
      (select coalesce(sum(greatest(h.seq - coalesce(k.covered, 0), 0)), 0) from chain c
        cross join lateral (select seq from event e where e.chain = c.id order by seq desc limit 1) h
        cross join lateral (select max(seq) as covered from checkpoint_head k where k.chain = c.id) k) as uncovered
    from (select 1) one left join lateral (select number, made_at from checkpoint order by number desc limit 1) p on true`;
  const [row] = await withinDeadline(asked, 'freshness');
  const { newest = null, number = null, made_at = null, uncovered = '0' } = row ?? {};
  return {
    ...(newest === null ? {} : { newestRow: newest.toISOString() }),
    ...(number === null || made_at === null ? {} : { newestCheckpoint: { number: Number(number), madeAt: made_at.toISOString() } }),
    uncovered: Number(uncovered),
  };
}
