/**
 * Records in a chain -> the arguments of `append_events` (migrations/0001_audit.sql): JSON arrays of rows, `null` where
 * there are none. Break-glass uses, resources to review and obligations of human approval become review rows here, so
 * that they are opened by the same commit that discloses.
 */
import type { ChainLink, StoredRecord } from '../audit/record.ts';

export interface LinkedRecord {
  readonly stored: StoredRecord;
  readonly link: ChainLink;
}

export interface AuditRows {
  readonly events: string;
  readonly subjects: string | null;
  readonly decisions: string | null;
  readonly reviews: string | null;
}

export function auditRows(records: readonly LinkedRecord[]): AuditRows {
  return {
    events: JSON.stringify(records.map(eventRow)),
    subjects: rows(records, ({ stored }) => stored.subjects.map((subject, ordinal) => ({ ...key(stored), ordinal, subject }))),
    decisions: rows(records, ({ stored }) => stored.decisions.map((_, ordinal) => decisionRow(stored, ordinal))),
    reviews: rows(records, ({ stored }) => reviewRows(stored)),
  };
}

function rows(records: readonly LinkedRecord[], of: (record: LinkedRecord) => readonly object[]): string | null {
  const all = records.flatMap(of);
  return all.length === 0 ? null : JSON.stringify(all);
}

function key(stored: StoredRecord) {
  return { event_id: stored.id, recorded_at: stored.recordedAt };
}

function eventRow({ stored, link }: LinkedRecord) {
  const { requester } = stored;
  return {
    id: stored.id,
    recorded_at: stored.recordedAt,
    request_id: stored.requestId,
    trace_id: stored.traceId,
    door: stored.door,
    interaction: stored.interaction,
    action: stored.action,
    outcome: stored.outcome,
    status: stored.status,
    reason: stored.reason,
    requester_id: requester?.id,
    issuer: requester?.issuer,
    client_id: requester?.clientId,
    token_id: requester?.tokenId,
    roles: requester?.roles,
    organization: requester?.organization,
    fhir_user: requester?.fhirUser,
    recipient: stored.recipient,
    purpose: stored.purpose,
    address: stored.address,
    target: stored.target,
    resource_type: stored.resourceType,
    obligations: stored.obligations,
    break_glass_reason: stored.breakGlassReason,
    attestations: stored.attestations,
    policy_version: stored.policyVersion,
    chain: link.chain,
    seq: link.seq,
    prev_hash: link.prevHash,
    hash: link.hash,
    mac: link.mac,
  };
}

function decisionRow(stored: StoredRecord, ordinal: number) {
  const decision = stored.decisions[ordinal];
  return {
    ...key(stored),
    ordinal,
    refs: decision?.references,
    version_ids: decision?.versionIds,
    subject: decision?.subject,
    effect: decision?.effect,
    labels: decision?.labels,
    reviews: decision?.reviews,
    basis: decision?.basis,
    context_id: decision?.contextId,
  };
}

/** v3-ActCode `HUAPRV`: human approval. Without a resource to review, the event itself is what has to be looked at. */
function reviewRows(stored: StoredRecord) {
  const common = { event_id: stored.id, opened_at: stored.recordedAt };
  const ofResources = stored.decisions.flatMap(({ reviews = [], references, subject }) =>
    reviews.flatMap((kind) => references.map((reference) => ({ ...common, kind, reference, subject }))),
  );
  const subject = stored.subjects.length === 1 ? stored.subjects[0] : undefined;
  return [
    ...ofResources,
    ...(stored.breakGlassReason === undefined ? [] : [{ ...common, kind: 'break-glass', subject, reason: stored.breakGlassReason }]),
    ...(stored.obligations.includes('HUAPRV') && ofResources.length === 0 ? [{ ...common, kind: 'human-approval', subject }] : []),
  ];
}
