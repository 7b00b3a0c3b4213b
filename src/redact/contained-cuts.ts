/**
 * Keeps contained resources and the references to them in step (FHIR R4 section 2.3.6, invariants dom-3 and ref-1):
 * what nothing refers to any more goes (threats.md 20), and a reference to what is gone is cut.
 */
import type { Path, Resource } from '../fhir/resource.ts';
import type { Pointer } from './find-pointers.ts';

export interface ContainedCuts {
  readonly orphans: readonly Path[];
  readonly dangling: readonly Pointer[];
}

/** @param pointers of the resource as it is */
export function containedCuts(resource: Resource, pointers: readonly Pointer[]): ContainedCuts {
  const contained = (Array.isArray(resource.contained) ? resource.contained : []) as readonly Resource[];
  const local = pointers.filter((pointer) => pointer.target.startsWith('#') && !isInBundleEntry(pointer.path));
  if (contained.length === 0 && local.length === 0) return { orphans: [], dangling: [] };
  const reached = reachable(contained, local);
  const ids = new Set(contained.map((inner) => `#${inner.id}`));
  return {
    orphans: contained.flatMap((_, index) => (reached.has(index) ? [] : [['contained', index]])),
    dangling: local.filter((pointer) => pointer.reference && pointer.target !== '#' && !ids.has(pointer.target)),
  };
}

/** Entries of a Bundle are resources with contained resources of their own. */
const isInBundleEntry = (path: Path): boolean => path[0] === 'entry' && path[2] === 'resource';

/** From the resource itself, and from contained resources that refer to it (`#`), along the references. */
function reachable(contained: readonly Resource[], pointers: readonly Pointer[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const from = (owner: number | undefined) => {
    for (const { path, target } of pointers) {
      if ((path[0] === 'contained' ? path[1] : undefined) !== owner) continue;
      const index = contained.findIndex((inner) => `#${inner.id}` === target);
      if (index >= 0) enter(index);
    }
  };
  const enter = (index: number) => {
    if (reached.has(index)) return;
    reached.add(index);
    from(index);
  };
  from(undefined);
  for (const { path, target } of pointers) if (target === '#' && path[0] === 'contained') enter(path[1] as number);
  return reached;
}
