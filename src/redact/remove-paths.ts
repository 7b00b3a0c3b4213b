/**
 * Takes parts out of a resource: what was around a removed part closes up, and what becomes empty goes too, because
 * FHIR knows no empty element (ele-1). A primitive and its `_name` sibling go together and stay aligned (FHIR R4
 * section 2.6.2.2). Untouched parts are shared with the input, which is never changed.
 */
import type { Json, JsonObject, Path, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';

interface Cut {
  gone: boolean;
  readonly within: Map<string | number, Cut>;
}

const newCut = (): Cut => ({ gone: false, within: new Map() });

function cutsOf(paths: readonly Path[]): Cut {
  const root = newCut();
  for (const path of paths) {
    let at = root;
    for (const step of path) {
      const next = at.within.get(step) ?? newCut();
      at.within.set(step, next);
      at = next;
    }
    at.gone = true;
  }
  return root;
}

/** @returns whether the path leads to something in the resource */
export function hasPath(resource: Resource, path: Path): boolean {
  let value: unknown = resource;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value !== undefined && value !== null;
}

/**
 * @param paths places in the resource as it is; a path into a part that another path removes is no error
 * @returns the rest, or `undefined` where nothing is left (the empty path removes the resource)
 */
export function removePaths(resource: Resource, paths: readonly Path[]): Resource | undefined {
  if (paths.length === 0) return resource;
  return prune(resource as Json, cutsOf(paths), false) as Resource | undefined;
}

function prune(value: Json, cut: Cut | undefined, extension: boolean): Json | undefined {
  if (cut === undefined) return value;
  if (cut.gone) return undefined;
  if (Array.isArray(value)) return pruneItems(value, cut, extension);
  return isObject(value) ? pruneObject(value, cut, extension) : value;
}

function pruneItems(items: readonly Json[], cut: Cut, extension: boolean): Json | undefined {
  const rest = items.map((item, index) => prune(item, cut.within.get(index), extension)).filter((item) => item !== undefined);
  return rest.length === 0 ? undefined : rest;
}

function pruneObject(value: JsonObject, cut: Cut, extension: boolean): Json | undefined {
  const rest: Record<string, Json> = {};
  for (const [name, child] of Object.entries(value)) {
    // Assigning it would set the prototype of what is released; no element has this name.
    if (name === '__proto__') continue;
    const plain = name.startsWith('_') ? name.slice(1) : name;
    const own = cut.within.get(plain);
    const other = cut.within.get(`_${plain}`);
    if (own === undefined && other === undefined) rest[name] = child;
    else if (own?.gone) continue;
    else if (Array.isArray(value[`_${plain}`])) Object.assign(rest, prunePrimitives(value, plain, own, other));
    else {
      const left = prune(child, cut.within.get(name), name === 'extension' || name === 'modifierExtension');
      if (left !== undefined) rest[name] = left;
    }
  }
  return isEmpty(rest, extension) ? undefined : rest;
}

/** Values and their `_name` siblings, item by item: an item goes when its value is removed or nothing of it is left. */
function prunePrimitives(value: JsonObject, name: string, own: Cut | undefined, other: Cut | undefined): Record<string, Json> {
  const values = (value[name] ?? []) as readonly Json[];
  const siblings = value[`_${name}`] as readonly Json[];
  const kept: [Json, Json][] = [];
  for (let index = 0; index < Math.max(values.length, siblings.length); index += 1) {
    if (own?.within.get(index)?.gone) continue;
    const sibling = other?.gone ? null : (prune(siblings[index] ?? null, other?.within.get(index), false) ?? null);
    const item = values[index] ?? null;
    if (item !== null || sibling !== null) kept.push([item, sibling]);
  }
  const rest: Record<string, Json> = {};
  if (kept.some(([item]) => item !== null)) rest[name] = kept.map(([item]) => item);
  if (kept.some(([, sibling]) => sibling !== null)) rest[`_${name}`] = kept.map(([, sibling]) => sibling);
  return rest;
}

/** Nothing but an id is nothing (ele-1); an extension without value and extensions is none (ext-1). */
function isEmpty(value: JsonObject, extension: boolean): boolean {
  return Object.keys(value).every((name) => name === 'id' || (extension && (name === 'url' || name === '_url')));
}
