/**
 * Carries out a minimum-necessary view (45 CFR 164.514(d)): of a resource, the elements that the view lists, and what
 * FHIR does not let go: required and modifier elements (FHIR R4 sections 2.1.0.5 and 3.1.1.5.9). Marked SUBSETTED.
 */
import { elementOf, elementsOf } from '../fhir/definitions.ts';
import type { Resource } from '../fhir/resource.ts';
import { brokenAtRoot, elementsNamedBy } from '../fhir/validate-invariants.ts';
import type { View } from '../policy/question.ts';
import { keepElements } from './keep-elements.ts';
import { viewAdmits } from './view-admits.ts';

/** @returns the same object where the view lists all that is there; `undefined` where it does not list the type */
export function applyView(resource: Resource, view: View): Resource | undefined {
  const type = resource.resourceType;
  if (!viewAdmits(view, type)) return undefined;
  const listed = view.elements[type];
  if (listed === '*' || listed === undefined) return resource;
  const names = new Set(listed);
  const kept = new Set<string>();
  for (const [name, definition] of elementsOf(type) ?? []) {
    const plain = name.replace('[x]', '');
    if (definition.min > 0 || definition.modifier || names.has(name) || names.has(plain)) kept.add(name);
  }
  for (const name of names) kept.add(elementOf(type, name)?.name ?? name);
  // A narrative tells the elements that the view leaves out.
  kept.delete('text');
  return restoreInvariants(resource, kept);
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
