/**
 * One internal shape for R4 and R5 Consents (types only). The tree of provisions is laid out in document order, every
 * rule with the constraints that hold for it: its own, and where it states none the ones around it. So the last rule
 * in the list that matches is the innermost match, later siblings before earlier (design.md 4.2).
 */
import type { Coding, Identifier, Resource } from '../fhir/resource.ts';
import type { Interval } from './interval-of.ts';

export type Effect = 'permit' | 'deny';

/** Repeats of one element: any of them satisfies it. What can't be read satisfies a deny and never a permit. */
export interface Alternatives<T> {
  readonly any: readonly T[];
  readonly unreadable: boolean;
}

/** A party named by a provision, or by Consent.performer. */
export interface Party {
  /** Relative where local (`Group/g1`), else absolute. */
  readonly reference?: string;
  readonly identifier?: Identifier;
  /** The target of `#x`. */
  readonly contained?: Resource;
}

export interface DataReference {
  readonly meaning: 'instance' | 'related' | 'dependents' | 'authoredby';
  readonly reference: string;
  /** Beside the reference; one that stands alone is not understood. */
  readonly identifier?: Identifier;
}

/** Elements AND; an element that is absent constrains nothing. */
export interface Constraints {
  readonly recipients?: Alternatives<Party>;
  /** Actors in a disclosing role (custodian, source, informant). */
  readonly disclosers?: Alternatives<Party>;
  readonly actions?: Alternatives<Coding>;
  readonly purposes?: Alternatives<Coding>;
  /** Location references (extension consent-location on a provision). */
  readonly locations?: Alternatives<string>;
  readonly labels?: Alternatives<Coding>;
  /** R4 `class`: a resource type, a profile or a document type. */
  readonly classes?: Alternatives<Coding>;
  readonly documentTypes?: Alternatives<Coding>;
  readonly resourceTypes?: Alternatives<Coding>;
  readonly codes?: Alternatives<Coding>;
  readonly dataPeriod?: Alternatives<Interval>;
  readonly data?: Alternatives<DataReference>;
}

export interface Rule {
  /** `provision.provision[1]` (R4), `decision`, `provision[0]` (R5). */
  readonly path: string;
  readonly effect: Effect;
  /** 0 = root. */
  readonly depth: number;
  readonly constraints: Constraints;
  /** Own period and those around it: all must hold, a nested rule never outlives its parent. */
  readonly periods: readonly Alternatives<Interval>[];
  /** Elements in force for this rule that are not understood: they void a permit and leave a deny standing. */
  readonly notUnderstood: readonly string[];
}

export interface NormalizedConsent {
  readonly resource: Resource;
  /** `Consent/c1`. */
  readonly reference: string;
  readonly version?: string;
  readonly form: 'R4' | 'R5';
  readonly status: string;
  readonly kind: 'directive' | 'authorization' | 'other';
  readonly patient?: Party;
  readonly grantors: readonly Party[];
  /** When the whole Consent is in force. */
  readonly period?: Alternatives<Interval>;
  /** Consent.dateTime (R4), Consent.date (R5), else meta.lastUpdated. */
  readonly date?: Interval;
  readonly root?: Effect;
  readonly rules: readonly Rule[];
  /** Why this Consent can't be read as rules at all. */
  readonly unreadable?: string;
  /** Everything that is malformed or not understood: element paths, no content. */
  readonly errors: readonly string[];
}
