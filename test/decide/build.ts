/** Small parts for the tables of `decide`: a requester, a subject, a labelled resource, the law as shipped. */

import { loadPolicies } from '../../src/adapters/load-policies.ts';
import type { Label, LabeledResource } from '../../src/classify/label.ts';
import { decide } from '../../src/decide/decide.ts';
import type { DecideInput } from '../../src/decide/decide-input.ts';
import type { Decision, RecordedAttestation, SubjectRecord } from '../../src/decide/decision.ts';
import type { DecideSettings } from '../../src/decide/settings.ts';
import { ACT_CODE } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Requester, Role } from '../../src/requester/requester.ts';
import { attestationRules } from '../support/attestation-rules.ts';

export const AT = '2026-11-23T12:00:00.000Z';
export const BASE = 'http://upstream.test/fhir';

export const settings: DecideSettings = {
  consent: { combine: 'deny-overrides', implicit: 'hipaa', custodians: [], approvedForms: [] },
  withheld: { default: 'hide', patient: 'announce' },
  candidates: 'release-for-treatment',
  treatmentRelationship: 'asserted',
  attestations: attestationRules(),
  part2Programs: ['Organization/program'],
};

export function requester(role: Role | readonly Role[], more: Partial<Requester> = {}): Requester {
  return {
    id: 'someone',
    issuer: 'https://issuer.test',
    expiresAt: 2_000_000_000,
    roles: [role].flat() as readonly Role[],
    purpose: 'TREAT',
    purposes: [more.purpose ?? 'TREAT'],
    references: ['Practitioner/someone'],
    identifiers: [],
    scopes: [],
    claimedFacts: [],
    attestations: [],
    ...more,
  };
}

export function subject(
  reference: string,
  more: Partial<SubjectRecord> & { readonly consentResources?: readonly Resource[] } = {},
): SubjectRecord {
  const { consentResources = [], ...rest } = more;
  return {
    reference,
    consents: { subject: reference, consents: consentResources, provenances: [], references: new Map() },
    recorded: [],
    relations: [],
    epoch: '0',
    ...rest,
  };
}

export function recorded(kind: string, more: Partial<RecordedAttestation> = {}): RecordedAttestation {
  return { id: kind, kind, subject: 'Patient/p', recordedBy: 'Practitioner/officer', recordedAt: '2026-01-01T00:00:00Z', ...more };
}

export function label(code: string): Label {
  return { system: ACT_CODE, code, evidence: [] };
}

export function labeled(labels: readonly string[] = [], more: Partial<LabeledResource> = {}): LabeledResource {
  return {
    resource: { resourceType: 'Observation', id: 'o', subject: { reference: 'Patient/p' } },
    labels: labels.map(label),
    segments: [],
    confidentiality: 'N',
    candidate: false,
    reviews: [],
    ...more,
  };
}

const shipped = await loadPolicies('policies', {});

export function decideWith(more: Partial<DecideInput> & Pick<DecideInput, 'requester'>): Decision {
  return decide({
    labeled: labeled(),
    subjects: [subject('Patient/p')],
    subjectsUnresolved: false,
    aboutNoPatient: false,
    authors: [],
    organizations: [],
    refersTo: new Set(),
    represents: [],
    policy: shipped.evaluator,
    views: shipped.views,
    settings,
    base: BASE,
    at: { iso: AT, hour: 12, weekday: 1 },
    ...more,
  });
}
