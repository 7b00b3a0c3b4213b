/** The question that every policy set is asked, and its answer (design.md 4.3). Mirrored by `policies/schema.cedarschema`. */
import type { Category } from '../classify/label.ts';
import type { AuthorizationType } from '../consent/vote.ts';
import type { Role } from '../requester/requester.ts';

/** Recipient classes in the order of law/matrix.json: the first that matches is the class of the decision. */
export const RECIPIENTS = [
  'hhs',
  'court',
  'law-enforcement',
  'coroner-medical-examiner',
  'health-oversight',
  'public-health',
  'patient',
  'personal-representative',
  'parent-of-minor',
  'family-friend',
  'originator',
  'other-treating-provider',
  'trainee-own-program',
  'workforce',
  'payer',
  'other-covered-entity',
  'business-associate',
  'researcher',
  'third-party',
] as const;
export type Recipient = (typeof RECIPIENTS)[number];

export const FACTS = [
  'access-denied-524',
  'content-opaque',
  'de-identified',
  'deceased',
  'endangerment-502g5',
  'minor',
  'minor-12-17',
  'minor-consented',
  'removed-from-custody',
  'restriction-agreed',
  'same-organization',
  'same-part2-program',
  'self-pay',
  'shared-relationship',
  'supervised-own-program',
] as const;
export type Fact = (typeof FACTS)[number];

export type Action = 'disclose' | 'create' | 'update' | 'delete';

export interface PolicyQuestion {
  readonly recipient: Recipient;
  readonly action: Action;
  readonly category: Category;
  readonly context: {
    readonly purpose: string;
    readonly purposeAncestors: readonly string[];
    readonly roles: readonly Role[];
    /** Relative reference, or empty. */
    readonly organization: string;
    /** Label codes, sorted. */
    readonly labels: readonly string[];
    readonly resourceType: string;
    readonly authorizations: readonly AuthorizationType[];
    /** Rule ids that are attested, as `PN-14`. */
    readonly attestations: readonly string[];
    readonly facts: readonly Fact[];
    readonly consent: 'none' | 'outside' | 'permit' | 'deny';
    readonly hour: number;
    readonly weekday: number;
  };
}

/** One policy, matrix row or consent that decided, and what it rests on. */
export interface PolicyBasis {
  /** Policy id (`MH-01`), with its set. */
  readonly policy: string;
  readonly set: string;
  readonly citation: string;
  readonly effect: 'permit' | 'forbid' | 'default-deny';
}

export interface PolicyAnswer {
  readonly effect: 'permit' | 'deny';
  /** A law permit marked `@mandate`: organization sets and directives do not bar it. */
  readonly mandate: boolean;
  /** Ids of views to intersect; empty = the whole resource. */
  readonly views: readonly string[];
  readonly obligations: readonly string[];
  readonly basis: readonly PolicyBasis[];
  /** Never empty where a policy erred; the effect is then deny. */
  readonly errors: readonly string[];
}

/** Law and every active organization set, asked together. */
export interface PolicyEvaluator {
  /** Changes with every activation; part of what a decision was made under. */
  readonly version: string;
  evaluate(question: PolicyQuestion): PolicyAnswer;
}

/** Minimum-necessary view: which elements of a resource type a recipient needs (45 CFR 164.514(d)). */
export interface View {
  readonly id: string;
  readonly citation: string;
  /** Top-level elements kept, by resource type; a type that is not listed is withheld. `*` = every element. */
  readonly elements: Readonly<Record<string, readonly string[] | '*'>>;
}
