/** Who asked for records lately, and as what: from the log, so that somebody can be chosen instead of described. */
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

export interface RecentRequester {
  readonly id: string;
  readonly roles: readonly string[];
  readonly fhirUser?: string;
  readonly organization?: string;
  /** Purposes asked for, the latest first. */
  readonly purposes: readonly string[];
  /** ISO 8601. */
  readonly lastSeen: string;
}

interface Row {
  readonly id: string;
  readonly roles: readonly string[];
  readonly fhir_user: string | null;
  readonly organization: string | null;
  readonly purposes: readonly string[];
  readonly last_seen: Date;
}

/** Requests looked at: the work is bounded, however long the log. */
const LOOKED_AT = 5000;
const KEPT = 100;

/** @returns the latest first. @throws PrivityError `audit-unavailable` */
export async function recentRequesters({ sql }: Database): Promise<readonly RecentRequester[]> {
  const read = sql<Row[]>`
    with latest as (select requester_id, roles, fhir_user, organization, purpose, recorded_at from event
      where door = 'rest' and requester_id is not null and roles <> '{}' order by recorded_at desc, id desc limit ${LOOKED_AT}),
    asked as (select requester_id, roles, fhir_user, organization, purpose, max(recorded_at) as at from latest group by 1, 2, 3, 4, 5)
    select requester_id as id, roles, fhir_user, organization, max(at) as last_seen,
      coalesce(array_agg(purpose order by at desc) filter (where purpose is not null), '{}') as purposes
    from asked group by 1, 2, 3, 4 order by last_seen desc, id limit ${KEPT}`;
  return (await withinDeadline(read, 'recent requesters')).map(({ fhir_user, organization, last_seen, ...row }) => ({
    ...row,
    ...(fhir_user === null ? {} : { fhirUser: fhir_user }),
    ...(organization === null ? {} : { organization }),
    lastSeen: last_seen.toISOString(),
  }));
}
