/** Whose records were asked for lately: from the log, so that somebody can be chosen instead of typed. References alone. */
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

/** Requests looked at, and patients of each: the work is bounded, however long the log and however large an export. */
const LOOKED_AT = 2000;
const OF_EACH = 20;
const KEPT = 50;

/** @returns `Patient/p1`, the latest first. @throws PrivityError `audit-unavailable` */
export async function recentPatients({ sql }: Database): Promise<readonly string[]> {
  const read = sql<{ readonly subject: string }[]>`
    with latest as (select id, recorded_at from event where door = 'rest' order by recorded_at desc, id desc limit ${LOOKED_AT})
    select s.subject from latest l cross join lateral (select subject from event_subject
        where event_id = l.id and recorded_at = l.recorded_at order by ordinal limit ${OF_EACH}) s
    where s.subject ~ '^Patient/[A-Za-z0-9.-]{1,64}$' group by 1 order by max(l.recorded_at) desc, 1 limit ${KEPT}`;
  return (await withinDeadline(read, 'recent patients')).map(({ subject }) => subject);
}
