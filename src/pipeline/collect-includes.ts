/**
 * `_include` and `_revinclude` (FHIR R4 section 3.1.1.5.2), recomputed from what is released: an included resource is
 * reached through a released match, decided itself, and still connected after redaction (threats.md 10, 54).
 */
import { PrivityError } from '../errors.ts';
import { localReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/search/references-of.ts';
import type { Include } from '../fhir/search/search-query.ts';
import { scopePermits } from '../requester/scope-permits.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import type { SearchPlan } from './plan-search.ts';
import { releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const CHUNK = 40;

export async function collectIncludes(session: Session, plan: SearchPlan, matches: readonly Resource[]): Promise<readonly Resource[]> {
  const { include, revinclude } = plan.query.result;
  const names = new Set(matches.map((resource) => `${resource.resourceType}/${resource.id}`));
  const targets = new Set(include.flatMap((row) => matches.flatMap((resource) => targetsOf(session, resource, row))));
  const forward = [
    ...(
      await fetchResources(
        session,
        [...targets].filter((reference) => !names.has(reference)),
      )
    ).values(),
  ];
  const backward = (await Promise.all(revinclude.map((row) => referrers(session, row, [...names])))).flat();
  const candidates = new Map([...forward, ...backward].map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
  for (const name of names) candidates.delete(name);
  if (candidates.size > session.deps.limits.includes) throw new PrivityError('too-costly');
  const decided = await decideResources(session, [...candidates.values()]);
  session.recorded.push(...decided);
  const released = await releaseResources(session, decided);
  return decided.flatMap((row, index) => {
    const resource = released[index];
    if (resource === undefined || !isAllowed(session, resource, row.subjects)) return [];
    const name = `${resource.resourceType}/${resource.id}`;
    const reached =
      targets.has(name) || revinclude.some((include) => targetsOf(session, resource, include).some((reference) => names.has(reference)));
    return reached ? [resource] : [];
  });
}

function isAllowed(session: Session, resource: Resource, subjects: readonly string[]): boolean {
  const { requester } = session;
  const scopes = scopePermits(requester.scopes, 'read', resource.resourceType);
  return scopes.length > 0 && inScope(requester, scopes, resource, subjects);
}

/** Relative references that a released resource holds at an include's search parameter. */
function targetsOf(session: Session, resource: Resource, include: Include): readonly string[] {
  if (resource.resourceType !== include.source) return [];
  return referencesOf(resource, include.parameter).flatMap((text) => {
    const local = localReference(text, session.deps.publicBase);
    if (local === undefined || (include.target !== undefined && !local.startsWith(`${include.target}/`))) return [];
    return [local];
  });
}

async function referrers(session: Session, include: Include, names: readonly string[]): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  for (let start = 0; start < names.length; start += CHUNK) {
    const values = names.slice(start, start + CHUNK).join(',');
    const query = `${include.source}?${encodeURIComponent(include.parameter)}=${encodeURIComponent(values)}&_count=200`;
    found.push(...(await searchAll(session.deps.upstream, query, session.deps.limits.includes, session.signal)));
    if (found.length > session.deps.limits.includes) throw new PrivityError('too-costly');
  }
  return found;
}
