/**
 * `ValueSet.compose` that lists its concepts (FHIR R4 section 4.9.3). What only a terminology server can answer (a filter, an import,
 * a whole code system) is named with what to do about it.
 */
import { canonicalCode, canonicalSystem } from './canonical-code.ts';
import type { ListedCode } from './read-value-set-codes.ts';
import { type ListedPart, unknownModifier, type ValueSetProblem, valueSetError } from './read-value-set-problem.ts';

interface Part {
  readonly system?: string;
  readonly concept?: readonly { readonly code: string; readonly modifierExtension?: unknown }[];
  readonly filter?: readonly unknown[];
  readonly valueSet?: readonly string[];
  readonly modifierExtension?: unknown;
}

interface Compose {
  readonly include: readonly Part[];
  readonly exclude?: readonly Part[];
  readonly modifierExtension?: unknown;
}

const ADVICE = 'List the concepts, upload the ValueSet with its expansion, or configure classify.terminologyServer.';

/** @param compose of sound structure */
export function readCompose(compose: Compose): ListedPart {
  const problems: ValueSetProblem[] = compose.modifierExtension === undefined ? [] : [unknownModifier('ValueSet.compose')];
  const unexpanded: ValueSetProblem[] = [];
  const list = (name: 'include' | 'exclude') =>
    (compose[name] ?? []).flatMap((part, at) => listPart(part, `ValueSet.compose.${name}[${at}]`, problems, unexpanded));
  const included = list('include');
  const excluded = new Set(list('exclude').map(keyOf));
  return { codes: included.filter((each) => !excluded.has(keyOf(each))), problems, unexpanded };
}

function listPart(part: Part, path: string, problems: ValueSetProblem[], unexpanded: ValueSetProblem[]): readonly ListedCode[] {
  const { system, concept, filter, valueSet } = part;
  const needs = (element: string, what: string) =>
    unexpanded.push(valueSetError(`${path}${element}`, `${what} can be read by a terminology server only. ${ADVICE}`));
  const wrong = (element: string, message: string) => problems.push(valueSetError(`${path}${element}`, message));
  if (part.modifierExtension !== undefined) problems.push(unknownModifier(path));
  if (system === undefined && valueSet === undefined) wrong('', 'It names neither a code system nor a value set (vsd-1).');
  if (system === undefined && (concept ?? filter) !== undefined) wrong('', 'Its concepts or filters have no code system (vsd-2).');
  if (concept !== undefined && filter !== undefined) wrong('', 'Concepts and a filter exclude each other (vsd-3).');
  if (filter !== undefined) needs('.filter', 'A filter');
  if (valueSet !== undefined) needs('.valueSet', 'Another value set');
  if (system === undefined) return [];
  if (concept === undefined && filter === undefined && valueSet === undefined) needs('', 'A whole code system');
  return (concept ?? []).map(({ code, modifierExtension }, at) => {
    const place = `${path}.concept[${at}]`;
    if (modifierExtension !== undefined) problems.push(unknownModifier(place));
    return { system, code, path: place };
  });
}

function keyOf({ system, code }: ListedCode): string {
  const named = canonicalSystem(system);
  return `${named}|${canonicalCode(named, code)}`;
}
