/** Answers of entries as entries of a response Bundle (FHIR R4 section 3.1.0.11.2). */
import type { PrivityError } from '../errors.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import type { Resource } from '../fhir/resource.ts';
import { NO_REDISCLOSURE } from '../redact/security-marks.ts';
import type { Answer } from './answer.ts';

export interface ResponseEntry {
  readonly resource?: Resource;
  readonly response: Readonly<Record<string, unknown>>;
}

const TEXTS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [204, 'No Content'],
  [304, 'Not Modified'],
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [422, 'Unprocessable Content'],
  [429, 'Too Many Requests'],
  [503, 'Service Unavailable'],
]);

const statusText = (status: number): string => [status, TEXTS.get(status) ?? ''].join(' ').trim();

/** @param ifNoneMatch the version that the caller has */
export function answeredEntry({ status, headers, resource }: Answer, ifNoneMatch?: string): ResponseEntry {
  const { location, etag, 'last-modified': modified } = headers;
  const unchanged = etag !== undefined && etag === ifNoneMatch;
  const response = {
    status: statusText(unchanged ? 304 : status),
    ...(location === undefined ? {} : { location }),
    ...(etag === undefined ? {} : { etag }),
    ...(modified === undefined ? {} : { lastModified: new Date(modified).toISOString() }),
  };
  if (resource === undefined || unchanged) return { response };
  return resource.resourceType === 'OperationOutcome' ? { response: { ...response, outcome: resource } } : { resource, response };
}

export function refusedEntry(error: PrivityError): ResponseEntry {
  return { response: { status: statusText(error.kind.status), outcome: operationOutcome(error) } };
}

/** One resource under the notice of 42 CFR 2.32 puts it on the whole. */
export function responseBundle(kind: 'batch' | 'transaction', entry: readonly ResponseEntry[], answers: readonly Answer[]): Answer {
  const notice = answers.map(({ headers }) => headers['x-redisclosure-notice']).find((text) => text !== undefined);
  const resource: Resource = {
    resourceType: 'Bundle',
    ...(notice === undefined ? {} : { meta: { security: [NO_REDISCLOSURE] } }),
    type: `${kind}-response`,
    ...(entry.length === 0 ? {} : { entry }),
  };
  return { status: 200, headers: notice === undefined ? {} : { 'x-redisclosure-notice': notice }, resource };
}
