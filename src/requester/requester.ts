/** Who is asking, and why: what the gateway knows of the party behind a verified token (design.md sections 1 and 6). */
import type { Identifier } from '../fhir/resource.ts';

export const ROLES = [
  'mental-health-professional',
  'treating-provider',
  'trainee',
  'workforce',
  'payer',
  'patient',
  'personal-representative',
  'parent-of-minor',
  'family-friend',
  'researcher',
  'public-health',
  'health-oversight',
  'coroner-medical-examiner',
  'law-enforcement',
  'court',
  'hhs',
  'business-associate',
  'covered-entity',
  'third-party',
  'policy-admin',
  'auditor',
  'privacy-officer',
] as const;
export type Role = (typeof ROLES)[number];

/** One SMART scope that is understood: `patient/Observation.rs?category=laboratory` (SMART App Launch 2.2, section 3). */
export interface Scope {
  readonly level: 'patient' | 'user' | 'system';
  readonly resourceType: string | '*';
  readonly create: boolean;
  readonly read: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  readonly search: boolean;
  /** Granular part, `name=value` pairs that a resource must satisfy (AND); empty = the whole type. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** A scope that grants nothing: malformed, or with a part that this gateway can not hold to. */
export interface RefusedScope {
  readonly scope: string;
  readonly reason: string;
}

/** An attestation made with the request: `X-Attestation: PN-14; <text>`. */
export interface AssertedAttestation {
  readonly kind: string;
  readonly text: string;
}

export interface Requester {
  /** JWT `sub`. */
  readonly id: string;
  readonly issuer: string;
  readonly clientId?: string;
  readonly tokenId?: string;
  /** Unix seconds. */
  readonly expiresAt: number;
  readonly roles: readonly Role[];
  /** The one purpose of use of this request, a v3-ActReason code. */
  readonly purpose: string;
  /** Every purpose the token holds, `purpose` among them. */
  readonly purposes: readonly string[];
  readonly fhirUser?: string;
  /** SMART launch context: `Patient/p1`. */
  readonly launchPatient?: string;
  readonly organization?: { readonly reference?: string; readonly identifier?: Identifier };
  /** Relative references that name this requester: fhirUser, the organization. */
  readonly references: readonly string[];
  readonly identifiers: readonly Identifier[];
  readonly scopes: readonly Scope[];
  /** Scopes of the token that grant nothing here, and why (for the log and `/admin/explain`). */
  readonly refusedScopes?: readonly RefusedScope[];
  /** Facts that the issuer itself claims, as `supervised-own-program`. */
  readonly claimedFacts: readonly string[];
  readonly attestations: readonly AssertedAttestation[];
  readonly breakGlassReason?: string;
}
