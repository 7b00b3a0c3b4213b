/** Everything that a decision about one resource rests on, loaded before deciding (design.md sections 3 and 4). */
import type { LabeledResource } from '../classify/label.ts';
import type { Action, PolicyEvaluator, View } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';
import type { SubjectRecord } from './decision.ts';
import type { DecideSettings } from './settings.ts';

export interface DecideInput {
  /** What is to happen to the resource; `disclose` where nothing is said. */
  readonly action?: Action;
  readonly requester: Requester;
  readonly labeled: LabeledResource;
  /** One record a subject; empty where the resource is about no patient. */
  readonly subjects: readonly SubjectRecord[];
  /** A subject is named that can't be identified: nobody can say that it permits. */
  readonly subjectsUnresolved: boolean;
  /** No patient, and nothing that could hold a patient's data: a Practitioner, an Organization, a ValueSet. */
  readonly aboutNoPatient: boolean;
  readonly authors: readonly string[];
  readonly organizations: readonly string[];
  /** Coverages that the resource and its encounters refer to, as relative references. */
  readonly refersTo: ReadonlySet<string>;
  /** Subjects that the requester represents (RelatedPerson.patient). */
  readonly represents: readonly string[];
  readonly policy: PolicyEvaluator;
  readonly views: ReadonlyMap<string, View>;
  readonly settings: DecideSettings;
  /** Base URL of the upstream, for references. */
  readonly base: string;
  /** The moment of the decision. */
  readonly at: { readonly iso: string; readonly hour: number; readonly weekday: number };
}
