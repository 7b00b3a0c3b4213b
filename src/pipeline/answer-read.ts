/** read and vread (FHIR R4 section 3.1.0.2-3): one resource, decided, redacted, subset; or the 404 of what is not there. */

import type { Label } from '../classify/label.ts';
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { parseSearch } from '../fhir/search/parse-search.ts';
import { subsetResource } from '../redact/subset-resource.ts';
import type { Scope } from '../requester/requester.ts';
import { type Answer, entityHeaders, obligationHeaders } from './answer.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { allLabels, type Inherited } from './label-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { inScope, requireScope } from './scope-gate.ts';
import type { Session } from './session.ts';

const READ_PARAMETERS = new Set(['_summary', '_elements', '_format', '_pretty']);

export async function answerRead(session: Session, type: string, id: string, parameters: Pairs): Promise<Answer> {
  const scopes = requireScope(session.requester, 'read', type);
  const shape = readShape(type, parameters);
  const resource = (await fetchResources(session, [`${type}/${id}`])).get(`${type}/${id}`);
  if (resource === undefined) throw new PrivityError('not-found');
  const [decided] = await decideResources(session, [resource]);
  return give(session, decided, scopes, shape);
}

/** An old version is judged by its own content and by the current one's; the stricter wins (threats.md 35). */
export async function answerVread(session: Session, type: string, id: string, version: string, parameters: Pairs): Promise<Answer> {
  const scopes = requireScope(session.requester, 'read', type);
  const shape = readShape(type, parameters);
  const current = (await fetchResources(session, [`${type}/${id}`])).get(`${type}/${id}`);
  if (current === undefined) throw new PrivityError('not-found');
  const [now] = await decideResources(session, [current]);
  if (now === undefined || !isGiven(now)) return give(session, now, scopes, shape);
  const old = await session.deps.upstream.get(`${type}/${id}/_history/${version}`, session.signal);
  const found = old.status === 200 && old.resource?.resourceType === type && old.resource.id === id ? old.resource : undefined;
  if (found === undefined) throw new PrivityError('not-found');
  const [then] = await decideVersions(session, now, [found]);
  return give(session, then, scopes, shape);
}

/**
 * Versions of one resource, each by its own content and by what the newest declares (threats.md 35).
 * @param newest decided
 * @returns one item for each version
 */
export async function decideVersions(
  session: Session,
  newest: DecidedResource,
  versions: readonly Resource[],
): Promise<readonly DecidedResource[]> {
  const { labels, resource } = newest.labeled;
  const itself = versions.filter((version) => isVersion(version, resource));
  const older = versions.filter((version) => !isVersion(version, resource));
  const decided = new Map<Resource, DecidedResource>();
  const decide = async (some: readonly Resource[], declared: readonly Label[]) => {
    for (const row of await decideResources(session, some, currentLabels(resource, declared))) decided.set(row.labeled.resource, row);
  };
  await decide(itself, labels);
  // Where a segment stood in an older version, nobody can tell: its label is the older version's as a whole.
  await decide(older, allLabels(newest.labeled));
  return versions.map((version) => decided.get(version) as DecidedResource);
}

function isVersion({ meta }: Resource, { meta: other }: Resource): boolean {
  return meta?.versionId !== undefined && meta.versionId === other?.versionId;
}

/** Declared labels of the current version count for every older one. */
function currentLabels(current: Resource, labels: readonly Label[]): Inherited {
  const declared = labels.filter((label) => label.evidence.some((evidence) => evidence.source === 'declared'));
  return [{ reference: nameOf(current), rule: 'current-version', labels: declared }];
}

interface Shape {
  readonly summary?: 'true' | 'text' | 'data' | 'false';
  readonly elements?: readonly string[];
}

const WHOLE: Shape = {};

function readShape(type: string, parameters: Pairs): Shape {
  if (parameters.length === 0) return WHOLE;
  const unknown = parameters.find(([name]) => !READ_PARAMETERS.has(name));
  if (unknown !== undefined) throw new PrivityError('invalid-parameter', 'only _summary and _elements on a read');
  const { summary, elements } = parseSearch(type, parameters).result;
  if (summary === 'count') throw new PrivityError('invalid-parameter', '_summary');
  return { ...(summary === undefined ? {} : { summary }), ...(elements === undefined ? {} : { elements }) };
}

async function give(session: Session, decided: DecidedResource | undefined, scopes: readonly Scope[], shape: Shape): Promise<Answer> {
  if (decided === undefined) throw new PrivityError('internal');
  session.recorded.push(decided);
  const [released] = await releaseResources(session, [decided]);
  if (released === undefined) throw decided.decision.withheldAs === 'announce' ? announced(decided) : new PrivityError('not-found');
  if (!inScope(session.requester, scopes, released, decided.subjects)) throw new PrivityError('not-found');
  const subset = subsetResource(released, shape);
  const whole = subset === released && decided.decision.effect === 'permit' && decided.decision.view === undefined && !isRedacted(released);
  return { status: 200, headers: { ...entityHeaders(released, whole), ...obligationHeaders([decided]) }, resource: subset };
}

function isRedacted(resource: Resource): boolean {
  return resource.meta?.security?.some((label) => label.code === 'REDACTED') ?? false;
}

/** Says that something is withheld and on which ground, never what (45 CFR 164.524(d) for patients). */
export function announced(decided: DecidedResource): PrivityError {
  const citations = decided.decision.basis.policies.filter((row) => row.effect !== 'permit').map((row) => row.citation);
  return new PrivityError('withheld', [...new Set(citations)].join('; ') || undefined);
}
