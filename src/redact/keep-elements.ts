/**
 * Leaves of a resource the top-level elements that are asked for; `resourceType`, `id` and `meta` always stay, contained
 * resources as long as a kept element refers to them. Marked SUBSETTED where something was left out (FHIR R4 3.1.1.5.9).
 */
import { containedLinks } from '../fhir/contained-links.ts';
import { elementOf } from '../fhir/definitions.ts';
import { findPointers } from '../fhir/find-pointers.ts';
import type { Resource } from '../fhir/resource.ts';
import { removePaths } from './remove-paths.ts';
import { addMark, SUBSETTED } from './security-marks.ts';

const ALWAYS = new Set(['resourceType', 'id', '_id', 'meta', 'contained']);

/**
 * @param keep whether an element stays, by its name in the definition: `value[x]`; what FHIR does not define goes
 * @returns the same object where nothing was left out
 */
export function keepElements(resource: Resource, keep: (name: string) => boolean): Resource {
  const rest: Record<string, unknown> = {};
  let dropped = false;
  for (const [property, value] of Object.entries(resource)) {
    const name = elementOf(resource.resourceType, property.startsWith('_') ? property.slice(1) : property)?.name;
    if (ALWAYS.has(property) || (name !== undefined && keep(name))) rest[property] = value;
    else dropped = true;
  }
  return dropped ? markSubset(rest as Resource) : resource;
}

/** Marks what is left, without the contained resources that only left-out elements referred to. */
export function markSubset(rest: Resource): Resource {
  return addMark(withoutOrphans(rest), 'tag', SUBSETTED);
}

function withoutOrphans(resource: Resource): Resource {
  if (resource.contained === undefined) return resource;
  const { contained: _, ...bare } = resource;
  const found = findPointers(resource);
  return found === undefined ? (bare as Resource) : (removePaths(resource, containedLinks(found).orphans) ?? resource);
}
