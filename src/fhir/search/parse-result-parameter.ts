/** Parameters that shape a search's answer: paging, sorting, includes, summaries (FHIR R4 section 3.1.1.5). */
import { RESOURCE_TYPES } from '../definitions.ts';
import { searchDefinition } from './search-definition.ts';
import type { Include, ResultParameters, SortKey } from './search-query.ts';

export const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  '_count',
  '_sort',
  '_include',
  '_revinclude',
  '_summary',
  '_elements',
  '_total',
  '_contained',
  '_containedType',
  '_format',
  '_pretty',
]);

export const NO_RESULT_PARAMETERS: ResultParameters = { sort: [], include: [], revinclude: [] };

function oneOf<T extends string>(text: string, ...allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === text);
}

function parseSort(resourceType: string, text: string): SortKey[] | undefined {
  const keys = text.split(',').map((key) => ({ parameter: key.replace(/^-/, ''), descending: key.startsWith('-') }));
  const sortable = keys.every(({ parameter }) => {
    const type = searchDefinition(resourceType, parameter)?.type;
    return type !== undefined && type !== 'composite' && type !== 'special';
  });
  return sortable ? keys : undefined;
}

function parseInclude(text: string, modifier: string | undefined): Include | undefined {
  const iterate = modifier === 'iterate' || modifier === 'recurse';
  if (modifier !== undefined && !iterate) return undefined;
  if (text === '*') return { source: '*', parameter: '*', iterate };
  const [source = '', parameter = '', target, more] = text.split(':');
  if (more !== undefined || !RESOURCE_TYPES.has(source)) return undefined;
  if (parameter !== '*' && searchDefinition(source, parameter)?.type !== 'reference') return undefined;
  if (target === undefined || target === '') return { source, parameter, iterate };
  return RESOURCE_TYPES.has(target) ? { source, parameter, target, iterate } : undefined;
}

/** Names of elements, as `_elements` lists them. */
function parseElements(text: string): string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^[A-Za-z][A-Za-z.]*$/.test(name)) ? names : undefined;
}

/**
 * Reads one result parameter into `result`. `_sort`, `_elements` and the includes may be repeated, the others not: which of two would
 * count differs between servers.
 * @param modifier what follows the colon of the name
 * @returns `undefined` where name, modifier or value are not valid
 */
export function parseResultParameter(
  resourceType: string,
  name: string,
  modifier: string | undefined,
  text: string,
  result: ResultParameters,
): ResultParameters | undefined {
  if (name === '_include' || name === '_revinclude') {
    const include = parseInclude(text, modifier);
    if (include === undefined) return undefined;
    return name === '_include'
      ? { ...result, include: [...result.include, include] }
      : { ...result, revinclude: [...result.revinclude, include] };
  }
  if (modifier !== undefined) return undefined;
  switch (name) {
    case '_sort': {
      const sort = parseSort(resourceType, text);
      return sort && { ...result, sort: [...result.sort, ...sort] };
    }
    case '_elements': {
      const elements = parseElements(text);
      return elements && { ...result, elements: [...(result.elements ?? []), ...elements] };
    }
    case '_count':
      return /^\d{1,9}$/.test(text) ? once(result, 'count', Number(text)) : undefined;
    case '_summary':
      return once(result, 'summary', oneOf(text, 'true', 'text', 'data', 'count', 'false'));
    case '_total':
      return once(result, 'total', oneOf(text, 'none', 'estimate', 'accurate'));
    case '_contained':
      return once(result, 'contained', oneOf(text, 'true', 'false', 'both'));
    case '_containedType':
      return once(result, 'containedType', oneOf(text, 'container', 'contained'));
    case '_format':
      return once(result, 'format', text);
    case '_pretty':
      return once(result, 'pretty', text === 'true');
    default:
      return undefined;
  }
}

function once<K extends keyof ResultParameters>(
  result: ResultParameters,
  key: K,
  value: ResultParameters[K],
): ResultParameters | undefined {
  return value === undefined || result[key] !== undefined ? undefined : { ...result, [key]: value };
}
