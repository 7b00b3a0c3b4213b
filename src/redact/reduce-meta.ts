/**
 * What a view leaves of `meta`: which version this is, what it conforms to, its labels, and that it is not whole. Where a
 * record came from, its tags and extensions are no element that a recipient's purpose needs (45 CFR 164.514(d)): a source
 * or a tag may name the person or the department.
 */
import type { Json, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import { addMark, SUBSETTED } from './security-marks.ts';

const KEPT: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'profile', 'security']);
const MARKED = [SUBSETTED] as unknown as Json;

/** @returns the same object where no more was there */
export function reduceMeta(resource: Resource): Resource {
  const { meta } = resource;
  if (meta === undefined) return resource;
  const isWhole = Object.entries(meta).every(([name, value]) => KEPT.has(name) || (name === 'tag' && sameJson(value as Json, MARKED)));
  if (isWhole) return resource;
  const { meta: _, ...rest } = resource;
  const kept = Object.fromEntries(Object.entries(meta).filter(([name]) => KEPT.has(name)));
  return addMark({ ...rest, meta: kept } as Resource, 'tag', SUBSETTED);
}
