/**
 * Where a resource points at other resources: References, Attachments by URL, and uri, url or canonical values
 * (FHIR R4 section 2.3). Extensions, contained resources and Bundle entries are looked through too.
 */
import { withoutFragment } from './reference.ts';
import type { Path, Resource } from './resource.ts';
import { isObject, type VisitedElement, walkElements } from './walk-elements.ts';

export interface Pointer {
  /** The part that goes with its target: the whole Reference or Attachment, or the uri itself. */
  readonly path: Path;
  /** As it stands, without fragment and canonical version; `#id` for a contained target, `#` for the resource itself. */
  readonly target: string;
  /** Whether an element of type Reference stands here. */
  readonly reference: boolean;
  /** The resource whose contained resources `#id` means. */
  readonly container: Resource;
}

export interface Container {
  readonly resource: Resource;
  readonly path: Path;
}

export interface Pointers {
  /** In document order. */
  readonly pointers: readonly Pointer[];
  /** The resource itself and those nested in it, as Bundle entries, that are not contained. */
  readonly containers: readonly Container[];
}

const URIS = new Set(['uri', 'url', 'canonical']);

/** @returns `undefined` where the resource nests too deep to be looked through */
export function findPointers(resource: Resource): Pointers | undefined {
  const pointers: Pointer[] = [];
  const containers: Container[] = [];
  const complete = walkElements(resource, (element) => {
    const { value, path, type, container } = element;
    if (value === container) containers.push({ resource: container, path });
    const text = targetOf(element);
    if (text === undefined) return;
    const target = text.startsWith('#') ? text : withoutFragment(text);
    pointers.push({ path, target, reference: isObject(value) && type !== 'Attachment', container });
  });
  return complete ? { pointers, containers } : undefined;
}

function targetOf({ value, type }: VisitedElement): string | undefined {
  if (typeof value === 'string') return type !== undefined && URIS.has(type) ? value : undefined;
  if (!isObject(value)) return undefined;
  if (type === 'Attachment') return typeof value.url === 'string' ? value.url : undefined;
  // What FHIR does not define counts as a Reference where it looks like one.
  const reference = type === 'Reference' || type === undefined ? value.reference : undefined;
  return typeof reference === 'string' ? reference : undefined;
}
