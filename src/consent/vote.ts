/**
 * What a subject's directives say for one requester, purpose and piece of data (design.md 4.2; IHE PCF 1.1), and
 * which HIPAA and Part 2 authorizations are valid (45 CFR 164.508, 42 CFR 2.31).
 */
import type { Confidentiality } from '../fhir/codes.ts';
import type { Coding, Identifier, Reference, Resource } from '../fhir/resource.ts';

export type VoteOutcome = 'permit' | 'deny' | 'outside' | 'none';

/** One Consent that had a say: its reference, version and the provision that matched (`provision[0].provision[2]`). */
export interface ConsentBasis {
  readonly consent: string;
  readonly version?: string;
  readonly provision: string;
  readonly says: 'permit' | 'deny';
}

export interface Vote {
  readonly outcome: VoteOutcome;
  /** Whether a deny names the purposes ETREAT or BTG itself, so that an emergency does not override it (164.522(a)(1)(iii)). */
  readonly deniesEmergency: boolean;
  readonly basis: readonly ConsentBasis[];
  /** What could not be read or understood and therefore denied: reference and element, no content. Only ever beside a deny. */
  readonly errors: readonly string[];
  /** Directives that had no say, and why; for explanations. */
  readonly ignored?: readonly IgnoredConsent[];
}

export interface IgnoredConsent {
  readonly consent: string;
  readonly reason: 'not-active' | 'not-in-period' | 'another-patient' | 'grantor-not-accepted' | 'not-a-directive';
}

export const AUTHORIZATION_TYPES = [
  'hipaa-508',
  'hipaa-508-psychotherapy-notes',
  'part2-2.31',
  'part2-2.31-tpo',
  'part2-2.31b-scn',
  'part2-2.31d',
  'va-7332',
  'state-written-consent',
] as const;
export type AuthorizationType = (typeof AUTHORIZATION_TYPES)[number];

/** The party that a provision's actors are compared with. */
export interface ConsentActor {
  /** Relative references that name the requester: `Practitioner/p1`, `Organization/o1`. */
  readonly references: readonly string[];
  readonly identifiers: readonly Identifier[];
  /** States or provinces that the requester acts in (`CA`), for provisions bound to a Location. */
  readonly states?: readonly string[];
}

/** The piece of data that is asked for: a resource, or a segment of it with the labels of that segment. */
export interface ConsentData {
  readonly reference?: string;
  readonly resourceType: string;
  readonly profiles: readonly string[];
  /** Sensitivity and law labels (system + code), declared and derived. */
  readonly labels: readonly Coding[];
  readonly confidentiality?: Confidentiality;
  /** Codings of the resource's what-element (and type, category): compared with provision.code and .class. */
  readonly codes: readonly Coding[];
  /** Clinically relevant time, for dataPeriod. */
  readonly period?: { readonly start?: string; readonly end?: string };
  /** References to authors, and to whatever else `provision.data` with meaning may name (the Encounter, the episode). */
  readonly authors: readonly string[];
  readonly related: readonly string[];
  /** What only a deny asks. Absent: nothing more than the above is known. */
  readonly wide?: WideData;
}

/** All that a deny may mean by a code, an author or an instance (FHIR R4 Consent.provision.code, .data): a permit takes none of it. */
export interface WideData {
  /** Every Coding in it, at any depth. */
  readonly codes: readonly Coding[];
  /** Its own. */
  readonly identifiers: readonly Identifier[];
  /** Authors of any kind, organizations and devices too. */
  readonly authors: readonly string[];
  readonly authorIdentifiers: readonly Identifier[];
  /** Everything that it refers to. */
  readonly references: readonly string[];
}

export interface ConsentQuestion {
  /** `Patient/p1`. */
  readonly subject: string;
  readonly actor: ConsentActor;
  /** v3-ActReason codings asserted together (one, as a rule). */
  readonly purposes: readonly Coding[];
  /** v3-... consent action: `access`, `disclose`, `collect`, `use`, `correct`. */
  readonly action: string;
  /** The moment of the decision, ISO 8601. */
  readonly at: string;
  readonly data: ConsentData;
}

/** Everything read about one subject's consents; plain FHIR, loaded by the consent source. */
export interface ConsentRecord {
  readonly subject: string;
  /** All Consents of the subject that the source holds, R4 or R5 form, any status. */
  readonly consents: readonly Resource[];
  /** Provenance with those Consents as targets: signatures. */
  readonly provenances: readonly Resource[];
  /** Whatever the Consents refer to, by relative reference: Group, CareTeam, PractitionerRole, RelatedPerson, Organization, Practitioner, DocumentReference. */
  readonly references: ReadonlyMap<string, Resource>;
  /** Base URL of the server that the Consents came from: its absolute references count as local. */
  readonly base?: string;
}

export type { Reference };
