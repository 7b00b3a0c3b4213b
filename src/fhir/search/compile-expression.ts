/**
 * Turns the FHIRPath of a SearchParameter into typed paths that are walked without an interpreter. HL7's R4 search parameters
 * use a small part of FHIRPath: paths, unions, `as`, `where(x='y')`, `where(resolve() is T)`, an index, and one boolean
 * (`Patient.deceased`). Choice elements are expanded here, so a walk is property lookups only. `resolve()` is judged by
 * the type that the literal reference names. Anything else is not understood: the parameter can't be evaluated.
 * A test holds every expression to the `fhirpath` library's answer on HL7's examples.
 */
import { elementOf, elementsOf } from '../definitions.ts';
import { parseReference } from '../reference.ts';
import type { Reference } from '../resource.ts';

/** A value with its FHIR type: `Quantity`, `dateTime`; for a backbone element its path (`Observation.component`). */
export interface TypedValue {
  readonly value: unknown;
  readonly type: string;
}

/** Values at an expression. `root` is the whole resource (`%resource`), `node` where relative paths start. */
export type Evaluate = (node: unknown, root: unknown) => TypedValue[];

interface Step {
  readonly property: string;
  readonly index?: number;
  readonly keep?: (value: unknown) => boolean;
}

interface TypedPath {
  readonly type: string;
  readonly steps: readonly Step[];
}

/** Splits where `separator` stands outside parentheses and quotes. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i));
      start = i + separator.length;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim());
}

const sameType = (a: string, b: string) => a.slice(1) === b.slice(1) && a[0]?.toLowerCase() === b[0]?.toLowerCase();

function resolvesTo(type: string): (value: unknown) => boolean {
  return (value) => {
    const { reference, type: stated } = (value ?? {}) as Reference;
    if (typeof reference !== 'string') return stated === type;
    return (parseReference(reference)?.type ?? stated) === type;
  };
}

function withLast(path: TypedPath, change: Partial<Step>): TypedPath {
  const last = path.steps.at(-1);
  return last === undefined ? path : { ...path, steps: [...path.steps.slice(0, -1), { ...last, ...change }] };
}

function child(path: TypedPath, name: string): TypedPath[] {
  const hit = elementOf(path.type, name);
  if (hit !== undefined) return [{ type: hit.type, steps: [...path.steps, { property: name }] }];
  const choice = elementsOf(path.type)?.get(`${name}[x]`);
  return (choice?.types ?? []).map((type) => ({
    type,
    steps: [...path.steps, { property: `${name}${type[0]?.toUpperCase()}${type.slice(1)}` }],
  }));
}

/** @returns `undefined` for a step outside the part of FHIRPath that is understood */
function follow(paths: readonly TypedPath[], step: string): TypedPath[] | undefined {
  const named = /^([a-z]\w*)(?:\[(\d+)\])?$/i.exec(step);
  if (named?.[1] !== undefined) {
    const [, name, index] = named;
    const found = paths.flatMap((path) => child(path, name));
    return index === undefined ? found : found.map((path) => withLast(path, { index: Number(index) }));
  }
  const cast = /^(?:as|ofType)\((\w+)\)$/.exec(step)?.[1];
  if (cast !== undefined) return paths.filter((path) => sameType(path.type, cast));
  const resolved = /^where\(resolve\(\) is (\w+)\)$/.exec(step)?.[1];
  if (resolved !== undefined) return paths.map((path) => withLast(path, { keep: resolvesTo(resolved) }));
  const [, property, literal] = /^where\((\w+) ?= ?'([^']*)'\)$/.exec(step) ?? [];
  if (property === undefined) return undefined;
  const keep = (value: unknown) => (value as Record<string, unknown> | null)?.[property] === literal;
  return paths.map((path) => withLast(path, { keep }));
}

function pathsOf(arm: string, start: TypedPath): TypedPath[] | undefined {
  const [, inner, cast, rest] = /^\((.+) as (\w+)\)(?:\.(.+))?$/.exec(arm) ?? [];
  const steps = inner === undefined ? splitTop(arm, '.') : [...splitTop(inner, '.'), `as(${cast})`, ...(rest ? splitTop(rest, '.') : [])];
  const named = steps[0] === start.type || steps[0] === 'Resource' || steps[0] === 'DomainResource';
  let paths: TypedPath[] | undefined = [start];
  for (const step of named ? steps.slice(1) : steps) {
    paths = follow(paths, step);
    if (paths === undefined) return undefined;
  }
  return paths;
}

function collect(node: unknown, path: TypedPath, depth: number, out: TypedValue[]): void {
  const step = path.steps[depth];
  if (step === undefined) {
    out.push({ value: node, type: path.type });
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const found = (node as Record<string, unknown>)[step.property];
  if (found === undefined) return;
  const items = Array.isArray(found) ? (step.index === undefined ? found : found.slice(step.index, step.index + 1)) : [found];
  for (const item of items) {
    if (item !== null && (step.keep === undefined || step.keep(item))) collect(item, path, depth + 1, out);
  }
}

/** `X.exists() and X != false`: always one boolean. */
function compileFlag(path: string, start: TypedPath): Evaluate | undefined {
  const paths = pathsOf(path, start);
  if (paths === undefined) return undefined;
  return (node) => {
    const out: TypedValue[] = [];
    for (const each of paths) collect(node, each, 0, out);
    return [{ value: out.some(({ value }) => value !== false), type: 'boolean' }];
  };
}

export interface CompiledExpression {
  readonly evaluate: Evaluate;
  /** The types that values may have. */
  readonly types: readonly string[];
}

const cache = new Map<string, CompiledExpression | null>();

/**
 * @param startType the resource type, or the type of the element that a composite's components start at
 * @param expression FHIRPath of an R4 SearchParameter
 * @param rootType the resource type where it differs, for `%resource`
 * @returns `undefined` where the expression is not understood
 */
export function compileExpression(startType: string, expression: string, rootType = startType): CompiledExpression | undefined {
  const key = `${rootType} ${startType} ${expression}`;
  const known = cache.get(key);
  if (known !== undefined) return known ?? undefined;
  const compiled = compile(startType, expression, rootType);
  cache.set(key, compiled ?? null);
  return compiled;
}

function compile(startType: string, expression: string, rootType: string): CompiledExpression | undefined {
  const start: TypedPath = { type: startType, steps: [] };
  const flag = /^(\S+)\.exists\(\) and \1 != false$/.exec(expression)?.[1];
  if (flag !== undefined) {
    const evaluate = compileFlag(flag, start);
    return evaluate && { evaluate, types: ['boolean'] };
  }
  const arms: { path: TypedPath; fromRoot: boolean }[] = [];
  for (const arm of splitTop(expression, '|')) {
    const fromRoot = arm.startsWith('%resource.');
    const paths = fromRoot ? pathsOf(arm.slice('%resource.'.length), { type: rootType, steps: [] }) : pathsOf(arm, start);
    if (paths === undefined || paths.length === 0) return undefined;
    for (const path of paths) arms.push({ path, fromRoot });
  }
  const evaluate: Evaluate = (node, root) => {
    const out: TypedValue[] = [];
    for (const { path, fromRoot } of arms) collect(fromRoot ? root : node, path, 0, out);
    return out;
  };
  return { evaluate, types: [...new Set(arms.map(({ path }) => path.type))] };
}
