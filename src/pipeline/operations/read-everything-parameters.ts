/** What Patient/$everything is asked for (FHIR R4 operation-patient-everything), and whether a released resource is part of it. */
import { PrivityError } from '../../errors.ts';
import { RESOURCE_TYPES } from '../../fhir/definitions.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type DateRange, dateRange } from '../../fhir/search/date-range.ts';
import { rangeOf } from '../../fhir/search/match-date.ts';
import { searchDefinitions } from '../../fhir/search/search-definition.ts';
import { searchValues } from '../../fhir/search/search-values.ts';
import { type OperationInput, onlyValue } from './read-operation-input.ts';

export const EVERYTHING_NAMES: readonly string[] = ['_since', '_type', '_count', 'start', 'end'];

export interface EverythingAsked {
  readonly since?: number;
  readonly types?: readonly string[];
  readonly care?: DateRange;
  readonly pageSize?: number;
}

/** @param maxPageSize entries on a page at most; @throws PrivityError `invalid-parameter` */
export function readEverythingParameters(input: OperationInput, maxPageSize: number): EverythingAsked {
  const date = (name: string): DateRange | undefined => {
    const text = onlyValue(input, name);
    const range = text === undefined ? undefined : dateRange(text);
    if (text !== undefined && range === undefined) throw new PrivityError('invalid-parameter', name);
    return range;
  };
  const [since, start, end] = [date('_since'), date('start'), date('end')];
  const types = input.pairs.flatMap(([name, value]) => (name === '_type' ? value.split(',') : []));
  if (types.some((type) => !RESOURCE_TYPES.has(type))) throw new PrivityError('invalid-parameter', '_type');
  const count = onlyValue(input, '_count');
  if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) throw new PrivityError('invalid-parameter', '_count');
  const care = start ?? end;
  return {
    ...(since === undefined ? {} : { since: since.low }),
    ...(types.length === 0 ? {} : { types }),
    ...(care === undefined ? {} : { care: { low: start?.low ?? Number.NEGATIVE_INFINITY, high: end?.high ?? Number.POSITIVE_INFINITY } }),
    ...(count === undefined ? {} : { pageSize: Math.min(Number(count), maxPageSize) }),
  };
}

export function isAsked(resource: Resource, { types, since, care }: EverythingAsked): boolean {
  if (types !== undefined && !types.includes(resource.resourceType)) return false;
  if (since !== undefined && !(Date.parse(String(resource.meta?.lastUpdated)) >= since)) return false;
  return care === undefined || isWithin(resource, care);
}

const NO_CARE_DATES = new Set(['_lastUpdated', 'birthdate', 'death-date']);

/** Care dates as its date parameters read them from what is released; without any a resource belongs to all times. */
function isWithin(resource: Resource, { low, high }: DateRange): boolean {
  const names = [...searchDefinitions(resource.resourceType)].flatMap(([name, { type }]) =>
    type === 'date' && !NO_CARE_DATES.has(name) ? [name] : [],
  );
  const values = names.flatMap((name) => searchValues(resource, resource.resourceType, name) ?? []);
  const ranges = values.flatMap((value) => rangeOf(value) ?? []);
  return ranges.length === 0 || ranges.some((range) => range.low < high && range.high > low);
}
