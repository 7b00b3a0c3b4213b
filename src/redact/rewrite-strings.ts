/** Applies a rewriting to every string of a resource, sharing what it leaves unchanged. */
import type { Json, Resource } from '../fhir/resource.ts';
import { MAX_DEPTH } from '../fhir/walk-elements.ts';

/**
 * @returns the same object where no string changed; `undefined` where the resource nests deeper than `MAX_DEPTH`
 */
export function rewriteStrings<T extends Resource>(resource: T, rewrite: (text: string) => string): T | undefined {
  return into(resource as Json, rewrite, 0) as T | undefined;
}

function into(value: Json, rewrite: (text: string) => string, depth: number): Json | undefined {
  if (typeof value === 'string') return rewrite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return undefined;
  // This runs over every string that leaves: for…in builds no arrays of names.
  let copy: Record<string, Json> | undefined;
  for (const name in value) {
    const child = (value as Record<string, Json>)[name] as Json;
    const next = into(child, rewrite, depth + 1);
    if (next === undefined) return undefined;
    if (next === child) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, Json>;
    copy[name] = next;
  }
  return copy ?? value;
}
