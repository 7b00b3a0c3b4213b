/** Rows of the log -> the records that were written (migrations/0001_audit.sql), as they were hashed. */
import type { ISql } from 'postgres';
import type { ChainLink, StoredDecision, StoredRecord } from '../audit/record.ts';

export interface LoggedEntry {
  readonly stored: StoredRecord;
  readonly link: ChainLink;
}

export interface EventRow {
  readonly id: string;
  readonly recorded_at: Date;
  readonly request_id: string;
  readonly trace_id: string | null;
  readonly door: string;
  readonly interaction: string;
  readonly action: string;
  readonly outcome: string;
  readonly status: number;
  readonly reason: string | null;
  readonly requester_id: string | null;
  readonly issuer: string | null;
  readonly client_id: string | null;
  readonly token_id: string | null;
  readonly roles: string[] | null;
  readonly organization: string | null;
  readonly fhir_user: string | null;
  readonly recipient: string | null;
  readonly purpose: string | null;
  readonly address: string | null;
  readonly target: string;
  readonly resource_type: string | null;
  readonly obligations: string[];
  readonly break_glass_reason: string | null;
  readonly attestations: StoredRecord['attestations'];
  readonly policy_version: string | null;
  readonly chain: string;
  readonly seq: string;
  readonly prev_hash: Buffer;
  readonly hash: Buffer;
  readonly mac: Buffer;
}

interface SubjectRow {
  readonly event_id: string;
  readonly subject: string;
}

interface DecisionRow {
  readonly event_id: string;
  readonly refs: string[];
  readonly version_ids: string[];
  readonly subject: string | null;
  readonly effect: StoredDecision['effect'];
  readonly labels: string[];
  readonly reviews: string[] | null;
  readonly basis: StoredDecision['basis'];
  readonly context_id: Buffer;
}

/** @param events rows of `event`; the answer keeps their order */
export async function readRecords(sql: ISql, events: readonly EventRow[]): Promise<readonly LoggedEntry[]> {
  if (events.length === 0) return [];
  // By id and time together: each is looked for in the partition of its own month, not in all that the page spans.
  const ids = events.map(({ id }) => id);
  const times = events.map(({ recorded_at }) => recorded_at.toISOString());
  const keys = sql`unnest(${ids}::text[]::uuid[], ${times}::text[]::timestamptz[]) k (id, at)`;
  const [subjects, decisions] = await Promise.all([
    sql<SubjectRow[]>`select s.event_id, s.subject from ${keys} join event_subject s on s.event_id = k.id and s.recorded_at = k.at
      order by s.event_id, s.ordinal`,
    sql<DecisionRow[]>`select d.event_id, d.refs, d.version_ids, d.subject, d.effect, d.labels, d.reviews, d.basis, d.context_id
      from ${keys} join decision d on d.event_id = k.id and d.recorded_at = k.at order by d.event_id, d.ordinal`,
  ]);
  const subjectsOf = Map.groupBy(subjects, ({ event_id }) => event_id);
  const decisionsOf = Map.groupBy(decisions, ({ event_id }) => event_id);
  return events.map((row) => ({
    stored: {
      ...recordOf(row),
      subjects: (subjectsOf.get(row.id) ?? []).map(({ subject }) => subject),
      decisions: (decisionsOf.get(row.id) ?? []).map(decisionOf),
    },
    link: {
      chain: row.chain,
      seq: Number(row.seq),
      prevHash: row.prev_hash.toString('hex'),
      hash: row.hash.toString('hex'),
      mac: row.mac.toString('hex'),
    },
  }));
}

function recordOf(row: EventRow): Omit<StoredRecord, 'subjects' | 'decisions'> {
  return present({
    id: row.id,
    recordedAt: row.recorded_at.toISOString(),
    requestId: row.request_id,
    traceId: row.trace_id,
    door: row.door,
    interaction: row.interaction,
    action: row.action,
    outcome: row.outcome,
    status: row.status,
    reason: row.reason,
    requester:
      row.requester_id === null
        ? null
        : present({
            id: row.requester_id,
            issuer: row.issuer,
            clientId: row.client_id,
            tokenId: row.token_id,
            roles: row.roles,
            organization: row.organization,
            fhirUser: row.fhir_user,
          }),
    recipient: row.recipient,
    purpose: row.purpose,
    address: row.address,
    target: row.target,
    resourceType: row.resource_type,
    obligations: row.obligations,
    breakGlassReason: row.break_glass_reason,
    attestations: row.attestations,
    policyVersion: row.policy_version,
  }) as unknown as Omit<StoredRecord, 'subjects' | 'decisions'>;
}

function decisionOf(row: DecisionRow): StoredDecision {
  return present({
    references: row.refs,
    versionIds: row.version_ids,
    subject: row.subject,
    effect: row.effect,
    labels: row.labels,
    reviews: row.reviews,
    basis: row.basis,
    contextId: row.context_id.toString('hex'),
  }) as unknown as StoredDecision;
}

/** Without the members that are null: the record did not have them. */
function present(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
