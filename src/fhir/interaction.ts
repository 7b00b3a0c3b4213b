/**
 * One HTTP request, or one entry of a batch, as one FHIR interaction (FHIR R4 http.html), or a refusal. The URL that is
 * judged is rebuilt from its parts, so that the same canonical one goes upstream (threats.md 45): no dots, no empty
 * segments, no escapes in the path.
 */
import { PrivityError } from '../errors.ts';
import { RESOURCE_TYPES } from './definitions.ts';
import { type Pairs, readPairs } from './query-pairs.ts';
import { readBody, readJson } from './read-body.ts';
import { isId } from './reference.ts';
import type { Json, Resource } from './resource.ts';

export type Interaction =
  | { readonly kind: 'capabilities' }
  | { readonly kind: 'smart-configuration' }
  | { readonly kind: 'read'; readonly type: string; readonly id: string; readonly parameters: Pairs }
  | { readonly kind: 'vread'; readonly type: string; readonly id: string; readonly version: string; readonly parameters: Pairs }
  | { readonly kind: 'history-instance'; readonly type: string; readonly id: string; readonly parameters: Pairs }
  | { readonly kind: 'history-type'; readonly type: string; readonly parameters: Pairs }
  | { readonly kind: 'history-system'; readonly parameters: Pairs }
  | { readonly kind: 'search-type'; readonly type: string; readonly parameters: Pairs }
  | { readonly kind: 'search-compartment'; readonly type: string; readonly patient: string; readonly parameters: Pairs }
  | { readonly kind: 'search-system'; readonly parameters: Pairs }
  | { readonly kind: 'create'; readonly type: string; readonly resource: Resource; readonly condition?: Pairs }
  | { readonly kind: 'update'; readonly type: string; readonly id: string; readonly resource: Resource; readonly ifMatch?: string }
  | {
      readonly kind: 'update-conditional';
      readonly type: string;
      readonly condition: Pairs;
      readonly resource: Resource;
      readonly ifMatch?: string;
    }
  | { readonly kind: 'patch'; readonly type: string; readonly id: string; readonly patch: Patch; readonly ifMatch?: string }
  | {
      readonly kind: 'patch-conditional';
      readonly type: string;
      readonly condition: Pairs;
      readonly patch: Patch;
      readonly ifMatch?: string;
    }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: string }
  | { readonly kind: 'delete-conditional'; readonly type: string; readonly condition: Pairs }
  | { readonly kind: 'batch' | 'transaction'; readonly bundle: Resource }
  | Operation;

export interface Operation {
  readonly kind: 'operation';
  /** With its dollar sign: `$everything`. */
  readonly name: string;
  readonly type?: string;
  readonly id?: string;
  readonly parameters: Pairs;
  /** A Parameters resource, or the resource itself where the operation takes one. */
  readonly body?: Resource;
}

/** JSON Patch (RFC 6902) as parsed, or FHIRPath Patch (FHIR R4 section 3.1.0.9.3) as Parameters. */
export type Patch =
  | { readonly format: 'json'; readonly operations: readonly Json[] }
  | { readonly format: 'fhirpath'; readonly parameters: Resource };

export interface HttpShape {
  /** Upper-case method; HEAD counts as GET. */
  readonly method: string;
  /** Raw path below the FHIR base, with query, as it came: `/Patient/p1?_elements=name`. */
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly ifMatch?: string;
  readonly ifNoneExist?: string;
}

const LIMITS = { url: 8_192, form: 65_536, parameters: 64 } as const;
const ANY_PATH = /^\/?$|^(\/[A-Za-z0-9$_.-]+)+\/?$/;
const VERSION_TAG = /^W\/"([A-Za-z0-9\-.]{1,64})"$/;

export function readInteraction(shape: HttpShape): Interaction {
  if (shape.url.length > LIMITS.url) throw new PrivityError('too-large', 'URL');
  const cut = shape.url.indexOf('?');
  const path = cut < 0 ? shape.url : shape.url.slice(0, cut);
  if (!ANY_PATH.test(path) || path.split('/').some((step) => /^\.+$/.test(step))) throw new PrivityError('invalid-url');
  const steps = path.split('/').filter((step) => step !== '');
  const parameters = bounded(readPairs(cut < 0 ? '' : shape.url.slice(cut + 1)));
  switch (shape.method) {
    case 'GET':
    case 'HEAD':
      return readGet(steps, parameters);
    case 'POST':
      return readPost(shape, steps, parameters);
    case 'PUT':
      return readPut(shape, steps, parameters);
    case 'PATCH':
      return readPatch(shape, steps, parameters);
    case 'DELETE':
      return readDelete(shape, steps, parameters);
    default:
      throw new PrivityError('method-not-allowed');
  }
}

function bounded(parameters: Pairs): Pairs {
  if (parameters.length > LIMITS.parameters) throw new PrivityError('too-large', 'number of parameters');
  return parameters;
}

function readGet(steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id, third, fourth] = steps;
  if (type === 'metadata' && steps.length === 1) return { kind: 'capabilities' };
  if (type === '.well-known' && id === 'smart-configuration' && steps.length === 2) return { kind: 'smart-configuration' };
  if (steps.at(-1)?.startsWith('$')) return readOperation(steps, parameters);
  if (type === undefined) return { kind: 'search-system', parameters };
  if (type === '_history' && steps.length === 1) return { kind: 'history-system', parameters };
  requireType(type);
  if (id === undefined) return { kind: 'search-type', type, parameters };
  if (id === '_search') throw new PrivityError('method-not-allowed', '_search needs POST');
  if (id === '_history' && steps.length === 2) return { kind: 'history-type', type, parameters };
  requireId(id);
  if (third === undefined) return { kind: 'read', type, id, parameters };
  if (third === '_history' && steps.length === 3) return { kind: 'history-instance', type, id, parameters };
  if (third === '_history' && steps.length === 4 && isId(fourth ?? ''))
    return { kind: 'vread', type, id, version: fourth ?? '', parameters };
  return readSearch(steps, parameters);
}

function readSearch(steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id, inner] = steps;
  if (type === undefined) return { kind: 'search-system', parameters };
  requireType(type);
  if (id === undefined) return { kind: 'search-type', type, parameters };
  requireId(id);
  if (steps.length !== 3 || inner === undefined) throw new PrivityError('invalid-url');
  if (type !== 'Patient') throw new PrivityError('not-supported', 'compartment');
  if (inner === '*') throw new PrivityError('not-supported', 'compartment search over all types: use $everything');
  requireType(inner);
  return { kind: 'search-compartment', type: inner, patient: id, parameters };
}

function readOperation(steps: readonly string[], parameters: Pairs, body?: Resource): Operation {
  const name = steps.at(-1) ?? '';
  const [type, id, ...rest] = steps.slice(0, -1);
  if (rest.length > 0) throw new PrivityError('invalid-url');
  if (type !== undefined) requireType(type);
  if (id !== undefined) requireId(id);
  return {
    kind: 'operation',
    name,
    parameters,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
    ...(body === undefined ? {} : { body }),
  };
}

function readPost(shape: HttpShape, steps: readonly string[], parameters: Pairs): Interaction {
  const last = steps.at(-1);
  if (last === '_search') return readSearch(steps.slice(0, -1), bounded([...parameters, ...readForm(shape)]));
  if (last?.startsWith('$'))
    return readOperation(steps, parameters, shape.body === undefined || shape.body === '' ? undefined : readBody(shape));
  if (last === undefined) {
    const bundle = readBody(shape, 'Bundle');
    if (bundle.type !== 'batch' && bundle.type !== 'transaction') throw new PrivityError('invalid-body', 'a batch or transaction Bundle');
    return { kind: bundle.type, bundle };
  }
  const [type] = steps;
  if (type === undefined || steps.length !== 1) throw new PrivityError('invalid-url');
  requireType(type);
  const condition = shape.ifNoneExist === undefined ? undefined : bounded(readPairs(shape.ifNoneExist.replace(/^[^?]*\?/, '')));
  if (condition?.length === 0) throw new PrivityError('invalid-request', 'If-None-Exist');
  return { kind: 'create', type, resource: readBody(shape, type), ...(condition === undefined ? {} : { condition }) };
}

function readForm({ contentType = '', body = '' }: HttpShape): Pairs {
  if (body === '') return [];
  if (body.length > LIMITS.form) throw new PrivityError('too-large', 'form');
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)) throw new PrivityError('unsupported-media-type');
  return readPairs(body);
}

function readPut(shape: HttpShape, steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id] = targetOf(steps);
  const resource = readBody(shape, type);
  const tag = versionOf(shape.ifMatch);
  if (id === undefined) return { kind: 'update-conditional', type, condition: requireCondition(parameters), resource, ...tag };
  if (resource.id !== id) throw new PrivityError('invalid-body', 'id of the resource and of the URL differ');
  return { kind: 'update', type, id, resource, ...tag };
}

function readPatch(shape: HttpShape, steps: readonly string[], parameters: Pairs): Interaction {
  const [type, id] = targetOf(steps);
  const patch = readPatchBody(shape);
  const tag = versionOf(shape.ifMatch);
  if (id === undefined) return { kind: 'patch-conditional', type, condition: requireCondition(parameters), patch, ...tag };
  return { kind: 'patch', type, id, patch, ...tag };
}

function readPatchBody(shape: HttpShape): Patch {
  if (!/^application\/json-patch\+json\s*(;|$)/i.test(shape.contentType ?? ''))
    return { format: 'fhirpath', parameters: readBody(shape, 'Parameters') };
  const operations = readJson(shape.body ?? '');
  if (!Array.isArray(operations)) throw new PrivityError('invalid-body', 'JSON Patch is an array');
  return { format: 'json', operations };
}

function readDelete(shape: HttpShape, steps: readonly string[], parameters: Pairs): Interaction {
  // HL7 Bulk Data Access 2.0, section 2.4.3: whoever deletes the status ends the export.
  if (steps.length === 1 && steps[0] === '$export-poll-status') return readOperation(['$export-cancel'], parameters);
  const [type, id] = targetOf(steps);
  if (id === undefined) return { kind: 'delete-conditional', type, condition: requireCondition(parameters) };
  return { kind: 'delete', type, id, ...versionOf(shape.ifMatch) };
}

/** `Type` (conditional) or `Type/id`. */
function targetOf(steps: readonly string[]): readonly [type: string, id: string | undefined] {
  const [type, id, ...rest] = steps;
  if (type === undefined || rest.length > 0) throw new PrivityError('invalid-url');
  requireType(type);
  if (id !== undefined) requireId(id);
  return [type, id];
}

/** Criteria of nothing match everything: an unconditional form without id is no interaction. */
function requireCondition(parameters: Pairs): Pairs {
  if (parameters.length === 0) throw new PrivityError('invalid-url', 'id or criteria');
  return parameters;
}

function versionOf(ifMatch: string | undefined): { readonly ifMatch?: string } {
  if (ifMatch === undefined) return {};
  const version = VERSION_TAG.exec(ifMatch)?.[1];
  if (version === undefined) throw new PrivityError('invalid-request', 'If-Match');
  return { ifMatch: version };
}

function requireType(type: string): void {
  if (!RESOURCE_TYPES.has(type)) throw new PrivityError('invalid-url', 'resource type');
}

function requireId(id: string): void {
  if (!isId(id) || id.startsWith('$') || id.startsWith('_')) throw new PrivityError('invalid-url', 'id');
}
