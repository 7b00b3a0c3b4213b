/**
 * What follows from a resource alone is worked out once for it: resources are never changed, and one that the upstream gives again
 * is the same object again (parse-fhir.ts). What is kept goes with the resource.
 */
import type { Resource } from './resource.ts';

/** @param compute a function of the resource and the base URL, of nothing else; its value is shared, and never changed */
export function perResource<Value>(compute: (resource: Resource, base: string) => Value): (resource: Resource, base: string) => Value {
  const kept = new WeakMap<Resource, { readonly base: string; readonly value: Value }>();
  return (resource, base) => {
    const known = kept.get(resource);
    if (known !== undefined && known.base === base) return known.value;
    const value = compute(resource, base);
    kept.set(resource, { base, value });
    return value;
  };
}
