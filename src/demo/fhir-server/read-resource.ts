/** read, vread and history (FHIR R4 sections 3.1.0.2, 3.1.0.3, 3.1.0.8), Binary in its own format (2.17.3). */
import { STATUS_CODES } from 'node:http';
import type { Bundle, BundleEntry, Resource } from '../../fhir/resource.ts';
import { NO_RESULT_PARAMETERS, parseResultParameter } from '../../fhir/search/parse-result-parameter.ts';
import type { ResultParameters } from '../../fhir/search/search-query.ts';
import { type Answer, type Exchange, etagOf, type ServerContext } from './exchange.ts';
import { FhirError } from './fhir-error.ts';
import type { Version } from './store.ts';
import { summarize } from './summarize.ts';

export function versionHeaders({ versionId, lastUpdated }: Version): Record<string, string> {
  return { etag: etagOf(versionId), 'last-modified': new Date(lastUpdated).toUTCString() };
}

function summaryOf(type: string, { query }: Exchange): ResultParameters {
  let result = NO_RESULT_PARAMETERS;
  for (const [name, value] of query) {
    if (name !== '_summary' && name !== '_elements') continue;
    const next = parseResultParameter(type, name, undefined, value, result);
    if (next === undefined) throw new FhirError(400, 'invalid', `Invalid ${name}`);
    result = next;
  }
  return result;
}

function isUnchanged({ headers }: Exchange, version: Version): boolean {
  const matches = headers['if-none-match']?.split(',').some((tag) => tag.trim() === etagOf(version.versionId) || tag.trim() === '*');
  if (matches !== undefined) return matches;
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return Math.floor(Date.parse(version.lastUpdated) / 1000) * 1000 <= since;
}

/** A Binary is given as it is unless FHIR is asked for by name. */
function rawBinary({ headers, query }: Exchange, resource: Resource): Answer | undefined {
  const asked = `${query.find(([name]) => name === '_format')?.[1] ?? ''} ${headers.accept ?? ''}`;
  if (resource.resourceType !== 'Binary' || /fhir|json/.test(asked)) return undefined;
  const { contentType = 'application/octet-stream', data = '', securityContext } = resource;
  const context: Record<string, string> =
    securityContext?.reference === undefined ? {} : { 'x-security-context': securityContext.reference };
  return { status: 200, headers: { 'content-type': contentType, ...context }, bytes: Buffer.from(data, 'base64') };
}

export function readResource({ store }: ServerContext, exchange: Exchange, type: string, id: string, versionId?: string): Answer {
  const version = versionId === undefined ? store.current(type, id) : store.version(type, id, versionId);
  if (version === undefined) throw new FhirError(404, 'not-found', `Resource ${type}/${id} is not known`);
  const headers = versionHeaders(version);
  if (version.resource === undefined) throw new FhirError(410, 'deleted', `Resource was deleted at ${version.lastUpdated}`);
  if (isUnchanged(exchange, version)) return { status: 304, headers };
  const raw = rawBinary(exchange, version.resource);
  if (raw !== undefined) return { ...raw, headers: { ...headers, ...raw.headers } };
  return { status: 200, headers, body: summarize(version.resource, summaryOf(type, exchange)) };
}

const STATUS_OF = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;

function historyEntry(base: string, version: Version): BundleEntry {
  const { type, id, method, versionId, lastUpdated, resource } = version;
  const status = method === 'PUT' && versionId === '1' ? 201 : STATUS_OF[method];
  return {
    fullUrl: `${base}/${type}/${id}`,
    ...(resource === undefined ? {} : { resource }),
    request: { method, url: method === 'POST' ? type : `${type}/${id}` },
    response: { status: `${status} ${STATUS_CODES[status]}`, etag: etagOf(versionId), lastModified: lastUpdated },
  };
}

/** @throws FhirError 404 where the resource never existed; 400 */
export function readHistory(context: ServerContext, exchange: Exchange, type?: string, id?: string): Bundle {
  const { store, base, pages } = context;
  const query = new URLSearchParams(exchange.query.map(([name, value]) => [name, value]));
  const since = Date.parse(query.get('_since') ?? '0000-01-01');
  const count = query.get('_count');
  if (Number.isNaN(since) || (count !== null && !/^\d{1,6}$/.test(count))) throw new FhirError(400, 'invalid', 'Invalid _since or _count');
  const all = store.history(type, id);
  if (id !== undefined && all.length === 0) throw new FhirError(404, 'not-found', `Resource ${type}/${id} is not known`);
  const versions = all.filter(({ lastUpdated }) => Date.parse(lastUpdated) >= since);
  const self = `${[base(), ...exchange.path].join('/')}${query.size === 0 ? '' : `?${query}`}`;
  const entries = (from: number, to: number) => versions.slice(from, to).map((version) => historyEntry(base(), version));
  return pages.first(
    { type: 'history', length: versions.length, total: versions.length, self, entries },
    count === null ? undefined : Number(count),
  );
}
