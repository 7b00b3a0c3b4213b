/**
 * Who wrote a narrative: professions of its authors (to tell a psychotherapy-note candidate, 45 CFR 164.501) and the
 * persons behind a PractitionerRole (to tell the originator). Read only for types that can hold such a note.
 */
import { authorsOf } from '../decide/resource-parties.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { fetchResources } from './fetch-resources.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const NARRATIVE_TYPES = new Set(['DocumentReference', 'Composition', 'Media', 'Communication', 'DiagnosticReport']);
const MAX_ROLES = 500;

const NONE: readonly Coding[] = [];

export interface AuthorFacts {
  readonly codings: (resource: Resource) => readonly Coding[];
  /** Author references, with the practitioner behind each PractitionerRole. */
  readonly expand: (references: readonly string[]) => readonly string[];
}

export async function authorFacts(session: Session, resources: readonly Resource[]): Promise<AuthorFacts> {
  const { base } = session.deps.upstream;
  const narratives = resources.filter((resource) => NARRATIVE_TYPES.has(resource.resourceType));
  const references = [...new Set(narratives.flatMap((resource) => authorsOf(resource, base)))].filter((reference) =>
    reference.startsWith('Practitioner'),
  );
  if (references.length === 0) return { codings: () => NONE, expand: (authors) => authors };
  const people = await fetchResources(session, references);
  const practitioners = references.filter((reference) => reference.startsWith('Practitioner/'));
  const roles = [...people.values()].filter((row) => row.resourceType === 'PractitionerRole');
  if (practitioners.length > 0)
    roles.push(
      ...(await searchAll(
        session.deps.upstream,
        `PractitionerRole?practitioner=${practitioners.join(',')}&_count=100`,
        MAX_ROLES,
        session.signal,
      )),
    );
  const codings = (reference: string) => [
    ...codesOf(people.get(reference), ['qualification', 'specialty', 'code']),
    ...roles.filter((role) => role.practitioner?.reference === reference).flatMap((role) => codesOf(role, ['specialty', 'code'])),
  ];
  const behind = (reference: string): string | undefined => people.get(reference)?.practitioner?.reference;
  return {
    codings: (resource) => (NARRATIVE_TYPES.has(resource.resourceType) ? authorsOf(resource, base).flatMap(codings) : []),
    expand: (authors) => [...new Set(authors.flatMap((author) => [author, behind(author) ?? author]))],
  };
}

function codesOf(resource: Resource | undefined, elements: readonly string[]): Coding[] {
  if (resource === undefined) return [];
  return elements
    .flatMap((element) => [resource[element] ?? []].flat())
    .flatMap((row) => (row?.code?.coding ?? row?.coding ?? []) as Coding[]);
}
