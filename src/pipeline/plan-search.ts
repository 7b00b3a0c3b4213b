/** A search as the gateway will carry it out: gated, its parameters sorted by who evaluates them, its page and order settled. */

import type { Pairs } from '../fhir/query-pairs.ts';
import { parseSearch } from '../fhir/search/parse-search.ts';
import { compartmentParameters } from '../fhir/search/patient-compartment.ts';
import type { ResultParameters, SearchParameter } from '../fhir/search/search-query.ts';
import type { Scope } from '../requester/requester.ts';
import { requireScope } from './scope-gate.ts';
import { gateSearch, isJoin, isOpaque, refuseContent } from './search-gate.ts';
import type { Session } from './session.ts';

export interface SearchPlan {
  readonly type: string;
  readonly scopes: readonly Scope[];
  /** `Patient/p1`: only what is in this patient's compartment, by what is released of it. */
  readonly compartment?: string;
  /** `Patient/p1`: the only patient whom the token reaches; the upstream is asked within this compartment. */
  readonly narrowed?: string;
  /** Parameters that are judged on one resource. */
  readonly plain: readonly SearchParameter[];
  /** Chains, `_has`, `_list`. */
  readonly joins: readonly SearchParameter[];
  readonly result: ResultParameters;
  /** The upstream's order is the one asked for; `_sort` for it. */
  readonly upstreamSort?: string;
  /** Sorting by what may be withheld, and exact totals, need the whole released set. */
  readonly whole: boolean;
  readonly pageSize: number;
  readonly countOnly: boolean;
  /** Whom and which resources, nothing of what is in them: only then may be told that something is withheld. */
  readonly byIdentity: boolean;
}

const SAFE_SORT = new Set(['_id', '_lastUpdated']);
/** About whom what they speak of is about: often in nobody's compartment by themselves. */
const THROUGH_OTHERS = new Set(['Provenance', 'AuditEvent']);
const IDENTITY = new Set(['_id', 'patient', 'subject', 'beneficiary']);

export interface SearchAsked {
  readonly type: string;
  /** `Patient/p1` of a compartment search. */
  readonly compartment?: string;
  readonly pairs: Pairs;
}

/** @throws PrivityError before any data is looked at: `scope-insufficient`, `invalid-parameter`, `not-supported`, `too-costly` */
export function planSearch(session: Session, { type, compartment: within, pairs }: SearchAsked): SearchPlan {
  const { requester, deps } = session;
  const scopes = requireScope(requester, 'search', type);
  refuseContent(type);
  const query = parseSearch(type, pairs);
  gateSearch(requester, query);
  const { count, sort, summary, total } = query.result;
  const plain = query.parameters.filter((parameter) => !isJoin(parameter));
  const joins = query.parameters.filter(isJoin);
  // Full text comes in the order of a ranking that counts every record.
  const ranked = plain.some((parameter) => parameter.kind === 'special' && isOpaque(parameter));
  const countOnly = summary === 'count' || count === 0;
  const narrowed = within === undefined ? launchPatient(session, type, scopes, plain) : undefined;
  // Of several searches upstream each has an order of its own.
  const single = (within ?? narrowed) === undefined || compartmentParameters(type).length < 2;
  const safeSort = sort.every((key) => SAFE_SORT.has(key.parameter)) && (sort.length > 0 ? single : !ranked);
  return {
    type,
    scopes,
    ...(within === undefined ? {} : { compartment: within }),
    ...(narrowed === undefined ? {} : { narrowed }),
    plain,
    joins,
    result: query.result,
    ...(safeSort ? { upstreamSort: sort.map((key) => `${key.descending ? '-' : ''}${key.parameter}`).join(',') } : {}),
    whole: !safeSort || countOnly || total === 'accurate',
    pageSize: Math.min(count === undefined || count === 0 ? deps.limits.pageSize : count, deps.limits.maxPageSize),
    countOnly,
    byIdentity: joins.length === 0 && plain.every(isIdentity),
  };
}

/** A patient's app that names nobody means its patient: everybody else's record need not be gone through for that. */
function launchPatient(session: Session, type: string, scopes: readonly Scope[], plain: readonly SearchParameter[]): string | undefined {
  if (THROUGH_OTHERS.has(type) || compartmentParameters(type).length === 0 || !scopes.every((scope) => scope.level === 'patient'))
    return undefined;
  const named = plain.some(({ name, kind, modifier }) => modifier === undefined && (name === '_id' || kind === 'reference'));
  return named ? undefined : session.requester.launchPatient;
}

function isIdentity({ name, modifier }: SearchParameter): boolean {
  return IDENTITY.has(name) && (modifier === undefined || modifier === 'type');
}
