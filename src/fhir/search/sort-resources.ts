/**
 * Sorts matches by `_sort` (FHIR R4 section 3.1.1.5.1). Of several values the lowest counts, descending the highest; resources without a
 * value come last either way; equal ones are ordered by type and id, so that the order never depends on how they were found.
 */
import type { Resource } from '../resource.ts';
import type { TypedValue } from './compile-expression.ts';
import { rangeOf } from './match-date.ts';
import { quantityOf } from './match-quantity.ts';
import { normalizeText, stringsOf } from './match-string.ts';
import { tokensOf } from './match-token.ts';
import { searchDefinition } from './search-definition.ts';
import type { SearchKind, SortKey } from './search-query.ts';
import { searchValues } from './search-values.ts';

type Comparable = string | number;

function comparablesOf(kind: SearchKind, value: TypedValue, descending: boolean): readonly Comparable[] {
  switch (kind) {
    case 'date': {
      const range = rangeOf(value);
      return range === undefined ? [] : [descending ? range.high : range.low];
    }
    case 'number':
      return typeof value.value === 'number' ? [value.value] : [];
    case 'quantity':
      return [quantityOf(value)?.value ?? []].flat();
    case 'token':
      return tokensOf(value).flatMap(({ system = '', code }) => (code === undefined ? [] : [`${system}|${code}`]));
    case 'reference':
      return [value.type === 'Reference' ? ((value.value as { reference?: string }).reference ?? []) : String(value.value)].flat();
    default:
      return stringsOf(value).map(normalizeText);
  }
}

const compare = (a: Comparable, b: Comparable) => (a < b ? -1 : a > b ? 1 : 0);

function sortValue(resource: Resource, { parameter, descending }: SortKey): Comparable | undefined {
  const kind = searchDefinition(resource.resourceType, parameter)?.type;
  if (kind === undefined) return undefined;
  const values = searchValues(resource, resource.resourceType, parameter) ?? [];
  const comparables = values.flatMap((value) => comparablesOf(kind, value, descending)).sort(compare);
  return comparables.at(descending ? -1 : 0);
}

interface Keyed {
  readonly resource: Resource;
  readonly values: readonly (Comparable | undefined)[];
}

function compareKeyed(a: Keyed, b: Keyed, keys: readonly SortKey[]): number {
  for (const [index, { descending }] of keys.entries()) {
    const left = a.values[index];
    const right = b.values[index];
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return descending ? compare(right, left) : compare(left, right);
  }
  return compare(a.resource.resourceType, b.resource.resourceType) || compare(a.resource.id ?? '', b.resource.id ?? '');
}

/** @returns a new array; without keys sorted by type and id */
export function sortResources(resources: readonly Resource[], keys: readonly SortKey[]): Resource[] {
  return resources
    .map((resource) => ({ resource, values: keys.map((key) => sortValue(resource, key)) }))
    .sort((a, b) => compareKeyed(a, b, keys))
    .map(({ resource }) => resource);
}
