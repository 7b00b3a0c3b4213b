/** An entry of a batch or transaction as the request that it stands for (FHIR R4 section 3.1.0.11), read as strictly as one. */
import { PrivityError } from '../errors.ts';
import { type Interaction, readInteraction } from './interaction.ts';
import type { Json, JsonObject, Resource } from './resource.ts';
import { isObject } from './walk-elements.ts';

export interface EntryRequest {
  readonly interaction: Interaction;
  /** `urn:uuid:…`, by which other entries refer to it. */
  readonly name?: string;
  readonly ifNoneMatch?: string;
}

/** @throws PrivityError `too-large`, `invalid-body` */
export function entriesOf(bundle: Resource, most: number): readonly Json[] {
  const entries: unknown = bundle.entry ?? [];
  if (!Array.isArray(entries)) throw new PrivityError('invalid-body', 'Bundle.entry');
  if (entries.length > most) throw new PrivityError('too-large', `entries: at most ${most}`);
  return entries;
}

/**
 * @param publicBase FHIR base URL of the gateway: an entry may name it
 * @throws PrivityError as a request of its own would; `not-supported` for a Bundle within a Bundle
 */
export function readEntry(entry: Json, publicBase: string): EntryRequest {
  if (!isObject(entry) || !isObject(entry.request)) throw new PrivityError('invalid-body', 'request');
  const { request, resource, fullUrl } = entry;
  const url = textOf(request, 'url') ?? '';
  const path = url.startsWith(`${publicBase}/`) ? url.slice(publicBase.length) : `/${url.replace(/^\//, '')}`;
  const method = textOf(request, 'method') ?? '';
  const [ifMatch, ifNoneExist, ifNoneMatch] = (['ifMatch', 'ifNoneExist', 'ifNoneMatch'] as const).map((name) => textOf(request, name));
  const interaction = readInteraction({
    method,
    url: path,
    ...bodyOf(method, resource),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  });
  const known = 'kind' in interaction && !['batch', 'transaction', 'capabilities', 'smart-configuration'].includes(interaction.kind);
  if (!known) throw new PrivityError('not-supported', interaction.kind);
  return {
    interaction,
    ...(typeof fullUrl === 'string' && /^urn:(uuid|oid):[\w.:-]{1,100}$/.test(fullUrl) ? { name: fullUrl } : {}),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

function textOf(request: JsonObject, name: string): string | undefined {
  const value = request[name];
  if (value !== undefined && typeof value !== 'string') throw new PrivityError('invalid-body', `request.${name}`);
  return value;
}

/** A JSON Patch travels in a Binary (section 3.1.0.11.1). */
function bodyOf(method: string, resource: Json | undefined): { readonly contentType?: string; readonly body?: string } {
  if (resource === undefined) return {};
  const isBinary = isObject(resource) && resource.resourceType === 'Binary';
  if (method === 'PATCH' && isBinary && typeof resource.contentType === 'string' && typeof resource.data === 'string')
    return { contentType: resource.contentType, body: decode(resource.data) };
  return { contentType: 'application/fhir+json', body: JSON.stringify(resource) };
}

function decode(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    throw new PrivityError('invalid-body', 'resource.data');
  }
}
