/**
 * Carries out a minimum-necessary view (45 CFR 164.514(d)): of a resource, the elements that the view lists, and what
 * FHIR does not let go: required and modifier elements (FHIR R4 sections 2.1.0.5 and 3.1.1.5.9), with what
 * references repeat of their targets only as far as the view gives it of these. Marked SUBSETTED.
 */
import { elementOf, elementsOf } from '../fhir/definitions.ts';
import type { Resource } from '../fhir/resource.ts';
import { brokenAtRoot, elementsNamedBy } from '../fhir/validate-invariants.ts';
import type { View } from '../policy/question.ts';
import { keepElements } from './keep-elements.ts';
import { reduceMeta } from './reduce-meta.ts';
import { addMark, SUBSETTED } from './security-marks.ts';
import { settleResource } from './settle-resource.ts';
import { stripNames } from './strip-names.ts';
import { viewAdmits } from './view-admits.ts';

/** @returns the same object where the view lists all that is there; `undefined` where it does not list the type */
export function applyView(resource: Resource, view: View): Resource | undefined {
  const elements = viewElements(resource, view);
  return elements && stripNames(elements, view);
}

function viewElements(resource: Resource, view: View): Resource | undefined {
  if (!viewAdmits(view, resource.resourceType)) return undefined;
  const inner = viewContained(resource, view);
  const listed = view.elements[resource.resourceType];
  if (inner === undefined || listed === undefined || listed === '*') return inner;
  const viewed = restoreInvariants(inner, keptElements(resource.resourceType, new Set(listed)));
  return viewed && (listed.includes('meta') ? viewed : reduceMeta(viewed));
}

/** Contained resources are given as the view gives their type; references to those that it does not list are cut. */
function viewContained(resource: Resource, view: View): Resource | undefined {
  if (!Array.isArray(resource.contained)) return resource;
  const before = resource.contained as readonly Resource[];
  const contained = before.flatMap((inner) => viewElements(inner, view) ?? []);
  if (contained.length === before.length && contained.every((inner, index) => inner === before[index])) return resource;
  const settled = settleResource(resource, { ...resource, contained: contained.length === 0 ? undefined : contained });
  return settled && addMark(settled, 'tag', SUBSETTED);
}

function keptElements(type: string, listed: ReadonlySet<string>): Set<string> {
  const kept = new Set([...listed].map((name) => elementOf(type, name)?.name ?? name));
  for (const [name, definition] of elementsOf(type) ?? []) {
    if (definition.min > 0 || definition.modifier || listed.has(name.replace('[x]', ''))) kept.add(name);
  }
  // A narrative tells the elements that the view leaves out.
  kept.delete('text');
  return kept;
}

/** An element that an invariant needs is as good as required: it comes back, one at a time, until the invariant holds. */
function restoreInvariants(resource: Resource, kept: Set<string>): Resource | undefined {
  const known = brokenAtRoot(resource);
  for (;;) {
    const viewed = keepElements(resource, (name) => kept.has(name));
    const broken = brokenAtRoot(viewed).find((key) => !known.includes(key));
    if (broken === undefined) return viewed;
    const missing = elementsNamedBy(resource.resourceType, broken).find((name) => !kept.has(name));
    if (missing === undefined) return undefined;
    kept.add(missing);
  }
}
