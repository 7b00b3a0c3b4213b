/** Puts a value at places of a resource; everything else is shared with the input. */
import type { Json, Path, Resource } from '../fhir/resource.ts';

/** @param paths places that exist */
export function setPaths(resource: Resource, paths: readonly Path[], value: Json): Resource {
  return paths.reduce<Json>((whole, path) => setAt(whole, path, value), resource as Json) as Resource;
}

function setAt(whole: Json, path: Path, value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof whole !== 'object' || whole === null) return value;
  const copy = (Array.isArray(whole) ? [...whole] : { ...whole }) as Record<string | number, Json>;
  copy[step] = setAt(copy[step] ?? null, rest, value);
  return copy as Json;
}
