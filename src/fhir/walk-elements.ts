/**
 * Visits every element of a resource together with its definition (FHIR R4 StructureDefinition snapshots): contained
 * resources, Bundle entries, extensions and the `_name` siblings of primitives included. What FHIR does not define is
 * visited too, without a definition, so that no part of a resource escapes whoever looks.
 */
import { type ElementDefinition, elementOf } from './definitions.ts';
import type { Json, JsonObject, Path, Resource } from './resource.ts';

/** Levels of JSON that are followed; deeper data is refused, so that no input can exhaust the stack. */
export const MAX_DEPTH = 100;

export interface VisitedElement {
  readonly value: Json;
  readonly path: Path;
  /** FHIR type, backbone path (`Observation.component`) or resource type; `undefined` for what FHIR does not define. */
  readonly type: string | undefined;
  /** Absent for the root, for items of primitive extensions and for what FHIR does not define. */
  readonly definition: ElementDefinition | undefined;
  /** Path in the definition: `Observation.value[x]`. */
  readonly at: string;
  /** The nearest resource around the element. */
  readonly resource: Resource;
}

export type Visit = (element: VisitedElement) => void;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Calls `visit` for the resource and for every element in it, parents first; array items one by one.
 * @returns `false` where the resource nests deeper than `MAX_DEPTH`: then not all of it was visited
 */
export function walkElements(resource: Resource, visit: Visit): boolean {
  let complete = true;

  const into = (
    value: Json,
    path: Path,
    type: string | undefined,
    definition: ElementDefinition | undefined,
    at: string,
    owner: Resource,
  ) => {
    if (path.length > MAX_DEPTH) {
      complete = false;
      return;
    }
    if (Array.isArray(value)) {
      value.forEach((item: Json, index) => {
        if (item !== null) into(item, [...path, index], type, definition, at, owner);
      });
      return;
    }
    const nested =
      isObject(value) && typeof value.resourceType === 'string' && (type === undefined || type === 'Resource' || path.length === 0);
    const around = nested ? (value as Resource) : owner;
    const actual = nested ? around.resourceType : type;
    visit({ value, path, type: actual, definition, at, resource: around });
    if (isObject(value)) children(value, path, actual, nested ? around.resourceType : at, around);
  };

  const children = (value: JsonObject, path: Path, type: string | undefined, at: string, owner: Resource) => {
    for (const [name, child] of Object.entries(value)) {
      const hit = type === undefined ? undefined : elementOf(type, name);
      if (child === null || (name === 'resourceType' && hit === undefined)) continue;
      if (hit !== undefined) into(child, [...path, name], hit.type, hit.definition, `${type}.${hit.name}`, owner);
      else if (name.startsWith('_')) into(child, [...path, name], 'Element', undefined, `${type ?? at}.${name}`, owner);
      else into(child, [...path, name], undefined, undefined, `${type ?? at}.${name}`, owner);
    }
  };

  into(resource as Json, [], resource.resourceType, undefined, resource.resourceType, resource);
  return complete;
}
