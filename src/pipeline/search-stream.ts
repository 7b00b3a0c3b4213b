/**
 * Goes through the upstream's candidates for a search and keeps what is released and still matches, until enough are
 * found, so that a page's length tells nothing about what was withheld (threats.md 9, 52, 53).
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { subjectsOf } from '../fhir/compartment.ts';
import { nameOf } from '../fhir/reference.ts';
import type { BundleEntry, Resource } from '../fhir/resource.ts';
import { matchSearch } from '../fhir/search/match-search.ts';
import type { Position } from '../ports.ts';
import { decideResources } from './decide-resources.ts';
import { MARKS_KEPT, restOfPage } from './given-marks.ts';
import type { SearchPlan } from './plan-search.ts';
import { releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import type { Criteria } from './search-criteria.ts';
import { type Source, searchSources } from './search-sources.ts';
import { searchPages } from './search-upstream.ts';
import type { Session } from './session.ts';

export interface Match {
  readonly resource: Resource;
  readonly decided: DecidedResource;
  /** Where it stood upstream, for the next page link. */
  readonly position: Omit<Position, 'given'>;
}

export interface Streamed {
  readonly matches: readonly Match[];
  /** Candidates that were decided on the way, withheld ones too. */
  readonly decided: readonly DecidedResource[];
}

/** Candidates that one answer may still look at, over all its inner searches. */
export interface Budget {
  left: number;
}

/** Inner searches of one answer may together look at this many times what one search may. */
const BUDGET_FACTOR = 10;

export function openBudget({ deps }: Session): Budget {
  return { left: deps.limits.candidates * BUDGET_FACTOR };
}

/** The plan's own part of what is asked of the upstream. */
export type StreamPlan = Pick<SearchPlan, 'type' | 'scopes' | 'compartment' | 'narrowed' | 'upstreamSort' | 'pageSize'>;

/**
 * @param from where to go on; absent = at the start
 * @param want stop after this many matches; `Infinity` = all
 * @throws PrivityError `too-costly` for more candidates than the bound
 */
export async function streamMatches(
  session: Session,
  plan: StreamPlan,
  criteria: Criteria,
  want: number,
  budget: Budget,
  from?: Position,
): Promise<Streamed> {
  const matches: Match[] = [];
  const looked: DecidedResource[] = [];
  const seen = new Set<string>();
  for (const [at, source] of sourcesOf(session, plan, criteria).entries()) {
    if (at < (from?.source ?? 0)) continue;
    const resumed = at === (from?.source ?? 0) ? from : undefined;
    // The one more than is given, of which a link is made, is never on a first page: that one is a search made anew, in which
    // stands what was written since then, where the pages that the upstream's own links lead to are as they were at the search.
    // Where little room is left for what this search finds, a link has it made anew whatever it finds, and passes what was given.
    const room = want - matches.length - 1;
    const anew = room < Math.min(MARKS_KEPT, plan.pageSize);
    const count = anew ? plan.pageSize : Math.min(plan.pageSize, room);
    const keyOf = ({ resource }: BundleEntry) => (resource === undefined ? undefined : matchKey(resource, at));
    for await (const { path, entries } of pagesOf(session, source.first(count), resumed, keyOf)) {
      const fresh = freshOf(entries, plan.type, source, seen);
      budget.left -= fresh.length;
      if (seen.size > session.deps.limits.candidates || budget.left < 0) throw new PrivityError('too-costly');
      const decided = await decideResources(session, fresh);
      const released = await releaseResources(session, decided);
      looked.push(...decided);
      const position = { ...(at === 0 ? {} : { source: at }), ...(anew ? {} : { path }) };
      for (const [index, row] of decided.entries()) {
        const resource = released[index];
        if (resource !== undefined && isMatch(session, plan, criteria, row, resource)) matches.push({ resource, decided: row, position });
      }
      if (matches.length >= want) return { matches, decided: looked };
    }
  }
  return { matches, decided: looked };
}

interface EntryPage {
  readonly path: string;
  /** Without what was given of it already. */
  readonly entries: readonly BundleEntry[];
}

/** Pages of one search; none from an upstream that knows neither the patient of a compartment nor the type: nothing matches there. */
async function* pagesOf(
  { deps, signal }: Session,
  first: string,
  resumed: Position | undefined,
  keyOf: (entry: BundleEntry) => string | undefined,
): AsyncGenerator<EntryPage> {
  let begun = resumed?.path !== undefined;
  try {
    for await (const { path, bundle } of searchPages(deps.upstream, resumed?.path ?? first, signal)) {
      begun = true;
      yield { path, entries: restOfPage(deps.sealer, resumed, path, bundle.entry ?? [], keyOf) };
    }
  } catch (error) {
    if (begun || !(error instanceof PrivityError && error.code === 'page-expired')) throw error;
  }
}

/** Candidates that were not looked at before. @param seen ids of those that were; they are added to it */
function freshOf(entries: readonly BundleEntry[], type: string, source: Source, seen: Set<string>): readonly Resource[] {
  const fresh: Resource[] = [];
  for (const { resource, search } of entries) {
    if ((search?.mode ?? 'match') !== 'match' || resource?.resourceType !== type || resource.id === undefined) continue;
    if (seen.has(resource.id) || source.isDone(resource)) continue;
    seen.add(resource.id);
    fresh.push(resource);
  }
  return fresh;
}

/**
 * What a match is known by for whoever goes on behind it: of another search upstream the same resource stands elsewhere.
 * @param source which of the searches found it
 */
export function matchKey(resource: Resource, source = 0): string {
  return source === 0 ? nameOf(resource) : `${source} ${nameOf(resource)}`;
}

function sourcesOf({ deps }: Session, plan: StreamPlan, { forwarded }: Criteria): readonly Source[] {
  const { type, compartment, narrowed, upstreamSort = '' } = plan;
  const within = compartment ?? narrowed;
  return searchSources({
    type,
    ...(within === undefined ? {} : { within }),
    pairs: forwarded,
    sort: upstreamSort,
    base: deps.upstream.base,
  });
}

function isMatch(session: Session, plan: StreamPlan, criteria: Criteria, row: DecidedResource, resource: Resource): boolean {
  const { publicBase } = session.deps;
  if (!inScope(session.requester, plan.scopes, resource, row.subjects)) return false;
  if (plan.compartment !== undefined && !subjectsOf(resource, publicBase).patients.includes(plan.compartment)) return false;
  const cut = resource.meta?.security?.some((label) => label.code === 'REDACTED') === true || row.decision.view !== undefined;
  if (cut && criteria.opaque) return false;
  const parameters = cut ? [...criteria.checked, ...criteria.onCut] : criteria.checked;
  if (parameters.length === 0) return true;
  const query = { resourceType: plan.type, parameters, result: NO_RESULT };
  return matchSearch(resource, query, { base: publicBase, now: Date.parse(session.at.iso) }) === true;
}

const NO_RESULT = { sort: [], include: [], revinclude: [] };
