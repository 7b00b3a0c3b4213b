/**
 * Labels that a resource has by what it belongs to (design.md 4.1 point 3): its Encounter, the documents that refer to a
 * Binary, the target of a Provenance, a Part 2 program as its source.
 */
import { ACT_CODE } from '../fhir/codes.ts';
import { type Path, pathText, type Resource } from '../fhir/resource.ts';
import type { PlacedLabel } from './assemble-parts.ts';
import { isProtected, isPsychotherapyNoteLabel } from './categories-of.ts';
import type { ClassifyContext } from './label.ts';
import { part2Origin } from './part2-origin.ts';

/** Elements that hold resources of their own. */
const HOLDERS: ReadonlyMap<string, string> = new Map([
  ['Bundle', 'entry'],
  ['Parameters', 'parameter'],
]);
const NONE: readonly PlacedLabel[] = [];

/** An Encounter hands on what is sensitive, never that it was a psychotherapy note; a referrer or target hands on everything. */
function inherited(resource: Resource, context: ClassifyContext): PlacedLabel[] {
  return (context.inherited ?? []).flatMap(({ rule, labels }) =>
    labels
      .filter((label) => rule !== 'encounter' || (isProtected(label) && !isPsychotherapyNoteLabel(label)))
      .map(({ system, code }) => ({
        system,
        code,
        about: [],
        evidence: { source: 'contextual' as const, rule, path: resource.resourceType, system, code },
      })),
  );
}

/** Adds the label where a program is the origin of the resource at this place. */
function addOrigin(root: Resource, resource: Resource, place: Path, programs: readonly string[], placed: PlacedLabel[]): void {
  const origin = part2Origin(resource, programs);
  if (origin === undefined) return;
  const path = pathText(root.resourceType, [...place, ...origin]);
  placed.push({ system: ACT_CODE, code: '42CFRPart2', about: place, evidence: { source: 'contextual', rule: 'part2-program', path } });
}

/** The resource itself and, in a Bundle or Parameters, each resource in it: each may come from a program. */
function fromPart2Programs(resource: Resource, programs: readonly string[]): readonly PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  addOrigin(resource, resource, [], programs, placed);
  const holders = HOLDERS.get(resource.resourceType);
  if (holders === undefined || !Array.isArray(resource[holders])) return placed;
  for (const [at, holder] of resource[holders].entries()) {
    const inner: Resource | undefined = holder?.resource;
    if (typeof inner?.resourceType === 'string') addOrigin(resource, inner, [holders, at, 'resource'], programs, placed);
  }
  return placed;
}

/** @param programs organizations that are Part 2 programs */
export function contextualLabels(resource: Resource, context: ClassifyContext, programs: readonly string[]): readonly PlacedLabel[] {
  const belongs = context.inherited === undefined || context.inherited.length === 0 ? NONE : inherited(resource, context);
  const comes = programs.length === 0 ? NONE : fromPart2Programs(resource, programs);
  return comes.length === 0 ? belongs : [...belongs, ...comes];
}
