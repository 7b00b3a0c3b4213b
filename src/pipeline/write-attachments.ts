/**
 * A file is as closed as the strictest of the documents that have it (design.md 4.1 point 3), so another document could close it:
 * by another patient's refusal, or by a label of its own. Whoever gives a new document a file that others have already says
 * nothing that they do not say, or is an author of one of them (design.md 4.6; threats.md 55, 59).
 */
import { isProtected } from '../classify/categories-of.ts';
import type { DecidedResource } from '../decide/decision.ts';
import { authorsOf } from '../decide/resource-parties.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { pointersIn } from '../fhir/survey-resource.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { findReferrers } from './find-referrers.ts';
import { allLabels } from './label-resources.ts';
import { targetsOf } from './resource-subjects.ts';
import type { Session } from './session.ts';

/**
 * @param next what is to be kept, decided
 * @param current the version that it replaces
 * @throws PrivityError `right-needed`, and what `findReferrers` throws
 */
export async function requireAttachable(session: Session, next: DecidedResource, current?: Resource): Promise<void> {
  const { base } = session.deps.upstream;
  const { resource } = next.labeled;
  const before = new Set(current === undefined ? [] : filesIn(current, base));
  const fresh = filesIn(resource, base).filter((file) => !before.has(file));
  for (const [file, binary] of await fetchResources(session, fresh)) {
    const context = await fetchResources(session, targetsOf(binary, base));
    const { resources } = await findReferrers(session, file.slice('Binary/'.length), [...context.values()]);
    const others = await decideResources(
      session,
      resources.filter((other) => nameOf(other) !== nameOf(resource)),
    );
    if (others.length > 0 && !others.some((other) => isAuthor(session, other)) && !saysNothingNew(next, others))
      throw new PrivityError('right-needed', 'a file that other documents have');
  }
}

function filesIn(resource: Resource, base: string): readonly string[] {
  const found = (pointersIn(resource) ?? []).flatMap((text) => localReference(text, base) ?? []);
  return [...new Set(found)].filter((name) => name.startsWith('Binary/'));
}

function isAuthor({ requester, deps }: Session, { labeled }: DecidedResource): boolean {
  return authorsOf(labeled.resource, deps.upstream.base).some((author) => requester.references.includes(author));
}

function saysNothingNew(next: DecidedResource, others: readonly DecidedResource[]): boolean {
  const subjects = new Set(others.flatMap((other) => other.subjects));
  const labels = new Set(others.flatMap((other) => protectedCodes(other)));
  return next.subjects.every((subject) => subjects.has(subject)) && protectedCodes(next).every((code) => labels.has(code));
}

function protectedCodes({ labeled }: DecidedResource): readonly string[] {
  return allLabels(labeled)
    .filter(isProtected)
    .map(({ code }) => code);
}
