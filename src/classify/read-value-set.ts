/**
 * A FHIR R4 ValueSet of an administrator -> the codes that it lists, or everything that keeps it from being read exactly, each
 * with its place (FHIR R4 section 4.9; design.md 4.1 point 2). Whatever would make a smaller set than was meant is refused: a
 * code that is missing is a label that is missing.
 */

import { type Json, pathText, type Resource } from '../fhir/resource.ts';
import { type ValidationIssue, validateStructure } from '../fhir/validate-structure.ts';
import { isObject } from '../fhir/walk-elements.ts';
import { collectCodes, type ValueSetSystem } from './read-value-set-codes.ts';
import { readCompose } from './read-value-set-compose.ts';
import { readExpansion } from './read-value-set-expansion.ts';
import { type ListedPart, unknownModifier, type ValueSetProblem, valueSetError, valueSetWarning } from './read-value-set-problem.ts';

export interface ReadValueSet {
  /** Absent where there are errors. As written, where records that write the same are found by it. */
  readonly systems?: readonly ValueSetSystem[];
  readonly problems: readonly ValueSetProblem[];
  /** Nothing is wrong but that a terminology server has to say which codes are meant. */
  readonly expandable: boolean;
}

/** Told at most; the rest is counted. */
const MAX_PROBLEMS = 50;

/** @param value parsed JSON, of any shape */
export function readValueSet(value: unknown): ReadValueSet {
  if (!isObject(value as Json) || (value as Resource).resourceType !== 'ValueSet') {
    return refused([valueSetError('ValueSet', 'This is no FHIR R4 ValueSet.')]);
  }
  const valueSet = value as Resource;
  const malformed = validateStructure(valueSet).map(malformation);
  if (malformed.length > 0) return refused(malformed);
  const head = headProblems(valueSet);
  const { expansion, compose } = valueSet;
  if (expansion === undefined && compose === undefined) {
    return refused([...head, valueSetError('ValueSet', 'It has neither `expansion` nor `compose`: no codes.')]);
  }
  const composed = compose === undefined ? undefined : readCompose(compose);
  const part = expansion === undefined ? (composed as ListedPart) : readExpansion(expansion);
  const wrong = [...head, ...part.problems].filter(({ severity }) => severity === 'error');
  const problems = [...head, ...part.problems, ...part.unexpanded];
  if (wrong.length > 0 || part.unexpanded.length > 0) return { problems: bounded(problems), expandable: wrong.length === 0 };
  const { systems, problems: odd } = collectCodes(part.codes);
  const all = [...problems, ...odd, ...(expansion === undefined ? [] : contradictions(part, composed))];
  return all.some(({ severity }) => severity === 'error') ? refused(all) : { systems, problems: bounded(all), expandable: false };
}

function refused(problems: readonly ValueSetProblem[]): ReadValueSet {
  return { problems: bounded(problems), expandable: false };
}

const MALFORMED: Readonly<Record<ValidationIssue['kind'], string>> = {
  unknown: 'FHIR R4 has no such element here',
  cardinality: 'it is missing, or stands too often',
  type: 'not of its type',
  choice: 'it stands twice with different types',
  empty: 'empty',
  invariant: 'it breaks a rule of the base definition',
  depth: 'nested too deep',
};

function malformation({ kind, path, what }: ValidationIssue): ValueSetProblem {
  return valueSetError(pathText('ValueSet', path), `${MALFORMED[kind]} (${what}).`);
}

function headProblems({ implicitRules, modifierExtension, status }: Resource): readonly ValueSetProblem[] {
  const problems: ValueSetProblem[] = [];
  if (implicitRules !== undefined)
    problems.push(valueSetError('ValueSet.implicitRules', 'Rules that change its meaning are not understood here.'));
  if (modifierExtension !== undefined) problems.push(unknownModifier('ValueSet'));
  if (status === 'retired') problems.push(valueSetWarning('ValueSet.status', 'Its publisher has retired it.'));
  return problems;
}

/** Where `compose` can be read too, it should say the same as the expansion: the expansion is what is taken. */
function contradictions({ codes }: ListedPart, composed: ListedPart | undefined): readonly ValueSetProblem[] {
  if (composed === undefined || composed.unexpanded.length > 0 || composed.problems.some(({ severity }) => severity === 'error')) return [];
  const listed = new Set(codes.map(({ system, code }) => `${system}|${code}`));
  const missing = composed.codes.filter(({ system, code }) => !listed.has(`${system}|${code}`));
  const [first] = missing;
  if (first === undefined) return [];
  const what = missing.length === 1 ? '1 concept' : `${missing.length} concepts`;
  return [valueSetWarning(first.path, `The expansion, which is taken, leaves out ${what} that compose lists.`)];
}

function bounded(problems: readonly ValueSetProblem[]): readonly ValueSetProblem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const sorted = problems.toSorted((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  const left = problems.length - MAX_PROBLEMS;
  return [...sorted.slice(0, MAX_PROBLEMS), valueSetWarning('ValueSet', `${left} more problems are not shown.`)];
}
