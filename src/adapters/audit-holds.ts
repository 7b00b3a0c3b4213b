/** Legal holds: what must be kept although its time is over, until somebody lets it go. */
import type { Sql } from 'postgres';
import { withinDeadline } from './database-deadline.ts';

export interface LegalHold {
  readonly id: string;
  /** `Patient/p1`; absent = the whole log. */
  readonly subject?: string;
  readonly reason: string;
  readonly recordedBy: string;
  /** ISO instants. */
  readonly recordedAt: string;
  readonly releasedBy?: string;
  readonly releasedAt?: string;
}

interface Row {
  readonly id: string;
  readonly subject: string | null;
  readonly reason: string;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly released_by: string | null;
  readonly released_at: Date | null;
}

export interface LegalHolds {
  /** Those in force first, then the newest. @throws PrivityError `audit-unavailable` */
  list(): Promise<readonly LegalHold[]>;
  record(hold: Pick<LegalHold, 'subject' | 'reason' | 'recordedBy' | 'recordedAt'>): Promise<LegalHold>;
  find(id: string): Promise<LegalHold | undefined>;
  /** @returns `undefined` where it was released already */
  release(id: string, by: string, at: string): Promise<LegalHold | undefined>;
}

export function createLegalHolds(sql: Sql): LegalHolds {
  const one = async (rows: Promise<Row[]>) => {
    const [row] = await withinDeadline(rows, 'legal holds');
    return row && holdOf(row);
  };
  return {
    async list() {
      const rows = sql<Row[]>`select * from legal_hold order by released_at is not null, recorded_at desc, id limit 1000`;
      return (await withinDeadline(rows, 'legal holds')).map(holdOf);
    },
    async record({ subject, reason, recordedBy, recordedAt }) {
      const row = { subject: subject ?? null, reason, recorded_by: recordedBy, recorded_at: recordedAt };
      const made = await one(sql<Row[]>`insert into legal_hold ${sql(row)} returning *`);
      if (made === undefined) throw new Error('nothing was inserted');
      return made;
    },
    find: (id) => one(sql<Row[]>`select * from legal_hold where id::text = ${id}`),
    release: (id, by, at) =>
      one(sql<Row[]>`update legal_hold set released_by = ${by}, released_at = ${at}::text::timestamptz
        where id::text = ${id} and released_at is null returning *`),
  };
}

function holdOf(row: Row): LegalHold {
  return {
    id: row.id,
    ...(row.subject === null ? {} : { subject: row.subject }),
    reason: row.reason,
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at.toISOString(),
    ...(row.released_by === null ? {} : { releasedBy: row.released_by }),
    ...(row.released_at === null ? {} : { releasedAt: row.released_at.toISOString() }),
  };
}
