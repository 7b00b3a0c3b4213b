/**
 * What a Consent rests on beyond itself - the form or document that was signed, a device that it names - is its proof (45 CFR
 * 164.508(b)(3)(ii), (c)): whoever may not write the Consent may not change or remove that either (design.md 4.6; threats.md 33, 56).
 */
import { hasRight } from '../decide/judge-write.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/survey-resource.ts';
import { searchPage } from './search-upstream.ts';
import type { Session } from './session.ts';

/** By which a Consent names what it rests on. */
const NAMED_BY = ['source-reference', 'actor'] as const;

/**
 * @param resource the version that is to be replaced or removed; its subjects are loaded
 * @throws PrivityError `right-needed`
 */
export async function requireProofRight(session: Session, resource: Resource): Promise<void> {
  const { rights } = session.deps.writes;
  const right = rights.types.get('Consent');
  if (!rights.kept.has(resource.resourceType) || right === undefined || hasRight(right, session.requester)) return;
  if (isNamedHere(session, resource) || (await isNamedAnywhere(session, resource))) throw new PrivityError('right-needed', 'Consent');
}

/** By Consents of patients that this request is about. */
function isNamedHere({ records, deps }: Session, resource: Resource): boolean {
  const name = nameOf(resource);
  const references = [...records.values()].flatMap(({ consents: { consents } }) =>
    consents.flatMap((consent) => referencesOf(consent, deps.upstream.base)),
  );
  return references.some((reference) => localReference(reference, deps.upstream.base) === name);
}

/** A server that can not be asked so is asked by the patients alone. */
async function isNamedAnywhere({ deps, signal }: Session, resource: Resource): Promise<boolean> {
  for (const parameter of NAMED_BY) {
    try {
      const { bundle } = await searchPage(deps.upstream, `Consent?${parameter}=${nameOf(resource)}&_count=1`, signal);
      if ((bundle.entry ?? []).some((entry) => entry.resource?.resourceType === 'Consent')) return true;
    } catch (error) {
      if (!(error instanceof PrivityError) || error.code !== 'invalid-parameter') throw error;
    }
  }
  return false;
}
