/**
 * A request body as a FHIR resource (FHIR R4 section 2.6.2): JSON of bounded depth with the type that its URL says. Nothing is
 * coerced; what the parser kept is what is judged and sent on.
 */
import { PrivityError } from '../errors.ts';
import type { Json, Resource } from './resource.ts';

/** Far above what FHIR nests; far below what a recursive walk can take. */
const MAX_DEPTH = 100;
const FHIR_JSON = /^application\/(fhir\+json|json|json\+fhir)\s*(;|$)/i;

/** @param type what it must be, where the URL says; @throws PrivityError `unsupported-media-type`, `invalid-body` */
export function readBody({ contentType, body = '' }: { readonly contentType?: string; readonly body?: string }, type?: string): Resource {
  if (contentType === undefined || !FHIR_JSON.test(contentType)) throw new PrivityError('unsupported-media-type');
  const value = readJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PrivityError('invalid-body', 'a JSON object');
  const { resourceType } = value as { resourceType?: unknown };
  if (typeof resourceType !== 'string') throw new PrivityError('invalid-body', 'resourceType');
  if (type !== undefined && resourceType !== type) throw new PrivityError('invalid-body', 'resourceType is not that of the URL');
  return value as unknown as Resource;
}

/** @throws PrivityError `invalid-body`; the parser's own message quotes the text and stays inside */
export function readJson(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text, refusePrototype);
  } catch (cause) {
    throw cause instanceof PrivityError ? cause : new PrivityError('invalid-body', 'JSON');
  }
  requireShallow(value, 0);
  return value;
}

/** `__proto__` is no FHIR element; as a key it would reach into objects built from this one. */
function refusePrototype(key: string, value: Json): Json {
  if (key === '__proto__') throw new PrivityError('invalid-body', 'element name');
  return value;
}

function requireShallow(value: Json, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new PrivityError('invalid-body', 'nested too deeply');
  for (const inner of Object.values(value)) requireShallow(inner, depth + 1);
}
