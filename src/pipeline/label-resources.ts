/**
 * Labels a resource with what its labels depend on beyond itself (design.md 4.1 point 3): its encounters, the targets of a
 * Provenance, the professions of its authors. What decides and what previews a code set label by the same code.
 */
import type { ClassifyContext, Label, LabeledResource } from '../classify/label.ts';
import { encountersOf } from '../decide/resource-parties.ts';
import type { Resource } from '../fhir/resource.ts';
import { type AuthorFacts, authorFacts } from './author-facts.ts';
import { fetchRelated } from './kept-resources.ts';
import { labelsOfVisit } from './labels-of-visit.ts';
import { targetsOf } from './resource-subjects.ts';
import type { Session } from './session.ts';

export type Inherited = NonNullable<ClassifyContext['inherited']>;

export interface Surroundings {
  /** By relative reference. */
  readonly related: ReadonlyMap<string, Resource>;
  readonly authors: AuthorFacts;
}

export async function readSurroundings(session: Session, resources: readonly Resource[]): Promise<Surroundings> {
  const related = await fetchRelated(
    session,
    resources.flatMap((resource) => relatedOf(session, resource)),
  );
  return { related, authors: await authorFacts(session, resources) };
}

/** @param given labels that it takes over from elsewhere */
export function labelResource(
  session: Session,
  resource: Resource,
  { related, authors }: Surroundings,
  given: Inherited = [],
): LabeledResource {
  const { upstream, classify } = session.deps;
  const taken = inheritedLabels(session, resource, related);
  const inherited = given.length === 0 ? taken : [...given, ...taken];
  return classify(resource, { inherited, store: upstream.base, authorCodings: authors.codings(resource) });
}

export function allLabels(labeled: LabeledResource): readonly Label[] {
  return [...labeled.labels, ...labeled.segments.flatMap((segment) => segment.labels)];
}

function relatedOf(session: Session, resource: Resource): readonly string[] {
  const { base } = session.deps.upstream;
  const targets = targetsOf(resource, base);
  return targets.length === 0 ? encountersOf(resource, base) : [...encountersOf(resource, base), ...targets];
}

const NONE: Inherited = [];

function inheritedLabels(session: Session, resource: Resource, related: ReadonlyMap<string, Resource>): Inherited {
  const { base } = session.deps.upstream;
  let found = NONE;
  const take = (reference: string, rule: 'encounter' | 'target') => {
    const source = related.get(reference);
    if (source === undefined) return;
    const labeled = session.deps.classify(source, { store: base });
    const labels = rule === 'encounter' ? labelsOfVisit(labeled) : allLabels(labeled);
    if (labels.length > 0) found = [...found, { reference, rule, labels }];
  };
  for (const reference of encountersOf(resource, base)) take(reference, 'encounter');
  for (const reference of targetsOf(resource, base)) take(reference, 'target');
  return found;
}
