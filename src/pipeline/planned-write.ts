/** A write that passed every check and was not yet sent: the log has it first (design.md 4.6 and 5). */
import type { DecidedResource } from '../decide/decision.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Match } from './search-stream.ts';

export interface PlannedWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly type: string;
  /** Absent on create: the upstream gives it. */
  readonly id?: string;
  /** As the upstream is to keep it, with the upstream's own URLs. */
  readonly resource?: Resource;
  /** The version that was decided on: what is another one by now is not overwritten. */
  readonly ifMatch?: string;
  /** The decision that permitted it. */
  readonly decided: DecidedResource;
  /** Subjects about whom decisions rest on what is written. */
  readonly touches: readonly string[];
}

/** One write, or what a conditional create finds already there. */
export type Planned =
  | { readonly kind: 'write'; readonly write: PlannedWrite }
  | { readonly kind: 'existing'; readonly type: string; readonly id: string; readonly found: Match };
