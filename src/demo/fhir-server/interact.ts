/** Finds the interaction that a request asks for (FHIR R4 http.html) and answers it. It knows no HTTP framework. */
import { RESOURCE_TYPES } from '../../fhir/definitions.ts';
import type { Resource } from '../../fhir/resource.ts';
import { inPatientCompartment } from '../../fhir/search/patient-compartment.ts';
import { bulkExport, isBulkExport } from './bulk-export.ts';
import { capabilityStatement } from './capability-statement.ts';
import { everything } from './compartment.ts';
import type { Answer, Exchange, ServerContext } from './exchange.ts';
import { FhirError } from './fhir-error.ts';
import { processBundle } from './process-bundle.ts';
import { readHistory, readResource } from './read-resource.ts';
import { searchStore } from './search-store.ts';
import { createResource, deleteResource, patchResource, updateResource } from './write-resource.ts';

const ok = (body: Resource): Answer => ({ status: 200, body });

function unknown({ method, path }: Exchange): never {
  throw new FhirError(400, 'not-supported', `Invalid request: the server does not know how to handle ${method} [base]/${path.join('/')}`);
}

function meta({ store }: ServerContext, type: string, id: string): Resource {
  const resource = store.resource(type, id);
  if (resource === undefined) throw new FhirError(404, 'not-found', `Resource ${type}/${id} is not known`);
  return { resourceType: 'Parameters', parameter: [{ name: 'return', valueMeta: resource.meta }] };
}

function searchCompartment(context: ServerContext, exchange: Exchange, id: string, type: string): Answer {
  const patient = `Patient/${id}`;
  const within = (resource: Resource) => inPatientCompartment(resource, patient, context.base());
  return ok(searchStore(context, exchange, type === '*' ? 'Resource' : type, within));
}

function getSystem(context: ServerContext, exchange: Exchange): Answer | undefined {
  const { path, query } = exchange;
  const [first] = path;
  if (path.length === 0 && query.some(([name]) => name === '_getpages')) return ok(context.pages.follow(query));
  if (path.length === 0) return ok(searchStore(context, exchange, 'Resource'));
  if (path.length > 1) return undefined;
  if (first === 'metadata') return ok(capabilityStatement(context.base(), context.now()));
  return first === '_history' ? ok(readHistory(context, exchange)) : undefined;
}

function getType(context: ServerContext, exchange: Exchange): Answer {
  const [type = '', id, third, version] = exchange.path;
  const { length } = exchange.path;
  if (id === undefined) return ok(searchStore(context, exchange, type));
  if (id === '_history' && length === 2) return ok(readHistory(context, exchange, type));
  if (id === '$everything' && type === 'Patient' && length === 2) return ok(everything(context, exchange, undefined));
  if (third === undefined && !id.startsWith('$')) return readResource(context, exchange, type, id);
  if (third === '_history' && length === 3) return ok(readHistory(context, exchange, type, id));
  if (third === '_history' && length === 4) return readResource(context, exchange, type, id, version);
  if (third === '$everything' && type === 'Patient' && length === 3) return ok(everything(context, exchange, id));
  if (third === '$meta' && length === 3) return ok(meta(context, type, id));
  const inner = third === '*' || (third !== undefined && RESOURCE_TYPES.has(third));
  return type === 'Patient' && inner && length === 3 ? searchCompartment(context, exchange, id, third ?? '') : unknown(exchange);
}

/** A `_search` is the same search with its parameters in the body. */
function postSearch(context: ServerContext, exchange: Exchange): Answer {
  const form = [...new URLSearchParams(exchange.raw?.toString() ?? '')];
  const path = exchange.path.slice(0, -1);
  const search = { ...exchange, method: 'GET', path, query: [...exchange.query, ...form] };
  return path.length === 0 || path.length === 1 || path.length === 3 ? get(context, search) : unknown(exchange);
}

function get(context: ServerContext, exchange: Exchange): Answer {
  const system = getSystem(context, exchange);
  if (system !== undefined) return system;
  const [type = ''] = exchange.path;
  if (!RESOURCE_TYPES.has(type)) throw new FhirError(404, 'not-supported', `Unknown resource type '${type}'`);
  return getType(context, exchange);
}

function write(context: ServerContext, exchange: Exchange): Answer {
  const { method, path } = exchange;
  const [type = '', id] = path;
  if (!RESOURCE_TYPES.has(type)) throw new FhirError(404, 'not-supported', `Unknown resource type '${type}'`);
  if (path.length > 2) return unknown(exchange);
  if (method === 'POST' && id === undefined) return createResource(context, exchange, type);
  if (method === 'PUT') return updateResource(context, exchange, type, id);
  if (method === 'PATCH') return patchResource(context, exchange, type, id);
  return method === 'DELETE' ? deleteResource(context, exchange, type, id) : unknown(exchange);
}

/** @throws FhirError */
export function interact(context: ServerContext, exchange: Exchange): Answer {
  const { method, path } = exchange;
  if (isBulkExport(exchange)) return bulkExport(context, exchange);
  if (method === 'GET' || method === 'HEAD') return get(context, exchange);
  if (method === 'POST' && path.at(-1) === '_search') return postSearch(context, exchange);
  if (method === 'POST' && path.length === 0) return processBundle(context, exchange, interact);
  if (method === 'POST' && (path.at(-1) === '$everything' || path.at(-1) === '$meta')) return get(context, exchange);
  return context.store.atomically(() => write(context, exchange));
}
