/**
 * What came from the upstream -> an answer the flow can use: FHIR JSON of bounded depth, and the few headers that mean
 * something here. Anything else is refused, since a filter that can not read an answer can not filter it (threats.md 41).
 * Duplicate names in an object: JSON.parse keeps the last one, and only what was parsed is ever decided on and sent.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import type { UpstreamAnswer } from '../ports.ts';

/** Far above what FHIR nests; far below what a recursive walk can take. */
const MAX_DEPTH = 100;
const KEPT_HEADERS = ['etag', 'last-modified', 'location', 'content-type'] as const;
const FHIR_JSON = /^application\/(?:fhir\+json|json|json\+fhir)\s*(?:;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8\b)/i;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function invalid(why: string, cause?: unknown): PrivityError {
  return new PrivityError('upstream-invalid', undefined, { cause: new Error(why, { cause }) });
}

/** Index of the quote that ends the string which starts at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether arrays and objects in a JSON text nest deeper than `limit`. Strings are skipped; validity is not judged. */
export function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** @throws PrivityError `upstream-invalid` for what is no FHIR resource in JSON of bounded depth */
export function parseResource(text: string): Resource {
  if (nestsDeeper(text, MAX_DEPTH)) throw invalid('nested too deeply');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and with it content.
    throw invalid('not JSON');
  }
  const type = typeof value === 'object' && value !== null ? (value as { resourceType?: unknown }).resourceType : undefined;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]+$/.test(type)) throw invalid('no FHIR resource');
  return value as Resource;
}

/**
 * @param text the whole body
 * @throws PrivityError `upstream-invalid` for a redirect, a success that is not FHIR JSON, a content coding
 */
export function readUpstreamAnswer(status: number, headers: IncomingHttpHeaders, text: string): UpstreamAnswer {
  const kept = KEPT_HEADERS.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : []));
  const answer = { status, headers: Object.fromEntries(kept) };
  if (status === 204 || status === 304) return answer;
  if (status >= 300 && status < 400) throw invalid(`redirect ${status}`);
  const type = headers['content-type'] ?? '';
  const coding = headers['content-encoding'] ?? 'identity';
  const readable = FHIR_JSON.test(type) && !OTHER_CHARSET.test(type) && coding === 'identity';
  // An error page of some proxy is an answer too; its status says enough.
  if (status >= 400 && (!readable || text === '')) return answer;
  if (!readable) throw invalid('not FHIR JSON');
  return { ...answer, resource: parseResource(text) };
}
