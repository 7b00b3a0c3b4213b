/** Searches of the upstream, page by page: what is not a clean answer is an error, and a next link never leads elsewhere. */
import { PrivityError } from '../errors.ts';
import type { Bundle, Resource } from '../fhir/resource.ts';
import type { CallerSignal, Upstream } from '../ports.ts';

export interface UpstreamPage {
  readonly bundle: Bundle;
  /** Path of the next page, relative to the base. */
  readonly next: string | undefined;
}

/** An upstream whose pages are mostly empty is given up after this many. */
const MAX_PAGES = 2_000;

/** A modifier or parameter that an administrator of the server has not enabled (HAPI FHIR: `:contains`), or that it does not have. */
const NOT_KNOWN: ReadonlySet<number> = new Set([405, 501]);

/** @throws PrivityError `page-expired` where the upstream no longer knows the page, `invalid-parameter`, `not-supported`, `upstream-invalid` */
export async function searchPage(upstream: Upstream, path: string, signal: CallerSignal | undefined): Promise<UpstreamPage> {
  const answer = await upstream.get(path, signal);
  if (answer.status === 404 || answer.status === 410) throw new PrivityError('page-expired');
  if (answer.status === 400 || answer.status === 422) throw new PrivityError('invalid-parameter', 'refused by the record server');
  if (NOT_KNOWN.has(answer.status)) throw new PrivityError('not-supported', 'by the record server');
  if (answer.status !== 200 || answer.resource?.resourceType !== 'Bundle') throw new PrivityError('upstream-invalid', 'search');
  const bundle = answer.resource as Bundle;
  const link = bundle.link?.find((candidate) => candidate.relation === 'next')?.url;
  return { bundle, next: link === undefined ? undefined : belowBase(link, upstream.base) };
}

/**
 * A page and all that follow it.
 * @throws PrivityError as `searchPage`; `upstream-invalid` where a later page is gone or the links go round
 */
export async function* searchPages(
  upstream: Upstream,
  first: string,
  signal: CallerSignal | undefined,
): AsyncGenerator<UpstreamPage & { readonly path: string }> {
  const visited = new Set<string>();
  for (let path: string | undefined = first; path !== undefined; ) {
    if (visited.has(path)) throw new PrivityError('upstream-invalid', 'page links go round');
    if (visited.size >= MAX_PAGES) throw new PrivityError('too-costly');
    const page: UpstreamPage = visited.size === 0 ? await searchPage(upstream, path, signal) : await expectPage(upstream, path, signal);
    visited.add(path);
    yield { ...page, path };
    path = page.next;
  }
}

/** What a first page may say of what was asked; of a page that the server itself named it says that something is wrong. */
const ON_A_LATER_PAGE: ReadonlySet<string> = new Set(['page-expired', 'invalid-parameter', 'not-supported']);

/** A page that nobody's link asks for: without it the answer is not whole. */
async function expectPage(upstream: Upstream, path: string, signal: CallerSignal | undefined): Promise<UpstreamPage> {
  try {
    return await searchPage(upstream, path, signal);
  } catch (error) {
    if (error instanceof PrivityError && ON_A_LATER_PAGE.has(error.code))
      throw new PrivityError('upstream-invalid', 'page', { cause: error });
    throw error;
  }
}

/**
 * All matches and includes of a search, following its pages.
 * @param bound most resources looked at; more is `too-costly`
 */
export async function searchAll(
  upstream: Upstream,
  query: string,
  bound: number,
  signal: CallerSignal | undefined,
): Promise<readonly Resource[]> {
  return collect(upstream, query, bound, signal, () => undefined);
}

/**
 * As `searchAll`, for what must not be missed: an answer that itself says that it is not whole is none.
 * @throws PrivityError `upstream-invalid` for an outcome that is an error, an entry without its resource, a total above what came
 */
export async function searchWhole(
  upstream: Upstream,
  query: string,
  bound: number,
  signal: CallerSignal | undefined,
): Promise<readonly Resource[]> {
  let total = 0;
  const found = await collect(upstream, query, bound, signal, (bundle) => {
    if ((bundle.entry ?? []).some(isGap)) throw new PrivityError('upstream-invalid', 'search that is not whole');
    total = Math.max(total, bundle.total ?? 0);
  });
  if (total > found.length) throw new PrivityError('upstream-invalid', 'search that is not whole');
  return found;
}

const SERIOUS: ReadonlySet<unknown> = new Set(['error', 'fatal']);

function isGap({ resource }: NonNullable<Bundle['entry']>[number]): boolean {
  if (resource === undefined) return true;
  if (resource.resourceType !== 'OperationOutcome') return false;
  return !Array.isArray(resource.issue) || resource.issue.some((issue) => SERIOUS.has(issue?.severity));
}

async function collect(
  upstream: Upstream,
  query: string,
  bound: number,
  signal: CallerSignal | undefined,
  check: (bundle: Bundle) => void,
): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  try {
    for await (const { bundle } of searchPages(upstream, query, signal)) {
      check(bundle);
      for (const { resource, search } of bundle.entry ?? []) {
        if (resource !== undefined && search?.mode !== 'outcome' && resource.resourceType !== 'OperationOutcome') found.push(resource);
      }
      if (found.length > bound) throw new PrivityError('too-costly');
    }
  } catch (error) {
    // The gateway asked for itself: the caller holds no link that could have expired.
    if (error instanceof PrivityError && error.code === 'page-expired')
      throw new PrivityError('upstream-invalid', 'search', { cause: error });
    throw error;
  }
  return found;
}

/** A link as a path relative to the base: `?_getpages=…` or `Patient?…`. */
function belowBase(link: string, base: string): string {
  const url = URL.canParse(link, `${base}/`) ? new URL(link, `${base}/`) : undefined;
  const root = new URL(base);
  const inside =
    url !== undefined && url.origin === root.origin && (url.pathname === root.pathname || url.pathname.startsWith(`${root.pathname}/`));
  if (!inside) throw new PrivityError('upstream-invalid', 'next link');
  return url.pathname.slice(root.pathname.length).replace(/^\//, '') + url.search;
}
