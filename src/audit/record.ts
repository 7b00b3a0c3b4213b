/**
 * What the log keeps of one request: an event, its subjects, its decisions, and the canonical contexts that the
 * decisions were made in (design.md section 5). Ids, codes and counts; never content.
 */
export interface AuditDecision {
  /** `Observation/o1`. */
  readonly reference: string;
  readonly versionId?: string;
  readonly subject?: string;
  readonly effect: 'permit' | 'redact' | 'withhold';
  /** Sensitivity label codes found on the resource and its segments, sorted. */
  readonly labels: readonly string[];
  /** Label codes that were given and that were withheld. */
  readonly basis: readonly {
    readonly kind: 'policy' | 'consent';
    readonly id: string;
    readonly citation?: string;
    readonly effect: string;
  }[];
  /** Canonical JSON of the questions asked, for replay; the store keeps each distinct text once. */
  readonly context: string;
  /** What a reviewer has to look at (`psychotherapy-note-candidate`, …); each opens a review of the resource. */
  readonly reviews?: readonly string[];
}

export interface AuditRecord {
  /** UUIDv7 given by the caller. */
  readonly id: string;
  /** ISO 8601 with milliseconds. */
  readonly recordedAt: string;
  readonly requestId: string;
  readonly traceId?: string;
  /** `rest` (FHIR API), `admin`, `audit`, `authentication`. */
  readonly door: 'rest' | 'admin' | 'audit' | 'authentication';
  /** FHIR interaction code: `read`, `search-type`, `history-instance`, … or the operation: `$everything`. */
  readonly interaction: string;
  /** AuditEvent.action. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** AuditEvent.outcome: 0 success, 4 denied or refused, 8 failure. */
  readonly outcome: '0' | '4' | '8' | '12';
  readonly status: number;
  /** Reason code (errors.ts) where the outcome is not 0. */
  readonly reason?: string;
  readonly requester?: {
    readonly id: string;
    readonly issuer: string;
    readonly clientId?: string;
    readonly tokenId?: string;
    readonly roles: readonly string[];
    readonly organization?: string;
    readonly fhirUser?: string;
  };
  readonly recipient?: string;
  readonly purpose?: string;
  readonly address?: string;
  /** Resource type asked for, and the query with values removed: `Observation?category&date`. */
  readonly target: string;
  readonly resourceType?: string;
  /** Patients whose data the answer rests on: `Patient/p1`. */
  readonly subjects: readonly string[];
  readonly decisions: readonly AuditDecision[];
  readonly obligations: readonly string[];
  readonly breakGlassReason?: string;
  readonly attestations: readonly { readonly kind: string; readonly text: string }[];
  readonly policyVersion?: string;
}

/** What a decision was made under; the commit fails where it has changed since. */
export interface DecidedUnder {
  readonly policyVersion: string;
  readonly epochs: readonly { readonly subject: string; readonly epoch: string }[];
}

/** Decisions as the store keeps them: one for all resources of a request about which everything but their names is the same. */
export interface StoredDecision extends Omit<AuditDecision, 'context' | 'reference' | 'versionId'> {
  /** SHA-256 of the context's text, hex. */
  readonly contextId: string;
  readonly references: readonly string[];
  /** Version of each reference, in their order; empty text = not known. */
  readonly versionIds: readonly string[];
}

/** A record as it is stored, hashed and read back. */
export interface StoredRecord extends Omit<AuditRecord, 'decisions'> {
  readonly decisions: readonly StoredDecision[];
}

/** A stored record's place in the chain of the process that wrote it. Hashes and MAC are lower-case hex. */
export interface ChainLink {
  /** UUID of the chain. */
  readonly chain: string;
  /** 1 for the first record. */
  readonly seq: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly mac: string;
}
