/** create, update, patch and delete, plain and conditional (FHIR R4 sections 3.1.0.4 to 3.1.0.7), with version checks and `Prefer: return`. */

import { isId } from '../../fhir/reference.ts';
import { referencesIn } from '../../fhir/references-in.ts';
import type { Resource } from '../../fhir/resource.ts';
import { applyJsonPatch } from './apply-json-patch.ts';
import { type Answer, type Exchange, etagOf, type Pair, prefers, type ServerContext } from './exchange.ts';
import { FhirError, operationOutcome } from './fhir-error.ts';
import { versionHeaders } from './read-resource.ts';
import { findMatches, readQuery } from './search-store.ts';
import type { Version } from './store.ts';

function bodyOf({ body, headers, raw }: Exchange, type: string): Resource {
  if (type === 'Binary' && raw !== undefined && !/json/.test(headers['content-type'] ?? 'json')) {
    const context = headers['x-security-context'];
    return {
      resourceType: 'Binary',
      contentType: headers['content-type'],
      ...(context === undefined ? {} : { securityContext: { reference: context } }),
      data: raw.toString('base64'),
    };
  }
  const resource = body as Resource | undefined;
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource))
    throw new FhirError(400, 'structure', 'The body is no resource');
  if (resource.resourceType !== type) throw new FhirError(400, 'invalid', `The body must be a ${type}`);
  return resource;
}

/** The one match of a condition; `undefined` for none. @throws FhirError 400 without criteria, 412 for several */
export function matchOne(context: ServerContext, type: string, criteria: readonly Pair[]): Resource | undefined {
  const query = readQuery(type, criteria, true);
  if (query.parameters.length === 0) throw new FhirError(400, 'invalid', 'A conditional interaction needs criteria');
  const matches = findMatches(context, query);
  if (matches.length > 1) throw new FhirError(412, 'multiple-matches', `The criteria match ${matches.length} resources`);
  return matches[0];
}

function written({ base }: ServerContext, exchange: Exchange, version: Version, status: 200 | 201): Answer {
  const location = `${base()}/${version.type}/${version.id}/_history/${version.versionId}`;
  const headers = { ...versionHeaders(version), location, 'content-location': location };
  if (prefers(exchange, 'return=minimal')) return { status, headers };
  const outcome = prefers(exchange, 'return=OperationOutcome');
  return { status, headers, body: outcome ? operationOutcome('information', 'informational', 'Saved') : version.resource };
}

/** What a resource refers to must be there. */
export function checkReferences({ store, base, referentialIntegrity }: ServerContext, resource: Resource | undefined): void {
  if (!referentialIntegrity) return;
  for (const reference of new Set(referencesIn(resource, base()))) {
    const [type = '', id = '', more] = reference.split('/');
    if (more === undefined && store.resource(type, id) === undefined)
      throw new FhirError(400, 'processing', `Resource ${reference} not found`);
  }
}

export function checkReferrers({ store, referentialIntegrity }: ServerContext, name: string): void {
  if (!referentialIntegrity || store.referrerCount(name) === 0) return;
  throw new FhirError(409, 'conflict', `Unable to delete ${name} because at least one resource has a reference to it`);
}

function save(context: ServerContext, exchange: Exchange, resource: Resource, id: string, method: 'POST' | 'PUT' | 'PATCH'): Answer {
  const exists = context.store.resource(resource.resourceType, id) !== undefined;
  const version = context.store.write(resource, id, method);
  checkReferences(context, version.resource);
  return written(context, exchange, version, exists ? 200 : 201);
}

function checkVersion({ headers }: Exchange, current: Version | undefined): void {
  const wanted = headers['if-match'];
  const fits = current?.resource !== undefined && wanted === etagOf(current.versionId);
  if (wanted !== undefined && !fits) throw new FhirError(412, 'conflict', 'The version is not the current one');
}

/** @param newId the id to give; a transaction has given it before */
export function createResource(context: ServerContext, exchange: Exchange, type: string, newId = context.newId()): Answer {
  const resource = bodyOf(exchange, type);
  const condition = exchange.headers['if-none-exist'];
  const found = condition === undefined ? undefined : matchOne(context, type, [...new URLSearchParams(condition.replace(/^[^?]*\?/, ''))]);
  const version = found?.id === undefined ? undefined : context.store.current(type, found.id);
  return version === undefined ? save(context, exchange, resource, newId, 'POST') : written(context, exchange, version, 200);
}

export function updateResource(context: ServerContext, exchange: Exchange, type: string, id: string | undefined): Answer {
  const resource = bodyOf(exchange, type);
  const raw = type === 'Binary' && resource.id === undefined;
  if (id !== undefined) {
    if (!isId(id) || (resource.id !== id && !raw)) throw new FhirError(400, 'invalid', 'The id of the body must be that of the URL');
    checkVersion(exchange, context.store.current(type, id));
    return save(context, exchange, resource, id, 'PUT');
  }
  const found = matchOne(context, type, exchange.query);
  if (found?.id !== undefined) {
    if (resource.id !== undefined && resource.id !== found.id)
      throw new FhirError(400, 'invalid', 'The id of the body is not that of the match');
    checkVersion(exchange, context.store.current(type, found.id));
    return save(context, exchange, resource, found.id, 'PUT');
  }
  const taken = resource.id !== undefined && context.store.resource(type, resource.id) !== undefined;
  if (taken) throw new FhirError(409, 'conflict', 'The id of the body is that of a resource which does not match');
  return save(context, exchange, resource, resource.id ?? context.newId(), 'PUT');
}

export function patchResource(context: ServerContext, exchange: Exchange, type: string, id: string | undefined): Answer {
  const target = id ?? matchOne(context, type, exchange.query)?.id;
  const current = target === undefined ? undefined : context.store.current(type, target);
  if (target === undefined || current === undefined) throw new FhirError(404, 'not-found', `Resource ${type} is not known`);
  if (current.resource === undefined) throw new FhirError(410, 'deleted', `Resource ${type}/${target} was deleted`);
  checkVersion(exchange, current);
  const patched = applyJsonPatch(current.resource, exchange.body);
  const resource = bodyOf({ ...exchange, body: patched, raw: undefined }, type);
  if (resource.id !== target) throw new FhirError(422, 'processing', 'A patch can not change the id');
  return save(context, exchange, resource, target, 'PATCH');
}

export function deleteResource(context: ServerContext, exchange: Exchange, type: string, id: string | undefined): Answer {
  const target = id ?? matchOne(context, type, exchange.query)?.id;
  const current = target === undefined ? undefined : context.store.current(type, target);
  checkVersion(exchange, current);
  const body = operationOutcome('information', 'informational', 'Deleted, or was not there');
  if (target === undefined || current?.resource === undefined) return { status: 200, body };
  const version = context.store.delete(type, target);
  checkReferrers(context, `${type}/${target}`);
  return { status: 200, headers: { etag: etagOf(version.versionId) }, body };
}
