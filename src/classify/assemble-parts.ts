/**
 * Labels on places -> labels on the resource and on its segments (design.md 4.1 point 7): each label on the smallest
 * removable part, no part inside another, nothing left behind that points at what goes.
 */
import type { Path, Resource } from '../fhir/resource.ts';
import type { Evidence, Label, Segment } from './label.ts';
import { removablePart } from './removable-part.ts';

/** One label, where it is written, and the place that it is about. */
export interface PlacedLabel {
  readonly system: string;
  readonly code: string;
  readonly about: Path;
  readonly evidence: Evidence;
}

interface Part {
  readonly path: Path;
  readonly labels: Map<string, { system: string; code: string; evidence: Evidence[] }>;
}

const keyOf = (path: Path): string => path.join('/');

/** Places whose reference is `#id`: what refers to a contained resource says what the contained resource says. */
function referencesTo(node: unknown, target: string, path: (string | number)[], found: Path[]): void {
  if (typeof node !== 'object' || node === null) return;
  if ((node as { reference?: unknown }).reference === target) found.push([...path]);
  for (const [key, value] of Object.entries(node)) {
    path.push(Array.isArray(node) ? Number(key) : key);
    referencesTo(value, target, path, found);
    path.pop();
  }
}

/** A label inside a contained resource is about the elements that refer to it too, and about what they in turn are in. */
function withReferrers(resource: Resource, placed: readonly PlacedLabel[]): readonly PlacedLabel[] {
  const all = [...placed];
  const seen = new Set<string>();
  for (const label of all) {
    if (label.about[0] !== 'contained') continue;
    const id = (resource.contained as readonly Resource[])[label.about[1] as number]?.id;
    const key = `${id}|${label.system}|${label.code}`;
    if (id === undefined || seen.has(key)) continue;
    seen.add(key);
    const places: Path[] = [];
    referencesTo(resource, `#${id}`, [], places);
    for (const about of places) all.push({ ...label, about });
  }
  return all;
}

/** Parts that hold the places; an array that has to keep some items is not emptied: its label rises instead. */
function partsOf(resource: Resource, places: ReadonlySet<Path>): ReadonlyMap<Path, Path> {
  const labelled = new Map<string, Set<number>>();
  let mustKeep = false;
  const isFull = (array: Path, atLeast: number): boolean => {
    mustKeep = true;
    return (labelled.get(keyOf(array))?.size ?? 0) >= atLeast;
  };
  const compute = () => new Map([...places].map((place) => [place, removablePart(resource, place, isFull)]));
  const first = compute();
  if (!mustKeep) return first;
  for (const part of first.values()) {
    const last = part.at(-1);
    if (typeof last !== 'number') continue;
    const array = keyOf(part.slice(0, -1));
    labelled.set(array, (labelled.get(array) ?? new Set()).add(last));
  }
  return compute();
}

function addLabel(part: Part, { system, code, evidence }: PlacedLabel): void {
  const key = `${system}|${code}`;
  const label = part.labels.get(key);
  if (label === undefined) part.labels.set(key, { system, code, evidence: [evidence] });
  else if (!label.evidence.some((other) => other.path === evidence.path && other.rule === evidence.rule)) label.evidence.push(evidence);
}

function moveLabels(from: Part, to: Part): void {
  for (const { evidence, ...label } of from.labels.values()) {
    for (const each of evidence) addLabel(to, { ...label, about: to.path, evidence: each });
  }
}

/** The outermost other part that this path lies in. */
function enclosing(parts: ReadonlyMap<string, Part>, path: Path): Part | undefined {
  for (let end = 1; end < path.length; end += 1) {
    const outer = parts.get(keyOf(path.slice(0, end)));
    if (outer !== undefined) return outer;
  }
  return undefined;
}

const byPath = (a: Evidence, b: Evidence): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.rule < b.rule ? -1 : 1);

function labelsOf(part: Part): readonly Label[] {
  return [...part.labels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { system, code, evidence }]) => ({ system, code, evidence: evidence.toSorted(byPath) }));
}

/** Order in the document: a parent's members in the order in which they stand. */
function inDocumentOrder(resource: Resource, a: Path, b: Path): number {
  let node: unknown = resource;
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const [left, right] = [a[at], b[at]];
    if (left !== right) {
      if (typeof left === 'number' && typeof right === 'number') return left - right;
      const keys = Object.keys(node as object);
      return keys.indexOf(String(left)) - keys.indexOf(String(right));
    }
    node = (node as Record<string, unknown>)[left as string];
  }
  return a.length - b.length;
}

export interface Assembled {
  readonly labels: readonly Label[];
  readonly segments: readonly Segment[];
}

/**
 * A part inside a labelled part gives its labels to the outer one: whichever is refused, all of the outer goes. A segment
 * that says no more than the resource itself is no segment: the question about it is the question about the resource.
 */
export function assembleParts(resource: Resource, placed: readonly PlacedLabel[]): Assembled {
  const all = resource.contained === undefined ? placed : withReferrers(resource, placed);
  const paths = partsOf(resource, new Set(all.map((label) => label.about)));
  const whole: Part = { path: [], labels: new Map() };
  const parts = new Map<string, Part>();
  for (const label of all) {
    const path = paths.get(label.about) ?? [];
    const part = path.length === 0 ? whole : (parts.get(keyOf(path)) ?? { path, labels: new Map() });
    if (part !== whole) parts.set(keyOf(path), part);
    addLabel(part, label);
  }
  for (const [key, part] of [...parts]) {
    const outer = enclosing(parts, part.path);
    if (outer === undefined) continue;
    moveLabels(part, outer);
    parts.delete(key);
  }
  for (const [key, part] of [...parts]) {
    if (![...part.labels.keys()].every((label) => whole.labels.has(label))) continue;
    moveLabels(part, whole);
    parts.delete(key);
  }
  return {
    labels: labelsOf(whole),
    segments: [...parts.values()]
      .sort((a, b) => inDocumentOrder(resource, a.path, b.path))
      .map((part) => ({ path: part.path, labels: labelsOf(part) })),
  };
}
