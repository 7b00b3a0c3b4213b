/** A decision with its whole trace, as `/admin/explain` gives it (design.md section 6): types only. */
import type { Evidence } from '../classify/label.ts';
import type { ElementCheck } from '../consent/check-authorization.ts';
import type { ConsentBasis, IgnoredConsent } from '../consent/vote.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import type { SetTrace } from '../policy/explain-question.ts';
import type { PolicyBasis, PolicyQuestion } from '../policy/question.ts';
import type { Effect } from './decision.ts';
import type { Change } from './explain-changes.ts';

export interface ExplainedLabel {
  readonly system: string;
  readonly code: string;
  /** `resource`, or the segment: `Encounter.reasonCode[0]`. */
  readonly on: string;
  readonly evidence: readonly Evidence[];
}

export interface ExplainedQuestion {
  readonly part: 'resource' | 'segment';
  readonly subject: string;
  readonly question: PolicyQuestion;
  readonly effect: 'permit' | 'deny';
  readonly sets: readonly SetTrace[];
}

/** A part that only one side has. */
export interface Difference {
  readonly change: 'removed' | 'added';
  /** Where it is: in the original, or, if it was added, in what is given. */
  readonly path: Path;
  /**
   * Of what was removed. `label`: its labels are not permitted; `view`: not among the elements that the requester needs;
   * `narrative`: text that would tell of what is not given; `reference`: points to a record that the requester may not see;
   * `follows`: can not stand without what was removed.
   */
  readonly why?: 'label' | 'view' | 'narrative' | 'reference' | 'follows';
}

/** What is on record beside what the requester would get. */
export interface Sides {
  /**
   * `values`: as it was sent along. `structure`: of what is on record, names of elements only, each value as `…`, because who
   * explains decisions need not be one who may read records.
   */
  readonly content: 'values' | 'structure';
  readonly original: Resource;
  /** Absent: the requester gets nothing. */
  readonly released?: Resource;
  readonly differences: readonly Difference[];
}

export interface Explanation {
  readonly policyVersion: string;
  readonly reference: string;
  readonly effect: Effect;
  readonly recipient: string;
  readonly withheldAs?: 'hide' | 'announce';
  readonly view?: { readonly id: string; readonly citation: string };
  readonly obligations: readonly string[];
  /** Of what is disclosed; what is written has one side. */
  readonly sides?: Sides;
  /** Segments that are removed. */
  readonly removed: readonly string[];
  readonly subjects: readonly string[];
  readonly labels: readonly ExplainedLabel[];
  readonly confidentiality: string;
  /** Looks like a psychotherapy note and nobody has said whether it is one. */
  readonly candidate: boolean;
  readonly policies: readonly PolicyBasis[];
  readonly consents: readonly ConsentBasis[];
  readonly questions: readonly ExplainedQuestion[];
  readonly errors: readonly string[];
  /** Consents on file that had no say, and authorizations that are not valid or do not reach so far: why. */
  readonly without: readonly UnheardConsent[];
  /** Each of these alone would turn the decision, or give or take a part. */
  readonly changes: readonly (Change & Turn)[];
  /** Two together, looked for where none alone gives more (of what is given whole: less); those that give most first. */
  readonly pairs: readonly ({ readonly changes: readonly Change[] } & Turn)[];
  /** How many were tried: none of the rest turns it. */
  readonly tried: { readonly changes: number; readonly pairs: number };
}

interface Turn {
  readonly effect: Effect;
  /** Parts that would be withheld for their labels; where it is given in part. */
  readonly removed?: number;
}

/** A Consent of the subject that did not count. */
export interface UnheardConsent {
  readonly consent: string;
  readonly version?: string;
  readonly kind: 'directive' | 'authorization';
  /** `defective`: an authorization that lacks an element; `out-of-reach`: valid, for others, other purposes or other data. */
  readonly reason: Exclude<IgnoredConsent['reason'], 'not-a-directive'> | 'defective' | 'out-of-reach';
  /** Elements that an authorization lacks, each with its citation. */
  readonly missing: readonly Pick<ElementCheck, 'id' | 'citation' | 'detail'>[];
}

/** The door would have refused before anything was decided. */
export interface RefusedExplanation {
  readonly effect: 'refused';
  readonly reason: string;
  readonly text: string;
  readonly detail?: string;
}

export interface PastDecision {
  readonly references: readonly string[];
  readonly subject?: string;
  readonly effect: Effect;
  readonly labels: readonly string[];
  readonly basis: readonly { readonly kind: string; readonly id: string; readonly citation?: string; readonly effect: string }[];
  readonly questions: readonly ExplainedQuestion[];
  /** Asked again under the policy of that time, every question was answered as recorded. */
  readonly identical: boolean;
}

export interface PastExplanation {
  readonly event: {
    readonly id: string;
    readonly recordedAt: string;
    readonly interaction: string;
    readonly target: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly requester?: string;
    readonly roles: readonly string[];
    readonly fhirUser?: string;
    readonly organization?: string;
    readonly recipient?: string;
    readonly purpose?: string;
    /** For those who may read the log. */
    readonly breakGlassReason?: string;
  };
  readonly policyVersion: string;
  readonly sets: readonly { readonly name: string; readonly version: number }[];
  readonly decisions: readonly PastDecision[];
}
