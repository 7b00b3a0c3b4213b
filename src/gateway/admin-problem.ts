/** A refusal that says each thing that is wrong with what was sent: `problems` beside the problem details of RFC 9457. */
import { type ErrorCode, PrivityError } from '../errors.ts';
import type { PolicyProblem } from '../policy/policy-set.ts';

/** Where in the body, and what is wrong there. */
export interface ContentProblem {
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
}

export class AdminProblem extends PrivityError {
  readonly problems: readonly (ContentProblem | PolicyProblem)[];

  constructor(code: ErrorCode, problems: readonly (ContentProblem | PolicyProblem)[]) {
    super(code, `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
    this.problems = problems;
  }
}
