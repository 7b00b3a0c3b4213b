/**
 * Goes through the upstream's candidates for a search and keeps what is released and still matches, until a page and one
 * entry of look-ahead are full, so that a page's length tells nothing about what was withheld (threats.md 9).
 */

import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { queryText } from '../fhir/query-pairs.ts';
import type { Resource } from '../fhir/resource.ts';
import { matchSearch } from '../fhir/search/match-search.ts';
import type { Scope } from '../requester/requester.ts';
import { decideResources } from './decide-resources.ts';
import type { SearchPlan } from './plan-search.ts';
import { releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import { searchPage } from './search-upstream.ts';
import type { Session } from './session.ts';

export interface Match {
  readonly resource: Resource;
  readonly decided: DecidedResource;
  /** Where it stood upstream, for the next page link. */
  readonly at: Position;
}

export interface Position {
  readonly path: string;
  readonly skip: number;
}

export interface Collected {
  readonly matches: readonly Match[];
  /** Candidates that were decided on the way, withheld ones too. */
  readonly decided: readonly DecidedResource[];
  /** No candidate is left. */
  readonly exhausted: boolean;
}

export function firstPosition(plan: SearchPlan, compartment: string | undefined): Position {
  const pairs = [...plan.forwarded, ['_count', String(plan.pageSize + 1)] as const];
  return { path: `${compartment === undefined ? '' : `${compartment}/`}${plan.type}?${queryText(pairs)}`, skip: 0 };
}

/** @param want stop after this many matches; `Infinity` = all, within the bound on candidates */
export async function collectMatches(
  session: Session,
  plan: SearchPlan,
  scopes: readonly Scope[],
  from: Position,
  want: number,
): Promise<Collected> {
  const matches: Match[] = [];
  const seen = new Set<string>();
  const looked: DecidedResource[] = [];
  let position: Position | undefined = from;
  while (position !== undefined && matches.length < want) {
    const { path, skip }: Position = position;
    const page = await searchPage(session.deps.upstream, path, session.signal);
    const candidates = (page.bundle.entry ?? [])
      .map((entry, index) => ({ resource: entry.resource, index, mode: entry.search?.mode ?? 'match' }))
      .filter((row) => row.index >= skip && row.mode === 'match' && row.resource?.resourceType === plan.type);
    const fresh = candidates.filter(({ resource }) => resource?.id !== undefined && !seen.has(resource.id));
    for (const { resource } of fresh) seen.add(String(resource?.id));
    if (seen.size > session.deps.limits.candidates) throw new PrivityError('too-costly');
    const decided = await decideResources(
      session,
      fresh.flatMap(({ resource }) => resource ?? []),
    );
    const released = await releaseResources(session, decided);
    looked.push(...decided);
    for (const [index, row] of decided.entries()) {
      const resource = released[index];
      const place = fresh[index]?.index ?? 0;
      if (resource !== undefined && isMatch(session, plan, scopes, row, resource))
        matches.push({ resource, decided: row, at: { path, skip: place } });
    }
    position = page.next === undefined ? undefined : { path: page.next, skip: 0 };
  }
  return { matches, decided: looked, exhausted: position === undefined };
}

function isMatch(session: Session, plan: SearchPlan, scopes: readonly Scope[], decided: DecidedResource, resource: Resource): boolean {
  if (!inScope(session.requester, scopes, resource, decided.subjects)) return false;
  const cut = resource.meta?.security?.some((label) => label.code === 'REDACTED') === true || decided.decision.view !== undefined;
  const parameters = cut ? plan.query.parameters : plan.local;
  return (
    parameters.length === 0 ||
    matchSearch(resource, { ...plan.query, parameters }, { base: session.deps.publicBase, now: Date.parse(session.at.iso) }) === true
  );
}
