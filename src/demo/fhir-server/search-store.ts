/**
 * Search over the store (FHIR R4 section 3.1.1): candidates from an index where one applies, then every parameter on every
 * candidate. As in the servers in use, an unknown parameter is ignored unless `Prefer: handling=strict`.
 */
import { PrivityError } from '../../errors.ts';
import { localReference } from '../../fhir/reference.ts';
import type { Bundle, Resource } from '../../fhir/resource.ts';
import { compileExpression } from '../../fhir/search/compile-expression.ts';
import type { MatchContext } from '../../fhir/search/match-parameter.ts';
import { matchSearch } from '../../fhir/search/match-search.ts';
import { RESULT_PARAMETERS } from '../../fhir/search/parse-result-parameter.ts';
import { parameterName, parseSearch } from '../../fhir/search/parse-search.ts';
import { referencesOf } from '../../fhir/search/references-of.ts';
import { searchDefinition } from '../../fhir/search/search-definition.ts';
import type { ReferenceValue, SearchParameter, SearchQuery, TokenValue } from '../../fhir/search/search-query.ts';
import { sortResources } from '../../fhir/search/sort-resources.ts';
import { type Exchange, type Pair, prefers, type ServerContext } from './exchange.ts';
import { FhirError } from './fhir-error.ts';
import { includeResources } from './include-resources.ts';
import { entryOf } from './pages.ts';
import { matchSpecial } from './special-parameters.ts';
import { summarize } from './summarize.ts';

/** @throws FhirError 400 */
export function readQuery(type: string, pairs: readonly Pair[], strict: boolean): SearchQuery {
  const known = pairs.filter(([key, value]) => {
    const name = parameterName(key);
    return strict || (value !== '' && (RESULT_PARAMETERS.has(name) || searchDefinition(type, name) !== undefined));
  });
  try {
    return parseSearch(type, known);
  } catch (error) {
    if (error instanceof PrivityError) throw new FhirError(400, 'invalid', `Unknown or invalid search parameter "${error.detail}"`);
    throw error;
  }
}

function matchContext(context: ServerContext): MatchContext {
  const { store, base, now } = context;
  return {
    base: base(),
    now: now(),
    resolve: (type, id) => store.resource(type, id),
    referrers: (type, parameter, target) => {
      const name = `${target.resourceType}/${target.id}`;
      const refers = (each: Resource) => referencesOf(each, parameter).some((text) => localReference(text, base()) === name);
      return store.referrers(name).filter((each) => each.resourceType === type && refers(each));
    },
    special: (resource, parameter) => matchSpecial(context, resource, parameter),
  };
}

/** What an equality of this parameter leaves over, by an index; `undefined` where none applies. */
function indexed(
  { store, base }: ServerContext,
  { resourceType, name, kind, modifier, values, chain }: SearchParameter,
): Resource[] | undefined {
  if (chain !== undefined) return undefined;
  if (name === '_id' && modifier === undefined && resourceType !== 'Resource') {
    return values.flatMap((value) => store.resource(resourceType, (value as TokenValue).code ?? '') ?? []);
  }
  const { expression = '', targets = [] } = searchDefinition(resourceType, name) ?? {};
  if (kind !== 'reference' || (modifier !== undefined && modifier !== 'type')) return undefined;
  if (compileExpression(resourceType, expression)?.types.every((type) => type === 'Reference') !== true) return undefined;
  const found: Resource[] = [];
  for (const value of values as readonly ReferenceValue[]) {
    if (value.id === undefined || (value.base !== undefined && value.base !== base())) return undefined;
    for (const type of value.type === undefined ? targets : [value.type]) found.push(...store.referrers(`${type}/${value.id}`));
  }
  return found.filter((resource) => resource.resourceType === resourceType);
}

function candidates(context: ServerContext, query: SearchQuery): Iterable<Resource> {
  const { store } = context;
  if (query.resourceType === 'Resource') return store.types().flatMap((type) => [...store.ofType(type)]);
  const narrowed = query.parameters.flatMap((parameter) => {
    const found = indexed(context, parameter);
    return found === undefined ? [] : [found];
  });
  return narrowed.sort((a, b) => a.length - b.length)[0] ?? store.ofType(query.resourceType);
}

/** Matches in the order of `_sort`, else of creation. @throws FhirError 400 for a parameter that can't be evaluated */
export function findMatches(context: ServerContext, query: SearchQuery, within?: (resource: Resource) => boolean): readonly Resource[] {
  const matching = matchContext(context);
  const matches: Resource[] = [];
  for (const resource of new Set(candidates(context, query))) {
    if (within !== undefined && !within(resource)) continue;
    const matched = matchSearch(resource, query, matching);
    if (matched === undefined) throw new FhirError(400, 'not-supported', 'A search parameter or modifier is not supported');
    if (matched) matches.push(resource);
  }
  const { store } = context;
  return query.result.sort.length === 0 ? store.byCreation(matches) : sortResources(matches, query.result.sort);
}

/**
 * Answers a search with its first page.
 * @param type `Resource` for all types
 * @param within restricts to a compartment
 */
export function searchStore(context: ServerContext, exchange: Exchange, type: string, within?: (resource: Resource) => boolean): Bundle {
  const { store, base, pages } = context;
  const query = readQuery(type, exchange.query, prefers(exchange, 'handling=strict'));
  const { result } = query;
  const names = findMatches(context, query, within).map(({ resourceType, id = '' }) => [resourceType, id] as const);
  const counting = result.summary === 'count' || result.count === 0;
  const path = exchange.path.filter((step) => step !== '_search');
  const search = new URLSearchParams(exchange.query.map(([name, value]) => [name, value]));
  const self = `${[base(), ...path].join('/')}${search.size === 0 ? '' : `?${search}`}`;
  const entries = (from: number, to: number) => {
    const matches = names.slice(from, to).flatMap(([resourceType, id]) => store.resource(resourceType, id) ?? []);
    const included = includeResources(context, matches, result);
    return [
      ...matches.map((resource) => entryOf(base(), summarize(resource, result), 'match')),
      ...included.map((resource) => entryOf(base(), summarize(resource, { summary: result.summary }), 'include')),
    ];
  };
  const total = result.total === 'none' && !counting ? undefined : names.length;
  return pages.first(
    { type: 'searchset', length: counting ? 0 : names.length, total, self, entries: counting ? () => [] : entries },
    result.count,
  );
}
