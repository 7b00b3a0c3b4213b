/**
 * What people had attested when an event was decided: with the request itself, and recorded beforehand about its patients for whoever
 * asked, of kinds that were put before the law. So whoever reviews the event reads what it rested on, not that it rested on something.
 */
import type { Sql } from 'postgres';
import type { AssertedAttestation } from '../requester/requester.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

export interface Attested {
  /** Rule id (`PN-14`), or the fact that it establishes. */
  readonly kind: string;
  /** `request`: by the requester, in these words; `record`: at `/admin/attestations`. */
  readonly made: 'request' | 'record';
  readonly text?: string;
  readonly by?: string;
  /** ISO 8601. */
  readonly at: string;
  /** The paper that it rests on. */
  readonly document?: string;
  readonly until?: string;
}

/** @param event id of an audit event. @throws PrivityError `audit-unavailable` */
export function attestedFor({ sql }: Database, event: string): Promise<readonly Attested[]> {
  const both = async () => (await Promise.all([withRequest(sql, event), recorded(sql, event)])).flat();
  return withinDeadline(both(), 'attested');
}

interface EventRow {
  readonly requester_id: string | null;
  readonly recorded_at: Date;
  readonly attestations: readonly AssertedAttestation[];
}

async function withRequest(sql: Sql, event: string): Promise<readonly Attested[]> {
  const [row] = await sql<EventRow[]>`select requester_id, recorded_at, attestations from event where id = ${event}`;
  return (row?.attestations ?? []).map(({ kind, text }) => ({
    kind,
    made: 'request',
    ...(text === '' ? {} : { text }),
    ...(row?.requester_id == null ? {} : { by: row.requester_id }),
    at: row?.recorded_at.toISOString() ?? '',
  }));
}

interface RecordedRow {
  readonly kind: string;
  readonly document: string | null;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly until: Date | null;
}

/** Those that stood then (decide/facts-of.ts: recordedFor); withdrawn since or not. */
async function recorded(sql: Sql, event: string): Promise<readonly Attested[]> {
  const rows = await sql<RecordedRow[]>`
    with put as materialized (select distinct k #>> '{}' as kind
      from (select distinct context_id from decision where event_id = ${event}) d join context c on c.id = d.context_id,
      jsonb_path_query(c.text::jsonb, '$[*].question.context.keyvalue() ? (@.key == "attestations" || @.key == "facts").value[*]') k)
    select a.kind, a.document, a.recorded_by, a.recorded_at, a.until
    from event e join event_subject s on s.event_id = e.id and s.recorded_at = e.recorded_at join attestation a on a.subject = s.subject
    where e.id = ${event} and a.recorded_at <= e.recorded_at and (a.withdrawn_at is null or a.withdrawn_at > e.recorded_at)
      and (a.until is null or a.until > e.recorded_at) and (a.recipient is null or a.recipient in (e.requester_id, e.fhir_user, e.organization))
      and a.kind in (select kind from put) order by a.recorded_at, a.id`;
  return rows.map(({ kind, document, recorded_by, recorded_at, until }) => ({
    kind,
    made: 'record',
    by: recorded_by,
    at: recorded_at.toISOString(),
    ...(document === null ? {} : { document }),
    ...(until === null ? {} : { until: until.toISOString() }),
  }));
}
