/**
 * Search by type or in a patient's compartment (FHIR R4 section 3.1.1), as if what is withheld did not exist: full pages,
 * links sealed to the requester, totals only where the gateway counted them itself (design.md 4.5).
 */

import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { sortResources } from '../fhir/search/sort-resources.ts';
import type { PageContent } from '../ports.ts';
import { releaseSearchset } from '../redact/redact-bundle.ts';
import { subsetResource } from '../redact/subset-resource.ts';
import { type Answer, obligationHeaders } from './answer.ts';
import { collectIncludes } from './collect-includes.ts';
import { type Collected, collectMatches, firstPosition, type Match } from './collect-matches.ts';
import { incomingUrls } from './incoming-urls.ts';
import { planSearch, type SearchPlan } from './plan-search.ts';
import { isGiven } from './release-resources.ts';
import { requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';

export interface SearchTarget {
  readonly type: string;
  /** `Patient/p1` of a compartment search. */
  readonly compartment?: string;
  readonly parameters: Pairs;
}

interface Page {
  readonly matches: readonly Match[];
  readonly next?: Pick<PageContent, 'path' | 'skip'>;
  readonly total?: number;
}

export async function answerSearch(session: Session, target: SearchTarget): Promise<Answer> {
  const scopes = requireScope(session.requester, 'search', target.type);
  // Content has no subject: it is read through the documents that refer to it (threats.md 22).
  if (target.type === 'Binary') throw new PrivityError('not-supported', 'search of Binary');
  const resumed = await resume(session, target);
  const pairs = resumed?.query ?? target.parameters;
  const plan = planSearch(target.type, incomingUrls(target.type, pairs, session.deps.publicBase), session.deps.limits);
  const from = resumed?.path === undefined ? firstPosition(plan, target.compartment) : { path: resumed.path, skip: resumed.skip };
  const collected = await collectMatches(session, plan, scopes, from, plan.whole ? Number.POSITIVE_INFINITY : plan.pageSize + 1);
  const page = plan.whole ? wholePage(plan, collected, resumed?.skip ?? 0) : nextPage(plan, collected, resumed === undefined);
  const matches = page.matches.map((match) => match.resource);
  session.recorded.push(...disclosed(collected, page));
  const includes = plan.countOnly ? [] : await collectIncludes(session, plan, matches);
  return render(session, target, plan, pairs, page, includes);
}

/** A page link carries nothing but its token; any other parameter beside it would not be what was sealed. */
async function resume(session: Session, { parameters, type, compartment }: SearchTarget): Promise<PageContent | undefined> {
  const token = parameters.find(([name]) => name === '_page');
  if (token === undefined) return undefined;
  if (parameters.length > 1) throw new PrivityError('invalid-parameter', '_page stands alone');
  return session.deps.sealer.open(token[1], holderOf(session, type, compartment));
}

/** Whoever changes token, purpose, roles or scopes asks anew. */
function holderOf({ requester, deps }: Session, type: string, compartment: string | undefined): string {
  const { issuer, id, clientId, roles, purpose, scopes, launchPatient, fhirUser } = requester;
  return JSON.stringify([
    deps.publicBase,
    type,
    compartment,
    issuer,
    id,
    clientId,
    roles,
    purpose,
    scopes.map((scope) => scope.text),
    launchPatient,
    fhirUser,
  ]);
}

function nextPage(plan: SearchPlan, { matches, exhausted }: Collected, first: boolean): Page {
  const shown = matches.slice(0, plan.pageSize);
  const following = matches[plan.pageSize];
  if (following !== undefined) return { matches: shown, next: following.at };
  return first && exhausted ? { matches: shown, total: shown.length } : { matches: shown };
}

function wholePage(plan: SearchPlan, { matches }: Collected, skip: number): Page {
  if (plan.countOnly) return { matches: [], total: matches.length };
  const byResource = new Map(matches.map((match) => [match.resource, match]));
  const sorted = sortResources([...byResource.keys()], plan.query.result.sort).flatMap((resource) => byResource.get(resource) ?? []);
  const end = skip + plan.pageSize;
  return { matches: sorted.slice(skip, end), total: sorted.length, ...(end < sorted.length ? { next: { skip: end } } : {}) };
}

/** For the log: what this page gives, and what was withheld on the way to it; not what was only looked ahead at. */
function disclosed(collected: Collected, page: Page): readonly DecidedResource[] {
  const given = new Set(page.matches.map((match) => match.decided));
  return collected.decided.filter((row) => given.has(row) || !isGiven(row));
}

async function render(
  session: Session,
  target: SearchTarget,
  plan: SearchPlan,
  pairs: Pairs,
  page: Page,
  includes: Awaited<ReturnType<typeof collectIncludes>>,
): Promise<Answer> {
  const { publicBase, sealer } = session.deps;
  const { summary, elements } = plan.query.result;
  const place = `${publicBase}/${target.compartment === undefined ? '' : `${target.compartment}/`}${plan.type}`;
  const next =
    page.next === undefined
      ? undefined
      : await sealer.seal({ query: pairs, ...page.next }, holderOf(session, target.type, target.compartment));
  const headers = obligationHeaders(session.recorded);
  const shape = { ...(summary === undefined || summary === 'count' ? {} : { summary }), ...(elements === undefined ? {} : { elements }) };
  const bundle = releaseSearchset({
    matches: page.matches.map(({ resource }) => subsetResource(resource, shape)),
    includes,
    self: pairs.length === 0 ? place : `${place}?${queryText(pairs)}`,
    ...(next === undefined ? {} : { next: `${place}?_page=${next}` }),
    ...(page.total === undefined ? {} : { total: page.total }),
    publicBase,
    redisclosure: 'x-redisclosure-notice' in headers,
    announced: session.recorded.some(({ decision }) => decision.effect === 'withhold' && decision.withheldAs === 'announce'),
  });
  return { status: 200, headers, resource: bundle };
}
