/**
 * The questions that every write is asked once its body and the current version are known (design.md 4.6): does it change
 * what other decisions rest on, does the law permit it for every category, part and subject, do the scopes reach it.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { judgeWrite, judgeWriteType } from '../decide/judge-write.ts';
import { authorsOf } from '../decide/resource-parties.ts';
import { PrivityError } from '../errors.ts';
import { localReference, parseReference } from '../fhir/reference.ts';
import type { Reference, Resource } from '../fhir/resource.ts';
import type { Action } from '../policy/question.ts';
import type { Scope } from '../requester/requester.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { inScope } from './scope-gate.ts';
import type { Session } from './session.ts';
import { requireAttachable } from './write-attachments.ts';
import type { CurrentVersion } from './write-current.ts';
import { requireProofRight } from './write-proof.ts';

/** @throws PrivityError `not-supported`, `right-needed`: by the type of a resource and of what a Provenance is about */
export function requireTypeRight({ deps, requester }: Session, type: string, resources: readonly Resource[]): void {
  const targets = resources.flatMap((resource) => (resource.resourceType === 'Provenance' ? targetTypes(resource) : []));
  const refusal = judgeWriteType(deps.writes.rights, requester, [type, ...targets]);
  if (refusal !== undefined) throw new PrivityError(refusal.code, refusal.detail);
}

function targetTypes({ target }: Resource): readonly string[] {
  const rows: readonly Reference[] = Array.isArray(target) ? target : [];
  return rows.flatMap((row) => {
    const text = typeof row?.reference === 'string' ? row.reference : '';
    return [parseReference(text)?.type, typeof row?.type === 'string' ? row.type : undefined].flatMap((type) => type ?? []);
  });
}

/**
 * @param next what is to be kept, with the upstream's own URLs
 * @returns the decision on the new version
 * @throws PrivityError `subject-changed`, `right-needed`, `label-lowered`, `note-label-not-entitled`, `forbidden`, `scope-insufficient`
 */
export async function checkWrite(
  session: Session,
  scopes: readonly Scope[],
  action: Action,
  next: Resource,
  current?: CurrentVersion,
): Promise<DecidedResource> {
  const [decided] = await decideResources(session, [next], [], action);
  if (decided === undefined) throw new PrivityError('internal');
  const refusal = judgeWrite({
    rights: session.deps.writes.rights,
    requester: session.requester,
    base: session.deps.upstream.base,
    ...(current === undefined ? {} : { current: current.decided }),
    next: decided,
    authors: await authorsBehind(session, next),
  });
  session.recorded.push(decided);
  if (refusal !== undefined) throw new PrivityError(refusal.code, refusal.detail);
  requirePermit(decided);
  if (current !== undefined) {
    await checkLaw(session, action, current);
    await requireProofRight(session, current.resource);
  }
  await requireAttachable(session, decided, current?.resource);
  if (!inScope(session.requester, scopes, next, decided.subjects)) throw new PrivityError('scope-insufficient', next.resourceType);
  return decided;
}

/** What is replaced or removed is asked about as well. @throws PrivityError `forbidden` */
export async function checkLaw(session: Session, action: Action, { resource }: CurrentVersion): Promise<DecidedResource> {
  const [decided] = await decideResources(session, [resource], [], action);
  if (decided === undefined) throw new PrivityError('internal');
  requirePermit(decided);
  return decided;
}

/** A write is permitted whole or not at all: a part that may not be written, or a view, is a refusal. */
function requirePermit({ decision }: DecidedResource): void {
  if (decision.effect === 'permit' && decision.view === undefined) return;
  const citations = decision.basis.policies.filter((row) => row.effect !== 'permit').map((row) => row.citation);
  throw new PrivityError('forbidden', [...new Set(citations)].join('; ') || undefined);
}

/** Authors, with the practitioner behind each PractitionerRole. */
async function authorsBehind(session: Session, resource: Resource): Promise<readonly string[]> {
  const { base } = session.deps.upstream;
  const authors = authorsOf(resource, base);
  const roles = await fetchResources(
    session,
    authors.filter((author) => author.startsWith('PractitionerRole/')),
  );
  const behind = [...roles.values()].flatMap((role) => {
    const text = role.practitioner?.reference;
    return typeof text === 'string' ? (localReference(text, base) ?? []) : [];
  });
  return [...authors, ...behind];
}
