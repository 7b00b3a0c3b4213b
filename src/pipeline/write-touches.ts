/**
 * About whom decisions rest on a resource (design.md section 5): a write of it makes them stale, so that a revocation is in
 * force from its acknowledgement (threats.md 25). An actor that Consents name touches everyone whose Consent does.
 */
import { isId, localReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { fetchResources } from './fetch-resources.ts';
import { resourceSubjects, targetsOf } from './resource-subjects.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

/** Types that a Consent can name as an actor. */
const ACTORS: ReadonlySet<string> = new Set('Group CareTeam PractitionerRole RelatedPerson Organization Practitioner Device'.split(' '));

/** @param versions current and new, with the upstream's own URLs */
export async function touchedSubjects(session: Session, versions: readonly Resource[]): Promise<readonly string[]> {
  const { rights } = session.deps.writes;
  const read = versions.filter(({ resourceType }) => rights.types.has(resourceType) || rights.kept.has(resourceType));
  const own = await Promise.all(read.map((resource) => subjectsOf(session, resource)));
  const actors = new Set(
    read.flatMap(({ resourceType, id }) => (ACTORS.has(resourceType) && id !== undefined && isId(id) ? [`${resourceType}/${id}`] : [])),
  );
  const named = await Promise.all([...actors].map((actor) => consentsNaming(session, actor)));
  return [...new Set([...own, ...named].flat())].sort();
}

/** Of a Provenance, those of what it signs. */
async function subjectsOf(session: Session, resource: Resource): Promise<readonly string[]> {
  const targets = await fetchResources(session, targetsOf(resource, session.deps.upstream.base));
  return (await resourceSubjects(session, resource, targets)).patients;
}

async function consentsNaming({ deps, signal }: Session, actor: string): Promise<readonly string[]> {
  const consents = await searchAll(deps.upstream, `Consent?actor=${actor}&_count=200`, deps.limits.candidates, signal);
  return consents.flatMap((consent) => {
    const text = (consent.patient ?? consent.subject)?.reference;
    return typeof text === 'string' ? (localReference(text, deps.upstream.base) ?? []) : [];
  });
}
