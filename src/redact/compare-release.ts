/**
 * What a requester gets, held against what is on record: which parts are missing, why, and which marks were added. For people who
 * look at both side by side; what was cut, redaction itself decided (design.md 4.4).
 */
import type { Difference } from '../decide/explanation.ts';
import { elementOf } from '../fhir/definitions.ts';
import type { Json, Path, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';
import type { View } from '../policy/question.ts';

export interface CutBy {
  /** Segments that were removed. */
  readonly remove: readonly Path[];
  readonly view?: View;
}

/**
 * @param original with the URLs that the requester would be given
 * @returns in document order; nothing inside a part that is missing as a whole
 */
export function compareRelease(original: Resource, released: Resource, by: CutBy): readonly Difference[] {
  return [...compare(original as Json, released as Json, { path: [], there: [] }, { ...by, type: original.resourceType })];
}

type Reasons = CutBy & { readonly type: string };

/** Where the same part is: items that went move those behind them up. */
interface Place {
  readonly path: Path;
  /** In what is given. */
  readonly there: Path;
}

function* compare(before: Json, after: Json, { path, there }: Place, by: Reasons): Generator<Difference> {
  if (Array.isArray(before) && Array.isArray(after)) yield* compareItems(before, after, { path, there }, by);
  else if (isObject(before) && isObject(after)) {
    for (const [name, value] of Object.entries(before)) {
      const other = after[name];
      const at = { path: [...path, name], there: [...there, name] };
      if (other !== undefined && shapeOf(value) === shapeOf(other)) yield* compare(value, other, at, by);
      else {
        yield removed(value, at.path, by);
        if (other !== undefined) yield added(at.there);
      }
    }
    for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) yield added([...there, name]);
  }
}

/** Items keep their order: each that is given is the next of which nothing but a part was taken. */
function* compareItems(before: readonly Json[], after: readonly Json[], { path, there }: Place, by: Reasons): Generator<Difference> {
  let next = 0;
  for (const [index, item] of after.entries()) {
    const from = next;
    const is = (fits: (candidate: Json) => boolean) =>
      before.findIndex((candidate, place) => place >= from && !isCut([...path, place], by) && fits(candidate));
    const whole = is((candidate) => JSON.stringify(candidate) === JSON.stringify(item));
    const found = whole >= 0 ? whole : is((candidate) => isLessOf(item, candidate));
    if (found < 0) {
      yield added([...there, index]);
      continue;
    }
    for (; next < found; next += 1) yield removed(before[next] as Json, [...path, next], by);
    yield* compare(before[found] as Json, item, { path: [...path, found], there: [...there, index] }, by);
    next = found + 1;
  }
  for (; next < before.length; next += 1) yield removed(before[next] as Json, [...path, next], by);
}

/** Whether something is what is left of something else; extensions may have come in the place of what went. */
function isLessOf(less: Json, more: Json): boolean {
  if (Array.isArray(less)) return Array.isArray(more) && less.every((item) => more.some((other) => isLessOf(item, other)));
  if (!isObject(less)) return less === more;
  return isObject(more) && Object.entries(less).every(([name, value]) => name === 'extension' || isLessOf(value, more[name] ?? null));
}

function isCut(path: Path, { remove }: Reasons): boolean {
  return remove.some((segment) => startsWith(path, segment));
}

function shapeOf(value: Json): 'list' | 'object' | 'value' {
  return Array.isArray(value) ? 'list' : isObject(value) ? 'object' : 'value';
}

function added(path: Path): Difference {
  return { change: 'added', path };
}

function removed(value: Json, path: Path, by: Reasons): Difference {
  return { change: 'removed', path, why: reasonFor(value, path, by) };
}

function reasonFor(value: Json, path: Path, { remove, view, type }: Reasons): Difference['why'] {
  const [name = ''] = path;
  if (remove.some((segment) => startsWith(path, segment))) return 'label';
  if (path.at(-1) === 'text' && isObject(value) && Object.hasOwn(value, 'div')) return 'narrative';
  if (view !== undefined && path.length === 1 && !isListed(view, type, String(name))) return 'view';
  // All that stood in it was.
  if (remove.some((segment) => startsWith(segment, path))) return 'label';
  return pointsAway(value) || path.at(-1) === 'reference' ? 'reference' : 'follows';
}

function isListed({ elements }: View, type: string, property: string): boolean {
  const listed = elements[type] ?? [];
  if (listed === '*') return true;
  const nameOf = (name: string) => elementOf(type, name)?.name ?? name;
  return listed.map(nameOf).includes(nameOf(property.replace(/^_/, '')));
}

function pointsAway(value: Json): boolean {
  if (Array.isArray(value)) return value.some(pointsAway);
  return isObject(value) && (typeof value.reference === 'string' || Object.values(value).some(pointsAway));
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((step, index) => step === path[index]);
}
