/**
 * Carries decisions out: finds which of the clinical resources that are referred to the requester may see, and redacts.
 * A reference to what is withheld or absent is cut (design.md 4.4), so neither can be told from the other.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { isPatientType } from '../fhir/compartment.ts';
import { perResource } from '../fhir/per-resource.ts';
import { localReference, nameOf, parseReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { pointersIn, referencesOf } from '../fhir/survey-resource.ts';
import { redactOnce } from '../redact/redact-once.ts';
import { rewriteUrls } from '../redact/rewrite-urls.ts';
import { viewAdmits } from '../redact/view-admits.ts';
import { decideResources } from './decide-resources.ts';
import { fetchRelated } from './kept-resources.ts';
import type { Session } from './session.ts';

/** @returns one item for each decision: the released resource, or `undefined` where it is withheld */
export async function releaseResources(session: Session, decided: readonly DecidedResource[]): Promise<readonly (Resource | undefined)[]> {
  for (const row of decided) remember(session, row);
  const given = decided.filter(isGiven);
  const wanted = new Set(given.flatMap((row) => clinicalReferences(row.labeled.resource, session.deps.upstream.base)));
  await decideReferences(session, wanted);
  const canSee = (text: string): boolean | undefined => {
    const reference = localReference(text, session.deps.upstream.base);
    const parsed = reference === undefined ? undefined : parseReference(reference);
    if (reference === undefined || parsed === undefined || parsed.base !== undefined || !isPatientType(parsed.type)) return undefined;
    const target = session.decided.get(reference);
    return target !== undefined && isGiven(target);
  };
  const isRedacted = (text: string): boolean => {
    const reference = localReference(text, session.deps.upstream.base);
    const decision = reference === undefined ? undefined : session.decided.get(reference)?.decision;
    return decision !== undefined && (decision.effect === 'redact' || decision.view !== undefined);
  };
  const pointers = (resource: Resource) => localPointers(resource, session.deps.upstream.base);
  const rewrite = rewriteUrls({ upstream: session.deps.upstream.base, publicBase: session.deps.publicBase });
  const redact = () =>
    decided.map((row) => {
      const released = isGiven(row) ? redactOnce(row, { canSee, isRedacted, pointers, rewrite }) : undefined;
      if (released === undefined) emptied.add(row);
      return released;
    });
  const { timed } = session.deps;
  return timed === undefined ? redact() : timed('redact', redact);
}

/** What was to be given in part and of which no valid part was left: withheld after all, in the answer and in the log. */
const emptied = new WeakSet<DecidedResource>();

export function isGiven(row: DecidedResource): boolean {
  const { decision, labeled } = row;
  if (emptied.has(row)) return false;
  return decision.effect !== 'withhold' && (decision.view === undefined || viewAdmits(decision.view, labeled.resource.resourceType));
}

function remember(session: Session, row: DecidedResource): void {
  const { resource } = row.labeled;
  const name = nameOf(resource);
  if (resource.id !== undefined && !session.decided.has(name)) session.decided.set(name, row);
}

async function decideReferences(session: Session, wanted: ReadonlySet<string>): Promise<void> {
  const open = [...wanted].filter((reference) => !session.decided.has(reference));
  if (open.length === 0) return;
  const found = await fetchRelated(session, open);
  for (const row of await decideResources(session, [...found.values()])) remember(session, row);
}

/** Of all that may mean a resource, what means one of this record. */
const localPointers = perResource((resource, base): readonly string[] | undefined => {
  return pointersIn(resource)?.filter((text) => {
    const parsed = parseReference(text);
    return parsed !== undefined && (parsed.base === undefined || parsed.base === base);
  });
});

/** Relative references to resources that are about patients; others (Practitioner, Organization) are not gated. */
const clinicalReferences = perResource((resource, base): readonly string[] =>
  referencesOf(resource, base).filter((reference) => {
    const parsed = parseReference(reference);
    return parsed !== undefined && parsed.base === undefined && isPatientType(parsed.type);
  }),
);
