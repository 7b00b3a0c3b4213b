/** The demo's clinic as writers see it: who may write, what they send, and what became of it in the record and in the log. */
import type { JWTPayload } from 'jose';
import type { Sql } from 'postgres';
import type { Resource } from '../../src/fhir/resource.ts';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

export const JSON_BODY = { 'content-type': 'application/fhir+json' };
export const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

/** A demo persona with scopes to write. */
export function writer(id: string, more: JWTPayload = {}): JWTPayload {
  return { ...personaClaims(id), scope: 'user/*.cruds', ...more };
}

export const THERAPIST = writer('therapist');
export const PHYSICIAN = writer('family-physician');
export const PATIENT = writer('patient', { scope: 'patient/*.cruds' });
/** Registers visits and coverage. */
export const NURSE = writer('billing', { sub: 'nurse', purpose_of_use: ['TREAT'] });
/** The privacy officer at work in the record. */
export const OFFICER = writer('privacy-officer', { roles: ['workforce', 'privacy-officer'], purpose_of_use: ['TREAT'] });
/** A clinician who is also the reviewer of labels. */
export const REVIEWER = writer('therapist', { roles: ['mental-health-professional', 'privacy-officer'] });

const PSYTHPN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };
const RESTRICTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
export const LABELS = { psythpn: PSYTHPN, restricted: RESTRICTED };

/** Resources over and above the demo's that writes are tried on. */
export const RESOURCES: readonly Resource[] = [
  {
    resourceType: 'Observation',
    id: 'weight',
    meta: { security: [RESTRICTED] },
    status: 'final',
    code: { text: 'Weight' },
    subject: { reference: 'Patient/maria' },
    performer: [{ reference: 'Practitioner/bennett' }],
    valueQuantity: { value: 70, unit: 'kg' },
  },
  {
    resourceType: 'DocumentReference',
    id: 'plain-letter',
    status: 'current',
    type: { text: 'Letter' },
    subject: { reference: 'Patient/maria' },
    author: [{ reference: 'Practitioner/okafor' }],
    custodian: { reference: 'Organization/lakeside-behavioral-health' },
    content: [{ attachment: { contentType: 'text/plain', data: 'TGV0dGVy' } }],
  },
  {
    resourceType: 'Binary',
    id: 'scan',
    contentType: 'text/plain',
    securityContext: { reference: 'Patient/maria' },
    data: 'U2Nhbg==',
  },
];

export function observation(more: Record<string, unknown> = {}): Resource {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'Pulse' },
    subject: { reference: 'Patient/maria' },
    performer: [{ reference: 'Practitioner/okafor' }],
    ...more,
  };
}

export function document(more: Record<string, unknown> = {}): Resource {
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { text: 'Letter' },
    subject: { reference: 'Patient/maria' },
    author: [{ reference: 'Practitioner/okafor' }],
    content: [{ attachment: { contentType: 'text/plain', data: 'TGV0dGVy' } }],
    ...more,
  };
}

export interface WriteWorld {
  readonly clinic: TestGateway;
  /** Everything that is kept upstream about one resource. */
  kept(reference: string): Resource | undefined;
  /** Versions written since the start. */
  readonly writes: number;
  send(who: string | JWTPayload, method: string, url: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  logged(requestId: string): Promise<readonly LoggedRow[]>;
  readonly owner: Sql;
  close(): Promise<void>;
}

export interface LoggedRow {
  readonly interaction: string;
  readonly action: string;
  readonly outcome: string;
  readonly status: number;
  readonly reason: string | null;
  /** `Observation/o1 permit`, in the order of the log. */
  readonly decisions: readonly string[];
  readonly subjects: readonly string[];
}

export async function startWriteWorld(config: Record<string, Record<string, unknown>> = {}): Promise<WriteWorld> {
  const clinic = await startClinic({ resources: RESOURCES, config });
  const owner = ownerOf(clinic.dataDir);
  return {
    clinic,
    owner,
    kept: (reference) => clinic.upstream.store.resource(...(reference.split('/') as [string, string])),
    get writes() {
      return clinic.upstream.store.writes;
    },
    send(who, method, url, body, headers = body === undefined ? {} : JSON_BODY) {
      return clinic.ask(who, `/fhir/${url}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    },
    async logged(requestId) {
      return owner<LoggedRow[]>`select e.interaction, e.action, e.outcome, e.status, e.reason,
        array(select r || ' ' || d.effect from decision d, unnest(d.refs) r where d.event_id = e.id order by d.ordinal, r) as decisions,
        array(select s.subject from event_subject s where s.event_id = e.id order by s.ordinal) as subjects
        from event e where e.request_id = ${requestId} order by e.seq`;
    },
    async close() {
      await owner.end({ timeout: 1 });
      await clinic.close();
    },
  };
}
