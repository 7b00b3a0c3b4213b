/**
 * Instance history (FHIR R4 section 3.1.0.12): every version decided by its own content and by the current one's
 * (threats.md 35). Versions that are withheld are not there; so is the whole history of a resource that is.
 */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import type { BundleEntry } from '../fhir/resource.ts';
import { releaseHistory } from '../redact/redact-bundle.ts';
import { type Answer, obligationHeaders } from './answer.ts';
import { currentLabels } from './answer-read.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { inScope, requireScope } from './scope-gate.ts';
import { searchPage, type UpstreamPage } from './search-upstream.ts';
import type { Session } from './session.ts';

export async function answerHistory(session: Session, type: string, id: string, parameters: Pairs): Promise<Answer> {
  const scopes = requireScope(session.requester, 'read', type);
  const unknown = parameters.find(([name]) => !['_format', '_pretty'].includes(name));
  if (unknown !== undefined) throw new PrivityError('not-supported', 'parameters of _history');
  const current = (await fetchResources(session, [`${type}/${id}`])).get(`${type}/${id}`);
  if (current === undefined) throw new PrivityError('not-found');
  const [now] = await decideResources(session, [current]);
  if (now === undefined || !isGiven(now)) {
    if (now !== undefined) session.recorded.push(now);
    throw new PrivityError('not-found');
  }
  const entries = (await versions(session, type, id)).filter((entry) => entry.resource?.resourceType === type && entry.resource.id === id);
  const resources = entries.flatMap((entry) => entry.resource ?? []);
  const decided = await decideResources(session, resources, currentLabels(now));
  session.recorded.push(...decided);
  const released = await releaseResources(session, decided);
  const given = entries.flatMap((entry, index) => {
    const resource = released[index];
    const row = decided[index];
    if (resource === undefined || row === undefined || !inScope(session.requester, scopes, resource, row.subjects)) return [];
    return [{ entry, resource }];
  });
  if (given.length === 0) throw new PrivityError('not-found');
  const { publicBase } = session.deps;
  const bundle = releaseHistory({ versions: given, self: `${publicBase}/${type}/${id}/_history`, publicBase });
  return { status: 200, headers: obligationHeaders(decided), resource: bundle };
}

async function versions(session: Session, type: string, id: string): Promise<readonly BundleEntry[]> {
  const entries: BundleEntry[] = [];
  let next: string | undefined = `${type}/${id}/_history?_count=${session.deps.limits.maxPageSize}`;
  while (next !== undefined) {
    const page: UpstreamPage = await searchPage(session.deps.upstream, next, session.signal);
    entries.push(...(page.bundle.entry ?? []));
    if (entries.length > session.deps.limits.candidates) throw new PrivityError('too-costly');
    next = page.next;
  }
  return entries;
}
