/**
 * Paging with server-side cursors (FHIR R4 section 3.1.0.1.7): a list of results is kept under an opaque id, and links say from where on.
 * The list is fixed when the search is made; the resources are read when their page is.
 */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Bundle, BundleEntry, Resource } from '../../fhir/resource.ts';
import type { Pair } from './exchange.ts';
import { FhirError } from './fhir-error.ts';

export interface PageSource {
  readonly type: 'searchset' | 'history';
  /** Number of results, included resources not counted. */
  readonly length: number;
  readonly total?: number;
  /** URL of the request as it was understood. */
  readonly self: string;
  readonly entries: (from: number, to: number) => readonly BundleEntry[];
}

const LIMIT = 1_000_000;

export class Pages {
  readonly #sources = new LRUCache<string, PageSource>({ max: 1000 });
  readonly #base: () => string;
  readonly #defaultCount: number;
  readonly #maxCount: number;

  constructor(base: () => string, defaultCount: number, maxCount: number) {
    this.#base = base;
    this.#defaultCount = defaultCount;
    this.#maxCount = maxCount;
  }

  /** The first page. */
  first(source: PageSource, count: number | undefined): Bundle {
    return this.#page(randomUUID(), source, 0, Math.min(count ?? this.#defaultCount, this.#maxCount));
  }

  /** The page that a link names. @throws FhirError 410 for a cursor that is gone or never was */
  follow(query: readonly Pair[]): Bundle {
    const parameters = new Map(query);
    const id = parameters.get('_getpages') ?? '';
    const source = this.#sources.get(id);
    if (source === undefined) throw new FhirError(410, 'not-found', `Search ID "${id}" does not exist and may have expired`);
    const offset = Number(parameters.get('_getpagesoffset') ?? 0);
    const count = Number(parameters.get('_count') ?? this.#defaultCount);
    const valid = Number.isInteger(offset) && Number.isInteger(count) && offset >= 0 && count > 0 && offset + count < LIMIT;
    if (!valid) throw new FhirError(400, 'invalid', 'Invalid page');
    return this.#page(id, source, offset, Math.min(count, this.#maxCount));
  }

  #page(id: string, source: PageSource, from: number, count: number): Bundle {
    const { type, length, total, self } = source;
    const url = (offset: number) => `${this.#base()}?_getpages=${id}&_getpagesoffset=${offset}&_count=${count}&_bundletype=${type}`;
    const link = [{ relation: 'self', url: from === 0 ? self : url(from) }];
    const hasNext = count > 0 && from + count < length;
    if (hasNext) link.push({ relation: 'next', url: url(from + count) });
    if (from > 0) link.push({ relation: 'previous', url: url(Math.max(0, from - count)) });
    if (hasNext) this.#sources.set(id, source);
    const entry = source.entries(from, from + count);
    return {
      resourceType: 'Bundle',
      id: randomUUID(),
      meta: { lastUpdated: new Date().toISOString() },
      type,
      ...(total === undefined ? {} : { total }),
      link,
      ...(entry.length === 0 ? {} : { entry }),
    };
  }
}

export function entryOf(base: string, resource: Resource, mode: 'match' | 'include' | 'outcome'): BundleEntry {
  return { fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode } };
}
