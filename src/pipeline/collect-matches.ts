/**
 * The released matches of a search: candidates from the upstream, and where the search looks into other resources, joined
 * with inner searches (design.md 4.5). There are two ways to join; both find the same, and the cheaper one is tried first,
 * so that a bound on candidates turns a search away only where neither is within it.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { Resource } from '../fhir/resource.ts';
import type { SearchParameter } from '../fhir/search/search-query.ts';
import type { Position } from '../ports.ts';
import { toUpstream } from '../redact/rewrite-urls.ts';
import { planSearch, type SearchPlan } from './plan-search.ts';
import { criteriaOf } from './search-criteria.ts';
import { isJoin } from './search-gate.ts';
import { type JoinContext, joinAgainst, joinParameter } from './search-joins.ts';
import { scopesFor } from './search-scope.ts';
import { type Budget, type Match, openBudget, type StreamPlan, streamMatches } from './search-stream.ts';
import type { Session } from './session.ts';

export interface Collected {
  readonly matches: readonly Match[];
  /** Candidates that were decided on the way, withheld ones too. */
  readonly decided: readonly DecidedResource[];
  /** All matches there are, whatever was wanted. */
  readonly whole: boolean;
}

export interface Wanted {
  /** Stop after this many; `Infinity` = all. */
  readonly count: number;
  /** Where to go on; absent = at the start. */
  readonly from?: Position;
  readonly budget: Budget;
}

type Joinable = StreamPlan & Pick<SearchPlan, 'plain' | 'joins'>;

/** @throws PrivityError `too-costly` for more candidates than the bound */
export async function collectMatches(session: Session, plan: Joinable, wanted: Wanted): Promise<Collected> {
  const { plain, joins } = plan;
  const stream = async (joined: readonly SearchParameter[], count: number): Promise<Collected> => {
    const criteria = criteriaOf(plain, joined, toUpstream({ upstream: session.deps.upstream.base, publicBase: session.deps.publicBase }));
    const { matches, decided } = await streamMatches(session, plan, criteria, count, wanted.budget, wanted.from);
    return { matches, decided, whole: count === Number.POSITIVE_INFINITY };
  };
  if (joins.length === 0) return stream([], wanted.count);
  const context = joinContext(session, wanted.budget);
  const innerFirst = async () => {
    const joined: SearchParameter[] = [];
    for (const join of joins) {
      const parameter = await joinParameter(context, join);
      if (parameter === undefined) return { matches: [], decided: [], whole: true };
      joined.push(parameter);
    }
    return stream(joined, wanted.count);
  };
  const outerFirst = async () => {
    const { matches, decided } = await stream([], Number.POSITIVE_INFINITY);
    let left = matches;
    for (const join of joins) {
      const satisfied = await joinAgainst(
        context,
        join,
        left.map(({ resource }) => resource),
      );
      left = left.filter(({ resource }) => satisfied.has(resource));
    }
    return { matches: left, decided, whole: true };
  };
  // A page link goes on where the first page stopped, in the way that it was made.
  if (wanted.from !== undefined) return innerFirst();
  return isSelective(plan) ? cheaper(outerFirst, innerFirst) : cheaper(innerFirst, outerFirst);
}

/** Names resources or whom they are about: few are expected. */
function isSelective({ compartment, narrowed, plain }: Joinable): boolean {
  return (
    compartment !== undefined ||
    narrowed !== undefined ||
    plain.some(({ name, kind, modifier }) => modifier === undefined && (name === '_id' || kind === 'reference'))
  );
}

async function cheaper<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'too-costly') return second();
    throw error;
  }
}

function joinContext(session: Session, budget: Budget): JoinContext {
  return {
    publicBase: session.deps.publicBase,
    search: async (type, parameters): Promise<readonly Resource[]> => {
      const scopes = scopesFor(session.requester, 'search', type);
      if (scopes.length === 0) return [];
      const plan: Joinable = {
        type,
        scopes,
        plain: parameters.filter((parameter) => !isJoin(parameter)),
        joins: parameters.filter(isJoin),
        pageSize: session.deps.limits.maxPageSize,
      };
      const { matches } = await collectMatches(session, plan, { count: Number.POSITIVE_INFINITY, budget });
      return matches.map(({ resource }) => resource);
    },
  };
}

/**
 * Everything that the requester finds with a search, for whoever goes on with it: an operation, the condition of a write.
 * @throws PrivityError as `planSearch` and `collectMatches`
 */
export async function searchReleased(session: Session, type: string, pairs: Pairs): Promise<readonly Match[]> {
  const plan = { ...planSearch(session, { type, pairs }), pageSize: session.deps.limits.maxPageSize };
  return (await collectMatches(session, plan, { count: Number.POSITIVE_INFINITY, budget: openBudget(session) })).matches;
}
