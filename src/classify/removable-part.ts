/**
 * The smallest part of a resource that can be removed on its own and takes a given place with it (design.md 4.1 point 7).
 * Where that part is required, or is what the resource is about (FiveWs what, or class with a maximum of one), the
 * answer rises to the parent, at last to the resource. What FHIR R4 does not define rises all the way.
 */
import { type ElementHit, elementOf } from '../fhir/definitions.ts';
import type { Path, Resource } from '../fhir/resource.ts';

type Node = Record<string, unknown>;

/** Elements that say where the whole document comes from: without them it is still a psychiatry document. */
const SAYS_WHAT: ReadonlySet<string> = new Set(['DocumentReference.context.practiceSetting', 'DocumentReference.context.facilityType']);
/** In a Bundle of these types the first entry is the whole: a Composition or MessageHeader (FHIR R4 section 3.3, bdl-11, bdl-12). */
const FIRST_ENTRY_IS_ALL: ReadonlySet<unknown> = new Set(['document', 'message']);

export function nodeAt(root: unknown, path: Path): unknown {
  let node = root;
  for (const step of path) node = (node as Node | undefined)?.[step as string];
  return node;
}

/** Whether this element can go without its parent. `parent` is the object that holds it. */
function canGo(
  hit: ElementHit,
  at: string,
  parent: Node,
  key: string,
  index: number | undefined,
  isFull: (items: number) => boolean,
): boolean {
  const { min, max, fiveWs, modifier } = hit.definition;
  if (fiveWs === 'what' || (fiveWs === 'class' && max === 1) || modifier === true) return false;
  // `code` of a backbone element names what the rest of it is: Composition.section.code
  if (key === 'code' && at.split('.').length > 2) return false;
  const items = index === undefined ? 1 : (parent[key] as unknown[]).length;
  if (min > 0 && (items <= min || isFull(items - min))) return false;
  // Nothing else beside it: the parent would be empty (ele-1)
  return items > 1 || at.split('.').length === 2 || Object.keys(parent).some((name) => name !== key && name !== 'id' && name !== `_${key}`);
}

/** Where the outermost nested resource in the path ends; `undefined`: the path stays in the root. */
function nestedResource(root: Node, path: Path): number | undefined {
  let node: unknown = root;
  for (let at = 0; at < path.length; at += 1) {
    node = (node as Node | undefined)?.[path[at] as string];
    if (typeof node === 'object' && node !== null && typeof (node as Node).resourceType === 'string') return at + 1;
  }
  return undefined;
}

/** A nested resource goes as a whole, with the entry or parameter that is there to hold it. */
function partOfNested(root: Node, path: Path, end: number): Path {
  if (path[0] === 'entry' && path[1] === 0 && FIRST_ENTRY_IS_ALL.has(root.type)) return [];
  return path[end - 1] === 'resource' ? path.slice(0, end - 1) : path.slice(0, end);
}

interface Level {
  readonly end: number;
  readonly goes: boolean;
}

/**
 * @param path place inside the resource: of a Coding, or of an element with an inline label
 * @param full whether so many items (or more) of the array at this path carry labels already; only asked of arrays that
 *   must keep some
 * @returns path of the part; empty = the whole resource
 */
export function removablePart(resource: Resource, path: Path, full: (array: Path, atLeast: number) => boolean = () => false): Path {
  const nested = nestedResource(resource as Node, path);
  if (nested !== undefined) return partOfNested(resource as Node, path, nested);
  const levels: Level[] = [];
  let type: string = resource.resourceType;
  let at: string = type;
  let node: Node | undefined = resource as Node;
  let here = 0;
  while (here < path.length) {
    const key = String(path[here]);
    const name = key.startsWith('_') ? key.slice(1) : key;
    if (key === 'meta' || key === 'modifierExtension') break;
    const index = typeof path[here + 1] === 'number' ? (path[here + 1] as number) : undefined;
    const end = here + (index === undefined ? 1 : 2);
    if (key === 'extension') {
      levels.push({ end, goes: true });
      break;
    }
    const hit = elementOf(type, name);
    if (hit === undefined || node === undefined) return [];
    at = `${at}.${name}`;
    if (SAYS_WHAT.has(at)) return [];
    const array = path.slice(0, here + 1);
    levels.push({ end, goes: canGo(hit, at, node, key, index, (labelled) => full(array, labelled + 1)) });
    const isBackbone = hit.type.includes('.');
    if (!isBackbone) {
      const extension = path.findIndex((step, position) => position >= end && (step === 'extension' || step === 'modifierExtension'));
      if (path[extension] === 'extension') levels.push({ end: extension + 2, goes: true });
      break;
    }
    type = hit.type;
    node = nodeAt(resource, path.slice(0, end)) as Node | undefined;
    here = end;
  }
  const smallest = levels.findLast((level) => level.goes);
  return smallest === undefined ? [] : path.slice(0, smallest.end);
}
