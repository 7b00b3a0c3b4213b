/**
 * What the upstream is asked for a search. Within a patient's compartment one search for each parameter that leads to the patient
 * (FHIR R4 CompartmentDefinition/patient), since not every server searches compartments (HAPI FHIR's JPA server does not); one
 * after the other, each giving what none before it has given.
 */
import compartment from '../fhir/definitions/r4-patient-compartment.json' with { type: 'json' };
import { type Pairs, queryText } from '../fhir/query-pairs.ts';
import { localReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/search/references-of.ts';

const IN_COMPARTMENT: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(compartment));

/** Search parameters of a type that lead to the patient whose compartment it is in; none: the type is in no compartment. */
export function compartmentParameters(type: string): readonly string[] {
  return IN_COMPARTMENT.get(type) ?? [];
}

export interface Source {
  /** Path and query of its first page. @param count at most as many entries */
  first(count: number): string;
  /** Whether a source before it gave this one. */
  isDone(resource: Resource): boolean;
}

export interface SourcesAsked {
  readonly type: string;
  /** `Patient/p1`: within this compartment. */
  readonly within?: string;
  readonly pairs: Pairs;
  /** `_sort` for the upstream; empty: as it likes. */
  readonly sort: string;
  /** Of the upstream. */
  readonly base: string;
}

export function searchSources({ type, within, pairs, sort, base }: SourcesAsked): readonly Source[] {
  const path = (narrowed: Pairs, count: number) =>
    `${type}?${queryText([...pairs, ...narrowed, ...(sort === '' ? [] : [['_sort', sort] as const]), ['_count', String(count)]])}`;
  if (within === undefined) return [{ first: (count) => path([], count), isDone: () => false }];
  if (type === 'Patient') return [{ first: (count) => path([['_id', within.slice('Patient/'.length)]], count), isDone: () => false }];
  const parameters = compartmentParameters(type);
  return parameters.map((parameter, at) => ({
    first: (count) => path([[parameter, within]], count),
    isDone: (resource) =>
      parameters.slice(0, at).some((before) => referencesOf(resource, before).some((text) => localReference(text, base) === within)),
  }));
}
