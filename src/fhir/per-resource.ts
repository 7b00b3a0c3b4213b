/**
 * What follows from a resource alone is worked out once for it: resources are never changed, and one that the upstream gives again
 * is the same object again (parse-fhir.ts). All that is kept of a resource is kept in one place, which goes with it: a weak map for
 * each question would cost the collector more than the answers.
 */
import type { Resource } from './resource.ts';

const memory = new WeakMap<object, unknown[]>();
let slots = 0;

/** A place in what is kept of every resource. */
export interface Slot<Value> {
  get(resource: object): Value | undefined;
  set(resource: object, value: Value): void;
}

export function createSlot<Value>(): Slot<Value> {
  const slot = slots;
  slots += 1;
  return {
    get: (resource) => memory.get(resource)?.[slot] as Value | undefined,
    set(resource, value) {
      const kept = memory.get(resource);
      if (kept !== undefined) kept[slot] = value;
      else {
        const fresh: unknown[] = new Array(slots).fill(undefined);
        fresh[slot] = value;
        memory.set(resource, fresh);
      }
    },
  };
}

const bases = createSlot<string>();

/**
 * @param compute a function of the resource and the base URL, of nothing else; its value is shared, and never changed. Kept for the
 * base that came first: an installation has one for what it reads
 */
export function perResource<Value>(compute: (resource: Resource, base: string) => Value): (resource: Resource, base: string) => Value {
  const slot = createSlot<Value>();
  return (resource, base) => {
    const first = bases.get(resource);
    if (first === undefined) bases.set(resource, base);
    else if (first !== base) return compute(resource, base);
    const known = slot.get(resource);
    if (known !== undefined) return known;
    const value = compute(resource, base);
    slot.set(resource, value);
    return value;
  };
}
