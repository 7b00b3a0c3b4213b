/** What the gateway decided about one resource for one requester at one time (design.md 4.4). */
import type { LabeledResource } from '../classify/label.ts';
import type { ConsentBasis, ConsentRecord } from '../consent/vote.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import type { PolicyBasis, PolicyQuestion, Recipient, View } from '../policy/question.ts';

/** `recorded`: an attestation, determination or restriction from `/admin/attestations`. */
export interface RecordedAttestation {
  readonly id: string;
  /** Rule id (`MH-07`), or the fact that it establishes (`access-denied-524`, `restriction-agreed`). */
  readonly kind: string;
  readonly subject: string;
  /** Whom it is for: a reference, or absent = anyone of the kind's recipients. */
  readonly recipient?: string;
  readonly recordedBy: string;
  readonly recordedAt: string;
  readonly until?: string;
}

/** Everything known about one subject, loaded before deciding. */
export interface SubjectRecord {
  /** `Patient/p1`. */
  readonly reference: string;
  readonly patient?: Resource;
  readonly consents: ConsentRecord;
  readonly recorded: readonly RecordedAttestation[];
  /** CareTeam, Encounter, Appointment, Coverage, PractitionerRole of the subject, where configured or needed. */
  readonly relations: readonly Resource[];
  /** Version of what decisions about this subject read. */
  readonly epoch: string;
}

export interface Basis {
  readonly policies: readonly PolicyBasis[];
  readonly consents: readonly ConsentBasis[];
}

export type Effect = 'permit' | 'redact' | 'withhold';

/** The question asked for one part, kept so that a recorded decision can be replayed. */
export interface AskedQuestion {
  readonly subject: string;
  readonly part: 'resource' | 'segment';
  readonly question: PolicyQuestion;
  readonly effect: 'permit' | 'deny';
}

export interface Decision {
  readonly effect: Effect;
  readonly recipient: Recipient;
  /** Segments to remove; non-empty only for `redact`. */
  readonly remove: readonly Path[];
  /** View to apply; absent = every element. */
  readonly view?: View;
  readonly obligations: readonly string[];
  /** How a withheld resource appears; set only for `withhold`. */
  readonly withheldAs?: 'hide' | 'announce';
  readonly basis: Basis;
  readonly asked: readonly AskedQuestion[];
  readonly errors: readonly string[];
}

export interface DecidedResource {
  readonly labeled: LabeledResource;
  readonly subjects: readonly string[];
  readonly decision: Decision;
}
