/**
 * Reads the overlay of one state, or of one law of a state (policies/states; 45 CFR 160.203(b)): a policy set beside the federal
 * law that every decision must satisfy too. Each policy says on which rule of law/rules.json it rests, of what date the text is
 * that was seen, and whether that was the statute or only a summary of it.
 */
import type { PolicyFile, PolicyProblem, PolicySet } from './policy-set.ts';
import { readPolicySet } from './read-policy-set.ts';
import { type ValidateOptions, validatePolicySet } from './validate-policy-set.ts';

/** Folder of the overlays, one file a jurisdiction. */
export const STATES = 'states';

export interface ReadState {
  /** Absent where it can not be read. */
  readonly set?: PolicySet;
  readonly problems: readonly PolicyProblem[];
}

/** @param file `states/US-IL.cedar`: its name is the jurisdiction, as `policy.jurisdictions` writes it */
export function readState(file: PolicyFile, { schema, views }: Pick<ValidateOptions, 'schema' | 'views'>): ReadState {
  const { set, problems } = readPolicySet(jurisdictionOf(file.path), [file]);
  if (set === undefined) return { problems };
  return { set, problems: validatePolicySet(set, { schema, views, kind: 'state' }) };
}

/** `states/US-IL.cedar` -> `US-IL`. */
export function jurisdictionOf(path: string): string {
  return path.slice(`${STATES}/`.length, -'.cedar'.length);
}
