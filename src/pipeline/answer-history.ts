/**
 * History of a resource, a type or the system (FHIR R4 section 3.1.0.12; threats.md 35, 36). Versions that are withheld are
 * not there; so is the whole history of a resource whose newest content is. Of more than one resource only for tokens
 * with a system scope.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { nameOf } from '../fhir/reference.ts';
import type { BundleEntry } from '../fhir/resource.ts';
import type { DateRange } from '../fhir/search/date-range.ts';
import { dateRange } from '../fhir/search/date-range.ts';
import type { PageContent } from '../ports.ts';
import { releaseHistory } from '../redact/redact-bundle.ts';
import type { Scope } from '../requester/requester.ts';
import { type Answer, obligationHeaders } from './answer.ts';
import { entryName, type ReleasedVersion, releaseVersions, versionKey, versionReader } from './answer-history-versions.ts';
import { announced } from './answer-read.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { lastGiven, pageWithin, restOfPage } from './given-marks.ts';
import { isGiven } from './release-resources.ts';
import { requireScope } from './scope-gate.ts';
import { askedOf, openPage, pageLink } from './search-page-link.ts';
import { scopesFor } from './search-scope.ts';
import { searchPages } from './search-upstream.ts';
import type { Session } from './session.ts';

export interface HistoryTarget {
  /** Absent: all types. */
  readonly type?: string;
  /** Absent: all resources of the type. */
  readonly id?: string;
  readonly parameters: Pairs;
}

interface Asked {
  readonly since?: number;
  readonly at?: DateRange;
  readonly pageSize: number;
}

interface Page {
  readonly versions: readonly ReleasedVersion[];
  /** Decisions on what was withheld on the way. */
  readonly withheld: readonly DecidedResource[];
  readonly next?: Omit<PageContent, 'query'>;
  readonly total?: number;
}

export async function answerHistory(session: Session, target: HistoryTarget): Promise<Answer> {
  const { type, id, parameters } = target;
  if (type === 'Binary') throw new PrivityError('not-supported', '_history of Binary');
  const scopesOf = scopesOfHistory(session, target);
  const place = [type, id, '_history'].filter((part) => part !== undefined).join('/');
  const resumed = await openPage(session, place, parameters);
  const pairs = resumed?.query ?? askedOf(parameters);
  const asked = askedFor(session, pairs);
  const page =
    type !== undefined && id !== undefined
      ? await pageOfOne(session, `${type}/${id}`, asked, resumed, scopesOf)
      : await pageOfAll(session, place, asked, resumed, scopesOf);
  const given = page.versions.flatMap(({ decided }) => decided ?? []);
  session.recorded.push(...given, ...page.withheld);
  const { publicBase } = session.deps;
  const bundle = releaseHistory({
    versions: page.versions,
    self: `${publicBase}/${place}${pairs.length === 0 ? '' : `?${queryText(pairs)}`}`,
    ...(page.next === undefined ? {} : { next: await pageLink(session, place, { query: pairs, ...page.next }) }),
    ...(page.total === undefined ? {} : { total: page.total }),
    publicBase,
  });
  return { status: 200, headers: obligationHeaders(given), resource: bundle };
}

function scopesOfHistory(session: Session, { type, id }: HistoryTarget): (type: string) => readonly Scope[] {
  const { requester } = session;
  if (type !== undefined && id !== undefined) {
    const scopes = requireScope(requester, 'read', type);
    return () => scopes;
  }
  const systemScopes = (of: string) => scopesFor(requester, 'search', of).filter((scope) => scope.level === 'system');
  const any =
    type === undefined ? requester.scopes.some((scope) => scope.level === 'system' && scope.search) : systemScopes(type).length > 0;
  if (!any) throw new PrivityError('scope-insufficient', 'history of more than one resource needs a system scope');
  return systemScopes;
}

function askedFor(session: Session, pairs: Pairs): Asked {
  const { limits } = session.deps;
  const read = (name: string) => {
    const values = pairs.filter((pair) => pair[0] === name);
    if (values.length > 1) throw new PrivityError('invalid-parameter', name);
    return values[0]?.[1];
  };
  const date = (name: string): DateRange | undefined => {
    const text = read(name);
    const range = text === undefined ? undefined : dateRange(text);
    if (text !== undefined && range === undefined) throw new PrivityError('invalid-parameter', name);
    return range;
  };
  const unknown = pairs.find(([name]) => !['_since', '_at', '_count'].includes(name));
  if (unknown !== undefined) throw new PrivityError('invalid-parameter', 'parameters of _history: _since, _at, _count');
  const count = read('_count');
  if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) throw new PrivityError('invalid-parameter', '_count');
  const since = date('_since')?.low;
  const at = date('_at');
  return {
    ...(since === undefined ? {} : { since }),
    ...(at === undefined ? {} : { at }),
    pageSize: count === undefined ? limits.pageSize : Math.min(Number(count), limits.maxPageSize),
  };
}

type Scopes = (type: string) => readonly Scope[];

/** One resource's versions are few: read whole, counted, and given page by page. Deleted is as absent (design.md 4.4). */
async function pageOfOne(session: Session, name: string, asked: Asked, resumed: PageContent | undefined, scopesOf: Scopes): Promise<Page> {
  const read = versionReader(session);
  const current = (await fetchResources(session, [name])).get(name);
  if (current === undefined) throw new PrivityError('not-found');
  const [now] = await decideResources(session, [current]);
  if (now === undefined || !isGiven(now)) {
    if (now !== undefined) session.recorded.push(now);
    throw now?.decision.withheldAs === 'announce' ? announced(now) : new PrivityError('not-found');
  }
  const { versions, withheld } = await releaseVersions(session, await read(name), read, scopesOf);
  const seen = versions.filter((version) => version !== undefined);
  if (seen.length === 0) {
    session.recorded.push(...withheld);
    throw new PrivityError('not-found');
  }
  return slice(session, asked, within(asked, seen), withheld, resumed);
}

/** The upstream's pages, until a page of ours and one more are full. */
async function pageOfAll(session: Session, place: string, asked: Asked, resumed: PageContent | undefined, scopesOf: Scopes): Promise<Page> {
  const read = versionReader(session);
  const whole = asked.at !== undefined;
  const from = whole ? undefined : resumed?.from;
  const { base } = session.deps.upstream;
  const keyOf = (entry: BundleEntry) => versionKey(entry, base);
  const found: { readonly version: ReleasedVersion; readonly path: string }[] = [];
  const passed: BundleEntry[] = [];
  const withheld: DecidedResource[] = [];
  // No more than are given: as in a search, a link goes on where the upstream's own links led, which expire alike.
  const first = `${place}?${queryText([...sinceOf(asked), ['_count', String(asked.pageSize)]])}`;
  for await (const { path, bundle } of searchPages(session.deps.upstream, from?.path ?? first, session.signal)) {
    const entries = restOfPage(session.deps.sealer, from, path, bundle.entry ?? [], keyOf);
    passed.push(...entries);
    if (passed.length > session.deps.limits.candidates) throw new PrivityError('too-costly');
    const released = await releaseVersions(session, entries.map(withoutContent), read, scopesOf);
    withheld.push(...released.withheld);
    for (const version of released.versions) if (version !== undefined && isSince(asked, version)) found.push({ version, path });
    if (!whole && found.length > asked.pageSize) break;
  }
  const versions = found.map(({ version }) => version);
  if (whole) return slice(session, asked, within(asked, versions), withheld, resumed);
  const shown = { versions: versions.slice(0, asked.pageSize), withheld };
  const path = found[asked.pageSize]?.path;
  if (path === undefined) return { ...shown, ...(resumed === undefined ? { total: versions.length } : {}) };
  const keys = shown.versions.flatMap(({ entry }) => keyOf(entry) ?? []);
  const next = { from: { path, given: lastGiven(session.deps.sealer, from, keys) } };
  // What stands behind the last one is looked at by the page that gives it.
  const last = shown.versions.at(-1)?.entry;
  const names = new Set(passed.slice(0, last === undefined ? 0 : passed.indexOf(last) + 1).map((entry) => entryName(entry, base)));
  return { versions: shown.versions, withheld: withheld.filter(({ labeled }) => names.has(nameOf(labeled.resource))), next };
}

/** A Binary has no history here: it is as if the upstream had told nothing about it. */
function withoutContent(entry: BundleEntry): BundleEntry {
  return entry.resource?.resourceType === 'Binary' ? {} : entry;
}

function sinceOf({ since }: Asked): Pairs {
  return since === undefined ? [] : [['_since', new Date(since).toISOString()]];
}

function isSince({ since }: Asked, { at }: ReleasedVersion): boolean {
  return since === undefined || (at !== undefined && at >= since);
}

/** `_at`: what was current then, were there no other versions than the released ones. */
function within(asked: Asked, versions: readonly ReleasedVersion[]): readonly ReleasedVersion[] {
  const { at: range } = asked;
  const ends = new Map<string, number>();
  const lasted = versions.filter(({ name, at, resource }) => {
    const end = ends.get(name) ?? Number.POSITIVE_INFINITY;
    if (at !== undefined) ends.set(name, at);
    return range === undefined || (resource !== undefined && at !== undefined && at < range.high && end > range.low);
  });
  return lasted.filter((version) => isSince(asked, version));
}

function slice(
  { deps }: Session,
  { pageSize }: Asked,
  versions: readonly ReleasedVersion[],
  withheld: readonly DecidedResource[],
  resumed: PageContent | undefined,
): Page {
  const keys = versions.map(({ entry, name }) => versionKey(entry, deps.upstream.base) ?? name);
  const { start, end, next } = pageWithin(deps.sealer, keys, pageSize, resumed?.from);
  return {
    versions: versions.slice(start, end),
    withheld,
    total: versions.length,
    ...(next === undefined ? {} : { next: { from: next } }),
  };
}
