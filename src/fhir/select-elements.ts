/**
 * Where in a resource a FHIRPath stands (FHIR R4 fhirpatch.html): the places of the elements that it selects. Only functions
 * that select are accepted; the rest of the language could be made to run for ever on a caller's behalf.
 */
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { PrivityError } from '../errors.ts';
import type { JsonObject, Path, Resource } from './resource.ts';
import { isObject } from './walk-elements.ts';

const FUNCTIONS: ReadonlySet<string> = new Set([
  'where',
  'first',
  'last',
  'single',
  'exists',
  'empty',
  'not',
  'ofType',
  'extension',
  'startsWith',
]);
const MAX_LENGTH = 1000;

interface ResourceNode {
  readonly propName: string | null;
  readonly index: number | null;
  readonly parentResNode: ResourceNode | null;
}

/** @throws PrivityError `patch-failed` for what is no path, or more than one */
export function selectElements(resource: Resource, expression: string): readonly Path[] {
  requireSimple(expression);
  const found = evaluate(resource, expression);
  return found.map((node) => {
    if (typeof node !== 'object' || node === null || !('parentResNode' in node))
      throw new PrivityError('patch-failed', 'the path selects no element');
    return pathOf(resource, node as ResourceNode);
  });
}

function requireSimple(expression: string): void {
  if (expression.length > MAX_LENGTH) throw new PrivityError('patch-failed', 'a path is too long');
  const bare = expression.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''");
  const called = [...bare.matchAll(/([A-Za-z_][A-Za-z0-9_]*|`[^`]*`)\s*\(/g)].map((match) => match[1] ?? '');
  const strange = called.some((name) => !FUNCTIONS.has(name)) || /[%&|*+~]|\/\/|\/\*/.test(bare);
  if (strange) throw new PrivityError('patch-failed', 'a path may only select: where, first, last, single, ofType, extension and indexes');
}

function evaluate(resource: Resource, expression: string): readonly unknown[] {
  try {
    const compiled = fhirpath.compile(expression, r4, { resolveInternalTypes: false, traceFn: () => {} });
    return compiled(structuredClone(resource)) as unknown[];
  } catch (cause) {
    throw new PrivityError('patch-failed', 'a path can not be evaluated', { cause });
  }
}

function pathOf(resource: Resource, node: ResourceNode): Path {
  const steps: (string | number)[] = [];
  for (let at: ResourceNode | null = node; at !== null && at.propName !== null; at = at.parentResNode) {
    if (at.index !== null) steps.unshift(at.index);
    steps.unshift(at.propName);
  }
  return propertiesOf(resource, steps);
}

/** FHIRPath says `value` where JSON says `valueQuantity`. */
function propertiesOf(resource: Resource, steps: readonly (string | number)[]): Path {
  let node: unknown = resource;
  return steps.map((step) => {
    const property = typeof step === 'string' && isObject(node) ? propertyOf(node, step) : step;
    node = (node as Record<string | number, unknown> | undefined)?.[property];
    return property;
  });
}

function propertyOf(node: JsonObject, name: string): string {
  if (Object.hasOwn(node, name) || Object.hasOwn(node, `_${name}`)) return name;
  const typed = Object.keys(node).filter((key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)));
  const [only] = typed;
  if (typed.length !== 1 || only === undefined) throw new PrivityError('patch-failed', 'the path selects no element');
  return only;
}
