/** A problem as compilers say it: place, severity, what is wrong, what was probably meant. */
import type { PolicyProblem } from './policy-set.ts';

export function formatProblem({ file, line, column, severity, message, suggestion, policy }: PolicyProblem): string {
  const where = policy === undefined || policy === '' ? '' : ` [${policy}]`;
  return `${file}:${line}:${column} ${severity}:${where} ${message}${suggestion === undefined ? '' : ` ${suggestion}`}`;
}
