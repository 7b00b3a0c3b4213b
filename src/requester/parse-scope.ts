/**
 * One SMART scope of a token (SMART App Launch 2.2, section 3 "Scopes for requesting FHIR Resources"; v1 forms included).
 * A scope that is malformed, or whose query has a modifier, a chain, an include or a parameter that can not be held to on
 * a single resource, grants nothing: dropping only the query would widen it (threats.md 6).
 */

import searchParameters from '../fhir/definitions/r4-search-parameters.json' with { type: 'json' };
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import type { Scope } from './requester.ts';

export type ScopeReading =
  | { readonly kind: 'access'; readonly scope: Scope }
  /** Launch context, identity and whatever else is not about FHIR resources: nothing to grant, nothing wrong. */
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly reason: string };

const LEVELS = ['patient', 'user', 'system'] as const;
/** Version 1 words; `.read` is never the letters r, e, a, d. */
const VERSION_1 = new Map([
  ['read', 'rs'],
  ['write', 'cud'],
  ['*', 'cruds'],
]);
/** Each letter at most once and in this order (SMART 2.2: `cruds`). */
const PERMISSIONS = /^c?r?u?d?s?$/;
const RESOURCE_SCOPE = /^([^/?]+)\/([^./?]+)\.([^?]*)(?:\?(.*))?$/;
const FHIR_LIKE = /^(?:patient|user|system)\/|^[A-Z][A-Za-z]*\.|^[A-Za-z]+\/[A-Z*][A-Za-z]*\./;
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** What can be held to on one resource by looking at it alone. */
const PARAMETER_TYPES: ReadonlySet<string> = new Set(['token', 'reference', 'uri', 'string']);

type Definitions = Record<string, Record<string, { type: string }>>;

function parameterType(resourceType: string, name: string): string | undefined {
  for (const type of [resourceType, 'Resource']) {
    const known = (searchParameters as unknown as Definitions)[type];
    if (known !== undefined && Object.hasOwn(known, name)) return known[name]?.type;
  }
  return undefined;
}

function refused(reason: string): ScopeReading {
  return { kind: 'refused', reason };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** @returns the pairs of a granular scope's query, or the reason why it can not be held to */
function parseQuery(resourceType: string, query: string): (readonly [string, string])[] | string {
  const pairs: (readonly [string, string])[] = [];
  for (const item of query.split('&')) {
    const equals = item.indexOf('=');
    const name = decoded(item.slice(0, Math.max(equals, 0)));
    const value = decoded(item.slice(equals + 1));
    if (equals < 1 || name === undefined || value === undefined || value === '') return 'malformed query';
    if (name.includes(':')) return 'modifier in the query';
    if (name.includes('.')) return 'chain in the query';
    if (!PLAIN_NAME.test(name)) return 'malformed query';
    const type = parameterType(resourceType, name);
    if (type === undefined) return 'unknown parameter in the query';
    if (!PARAMETER_TYPES.has(type)) return `parameter of type ${type} in the query`;
    pairs.push([name, value]);
  }
  return pairs;
}

/**
 * Reads one scope. Never throws.
 * @param text one scope, without spaces: `patient/Observation.rs?category=laboratory`, `user/*.read`, `openid`
 */
export function parseScope(text: string): ScopeReading {
  if (!FHIR_LIKE.test(text)) return { kind: 'other' };
  const [, level, resourceType, suffix, query] = RESOURCE_SCOPE.exec(text) ?? [];
  if (level === undefined || resourceType === undefined || suffix === undefined) return refused('malformed');
  const known = LEVELS.find((candidate) => candidate === level);
  if (known === undefined) return refused('unknown level');
  if (resourceType !== '*' && !RESOURCE_TYPES.has(resourceType)) return refused('unknown resource type');
  const version1 = VERSION_1.get(suffix);
  const permissions = version1 ?? suffix;
  if (permissions === '' || !PERMISSIONS.test(permissions)) return refused('malformed permissions');
  if (version1 !== undefined && query !== undefined) return refused('query on a version 1 scope');
  const pairs = query === undefined ? [] : parseQuery(resourceType, query);
  if (typeof pairs === 'string') return refused(pairs);
  const has = (letter: string) => permissions.includes(letter);
  return {
    kind: 'access',
    scope: {
      level: known,
      resourceType,
      create: has('c'),
      read: has('r'),
      update: has('u'),
      delete: has('d'),
      search: has('s'),
      query: pairs,
      text,
    },
  };
}
