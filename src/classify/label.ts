/**
 * What a resource turned out to hold: security labels with their evidence, on the whole resource or on its segments
 * (design.md 4.1). A segment is the smallest part that can be removed on its own.
 */
import type { Confidentiality } from '../fhir/codes.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import type { CodeIndex } from './code-set.ts';

export interface Evidence {
  /** `declared`: in the resource itself. `derived`: by a code set. `contextual`: from a related resource. `installation`: a rule of `classify.psychotherapyNotes`. */
  readonly source: 'declared' | 'derived' | 'contextual' | 'installation';
  /** Id of the rule or code set: `icd10cm-mental-health`, `meta.security`, `encounter`. */
  readonly rule: string;
  /** FHIRPath-like, no values: `Condition.code.coding[0]`. */
  readonly path: string;
  readonly system?: string;
  readonly code?: string;
}

/** A security label: a Coding and why it is there. */
export interface Label {
  readonly system: string;
  readonly code: string;
  readonly evidence: readonly Evidence[];
}

export interface Segment {
  readonly path: Path;
  readonly labels: readonly Label[];
}

export type ReviewReason = 'psychotherapy-note-candidate' | 'psythpn-on-excluded-content' | 'psythpn-outside-separate-store';

export interface LabeledResource {
  readonly resource: Resource;
  /** Labels of the resource itself: what is left when every segment is gone. */
  readonly labels: readonly Label[];
  /** Parts with labels of their own, none inside another, in document order. */
  readonly segments: readonly Segment[];
  /** Declared, else `R` where any sensitivity label is on the resource or a segment, else `N`. */
  readonly confidentiality: Confidentiality;
  /** Counseling-note narrative of a mental-health author without attestation (design.md 4.1 point 5). */
  readonly candidate: boolean;
  readonly reviews: readonly ReviewReason[];
}

/** Legal category of a labelled thing, from `shared/law/rules.json` (vocabulary.category). */
export const CATEGORIES = ['psychotherapy-notes', 'sud-counseling-notes', 'sud', 'mental-health', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What classification may know beyond the resource; the pipeline loads it, nothing here does I/O. */
export interface ClassifyContext {
  /** Labels of the Encounter that the resource belongs to, of the documents that refer to a Binary, of the target of a Provenance; what a reviewer found. */
  readonly inherited?: readonly {
    readonly reference: string;
    readonly rule: 'encounter' | 'referrer' | 'target' | 'current-version' | 'review';
    readonly labels: readonly Label[];
  }[];
  /** Base URL or name of the store that the resource was read from. */
  readonly store?: string;
  /** Codes of the authors' PractitionerRole.specialty, PractitionerRole.code and Practitioner.qualification. */
  readonly authorCodings?: readonly { readonly system?: string; readonly code?: string }[];
}

/** What an installation knows about its own psychotherapy notes (45 CFR 164.501: kept apart, by whom). Tokens are `system|code` or `code`. */
export interface PsychotherapyNoteRules {
  /** Base URLs or names of stores that hold nothing else; compared with ClassifyContext.store and meta.source. */
  readonly stores: readonly string[];
  /** Canonical URLs in meta.profile. */
  readonly profiles: readonly string[];
  /** Tokens in `category`. */
  readonly categories: readonly string[];
  /** Tokens in `type`. */
  readonly documentTypes: readonly string[];
  /** References (`Practitioner/p1`) that attest: authenticator, attester.party, sender. */
  readonly attesters: readonly string[];
}

/** What classification goes by; the same for every resource until configuration or code sets change. */
export interface ClassifyRules {
  readonly index: CodeIndex;
  readonly psychotherapyNotes: PsychotherapyNoteRules;
  /** Organizations that are Part 2 programs: `Organization/o1`, or `system|value` of an identifier. */
  readonly part2Programs: readonly string[];
}
