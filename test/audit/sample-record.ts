/** A record of the log as the pipeline writes it, to vary in tests. */
import { randomUUID } from 'node:crypto';
import type { AuditDecision, AuditRecord } from '../../src/audit/record.ts';

export const OBSERVER = { url: 'https://privity.example/fhir', name: 'Privity' };

export function sampleDecision(changes: Partial<AuditDecision> = {}): AuditDecision {
  return {
    reference: 'Observation/o1',
    versionId: '3',
    subject: 'Patient/p1',
    effect: 'permit',
    labels: ['MH'],
    basis: [
      { kind: 'policy', id: 'MH-01', citation: '45 CFR 164.506(c)', effect: 'permit' },
      { kind: 'consent', id: 'Consent/c1', effect: 'permit' },
    ],
    context: '{"recipient":"other-treating-provider"}',
    ...changes,
  };
}

export function sampleRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: randomUUID(),
    recordedAt: '2026-11-23T20:00:00.123Z',
    requestId: 'request-1',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    door: 'rest',
    interaction: 'read',
    action: 'R',
    outcome: '0',
    status: 200,
    requester: {
      id: 'user-1',
      issuer: 'https://idp.example',
      clientId: 'ehr',
      tokenId: 'jti-1',
      roles: ['treating-provider'],
      organization: 'Organization/o1',
      fhirUser: 'Practitioner/d1',
    },
    recipient: 'other-treating-provider',
    purpose: 'TREAT',
    address: '192.0.2.7',
    target: 'Observation/o1',
    resourceType: 'Observation',
    subjects: ['Patient/p1'],
    decisions: [sampleDecision()],
    obligations: [],
    attestations: [],
    policyVersion: 'v1',
    ...changes,
  };
}

/** The least that a record may hold. */
export function bareRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: randomUUID(),
    recordedAt: '2026-11-23T20:00:00.000Z',
    requestId: 'request-2',
    door: 'rest',
    interaction: 'search-type',
    action: 'E',
    outcome: '4',
    status: 403,
    reason: 'forbidden',
    target: 'Observation?category&date',
    subjects: [],
    decisions: [],
    obligations: [],
    attestations: [],
    ...changes,
  };
}
