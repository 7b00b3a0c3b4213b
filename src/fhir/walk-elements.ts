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
  /** The nearest resource that is not itself contained in another. */
  readonly container: Resource;
}

/** `'skip'` leaves out what is inside the element. */
// biome-ignore lint/suspicious/noConfusingVoidType: most visitors return nothing
export type Visit = (element: VisitedElement) => 'skip' | void;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Calls `visit` for the resource and for every element in it, parents first; array items one by one.
 * @returns `false` where the resource nests deeper than `MAX_DEPTH`: then not all of it was visited
 */
export function walkElements(resource: Resource, visit: Visit): boolean {
  let complete = true;

  const into = (place: Place, value: Json, path: Path, owner: Owner) => {
    if (path.length > MAX_DEPTH) complete = false;
    else if (Array.isArray(value)) {
      value.forEach((item: Json, index) => {
        if (item !== null) into(place, item, [...path, index], owner);
      });
    } else {
      const nested = isObject(value) && typeof value.resourceType === 'string' && place.type === 'Resource';
      const around = nested ? ownerOf(value as Resource, path, owner) : owner;
      const type = nested ? around.resource.resourceType : place.type;
      const skipped = visit({ ...place, ...around, type, value, path }) === 'skip';
      if (!skipped && isObject(value)) children(value, path, type, nested ? around.resource.resourceType : place.at, around);
    }
  };

  const children = (value: JsonObject, path: Path, type: string | undefined, at: string, owner: Owner) => {
    for (const [name, child] of Object.entries(value)) {
      const hit = type === undefined ? undefined : elementOf(type, name);
      if (child === null || (name === 'resourceType' && hit === undefined)) continue;
      const place =
        hit === undefined
          ? { type: name.startsWith('_') ? 'Element' : undefined, definition: undefined, at: `${type ?? at}.${name}` }
          : { type: hit.type, definition: hit.definition, at: `${type}.${hit.name}` };
      into(place, child, [...path, name], owner);
    }
  };

  const root = { type: 'Resource', definition: undefined, at: resource.resourceType };
  into(root, resource as Json, [], { resource, container: resource });
  return complete;
}

type Place = Pick<VisitedElement, 'type' | 'definition' | 'at'>;
type Owner = Pick<VisitedElement, 'resource' | 'container'>;

const ownerOf = (resource: Resource, path: Path, { container }: Owner): Owner => ({
  resource,
  container: path.at(-2) === 'contained' ? container : resource,
});
