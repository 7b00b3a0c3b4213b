/**
 * Search by type, in a patient's compartment, or over several types (FHIR R4 section 3.1.1), as if what is withheld did
 * not exist: full pages, links sealed to the requester, totals only where the gateway counted them itself (design.md 4.5).
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { nameOf } from '../fhir/reference.ts';
import { parseSearch } from '../fhir/search/parse-search.ts';
import { sortResources } from '../fhir/search/sort-resources.ts';
import type { PageContent } from '../ports.ts';
import { releaseSearchset } from '../redact/redact-bundle.ts';
import { type Answer, obligationHeaders } from './answer.ts';
import { collectIncludes } from './collect-includes.ts';
import { collectMatches } from './collect-matches.ts';
import { lastGiven, pageWithin } from './given-marks.ts';
import { planSearch, type SearchPlan } from './plan-search.ts';
import { isGiven } from './release-resources.ts';
import { askedOf, openPage, pageLink } from './search-page-link.ts';
import { type Match, matchKey, openBudget } from './search-stream.ts';
import { subsetSearchset } from './search-subset.ts';
import type { Session } from './session.ts';

export interface SearchTarget {
  /** Absent: the types that `_type` names. */
  readonly type?: string;
  /** `Patient/p1` of a compartment search. */
  readonly compartment?: string;
  readonly parameters: Pairs;
}

interface Page {
  readonly matches: readonly Match[];
  /** Decided on the way, withheld ones too. */
  readonly looked: readonly DecidedResource[];
  readonly next?: Omit<PageContent, 'query'>;
  /** What an exact total counts, the page's own matches among it; absent: none is told. */
  readonly counted?: readonly Match[];
  readonly announced: boolean;
}

export async function answerSearch(session: Session, target: SearchTarget): Promise<Answer> {
  const place = [target.compartment, target.type].filter((part) => part !== undefined).join('/');
  const resumed = await openPage(session, place, target.parameters);
  const pairs = resumed?.query ?? askedOf(target.parameters);
  const plans = plansOf(session, target, pairs);
  const page = await pageOf(session, plans, resumed);
  const [{ result, countOnly }] = plans;
  const matches = page.matches.map(({ resource }) => resource);
  const included = countOnly ? { resources: [], decided: [] } : await collectIncludes(session, result, matches);
  // For the log: what this page gives or counts, for a count of who has a diagnosis tells that they have it; and what was withheld on
  // the way to it; not what was only looked ahead at.
  const given = new Set((page.counted ?? page.matches).map(({ decided }) => decided));
  const disclosed = [...page.looked.filter((row) => given.has(row) || !isGiven(row)), ...included.decided];
  session.recorded.push(...disclosed);
  const headers = obligationHeaders(disclosed);
  const { publicBase } = session.deps;
  const self = `${publicBase}${place === '' ? '' : `/${place}`}`;
  const bundle = releaseSearchset({
    ...subsetSearchset(matches, included.resources, result),
    self: pairs.length === 0 ? self : `${self}?${queryText(pairs)}`,
    ...(page.next === undefined ? {} : { next: await pageLink(session, place, { query: pairs, ...page.next }) }),
    ...(page.counted === undefined ? {} : { total: page.counted.length }),
    publicBase,
    // A count has no entries: there the header alone carries the notice.
    redisclosure: !countOnly && 'x-redisclosure-notice' in headers,
    announced: page.announced && page.next === undefined,
  });
  return { status: 200, headers, resource: bundle };
}

type Plans = readonly [SearchPlan, ...SearchPlan[]];

function plansOf(session: Session, { type, compartment }: SearchTarget, pairs: Pairs): Plans {
  if (type !== undefined) return [planSearch(session, { type, pairs, ...(compartment === undefined ? {} : { compartment }) })];
  const types = [...new Set(pairs.flatMap(([name, value]) => (name === '_type' ? value.split(',') : [])))];
  const common = pairs.filter(([name]) => name !== '_type');
  if (types.some((each) => !RESOURCE_TYPES.has(each))) throw new PrivityError('invalid-parameter', '_type');
  // Only what all types have: names of one type's own parameters are refused here.
  parseSearch('Resource', common);
  const [first, ...others] = types.map((each) => planSearch(session, { type: each, pairs: common }));
  if (first === undefined) throw new PrivityError('invalid-parameter', 'a search over all types: name them with _type');
  return [first, ...others];
}

/** One page over all types, each searched when the one before it has no more. */
async function pageOf(session: Session, plans: Plans, resumed: PageContent | undefined): Promise<Page> {
  const [{ pageSize }] = plans;
  const goesOn = resumed !== undefined && resumed.from.skip === undefined;
  const whole = (resumed !== undefined && !goesOn) || isWhole(plans);
  const budget = openBudget(session);
  const matches: (Match & { readonly part: number })[] = [];
  const looked: DecidedResource[] = [];
  let complete = whole;
  for (const [part, plan] of plans.entries()) {
    if (goesOn && part < (resumed.part ?? 0)) continue;
    const from = goesOn && part === (resumed.part ?? 0) ? resumed.from : undefined;
    const count = whole ? Number.POSITIVE_INFINITY : pageSize + 1 - matches.length;
    const collected = await collectMatches(session, plan, { count, budget, ...(from === undefined ? {} : { from }) });
    matches.push(...collected.matches.map((match) => ({ ...match, part })));
    looked.push(...collected.decided);
    if (plans.length === 1) complete = collected.whole;
    if (!whole && matches.length > pageSize) break;
  }
  const page = complete ? wholePage(session, plans, matches, looked, resumed) : nextPage(session, plans, matches, looked, resumed);
  const announced =
    plans.every((plan) => plan.byIdentity) &&
    (resumed?.announced === true ||
      page.looked.some(({ decision }) => decision.effect === 'withhold' && decision.withheldAs === 'announce'));
  return { ...page, announced, ...(page.next !== undefined && !complete && announced ? { next: { ...page.next, announced } } : {}) };
}

/** Judged by the query alone: what has to be collected before any of it can be given. */
function isWhole(plans: Plans): boolean {
  const [{ joins, result }] = plans;
  return plans.some((plan) => plan.whole) || (plans.length > 1 && joins.length + result.sort.length > 0);
}

function nextPage(
  { deps }: Session,
  [{ pageSize, result }]: Plans,
  matches: readonly (Match & { readonly part: number })[],
  looked: readonly DecidedResource[],
  resumed: PageContent | undefined,
): Omit<Page, 'announced'> {
  const shown = matches.slice(0, pageSize);
  const following = matches[pageSize];
  if (following !== undefined) {
    const { part, position } = following;
    const keys = shown.map(({ resource, position: { source } }) => matchKey(resource, source));
    const from = { ...position, given: lastGiven(deps.sealer, resumed?.from, keys) };
    // What stands behind the last one is looked at by the page that gives it.
    const last = shown.at(-1)?.decided;
    const passed = looked.slice(0, last === undefined ? 0 : looked.indexOf(last) + 1);
    return { matches: shown, looked: passed, next: { from, ...(part === 0 ? {} : { part }) } };
  }
  // The first page is all there is: counted without being asked to.
  const isCounted = resumed === undefined && result.total !== 'none';
  return { matches: shown, looked, ...(isCounted ? { counted: shown } : {}) };
}

function wholePage(
  { deps }: Session,
  plans: Plans,
  matches: readonly Match[],
  looked: readonly DecidedResource[],
  resumed: PageContent | undefined,
): Omit<Page, 'announced'> {
  const [{ pageSize, result, countOnly }] = plans;
  if (countOnly) return { matches: [], looked, counted: matches };
  const sorted = plans.every((plan) => plan.upstreamSort !== undefined) && (plans.length === 1 || result.sort.length === 0);
  const byResource = new Map(matches.map((match) => [match.resource, match]));
  const order = sorted ? [...byResource.keys()] : sortResources([...byResource.keys()], result.sort);
  const { start, end, next } = pageWithin(deps.sealer, order.map(nameOf), pageSize, resumed?.from);
  const shown = order.slice(start, end).flatMap((resource) => byResource.get(resource) ?? []);
  // Which way a join went must not show: what was counted by the way is told only where every way tells it.
  const isCounted = result.total !== 'none' && (isWhole(plans) || (resumed === undefined && next === undefined));
  return {
    matches: shown,
    looked,
    ...(isCounted ? { counted: matches } : {}),
    ...(next === undefined ? {} : { next: { from: next } }),
  };
}
