/**
 * Reads Cedar files into one policy set (Cedar policy language 4.x): each policy apart, under its `@id`, with annotations
 * and place. What comes out is well-formed: it parses, every policy has an id of its own, none is a template.
 */
import { type DetailedError, policySetTextToParts, policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyFile, PolicyProblem, PolicySet, PolicySetMode, PolicyStatement } from './policy-set.ts';
import { positionAt } from './position-at.ts';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export interface ReadPolicySet {
  /** Absent where there are problems. */
  readonly set?: PolicySet;
  readonly problems: readonly PolicyProblem[];
}

/**
 * @param name of the set, as shown in a basis: `law`, `example`
 * @param files Cedar text, in the order in which the statements shall stand
 */
export function readPolicySet(name: string, files: readonly PolicyFile[], mode: PolicySetMode = 'baseline'): ReadPolicySet {
  const read = files.map(readFile);
  const statements = read.flatMap((file) => file.statements);
  const problems = [...read.flatMap((file) => file.problems), ...identityProblems(statements)];
  return problems.length > 0 ? { problems } : { set: { name, mode, statements }, problems };
}

function readFile(file: PolicyFile): { statements: PolicyStatement[]; problems: PolicyProblem[] } {
  const parts = policySetTextToParts(file.text);
  if (parts.type === 'failure') return { statements: [], problems: parts.errors.flatMap((error) => syntaxProblems(file, error)) };
  const templates = locate(file.text, parts.policy_templates).map(({ offset }) =>
    problemAt(
      file,
      offset,
      'A policy template has no meaning here: its slots are never filled.',
      'write the recipient or category instead',
    ),
  );
  return { statements: locate(file.text, parts.policies).map((part) => statementOf(file, part)), problems: templates };
}

/** Cedar gives the parts verbatim, ordered by the text of their numbers: policy0, policy1, policy10, policy2. */
function locate(text: string, parts: readonly string[]): { text: string; offset: number }[] {
  const numbers = [...parts.keys()].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const ordered = parts.map((part, index) => ({ part, number: numbers[index] ?? 0 })).sort((a, b) => a.number - b.number);
  let from = 0;
  return ordered.map(({ part }) => {
    let offset = text.indexOf(part, from);
    // A copy in a comment is not the policy itself.
    while (offset > 0 && text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).includes('//')) offset = text.indexOf(part, offset + 1);
    if (offset < 0) offset = from;
    from = offset + part.length;
    return { text: part, offset };
  });
}

function statementOf(file: PolicyFile, part: { text: string; offset: number }): PolicyStatement {
  const answer = policyToJson(part.text);
  if (answer.type === 'failure') throw new Error(`Cedar can not read back its own policy in ${file.path}`);
  const annotations = new Map(Object.entries(answer.json.annotations ?? {}));
  return {
    id: annotations.get('id') ?? '',
    effect: answer.json.effect,
    text: part.text,
    annotations,
    file: file.path,
    position: placeOf(file.text, part.offset),
    conditions: answer.json.conditions,
  };
}

function identityProblems(statements: readonly PolicyStatement[]): PolicyProblem[] {
  const first = new Map<string, PolicyStatement>();
  return statements.flatMap((statement) => {
    const place = { severity: 'error', file: statement.file, ...statement.position } as const;
    if (!ID.test(statement.id) && statement.id !== '') {
      return [{ ...place, message: 'An @id has letters, digits, ".", "_" and "-", 64 at most.' }];
    }
    if (statement.id === '') return [{ ...place, message: 'The policy has no @id.', suggestion: 'write @id("…") before it' }];
    const twin = first.get(statement.id);
    first.set(statement.id, twin ?? statement);
    if (twin === undefined) return [];
    const suggestion = `the first is at ${twin.file}:${twin.position.line}; give this one a suffix: "${statement.id}.2"`;
    return [{ ...place, policy: statement.id, message: `The @id "${statement.id}" is used twice in this set.`, suggestion }];
  });
}

function syntaxProblems(file: PolicyFile, error: DetailedError): PolicyProblem[] {
  return [error, ...(error.related ?? [])].map((one) => {
    const source = one.sourceLocations?.[0];
    const expected = source?.label ?? undefined;
    const message = `${one.message.replace(/^failed to parse policies from string: /, '')}${expected === undefined ? '' : ` (${expected})`}`;
    const place = positionAt(file.text, source?.start ?? 0);
    return { severity: 'error', file: file.path, ...place, message, ...(one.help === null ? {} : { suggestion: one.help }) };
  });
}

function problemAt(file: PolicyFile, offset: number, message: string, suggestion: string): PolicyProblem {
  return { severity: 'error', file: file.path, ...placeOf(file.text, offset), message, suggestion };
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
