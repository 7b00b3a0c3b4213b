/**
 * What came from the upstream -> an answer the flow can use: FHIR JSON of bounded depth, and the few headers that mean
 * something here. Anything else is refused, since a filter that can not read an answer can not filter it (threats.md 41).
 * Duplicate names in an object: JSON.parse keeps the last one, and only what was parsed is ever decided on and sent.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { PrivityError } from '../errors.ts';
import { type KnownTexts, parseFhir } from '../fhir/parse-fhir.ts';
import type { Resource } from '../fhir/resource.ts';
import type { UpstreamAnswer } from '../ports.ts';

/** Far above what FHIR nests; far below what a recursive walk can take. */
const MAX_DEPTH = 100;
const KEPT_HEADERS = ['etag', 'last-modified', 'location', 'content-type'] as const;
const FHIR_JSON = /^application\/(?:fhir\+json|json|json\+fhir)\s*(?:;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8\b)/i;

function invalid(why: string, cause?: unknown): PrivityError {
  return new PrivityError('upstream-invalid', undefined, { cause: new Error(why, { cause }) });
}

/** @throws PrivityError `upstream-invalid` for what is no FHIR resource in JSON of bounded depth */
export function parseResource(text: string, known?: KnownTexts): Resource {
  let value: unknown;
  try {
    value = parseFhir(text, MAX_DEPTH, known);
  } catch (error) {
    // The parser's own message quotes the text, and with it content.
    throw invalid(error instanceof RangeError ? 'nested too deeply' : 'not JSON');
  }
  const type = typeof value === 'object' && value !== null ? (value as { resourceType?: unknown }).resourceType : undefined;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]+$/.test(type)) throw invalid('no FHIR resource');
  return value as Resource;
}

/**
 * @param text the whole body
 * @param known what was read before: the same text is the same object again, which nobody may change
 * @throws PrivityError `upstream-invalid` for a redirect, a success that is not FHIR JSON, a content coding
 */
export function readUpstreamAnswer(status: number, headers: IncomingHttpHeaders, text: string, known?: KnownTexts): UpstreamAnswer {
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
  return { ...answer, resource: parseResource(text, known) };
}
