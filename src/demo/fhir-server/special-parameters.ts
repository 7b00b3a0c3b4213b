/**
 * Search parameters that no expression decides (FHIR R4 sections 3.1.1.4.14 to 3.1.1.4.17, 3.1.3), in the measure that servers in use have
 * them: full text, lists, `_filter` with comparisons joined by `and`, places nearby.
 */
import { localReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { matchSearch } from '../../fhir/search/match-search.ts';
import { normalizeText } from '../../fhir/search/match-string.ts';
import { parseSearch } from '../../fhir/search/parse-search.ts';
import type { SearchParameter } from '../../fhir/search/search-query.ts';
import type { ServerContext } from './exchange.ts';

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* textsIn(child);
}

const words = (text: string) => normalizeText(text).split(' ');

function inList({ store, base }: ServerContext, resource: Resource, list: string): boolean {
  const entries: { item?: { reference?: string } }[] = store.resource('List', list)?.entry ?? [];
  const name = `${resource.resourceType}/${resource.id}`;
  return entries.some(({ item }) => localReference(item?.reference ?? '', base()) === name);
}

/** `name eq peter and birthdate ge 2014-10-10`. */
function satisfiesFilter(resource: Resource, filter: string): boolean | undefined {
  const pairs: [string, string][] = [];
  for (const clause of filter.split(/ and /i)) {
    const [, name, operator, value] = /^\s*([\w.-]+) (eq|ne|gt|lt|ge|le|sa|eb|co|sw) "?([^"]*?)"?\s*$/.exec(clause) ?? [];
    if (name === undefined || operator === undefined || value === undefined) return undefined;
    if (operator === 'co') pairs.push([`${name}:contains`, value]);
    else pairs.push([name, operator === 'eq' || operator === 'sw' ? value : `${operator}${value}`]);
  }
  return matchSearch(resource, parseSearch(resource.resourceType, pairs));
}

const EARTH_KM = 6371;

/** `latitude|longitude|distance|km`. */
function isNear({ position }: Resource, near: string): boolean | undefined {
  const [latitude = Number.NaN, longitude = Number.NaN, distance = 50] = near.split('|').slice(0, 3).map(Number);
  if ([latitude, longitude, distance].some(Number.isNaN)) return undefined;
  if (position === undefined) return false;
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const halfChord =
    Math.sin(radians(position.latitude - latitude) / 2) ** 2 +
    Math.cos(radians(latitude)) * Math.cos(radians(position.latitude)) * Math.sin(radians(position.longitude - longitude) / 2) ** 2;
  const kilometres = 2 * EARTH_KM * Math.asin(Math.sqrt(halfChord));
  return kilometres <= (near.endsWith('|mi_us') ? distance * 1.609344 : distance);
}

export function matchSpecial(context: ServerContext, resource: Resource, { name, values }: SearchParameter): boolean | undefined {
  const test = (text: string): boolean | undefined => {
    if (name === '_list') return inList(context, resource, text.replace(/^List\//, ''));
    if (name === '_filter') return satisfiesFilter(resource, text);
    if (name === 'near') return isNear(resource, text);
    if (name !== '_text' && name !== '_content') return undefined;
    const content = normalizeText([...textsIn(name === '_text' ? resource.text?.div : resource)].join(' ').replace(/<[^>]*>/g, ' '));
    return words(text).every((word) => content.includes(word));
  };
  const answers = values.map((value) => (value.kind === 'text' ? test(value.text) : undefined));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}
