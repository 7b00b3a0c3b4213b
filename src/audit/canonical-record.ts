/**
 * The one text that stands for a stored record: its JSON with sorted names and without absent members (RFC 8785). It is
 * what the chain hashes, so it covers everything that the log says; built from the request or read back from the
 * database it is the same, byte for byte.
 */
import type { StoredRecord } from './record.ts';

/** @returns RFC 8785 canonical JSON of the record */
export function canonicalRecord(record: StoredRecord): string {
  const { requester } = record;
  // Names in order, by hand: this runs for every request, and a general sorter costs ten times as much.
  return JSON.stringify({
    action: record.action,
    address: record.address,
    attestations: record.attestations.map(({ kind, text }) => ({ kind, text })),
    breakGlassReason: record.breakGlassReason,
    decisions: record.decisions.map((decision) => ({
      basis: decision.basis.map(({ citation, effect, id, kind }) => ({ citation, effect, id, kind })),
      contextId: decision.contextId,
      effect: decision.effect,
      labels: decision.labels,
      references: decision.references,
      reviews: decision.reviews,
      subject: decision.subject,
      versionIds: decision.versionIds,
    })),
    door: record.door,
    id: record.id,
    interaction: record.interaction,
    obligations: record.obligations,
    outcome: record.outcome,
    policyVersion: record.policyVersion,
    purpose: record.purpose,
    reason: record.reason,
    recipient: record.recipient,
    recordedAt: record.recordedAt,
    requestId: record.requestId,
    requester: requester && {
      clientId: requester.clientId,
      fhirUser: requester.fhirUser,
      id: requester.id,
      issuer: requester.issuer,
      organization: requester.organization,
      roles: requester.roles,
      tokenId: requester.tokenId,
    },
    resourceType: record.resourceType,
    status: record.status,
    subjects: record.subjects,
    target: record.target,
    traceId: record.traceId,
  });
}
