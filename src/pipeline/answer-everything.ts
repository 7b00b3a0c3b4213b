/**
 * Patient/$everything (FHIR R4 operation-patient-everything): the upstream's answer, every entry decided; what is not in
 * the patient's compartment (Practitioner, Organization, Medication) stays only while a released entry refers to it
 * (threats.md 16, 54).
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Resource } from '../fhir/resource.ts';
import { releaseSearchset } from '../redact/redact-bundle.ts';
import { type Answer, obligationHeaders } from './answer.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { inScope, requireScope } from './scope-gate.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const PARAMETERS = new Set(['_since', '_type', 'start', 'end']);

export async function answerEverything(session: Session, patient: string, parameters: Pairs): Promise<Answer> {
  const root = `Patient/${patient}`;
  requireScope(session.requester, 'read', 'Patient');
  const unknown = parameters.find(([name]) => !PARAMETERS.has(name) && !['_format', '_pretty', '_count'].includes(name));
  if (unknown !== undefined) throw new PrivityError('invalid-parameter', 'parameters of $everything: _since, _type, start, end');
  const subject = (await fetchResources(session, [root])).get(root);
  if (subject === undefined) throw new PrivityError('not-found');
  const [own] = await decideResources(session, [subject]);
  if (own === undefined || !isGiven(own)) {
    if (own !== undefined) session.recorded.push(own);
    throw new PrivityError('not-found');
  }
  const asked = parameters.filter(([name]) => PARAMETERS.has(name));
  const query = asked.length === 0 ? '' : `?${queryText(asked)}`;
  const found = unique(
    await searchAll(session.deps.upstream, `${root}/$everything${query}`, session.deps.limits.candidates, session.signal),
  );
  const scoped = found.filter((resource) => hasScope(session, resource.resourceType));
  const decided = await decideResources(session, scoped);
  const released = await releaseResources(session, decided);
  const given = decided.flatMap((row, index) => {
    const resource = released[index];
    if (
      resource === undefined ||
      !inScope(session.requester, requireScope(session.requester, 'read', resource.resourceType), resource, row.subjects)
    )
      return [];
    return [{ resource, decided: row, member: row.subjects.includes(root) }];
  });
  const kept = closure(given, session.deps.publicBase);
  session.recorded.push(...kept.map((row) => row.decided), ...decided.filter((row) => !isGiven(row)));
  const { publicBase } = session.deps;
  const headers = obligationHeaders(session.recorded);
  const bundle = releaseSearchset({
    matches: kept.map(({ resource }) => resource),
    self: `${publicBase}/${root}/$everything${query}`,
    total: kept.length,
    publicBase,
    redisclosure: 'x-redisclosure-notice' in headers,
    announced: session.recorded.some(({ decision }) => decision.effect === 'withhold' && decision.withheldAs === 'announce'),
  });
  return { status: 200, headers, resource: bundle };
}

function unique(resources: readonly Resource[]): readonly Resource[] {
  return [...new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource])).values()];
}

function hasScope(session: Session, type: string): boolean {
  try {
    return requireScope(session.requester, 'read', type).length > 0;
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'scope-insufficient') return false;
    throw error;
  }
}

interface Given {
  readonly resource: Resource;
  readonly decided: DecidedResource;
  readonly member: boolean;
}

/** Members of the compartment, and whatever can be reached from them through released references. */
function closure(given: readonly Given[], publicBase: string): readonly Given[] {
  const byName = new Map(given.map((row) => [`${row.resource.resourceType}/${row.resource.id}`, row]));
  const reached = new Set(given.filter((row) => row.member));
  for (const row of reached) {
    for (const reference of referencesIn(row.resource, publicBase)) {
      const target = byName.get(reference);
      if (target !== undefined) reached.add(target);
    }
  }
  return given.filter((row) => reached.has(row));
}
