/**
 * What follows from a resource alone is worked out once for it: resources are never changed, and one that the upstream gives again
 * is the same object again (parse-fhir.ts). All that is kept of a resource is kept in one place, which goes with it: in a private
 * field, which no copy of the resource takes over and nobody else sees; a weak map would cost the collector more than the answers.
 */
import type { Resource } from './resource.ts';

type Kept = unknown[];

/** A class whose constructor returns what it is given: its subclass can put a private field on any object. */
const Given = class {
  constructor(resource: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return resource;
  }
};

class Memory extends Given {
  #kept: Kept = new Array(slots);

  static of(resource: object): Kept | undefined {
    return #kept in resource ? (resource as Memory).#kept : undefined;
  }

  static open(resource: object): Kept {
    if (!(#kept in resource)) new Memory(resource);
    return (resource as Memory).#kept;
  }
}

let slots = 0;

/** A place in what is kept of every resource. */
export interface Slot<Value> {
  get(resource: object): Value | undefined;
  set(resource: object, value: Value): void;
}

function nextSlot(): number {
  slots += 1;
  return slots - 1;
}

export function createSlot<Value>(): Slot<Value> {
  const slot = nextSlot();
  return {
    get: (resource) => Memory.of(resource)?.[slot] as Value | undefined,
    set(resource, value) {
      Memory.open(resource)[slot] = value;
    },
  };
}

const BASE = nextSlot();

/**
 * @param compute a function of the resource and the base URL, of nothing else; its value is shared, and never changed. Kept for the
 * base that came first: an installation has one for what it reads
 */
export function perResource<Value>(compute: (resource: Resource, base: string) => Value): (resource: Resource, base: string) => Value {
  const slot = nextSlot();
  return (resource, base) => {
    const kept = Memory.open(resource);
    kept[BASE] ??= base;
    if (kept[BASE] !== base) return compute(resource, base);
    const known = kept[slot] as Value | undefined;
    if (known !== undefined) return known;
    const value = compute(resource, base);
    kept[slot] = value;
    return value;
  };
}
