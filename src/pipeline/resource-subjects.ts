/**
 * The patients a resource is about, through everything that can name them: its own subject elements, members of a Group,
 * entries of a stored Bundle, targets of a Provenance, and any reference to a Patient in what is not about patients by
 * type (threats.md 15: visibility depends on content).
 */
import { type Inside, isEmptyGroup, isPatientType, type Subjects, subjectsOf } from '../fhir/compartment.ts';
import { perResource } from '../fhir/per-resource.ts';
import { localReference } from '../fhir/reference.ts';
import type { BundleEntry, Reference, Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/survey-resource.ts';
import { fetchResources } from './fetch-resources.ts';
import type { Session } from './session.ts';

/** Elements that say what a resource is about by pointing at it: its labels are this resource's labels too. */
const SPEAKS_OF: ReadonlyMap<string, (resource: Resource) => readonly (Reference | undefined)[]> = new Map([
  ['Provenance', (resource) => resource.target ?? []],
  ['AuditEvent', (resource) => (resource.entity ?? []).map((entity: { what?: Reference }) => entity.what)],
  ['Binary', (resource) => [resource.securityContext]],
  ...['MedicationRequest', 'MedicationDispense', 'MedicationAdministration', 'MedicationStatement'].map(
    (type) => [type, (resource: Resource) => [resource.medicationReference]] as const,
  ),
]);

const NONE: readonly string[] = [];

/** Relative references of what a Provenance, an AuditEvent, a prescription or a Binary's security context speaks about. */
export const targetsOf = perResource((resource, base): readonly string[] => {
  const rows = SPEAKS_OF.get(resource.resourceType)?.(resource);
  if (rows === undefined) return NONE;
  return rows.flatMap((row) => (typeof row?.reference === 'string' ? (localReference(row.reference, base) ?? []) : []));
});

export async function resourceSubjects(session: Session, resource: Resource, related: ReadonlyMap<string, Resource>): Promise<Subjects> {
  const { base } = session.deps.upstream;
  const direct = ownSubjects(resource, base);
  if (isPlain(resource, direct)) return direct;
  const targets = targetsOf(resource, base).flatMap((reference) => related.get(reference) ?? []);
  const through = targets.map((target) => ownSubjects(target, base));
  const all = merge([direct, ...through]);
  return merge([all, ...(await membersOf(session, all.groups))]);
}

/** Groups in groups are looked into this deep: further, somebody may be in them whom nobody can tell. */
const DEEPEST = 8;
const LOST: Subjects = { patients: [], groups: [], unresolved: true };

async function membersOf(session: Session, named: readonly string[]): Promise<readonly Subjects[]> {
  const found: Subjects[] = [];
  const seen = new Set<string>();
  let open = named;
  for (let depth = 0; open.length > 0; depth += 1) {
    if (depth === DEEPEST) return [...found, LOST];
    const groups = await fetchResources(session, open);
    const members = open.map((reference) => {
      seen.add(reference);
      const group = groups.get(reference);
      return group === undefined || isEmptyGroup(group) ? LOST : subjectsOf(group, session.deps.upstream.base);
    });
    found.push(...members);
    open = [...new Set(members.flatMap((part) => part.groups))].filter((reference) => !seen.has(reference));
  }
  return found;
}

/** As most are: about whom they say themselves. */
export function isPlain({ resourceType }: Resource, { groups }: Subjects): boolean {
  return groups.length === 0 && !SPEAKS_OF.has(resourceType);
}

/** Without what its targets and the members of its Groups add. */
export const ownSubjects = perResource((resource, base): Subjects => subjectsWithin(resource, base));

function subjectsWithin(resource: Resource, base: string, inside?: Inside): Subjects {
  if (resource.resourceType === 'Bundle') return bundleSubjects(resource, base);
  const own = subjectsOf(resource, base, inside);
  if (isPatientType(resource.resourceType) || resource.resourceType === 'Provenance') return own;
  return merge([
    own,
    { patients: referencesOf(resource, base).filter((reference) => reference.startsWith('Patient/')), groups: [], unresolved: false },
  ]);
}

/** Inside a Bundle references are between its entries (`urn:uuid:…`): who is one of them is told by it. */
function bundleSubjects(bundle: Resource, base: string): Subjects {
  const entries = (bundle.entry ?? []) as BundleEntry[];
  const byUrl = new Map(entries.flatMap(({ fullUrl, resource }) => (fullUrl && resource ? [[fullUrl, resource] as const] : [])));
  const ofEntry = (resource: Resource) =>
    resource.resourceType === 'Patient' && resource.id === undefined ? LOST : subjectsWithin(resource, base, (name) => byUrl.get(name));
  return merge(entries.flatMap(({ resource }) => (resource === undefined ? [] : [ofEntry(resource)])));
}

function merge(parts: readonly Subjects[]): Subjects {
  return {
    patients: [...new Set(parts.flatMap((part) => part.patients))].sort(),
    groups: [...new Set(parts.flatMap((part) => part.groups))].sort(),
    unresolved: parts.some((part) => part.unresolved),
  };
}
