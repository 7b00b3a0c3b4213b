/**
 * Where a resource points at other resources: References, Attachments by URL, and uri, url or canonical values
 * (FHIR R4 section 2.3). Extensions and contained resources are looked through too.
 */
import type { Path, Resource } from '../fhir/resource.ts';
import { isObject, type VisitedElement, walkElements } from '../fhir/walk-elements.ts';

export interface Pointer {
  /** The part that goes with its target: the whole Reference or Attachment, or the uri itself. */
  readonly path: Path;
  /** As it stands, without fragment and canonical version; `#id` for a contained target, `#` for the resource itself. */
  readonly target: string;
  /** Whether an element of type Reference stands here. */
  readonly reference: boolean;
}

const URIS = new Set(['uri', 'url', 'canonical']);

/** @returns all pointers in document order, or `undefined` where the resource nests too deep to be looked through */
export function findPointers(resource: Resource): readonly Pointer[] | undefined {
  const pointers: Pointer[] = [];
  const complete = walkElements(resource, (element) => {
    const text = targetOf(element);
    if (text === undefined) return;
    const target = text.startsWith('#') ? text : (text.split(/[#|]/, 1)[0] as string);
    pointers.push({ path: element.path, target, reference: isObject(element.value) && element.type !== 'Attachment' });
  });
  return complete ? pointers : undefined;
}

function targetOf({ value, type }: VisitedElement): string | undefined {
  if (typeof value === 'string') return type !== undefined && URIS.has(type) ? value : undefined;
  if (!isObject(value)) return undefined;
  if (type === 'Attachment') return typeof value.url === 'string' ? value.url : undefined;
  // What FHIR does not define counts as a Reference where it looks like one.
  const reference = type === 'Reference' || type === undefined ? value.reference : undefined;
  return typeof reference === 'string' ? reference : undefined;
}
