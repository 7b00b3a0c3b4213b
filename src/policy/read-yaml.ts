/** Reads a YAML file of the policy folder into a known shape; what does not fit is told with its place. */
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PolicyFile, PolicyProblem, Position } from './policy-set.ts';

export interface ReadYaml<T> {
  /** Absent where there are problems. */
  readonly value?: T;
  readonly problems: readonly PolicyProblem[];
  /** Where the value at a path stands. */
  readonly placeOf: (path: readonly PropertyKey[]) => Position;
}

/** Duplicate keys are errors: the second would silently replace the first. */
export function readYaml<T>(file: PolicyFile, shape: z.ZodType<T>): ReadYaml<T> {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const placeOf = (path: readonly PropertyKey[]): Position => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };
  const problem = (place: Position, message: string): PolicyProblem => ({ severity: 'error', file: file.path, ...place, message });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => problem(at(error.pos[0]), error.message.split(/ at line|\n/)[0] ?? ''));
    return { problems, placeOf };
  }
  const parsed = shape.safeParse(document.toJS());
  if (parsed.success) return { value: parsed.data, problems: [], placeOf };
  const problems = parsed.error.issues.map((issue) => problem(placeOf(issue.path), `${issue.path.join('.')}: ${issue.message}`));
  return { problems, placeOf };
}
