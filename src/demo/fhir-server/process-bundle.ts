/**
 * batch and transaction (FHIR R4 section 3.1.0.11). A transaction happens as a whole or not at all: deletes, creates, updates, reads,
 * in this order; references by `urn:uuid` and by criteria become references to resources.
 */
import { STATUS_CODES } from 'node:http';
import type { Bundle, BundleEntry, Resource } from '../../fhir/resource.ts';
import type { Answer, Exchange, ServerContext } from './exchange.ts';
import { FhirError, outcomeOf } from './fhir-error.ts';
import { checkReferences, checkReferrers, createResource, matchOne } from './write-resource.ts';

interface Request {
  readonly method?: string;
  readonly url?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifNoneExist?: string;
  readonly ifModifiedSince?: string;
}

interface Item {
  readonly exchange: Exchange;
  readonly fullUrl?: string;
  /** The id that a create will give. */
  readonly newId: string;
}

type Interact = (context: ServerContext, exchange: Exchange) => Answer;

function readItem(context: ServerContext, outer: Exchange, entry: BundleEntry): Item {
  const { method = '', url = '', ifMatch, ifNoneMatch, ifNoneExist, ifModifiedSince }: Request = entry.request ?? {};
  if (!['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
    throw new FhirError(400, 'invalid', 'An entry has no valid request');
  const relative = url.startsWith(context.base()) ? url.slice(context.base().length) : url;
  const cut = relative.indexOf('?');
  const path = (cut < 0 ? relative : relative.slice(0, cut)).split('/').filter((step) => step !== '');
  const headers = {
    prefer: outer.headers.prefer,
    'if-match': ifMatch,
    'if-none-match': ifNoneMatch,
    'if-none-exist': ifNoneExist,
    'if-modified-since': ifModifiedSince,
    accept: 'application/fhir+json',
  };
  const query = cut < 0 ? [] : [...new URLSearchParams(relative.slice(cut + 1))];
  const body = method === 'PATCH' && entry.resource?.resourceType === 'Binary' ? patchIn(entry.resource) : entry.resource;
  return { exchange: { method, path, query, headers, body }, fullUrl: entry.fullUrl, newId: context.newId() };
}

/** A JSON Patch travels in a Binary (section 3.1.0.11.1). */
function patchIn({ data = '' }: Resource): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString());
  } catch {
    throw new FhirError(400, 'structure', 'An entry has no valid JSON Patch');
  }
}

function answerEntry(context: ServerContext, { status, headers = {}, body }: Answer): BundleEntry {
  const lastModified = headers['last-modified'];
  const response = {
    status: `${status} ${STATUS_CODES[status] ?? ''}`,
    ...(headers.location === undefined ? {} : { location: headers.location.slice(context.base().length + 1) }),
    ...(headers.etag === undefined ? {} : { etag: headers.etag }),
    ...(lastModified === undefined ? {} : { lastModified: new Date(lastModified).toISOString() }),
  };
  if (body === undefined) return { response };
  const isOutcome = body.resourceType === 'OperationOutcome';
  return isOutcome ? { response: { ...response, outcome: body } as BundleEntry['response'] } : { resource: body, response };
}

function processBatch(context: ServerContext, items: readonly (() => Item)[], interact: Interact): BundleEntry[] {
  return items.map((item) => {
    try {
      return answerEntry(context, interact(context, item().exchange));
    } catch (error) {
      return answerEntry(context, outcomeOf(error));
    }
  });
}

const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET', 'HEAD'];

/** Replaces references that only hold within the Bundle. */
function resolveReferences(context: ServerContext, value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveReferences(context, item, names));
  if (typeof value === 'string') return value.startsWith('urn:') ? (names.get(value) ?? value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const conditional = name === 'reference' && typeof child === 'string' ? /^([A-Z][A-Za-z]+)\?(.+)$/.exec(child) : null;
      if (conditional === null) return [name, resolveReferences(context, child, names)];
      const [, type = '', criteria] = conditional;
      const found = matchOne(context, type, [...new URLSearchParams(criteria)]);
      if (found === undefined) throw new FhirError(412, 'not-found', `Invalid match URL "${child}": no resources match`);
      return [name, `${type}/${found.id}`];
    }),
  );
}

/** Where `urn:uuid:…` will be: a create that finds its resource already there names that one. */
function namesOf(context: ServerContext, items: readonly Item[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { exchange, fullUrl, newId } of items) {
    const [type = '', id] = exchange.path;
    if (fullUrl === undefined || !fullUrl.startsWith('urn:')) continue;
    const condition = exchange.method === 'POST' ? exchange.headers['if-none-exist'] : undefined;
    const found = condition !== undefined ? matchOne(context, type, [...new URLSearchParams(condition)]) : undefined;
    const updated = exchange.method === 'PUT' && id === undefined ? matchOne(context, type, exchange.query) : undefined;
    names.set(fullUrl, `${type}/${found?.id ?? updated?.id ?? id ?? newId}`);
  }
  return names;
}

function processTransaction(context: ServerContext, items: readonly Item[], interact: Interact): BundleEntry[] {
  const named = items.filter(({ exchange }) => exchange.path.length === 2 && !['GET', 'HEAD', 'POST'].includes(exchange.method));
  if (new Set(named.map(({ exchange }) => exchange.path.join('/'))).size < named.length) {
    throw new FhirError(400, 'invalid', 'A transaction names the same resource twice');
  }
  const names = namesOf(context, items);
  /** References are checked when all is written. */
  const unchecked = { ...context, referentialIntegrity: false };
  const mark = context.store.writes;
  const order = items.map((_, index) => index).sort((a, b) => rank(items[a]) - rank(items[b]) || a - b);
  const entries: BundleEntry[] = [];
  for (const index of order) {
    const item = items[index];
    if (item === undefined) continue;
    const { method, path } = item.exchange;
    const exchange = { ...item.exchange, body: resolveReferences(context, item.exchange.body, names) };
    const isCreate = method === 'POST' && path.length === 1;
    entries[index] = answerEntry(
      context,
      isCreate ? createResource(unchecked, exchange, path[0] ?? '', item.newId) : interact(unchecked, exchange),
    );
  }
  for (const { type, id, resource } of context.store.writtenSince(mark)) {
    if (context.store.resource(type, id) === undefined) checkReferrers(context, `${type}/${id}`);
    else checkReferences(context, resource);
  }
  return entries;
}

const rank = (item: Item | undefined) => ORDER.indexOf(item?.exchange.method ?? '');

/** @param interact answers one entry @throws FhirError what made a transaction fail */
export function processBundle(context: ServerContext, exchange: Exchange, interact: Interact): Answer {
  const bundle = exchange.body as Bundle | undefined;
  const isBundle = bundle?.resourceType === 'Bundle' && (bundle.type === 'batch' || bundle.type === 'transaction');
  if (!isBundle) throw new FhirError(400, 'invalid', 'The body must be a Bundle of type batch or transaction');
  const items = (bundle.entry ?? []).map((entry) => () => readItem(context, exchange, entry));
  const entry =
    bundle.type === 'batch'
      ? processBatch(context, items, interact)
      : context.store.atomically(() =>
          processTransaction(
            context,
            items.map((item) => item()),
            interact,
          ),
        );
  return {
    status: 200,
    body: { resourceType: 'Bundle', type: `${bundle.type}-response`, link: [{ relation: 'self', url: context.base() }], entry },
  };
}
