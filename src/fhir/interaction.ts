/**
 * One HTTP request as one FHIR interaction (FHIR R4 http.html), or a refusal. The URL that is judged is rebuilt from its
 * parts, so that the same canonical one goes upstream (threats.md 45): no dots, no empty segments, no escapes in the path.
 */
import { PrivityError } from '../errors.ts';
import { RESOURCE_TYPES } from './definitions.ts';
import { isId } from './reference.ts';

export type Pairs = readonly (readonly [name: string, value: string])[];

export type Interaction =
  | { readonly kind: 'capabilities' }
  | { readonly kind: 'smart-configuration' }
  | { readonly kind: 'read'; readonly type: string; readonly id: string; readonly parameters: Pairs }
  | { readonly kind: 'vread'; readonly type: string; readonly id: string; readonly version: string; readonly parameters: Pairs }
  | { readonly kind: 'history-instance'; readonly type: string; readonly id: string; readonly parameters: Pairs }
  | { readonly kind: 'search-type'; readonly type: string; readonly parameters: Pairs }
  | { readonly kind: 'search-compartment'; readonly type: string; readonly patient: string; readonly parameters: Pairs }
  | { readonly kind: 'everything'; readonly patient: string; readonly parameters: Pairs };

export interface HttpShape {
  /** Upper-case method; HEAD counts as GET. */
  readonly method: string;
  /** Raw path below the FHIR base, with query, as it came: `/Patient/p1?_elements=name`. */
  readonly url: string;
  /** Body of a POST `_search`, `application/x-www-form-urlencoded`. */
  readonly form?: string;
}

const LIMITS = { url: 8_192, form: 65_536, parameters: 64 } as const;
const ANY_PATH = /^\/?$|^(\/[A-Za-z0-9$_.-]+)+\/?$/;

export function readInteraction(shape: HttpShape): Interaction {
  if (shape.url.length > LIMITS.url) throw new PrivityError('too-large', 'URL');
  if ((shape.form?.length ?? 0) > LIMITS.form) throw new PrivityError('too-large', 'form');
  const cut = shape.url.indexOf('?');
  const path = cut < 0 ? shape.url : shape.url.slice(0, cut);
  if (!ANY_PATH.test(path) || path.split('/').some((step) => /^\.+$/.test(step))) throw new PrivityError('invalid-url');
  const steps = path.split('/').filter((step) => step !== '');
  const parameters = [...readPairs(cut < 0 ? '' : shape.url.slice(cut + 1)), ...readPairs(shape.form ?? '')];
  if (parameters.length > LIMITS.parameters) throw new PrivityError('too-large', 'number of parameters');
  const get = shape.method === 'GET' || shape.method === 'HEAD';
  if (get) return readGet(steps, parameters);
  if (shape.method === 'POST' && steps.at(-1) === '_search') return readSearch(steps.slice(0, -1), parameters);
  return refuse(shape.method, steps);
}

function readGet(steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id, third, fourth] = steps;
  if (type === 'metadata' && steps.length === 1) return { kind: 'capabilities' };
  if (type === '.well-known' && id === 'smart-configuration' && steps.length === 2) return { kind: 'smart-configuration' };
  if (steps.length === 0) throw new PrivityError('not-supported', 'search over all types');
  if (type?.startsWith('$') || type === '_history')
    throw new PrivityError('not-supported', type.startsWith('$') ? 'operation' : '_history');
  if (type === undefined || !RESOURCE_TYPES.has(type)) throw new PrivityError('invalid-url', 'resource type');
  if (id === undefined) return { kind: 'search-type', type, parameters };
  if (id === '_search') throw new PrivityError('method-not-allowed', '_search needs POST');
  if (id.startsWith('$') || id === '_history')
    throw new PrivityError('not-supported', id.startsWith('$') ? 'operation' : '_history of a type');
  if (!isId(id)) throw new PrivityError('invalid-url', 'id');
  if (third === undefined) return { kind: 'read', type, id, parameters };
  if (third === '_history' && steps.length === 3) return { kind: 'history-instance', type, id, parameters };
  if (third === '_history' && steps.length === 4 && fourth !== undefined && isId(fourth))
    return { kind: 'vread', type, id, version: fourth, parameters };
  if (third === '$everything' && type === 'Patient' && steps.length === 3) return { kind: 'everything', patient: id, parameters };
  if (third.startsWith('$')) throw new PrivityError('not-supported', 'operation');
  return readSearch(steps, parameters);
}

function readSearch(steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id, inner] = steps;
  if (type === undefined) throw new PrivityError('not-supported', 'search over all types');
  if (!RESOURCE_TYPES.has(type)) throw new PrivityError('invalid-url', 'resource type');
  if (steps.length === 1) return { kind: 'search-type', type, parameters };
  if (steps.length !== 3 || id === undefined || !isId(id)) throw new PrivityError('invalid-url');
  if (type !== 'Patient') throw new PrivityError('not-supported', 'compartment');
  if (inner === undefined || !RESOURCE_TYPES.has(inner))
    throw new PrivityError(inner === '*' ? 'not-supported' : 'invalid-url', 'resource type');
  return { kind: 'search-compartment', type: inner, patient: id, parameters };
}

/** What FHIR knows but this gateway does not do is refused by name; what FHIR does not know is no FHIR request. */
function refuse(method: string, steps: readonly string[]): never {
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) throw new PrivityError('method-not-allowed');
  const operation = steps.find((step) => step.startsWith('$'));
  if (operation !== undefined) throw new PrivityError('not-supported', 'operation');
  if (steps.length === 0) throw new PrivityError('not-supported', 'batch and transaction');
  throw new PrivityError('not-supported', { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? 'interaction');
}

/** Decodes `application/x-www-form-urlencoded` strictly: a broken escape is refused, not guessed. */
export function readPairs(text: string): [string, string][] {
  if (text === '') return [];
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      return [decode(cut < 0 ? part : part.slice(0, cut)), decode(cut < 0 ? '' : part.slice(cut + 1))];
    });
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    if (decoded.includes('\0')) throw new URIError('NUL');
    return decoded;
  } catch (cause) {
    throw new PrivityError('invalid-parameter', 'percent-encoding', { cause });
  }
}

/** Pairs as a query that decodes to the same pairs. */
export function queryText(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
