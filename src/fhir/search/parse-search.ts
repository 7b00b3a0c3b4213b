/**
 * Reads the parameters of a FHIR search (FHIR R4 section 3.1.1) into data: name, modifier, chain, `_has`, values. It is strict:
 * what R4 does not define for the type is refused by name, because an upstream might ignore it and the narrowing would
 * vanish (threats.md 2, 7). What a caller may ask is decided elsewhere, on the result.
 */
import { PrivityError } from '../../errors.ts';
import { RESOURCE_TYPES } from '../definitions.ts';
import { NO_RESULT_PARAMETERS, parseResultParameter, RESULT_PARAMETERS } from './parse-result-parameter.ts';
import { parseValue } from './parse-value.ts';
import { type SearchDefinition, searchDefinition } from './search-definition.ts';
import type { Modifier, ResultParameters, SearchKind, SearchParameter, SearchQuery, SearchValue } from './search-query.ts';
import { splitEscaped } from './split-escaped.ts';

/** FHIR R4 section 3.1.1.4.2, by type of parameter; a reference also takes a resource type, composite and special none. */
const MODIFIERS: ReadonlyMap<SearchKind, readonly Modifier[]> = new Map([
  ['token', ['missing', 'text', 'not', 'in', 'not-in', 'below', 'above', 'of-type']],
  ['string', ['missing', 'exact', 'contains']],
  ['uri', ['missing', 'below', 'above']],
  ['reference', ['missing', 'identifier', 'below', 'above']],
  ['date', ['missing']],
  ['number', ['missing']],
  ['quantity', ['missing']],
]);

/** Links of a chain or of nested `_has`; each is a search of its own for whoever evaluates it. */
const MAX_LINKS = 6;

type Pair = readonly [string, string];
type Link = { readonly resourceType: string; readonly key: string; readonly pair: Pair; readonly depth: number };

function parseHas({ resourceType, key, pair, depth }: Link): SearchParameter | undefined {
  const [, type = '', reference = '', inner = ''] = /^_has:([A-Za-z]+):([^:]+):(.+)$/.exec(key) ?? [];
  const definition = searchDefinition(type, reference);
  if (!RESOURCE_TYPES.has(type) || definition?.type !== 'reference') return undefined;
  if (resourceType !== 'Resource' && !definition.targets?.includes(resourceType)) return undefined;
  const next = parseLink({ resourceType: type, key: inner, pair, depth: depth + 1 });
  return next && { resourceType, name: '_has', kind: 'special', values: [], has: { type, reference, next }, pair };
}

function parseChain(link: Link, name: string, type: string | undefined, rest: string): SearchParameter | undefined {
  const definition = searchDefinition(link.resourceType, name);
  if (definition?.type !== 'reference' || (type !== undefined && !RESOURCE_TYPES.has(type))) return undefined;
  const targets = (definition.targets ?? []).filter((target) => type === undefined || target === type);
  const next = targets.flatMap((target) => parseLink({ ...link, resourceType: target, key: rest, depth: link.depth + 1 }) ?? []);
  if (next.length === 0) return undefined;
  const chain = { ...(type === undefined ? {} : { type }), next };
  return { resourceType: link.resourceType, name, kind: 'reference', values: [], chain, pair: link.pair };
}

function parseModifier(definition: SearchDefinition, text: string): { modifier: Modifier; targetType?: string } | undefined {
  const modifier = MODIFIERS.get(definition.type)?.find((known) => known === text);
  if (modifier !== undefined) return { modifier };
  const isTarget = definition.type === 'reference' && RESOURCE_TYPES.has(text) && definition.targets?.includes(text);
  return isTarget ? { modifier: 'type', targetType: text } : undefined;
}

function parseValues(text: string, parse: (value: string) => SearchValue | undefined): SearchValue[] | undefined {
  const values: SearchValue[] = [];
  for (const part of splitEscaped(text, ',')) {
    const value = parse(part);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** One parameter, or the rest of one after a link. */
function parseLink(link: Link): SearchParameter | undefined {
  const { resourceType, key, pair, depth } = link;
  if (depth > MAX_LINKS) return undefined;
  if (key.startsWith('_has:')) return parseHas(link);
  const [, name = '', suffix, rest] = /^([^:.]+)(?::([A-Za-z-]+))?(?:\.(.+))?$/.exec(key) ?? [];
  if (rest !== undefined) return parseChain(link, name, suffix, rest);
  const definition = searchDefinition(resourceType, name);
  if (definition === undefined || name === '_has') return undefined;
  const modified = suffix === undefined ? {} : parseModifier(definition, suffix);
  if (modified === undefined) return undefined;
  const { modifier, targetType }: { modifier?: Modifier; targetType?: string } = modified;
  const values = parseValues(pair[1], (text) => parseValue(text, resourceType, definition, modifier, targetType));
  return values && { resourceType, name, kind: definition.type, ...(modifier === undefined ? {} : { modifier }), values, pair };
}

/** A parameter's name without modifier and chain: the part that an error may repeat. */
export function parameterName(key: string): string {
  return (/^[^:.]*/.exec(key)?.[0] ?? '').slice(0, 64);
}

/**
 * @param resourceType `Resource` for a search over all types
 * @param pairs decoded names and values of the query and of a `_search` body, in order
 * @throws PrivityError `invalid-parameter` with the parameter's name: unknown, a modifier, prefix or value that it does not take, or
 *   empty (an empty value would be ignored upstream, and so widen the search)
 */
export function parseSearch(resourceType: string, pairs: readonly Pair[]): SearchQuery {
  const parameters: SearchParameter[] = [];
  let result: ResultParameters = NO_RESULT_PARAMETERS;
  for (const pair of pairs) {
    const [key, value] = pair;
    const [, name = '', modifier] = /^([^:]*)(?::(.*))?$/s.exec(key) ?? [];
    if (RESULT_PARAMETERS.has(name)) {
      const next = parseResultParameter(resourceType, name, modifier, value, result);
      if (next === undefined) throw new PrivityError('invalid-parameter', name);
      result = next;
      continue;
    }
    const parameter = parseLink({ resourceType, key, pair, depth: 0 });
    if (parameter === undefined) throw new PrivityError('invalid-parameter', parameterName(key));
    parameters.push(parameter);
  }
  return { resourceType, parameters, result };
}
