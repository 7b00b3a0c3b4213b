/**
 * Resources that were disclosed or withheld in a window of time, by the log (design.md section 5): what a code set is tried on before
 * it is in force. The latest seen come first; where there are more than the sample, both numbers are told.
 */
import type { Database } from './database.ts';

export interface SeenResource {
  /** `Observation/o1`. */
  readonly reference: string;
  /** `Patient/p1`. */
  readonly subject?: string;
}

export interface SeenResources {
  readonly total: number;
  readonly resources: readonly SeenResource[];
}

/**
 * Without Binaries: the documents that refer to one are what is labelled.
 * @param from ISO 8601, inclusive; @param until exclusive; @param sample resources at most
 * @throws whatever the database throws: this is no request of a patient's record, and may take longer
 */
export async function readSeenResources({ sql }: Database, from: string, until: string, sample: number): Promise<SeenResources> {
  const rows = await sql<{ reference: string; subject: string | null; total: string }[]>`
    select reference, min(subject) as subject, count(*) over () as total
    from decision, unnest(refs) as reference
    where recorded_at >= ${from}::text::timestamptz and recorded_at < ${until}::text::timestamptz
      and reference ~ '^[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}$' and reference not like 'Binary/%'
    group by reference order by max(recorded_at) desc, reference limit ${sample}`;
  const resources = rows.map(({ reference, subject }) => ({ reference, ...(subject === null ? {} : { subject }) }));
  return { total: Number(rows[0]?.total ?? 0), resources };
}
