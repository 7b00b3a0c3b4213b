/** A resource without its content: the names of its elements and how many there are, every value as `…`. */
import type { Json, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';

export const HIDDEN = '…';

/** The resource's own type and id are how it was asked for; types of contained resources are part of the structure. */
export function structureOf(resource: Resource): Resource {
  const { resourceType, id } = resource;
  return { ...(hidden(resource as Json) as object), resourceType, ...(id === undefined ? {} : { id }) };
}

function hidden(value: Json): Json {
  if (Array.isArray(value)) return value.map(hidden);
  if (!isObject(value)) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, name === 'resourceType' ? child : hidden(child)]));
}
