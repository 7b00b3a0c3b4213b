/**
 * An administrator's draft -> a policy set that could be put in force, or everything that is wrong with it (issue of
 * administration, point 1). Stricter than the folder: labels that HL7 does not have are errors too, for a rule about
 * them would never match.
 */
import type { PolicyFile, PolicyProblem, PolicySet, PolicySetMode } from './policy-set.ts';
import type { View } from './question.ts';
import { readPolicySet } from './read-policy-set.ts';
import { validatePolicySet } from './validate-policy-set.ts';

export interface UploadedSet {
  readonly name: string;
  readonly mode: PolicySetMode;
  readonly files: readonly PolicyFile[];
}

export interface ReadUploadedSet {
  /** Absent where there are errors. */
  readonly set?: PolicySet;
  readonly problems: readonly PolicyProblem[];
}

const MAX_STATEMENTS = 200;

/** @param foundation Cedar schema and views of this installation */
export function readUploadedSet(
  { name, mode, files }: UploadedSet,
  foundation: { readonly schema: string; readonly views: ReadonlyMap<string, View> },
): ReadUploadedSet {
  const { set, problems: unreadable } = readPolicySet(name, files, mode);
  if (set === undefined) return { problems: unreadable };
  const file = files[0]?.path ?? name;
  const whole = (message: string): PolicyProblem => ({ severity: 'error', file, line: 1, column: 1, message });
  const problems = [
    ...(set.statements.length === 0 ? [whole('The set has no policy.')] : []),
    ...(set.statements.length > MAX_STATEMENTS ? [whole(`The set has more than ${MAX_STATEMENTS} policies.`)] : []),
    ...validatePolicySet(set, { ...foundation, unknownLabels: 'error' }),
  ];
  return problems.some(({ severity }) => severity === 'error') ? { problems } : { set, problems };
}
