/** Applies a rewriting to every string of a resource, sharing what it leaves unchanged. */
import { createSlot } from '../fhir/per-resource.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import { sourceText } from '../fhir/source-text.ts';
import { MAX_DEPTH } from '../fhir/walk-elements.ts';

/** What a resource becomes, by the last rewriting that it met: one that comes again leaves again as it did. */
const kept = createSlot<{ readonly rewrite: (text: string) => string; readonly result: Resource | undefined }>();

/**
 * @param rewrite a function of the text alone
 * @returns the same object where no string changed; `undefined` where the resource nests deeper than `MAX_DEPTH`
 */
export function rewriteStrings<T extends Resource>(resource: T, rewrite: (text: string) => string): T | undefined {
  const known = kept.get(resource);
  if (known?.rewrite === rewrite) return known.result as T | undefined;
  const result = isUntouched(resource, rewrite) ? resource : (into(resource as Json, rewrite, 0) as T | undefined);
  kept.set(resource, { rewrite, result });
  return result;
}

/**
 * As `rewriteStrings`, for what was made of a resource by leaving parts out and adding marks of the gateway's own: where nothing in
 * the whole has to be rewritten, nothing in a part has.
 */
export function rewritePart(part: Resource, whole: Resource, rewrite: (text: string) => string): Resource | undefined {
  return part !== whole && isUntouched(whole, rewrite) ? part : rewriteStrings(part, rewrite);
}

/** Judged by the text that it came in: without escapes that could hide a letter or a slash, it holds every string as it is. */
function isUntouched(resource: Resource, rewrite: (text: string) => string): boolean {
  const source = sourceText(resource);
  return source !== undefined && !hidesText(source) && rewrite(source) === source;
}

const [LETTER_U, SLASH] = [0x75, 0x2f];

/** A letter or a slash written with an escape. The engine's search for one character is quicker than any pattern. */
function hidesText(source: string): boolean {
  for (let at = source.indexOf('\\'); at !== -1; at = source.indexOf('\\', at + 2)) {
    const escaped = source.charCodeAt(at + 1);
    if (escaped === LETTER_U || escaped === SLASH) return true;
  }
  return false;
}

function into(value: Json, rewrite: (text: string) => string, depth: number): Json | undefined {
  if (typeof value === 'string') return rewrite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return undefined;
  // This runs over every string that leaves: for…in builds no arrays of names.
  let copy: Record<string, Json> | undefined;
  for (const name in value) {
    const child = (value as Record<string, Json>)[name] as Json;
    const next = into(child, rewrite, depth + 1);
    if (next === undefined) return undefined;
    if (next === child) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, Json>;
    copy[name] = next;
  }
  return copy ?? value;
}
