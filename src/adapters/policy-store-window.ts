/**
 * Recorded decisions of a window of time, those alike as one (design.md section 5), to be asked again under another policy.
 * Where there are more than the sample, the latest count, and both numbers are told.
 */
import type { AskedQuestion } from '../decide/decision.ts';
import type { Database } from './database.ts';

export interface WindowGroup {
  readonly asked: readonly AskedQuestion[];
  readonly effect: 'permit' | 'redact' | 'withhold';
  readonly subject?: string;
  readonly purpose: string;
  readonly roles: readonly string[];
  readonly labels: readonly string[];
  /** Ids of the policies and consents that decided. */
  readonly basis: readonly string[];
  readonly policyVersion: string;
  /** Decisions, one a resource. */
  readonly count: number;
  /** One of the events, and one of the resources. */
  readonly event: string;
  readonly reference: string;
}

export interface DecisionWindow {
  /** Recorded decisions in the window, and those that were looked at. */
  readonly total: number;
  readonly sampled: number;
  readonly groups: readonly WindowGroup[];
}

interface Row extends Omit<WindowGroup, 'asked' | 'basis' | 'subject' | 'count'> {
  readonly subject: string | null;
  readonly basis: readonly { readonly id: string }[];
  readonly count: string;
  readonly text: string;
}

/**
 * @param from ISO 8601, inclusive; @param until exclusive; @param sample decisions at most
 * @throws whatever the database throws: this is no request of a patient's record, and may take longer
 */
export async function readDecisionWindow({ sql }: Database, from: string, until: string, sample: number): Promise<DecisionWindow> {
  const [sum] = await sql<{ total: string }[]>`select coalesce(sum(cardinality(d.refs)), 0) as total
    from decision d join event e on e.id = d.event_id and e.recorded_at = d.recorded_at
    where d.recorded_at >= ${from}::text::timestamptz and d.recorded_at < ${until}::text::timestamptz
      and e.door = 'rest' and e.outcome = '0' and e.policy_version is not null`;
  const rows = await sql<Row[]>`
    with latest as (
      select d.*, e.purpose, e.roles, e.policy_version,
        sum(cardinality(d.refs)) over (order by d.recorded_at desc, d.event_id, d.ordinal) as seen
      from decision d join event e on e.id = d.event_id and e.recorded_at = d.recorded_at
      where d.recorded_at >= ${from}::text::timestamptz and d.recorded_at < ${until}::text::timestamptz
        and e.door = 'rest' and e.outcome = '0' and e.policy_version is not null
    ), grouped as (
      select context_id, effect, subject, coalesce(purpose, '') as purpose, coalesce(roles, '{}') as roles, labels, basis,
        policy_version as "policyVersion", sum(cardinality(refs)) as count, min(event_id::text) as event, min(refs[1]) as reference
      from latest where seen <= ${sample} group by 1, 2, 3, 4, 5, 6, 7, 8
    )
    select g.*, c.text from grouped g join context c on c.id = g.context_id order by count desc, event, reference`;
  const groups = rows.map(({ subject, basis, count, text, ...row }) => ({
    ...row,
    asked: JSON.parse(text) as AskedQuestion[],
    basis: basis.map(({ id }) => id),
    count: Number(count),
    ...(subject === null ? {} : { subject }),
  }));
  return { total: Number(sum?.total ?? 0), sampled: groups.reduce((all, { count }) => all + count, 0), groups };
}
