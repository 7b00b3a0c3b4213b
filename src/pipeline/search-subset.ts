/**
 * `_summary` and `_elements` on a search's answer (FHIR R4 sections 3.1.1.5.8 and 3.1.1.5.9), after everything was decided
 * on whole resources (threats.md 11). `_summary` is about all entries; `_elements` about the matches, and where an element
 * is written with its type (`Patient.name`), about entries of that type.
 */
import type { Resource } from '../fhir/resource.ts';
import type { ResultParameters } from '../fhir/search/search-query.ts';
import { type Subset, subsetResource } from '../redact/subset-resource.ts';

export interface Subsets {
  readonly matches: readonly Resource[];
  readonly includes: readonly Resource[];
}

export function subsetSearchset(
  matches: readonly Resource[],
  includes: readonly Resource[],
  { summary, elements = [] }: ResultParameters,
): Subsets {
  const summarized: Subset = summary === undefined || summary === 'count' ? {} : { summary };
  const subset = (resource: Resource, isMatch: boolean): Resource => {
    const named = elements.filter((name) => (/^[A-Z]/.test(name) ? name.startsWith(`${resource.resourceType}.`) : isMatch));
    return subsetResource(resource, { ...summarized, ...(named.length === 0 ? {} : { elements: named }) });
  };
  return { matches: matches.map((resource) => subset(resource, true)), includes: includes.map((resource) => subset(resource, false)) };
}
