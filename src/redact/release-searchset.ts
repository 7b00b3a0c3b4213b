/**
 * Builds the searchset that answers a search (FHIR R4 section 3.1.1.6) from what is released alone: nothing in it, its
 * confidentiality and its total included, depends on what is withheld (design.md 4.5).
 */
import type { Bundle, BundleEntry, Resource } from '../fhir/resource.ts';
import { bundleMeta, entryUrl, links } from './bundle-parts.ts';
import { redisclosureNotice, suppressedNotice } from './notices.ts';

export interface Searchset {
  readonly matches: readonly Resource[];
  readonly includes?: readonly Resource[];
  /** Further OperationOutcomes about the search itself. */
  readonly outcomes?: readonly Resource[];
  /** Absolute URLs of the gateway. */
  readonly self: string;
  readonly next?: string;
  /** Only a total of what the requester may see. */
  readonly total?: number;
  /** FHIR base URL of the gateway, no trailing slash. */
  readonly publicBase: string;
  /** Adds the notice that 42 CFR 2.32 wants with the disclosure. */
  readonly redisclosure?: boolean;
  /** Says that something is withheld, never what or how much. */
  readonly announced?: boolean;
}

export function releaseSearchset(set: Searchset): Bundle {
  const { matches, includes = [], outcomes = [], publicBase, total } = set;
  const notices = [...outcomes, ...(set.redisclosure ? [redisclosureNotice()] : []), ...(set.announced ? [suppressedNotice()] : [])];
  const entry: BundleEntry[] = [
    ...matches.map((resource) => ({ ...entryUrl(resource, publicBase), resource, search: { mode: 'match' as const } })),
    ...includes.map((resource) => ({ ...entryUrl(resource, publicBase), resource, search: { mode: 'include' as const } })),
    ...notices.map((resource) => ({ resource, search: { mode: 'outcome' as const } })),
  ];
  return {
    resourceType: 'Bundle',
    ...bundleMeta([...matches, ...includes]),
    type: 'searchset',
    ...(total === undefined ? {} : { total }),
    link: links(set.self, set.next),
    ...(entry.length === 0 ? {} : { entry }),
  };
}
