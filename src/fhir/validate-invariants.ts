/**
 * Holds a resource to the invariants of severity `error` in the base R4 definitions, as FHIRPath (FHIR R4 section
 * 2.21.0.6 constraints). An expression is compiled when it is first needed and kept. Invariants that need other
 * resources or a terminology server, or that the evaluator can't judge, are listed in `NOT_EVALUATED`: neither passed
 * nor failed.
 */
import fhirpath, { type Compile } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import constraints from './definitions/r4-constraints.json' with { type: 'json' };
import { elementsOf } from './definitions.ts';
import type { Json, Resource } from './resource.ts';
import type { ValidationIssue } from './validate-structure.ts';
import { type VisitedElement, walkElements } from './walk-elements.ts';

/** Key of each invariant that is not evaluated, and why. */
export const NOT_EVALUATED: ReadonlyMap<string, string> = new Map([
  ['ref-1', 'checked with the structure'],
  ['ctm-1', 'needs the referenced resource'],
  ['eld-16', 'its pattern is no valid JavaScript pattern'],
  ['eld-19', 'its pattern is no valid JavaScript pattern'],
  ['que-7', 'the evaluator takes a FHIR boolean for no Boolean'],
  ['ras-1', 'the evaluator fails on a decimal'],
  ['txt-1', 'a narrative is given whole or not at all'],
  ['txt-2', 'a narrative is given whole or not at all'],
]);

interface Invariant {
  readonly key: string;
  readonly expression: string;
}

const invariants: ReadonlyMap<string, readonly Invariant[]> = new Map(
  Object.entries(constraints as unknown as Record<string, [string, string][]>).map(([at, rows]) => [
    at,
    rows.filter(([key]) => !NOT_EVALUATED.has(key)).map(([key, expression]) => ({ key, expression })),
  ]),
);

const compiled = new Map<string, Compile<{ traceFn: () => void }>>();

function evaluator(base: string, expression: string): Compile<{ traceFn: () => void }> {
  const id = `${base} ${expression}`;
  const known = compiled.get(id);
  if (known !== undefined) return known;
  // Without a function of our own, trace() writes the data to the console.
  const made = fhirpath.compile({ base, expression }, r4, { traceFn: () => {} });
  compiled.set(id, made);
  return made;
}

function holds(element: VisitedElement, base: string, expression: string): boolean {
  try {
    const result = evaluator(base, expression)(element.value as Json, {
      resource: element.resource,
      rootResource: element.container,
    }) as unknown[];
    return result.length === 0 || result[0] !== false;
  } catch {
    // Not evaluable on this data: the caller can't tell it from broken, so it counts as broken.
    return false;
  }
}

/**
 * @param unchanged objects that are known to be as they were when they were last looked at: with what is inside them,
 * they are not looked at again
 * @returns the invariants that do not hold, each with the element that it is defined on
 */
export function validateInvariants(resource: Resource, unchanged?: ReadonlySet<Json>): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  walkElements(resource, (element) => {
    const { type, path } = element;
    if (unchanged?.has(element.value)) return 'skip';
    if (type === undefined) return;
    const keys = element.at === type ? [type] : [element.at, type];
    for (const at of keys) {
      for (const { key, expression } of invariants.get(at) ?? []) {
        if (!holds(element, type, expression)) issues.push({ kind: 'invariant', path, what: key });
      }
    }
  });
  return issues;
}

/** @returns keys of the invariants of the resource type itself that do not hold; those of its parts are not looked at */
export function brokenAtRoot(resource: Resource): readonly string[] {
  const type = resource.resourceType;
  const root: VisitedElement = { value: resource as Json, path: [], type, definition: undefined, at: type, resource, container: resource };
  return (invariants.get(type) ?? []).filter(({ expression }) => !holds(root, type, expression)).map(({ key }) => key);
}

/** @returns the elements of a resource type that one of its invariants speaks of, as the definition names them: `value[x]` */
export function elementsNamedBy(type: string, key: string): readonly string[] {
  const expression = (invariants.get(type) ?? []).find((invariant) => invariant.key === key)?.expression ?? '';
  const words = new Set(expression.replace(/'[^']*'/g, '').match(/[A-Za-z]+/g));
  return [...(elementsOf(type)?.keys() ?? [])].filter((name) => words.has(name.replace('[x]', '')));
}
