/**
 * A quick look whether a resource may point at something that the requester can't see, without its definitions: most
 * resources do not, and leave as they came.
 */
import type { Json, Resource } from '../fhir/resource.ts';
import { MAX_DEPTH } from '../fhir/walk-elements.ts';
import type { RedactContext } from './redact-context.ts';

/** `Observation/o1` at the start or after a slash, or a `urn:`. */
const POINTER = /(?:^|\/)[A-Z][A-Za-z]{2,}\/[A-Za-z0-9\-.]|^urn:/;
/** `<`: a narrative, long and no pointer. */
const MARKUP = 60;

/** Whether a text outside a Reference can mean a resource at all. */
export function looksLikePointer(text: string): boolean {
  return text.charCodeAt(0) !== MARKUP && (text.includes('/') || text.startsWith('urn:')) && POINTER.test(text);
}

/** @returns `true` also where a text only looks like a pointer, and where the resource nests too deep */
export function mentionsUnseen(resource: Resource, context: RedactContext): boolean {
  return into(resource as Json, '', context, 0);
}

function into(value: Json, name: string, context: RedactContext, depth: number): boolean {
  if (typeof value === 'string') return (name === 'reference' || looksLikePointer(value)) && isUnseen(value, context);
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  if (Array.isArray(value)) return value.some((item: Json) => into(item, '', context, depth + 1));
  for (const child in value) if (into((value as Record<string, Json>)[child] as Json, child, context, depth + 1)) return true;
  return false;
}

function isUnseen(text: string, context: RedactContext): boolean {
  const target = text.split(/[#|]/, 1)[0] as string;
  return target !== '' && (context.canSee(target) === false || context.isRedacted?.(target) === true);
}
