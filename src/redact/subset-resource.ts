/**
 * `_summary` and `_elements` on a resource that is already released (FHIR R4 sections 3.1.1.5.8 and 3.1.1.5.9): labels are
 * read and parts removed on the whole resource first (threats.md 11). Required and modifier elements stay. Marked
 * SUBSETTED.
 */
import { elementOf, elementsOf } from '../fhir/definitions.ts';
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
const WHOLE = new Set(['id', 'meta', 'contained']);

function summarizeObject(value: JsonObject, type: string): JsonObject {
  const rest: Record<string, Json> = {};
  let changed = false;
  for (const [property, child] of Object.entries(value)) {
    const plain = property.startsWith('_') ? property.slice(1) : property;
    const hit = elementOf(type, plain);
    if (hit === undefined || WHOLE.has(plain)) rest[property] = child;
    else if (!isInSummary(type, hit.name)) changed = true;
    else {
      rest[property] = property === plain ? summarizeValue(child, hit.type) : child;
      changed ||= rest[property] !== child;
    }
  }
  return changed ? rest : value;
}

function summarizeValue(value: Json, type: string): Json {
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => summarizeValue(item, type));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  // Extensions have no summary of their own: one that is kept, a modifier, is kept whole; so is a nested resource.
  return isObject(value) && type !== 'Extension' && type !== 'Resource' ? summarizeObject(value, type) : value;
}
