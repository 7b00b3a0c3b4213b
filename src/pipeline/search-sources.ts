/**
 * What the upstream is asked for a search. Within a patient's compartment one search for each parameter that leads to the patient
 * (FHIR R4 CompartmentDefinition/patient), since not every server searches compartments (HAPI FHIR's JPA server does not); one
 * after the other, each giving what none before it has given.
 */
import { type Pairs, queryText } from '../fhir/query-pairs.ts';
import type { Resource } from '../fhir/resource.ts';
import { compartmentParameters, leadsTo } from '../fhir/search/patient-compartment.ts';

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
  const order: Pairs = sort === '' ? [] : [['_sort', sort]];
  const source = (narrowed: Pairs, isDone: Source['isDone'] = () => false): Source => ({
    first: (count) => `${type}?${queryText([...pairs, ...narrowed, ...order, ['_count', String(count)]])}`,
    isDone,
  });
  if (within === undefined) return [source([])];
  if (type === 'Patient') return [source([['_id', within.slice('Patient/'.length)]])];
  const parameters = compartmentParameters(type);
  return parameters.map((parameter, at) =>
    source([[parameter, within]], (resource) => leadsTo(resource, parameters.slice(0, at), within, base)),
  );
}
