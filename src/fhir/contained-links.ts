/** Whether contained resources and the references to them agree (FHIR R4 section 2.3.6, invariants dom-3 and ref-1). */
import type { Container, Pointer, Pointers } from './find-pointers.ts';
import type { Path, Resource } from './resource.ts';

export interface ContainedLinks {
  /** Contained resources that nothing refers to, directly or through others. */
  readonly orphans: readonly Path[];
  /** References to contained resources that are not there. */
  readonly dangling: readonly Path[];
}

/** @param found in the resource as it is, with all that is nested in it */
export function containedLinks({ pointers, containers }: Pointers): ContainedLinks {
  const local = pointers.filter(({ target }) => target.startsWith('#'));
  const links = containers.map((container) =>
    linksOf(
      container,
      local.filter((pointer) => pointer.container === container.resource),
    ),
  );
  return { orphans: links.flatMap(({ orphans }) => orphans), dangling: links.flatMap(({ dangling }) => dangling) };
}

function linksOf({ resource, path }: Container, pointers: readonly Pointer[]): ContainedLinks {
  const contained = (Array.isArray(resource.contained) ? resource.contained : []) as readonly Resource[];
  if (contained.length === 0 && pointers.length === 0) return { orphans: [], dangling: [] };
  const owner = (pointer: Pointer) => (pointer.path[path.length] === 'contained' ? (pointer.path[path.length + 1] as number) : undefined);
  const reached = reachable(
    contained,
    pointers.map((pointer) => ({ owner: owner(pointer), target: pointer.target })),
  );
  const ids = new Set(['#', ...contained.map((inner) => `#${inner.id}`)]);
  return {
    orphans: contained.flatMap((_, index) => (reached.has(index) ? [] : [[...path, 'contained', index]])),
    dangling: pointers.filter((pointer) => pointer.reference && !ids.has(pointer.target)).map((pointer) => pointer.path),
  };
}

interface Link {
  /** Index of the contained resource that it stands in; `undefined` for the container itself. */
  readonly owner: number | undefined;
  readonly target: string;
}

/** From the container, and from contained resources that refer to it (`#`), along the references. */
function reachable(contained: readonly Resource[], links: readonly Link[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const open: (number | undefined)[] = [undefined, ...links.flatMap(({ owner, target }) => (target === '#' ? (owner ?? []) : []))];
  while (open.length > 0) {
    const from = open.pop();
    if (from !== undefined && reached.has(from)) continue;
    if (from !== undefined) reached.add(from);
    for (const { owner, target } of links) {
      const index = owner === from ? contained.findIndex((inner) => `#${inner.id}` === target) : -1;
      if (index >= 0) open.push(index);
    }
  }
  return reached;
}
