/**
 * What of a search goes upstream and what the gateway answers itself (design.md 4.5; threats.md 1-13). Forwarded: only
 * parameters that stay true of a resource when other parts of it are removed. The rest is evaluated on the released view,
 * or refused by name before any data is looked at.
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { isEvaluable } from '../fhir/search/is-evaluable.ts';
import { parseSearch } from '../fhir/search/parse-search.ts';
import type { Include, Modifier, SearchParameter, SearchQuery, SearchValue } from '../fhir/search/search-query.ts';
import type { Limits } from './session.ts';

export interface SearchPlan {
  readonly type: string;
  readonly query: SearchQuery;
  /** Pairs for the upstream. */
  readonly forwarded: Pairs;
  /** Parameters evaluated on the released view of every candidate. */
  readonly local: readonly SearchParameter[];
  /** Sorting by what may be withheld, and exact totals, need the whole released set. */
  readonly whole: boolean;
  readonly pageSize: number;
  readonly countOnly: boolean;
}

/** True of the whole resource whenever true of what is left of it. */
const MONOTONE: ReadonlySet<Modifier> = new Set<Modifier>(['exact', 'contains', 'identifier', 'type', 'of-type', 'below', 'above', 'text']);
const SAFE_SORT = new Set(['_id', '_lastUpdated']);

export function planSearch(type: string, pairs: Pairs, limits: Limits): SearchPlan {
  const query = parseSearch(type, pairs);
  for (const parameter of query.parameters) refuseUnsupported(parameter);
  for (const include of [...query.result.include, ...query.result.revinclude]) refuseWildcard(include);
  const { count, sort, summary, total } = query.result;
  const forwarded = query.parameters.filter(isMonotone);
  const safeSort = sort.every((key) => SAFE_SORT.has(key.parameter));
  const sortText = sort.map((key) => `${key.descending ? '-' : ''}${key.parameter}`).join(',');
  const countOnly = summary === 'count' || count === 0;
  return {
    type,
    query,
    forwarded: [...forwarded.map((parameter) => parameter.pair), ...(safeSort && sortText !== '' ? [['_sort', sortText] as const] : [])],
    local: query.parameters.filter((parameter) => !isMonotone(parameter)),
    whole: !safeSort || countOnly || total === 'accurate',
    pageSize: Math.min(count === undefined || count === 0 ? limits.pageSize : count, limits.maxPageSize),
    countOnly,
  };
}

function refuseUnsupported(parameter: SearchParameter): void {
  if (parameter.chain !== undefined || parameter.has !== undefined)
    throw new PrivityError('not-supported', `chained parameter ${parameter.name}`);
  if (parameter.kind === 'special' || !isEvaluable(parameter)) throw new PrivityError('not-supported', `parameter ${parameter.name}`);
}

function refuseWildcard(include: Include): void {
  if (include.source === '*' || include.parameter === '*' || include.iterate)
    throw new PrivityError('not-supported', 'wildcard or iterated include');
}

/** HL7's expression is `deceased.exists() and deceased != false`: it becomes false where the element is removed. */
const TRUE_OF_ABSENCE = new Set(['deceased']);

function isMonotone(parameter: SearchParameter): boolean {
  if (TRUE_OF_ABSENCE.has(parameter.name)) return false;
  if (parameter.modifier === 'missing') return parameter.values.every((value) => value.kind === 'missing' && !value.missing);
  if (parameter.modifier !== undefined && !MONOTONE.has(parameter.modifier)) return false;
  return !parameter.values.some(isNegative);
}

function isNegative(value: SearchValue): boolean {
  if (value.kind === 'composite') return value.parts.some(isNegative);
  return 'prefix' in value && value.prefix === 'ne';
}
