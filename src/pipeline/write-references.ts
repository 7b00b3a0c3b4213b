/**
 * A written body refers only to what its writer can see (design.md 4.6; threats.md 29, 55): to what is absent and to what is
 * withheld the answer is one. A Binary counts as seen where the caller may read it.
 */
import { PrivityError } from '../errors.ts';
import { findPointers } from '../fhir/find-pointers.ts';
import { localReference, parseReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { decideBinary } from './answer-binary.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { isGiven } from './release-resources.ts';
import type { Session } from './session.ts';

/**
 * @param resource with the upstream's own URLs
 * @param besides relative references that the same transaction makes
 * @throws PrivityError `reference-not-found`
 */
export async function requireVisibleReferences(session: Session, resource: Resource, besides: ReadonlySet<string>): Promise<void> {
  const wanted = targetsIn(resource, session.deps.upstream.base).filter(
    (reference) => !besides.has(reference) && reference !== `${resource.resourceType}/${resource.id}`,
  );
  const found = await fetchResources(session, wanted);
  if (found.size < new Set(wanted).size) throw new PrivityError('reference-not-found');
  const binaries = [...found.values()].filter((row) => row.resourceType === 'Binary');
  const others = [...found.values()].filter((row) => row.resourceType !== 'Binary');
  const decided = [...(await decideResources(session, others)), ...(await Promise.all(binaries.map((row) => decideBinary(session, row))))];
  if (!decided.every(isGiven)) throw new PrivityError('reference-not-found');
}

/** Relative references to resources of this record, wherever they stand and however they are written. */
function targetsIn(resource: Resource, base: string): readonly string[] {
  const pointers = findPointers(resource)?.pointers;
  if (pointers === undefined) throw new PrivityError('invalid-resource', 'nested too deeply');
  return pointers.flatMap(({ target, reference }) => {
    // A search instead of a name would be answered by the upstream, over everything.
    if (reference && /^[A-Za-z]+\?/.test(target)) throw new PrivityError('reference-not-found');
    const local = localReference(target, base);
    return local === undefined || parseReference(local)?.base !== undefined ? [] : [local];
  });
}
