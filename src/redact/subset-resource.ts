/**
 * `_summary` and `_elements` on a resource that is already released (FHIR R4 sections 3.1.1.5.8 and 3.1.1.5.9): labels are
 * read and parts removed on the whole resource first (threats.md 11). Required and modifier elements stay. Marked
 * SUBSETTED.
 */
import { type ElementHit, elementOf, elementsOf } from '../fhir/definitions.ts';
import type { Json, JsonObject, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';
import { keepElements, markSubset } from './keep-elements.ts';

export interface Subset {
  /** `_summary=count` is no subset of a resource: whoever counts answers it. */
  readonly summary?: 'true' | 'text' | 'data' | 'false';
  /** Top-level elements: `status`, `Observation.value`. */
  readonly elements?: readonly string[];
}

/** @returns the same object where nothing is left out; where both are asked for, `_elements` counts */
export function subsetResource(resource: Resource, { summary = 'false', elements }: Subset): Resource {
  const type = resource.resourceType;
  if (elements !== undefined && elements.length > 0) {
    const names = new Set(elements.map((name) => (name.startsWith(`${type}.`) ? name.slice(type.length + 1) : name)));
    return keepElements(resource, (name) => names.has(name) || names.has(name.replace('[x]', '')) || isNeeded(type, name));
  }
  if (summary === 'text') return keepElements(resource, (name) => name === 'text' || isNeeded(type, name));
  if (summary === 'data') return keepElements(resource, (name) => name !== 'text');
  return summary === 'true' ? summarize(resource) : resource;
}

function isNeeded(type: string, name: string): boolean {
  const definition = elementsOf(type)?.get(name);
  return definition !== undefined && (definition.min > 0 || definition.modifier === true);
}

/** Summary elements all the way down: `Observation.component.code`, but not `Observation.component.referenceRange`. */
function summarize(resource: Resource): Resource {
  const summary = summarizeObject(resource as JsonObject, resource.resourceType) as Resource;
  return summary === resource ? resource : markSubset(summary);
}

function isInSummary(type: string, name: string): boolean {
  return elementsOf(type)?.get(name)?.summary === true || isNeeded(type, name);
}

/** Kept as they are; contained resources that nothing refers to any more go when the subset is marked. */
const WHOLE = new Set(['resourceType', 'id', '_id', 'meta', 'contained']);

function summarizeObject(value: JsonObject, type: string): JsonObject {
  const rest: Record<string, Json> = {};
  let changed = false;
  for (const [property, child] of Object.entries(value)) {
    const plain = property.startsWith('_') ? property.slice(1) : property;
    const hit = elementOf(type, plain);
    const left = WHOLE.has(property) ? child : hit !== undefined && isInSummary(type, hit.name) ? summarizeValue(child, hit) : undefined;
    if (left !== undefined) rest[property] = left;
    changed ||= left !== child;
  }
  return changed ? rest : value;
}

/** @returns `undefined` where nothing of an optional element is in the summary; a required one then stays whole */
function summarizeValue(value: Json, hit: ElementHit): Json | undefined {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: Json) => (item === null ? [null] : (summarizeValue(item, hit) ?? [])));
    if (items.length === 0) return undefined;
    return items.length === value.length && items.every((item, index) => item === value[index]) ? value : items;
  }
  // Extensions have no summary of their own: one that is kept, a modifier, is kept whole; so is a nested resource.
  if (!isObject(value) || hit.type === 'Extension' || hit.type === 'Resource') return value;
  const summary = summarizeObject(value, hit.type);
  return Object.keys(summary).every((name) => name === 'id') ? (hit.definition.min > 0 ? value : undefined) : summary;
}
