/** Reads resources from the upstream by reference, each once a request, several of a type in one search by `_id`. */
import { PrivityError } from '../errors.ts';
import { parseReference } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const BATCH = 50;

/**
 * @param references relative references: `Encounter/e1`; whatever is not one is absent
 * @returns what was found; an absent or deleted resource has no entry
 */
export async function fetchResources(session: Session, references: Iterable<string>): Promise<ReadonlyMap<string, Resource>> {
  const wanted = [...new Set(references)];
  const missing = new Map<string, string[]>();
  for (const reference of wanted) {
    const parsed = parseReference(reference);
    if (parsed === undefined || parsed.base !== undefined || session.resources.has(reference)) continue;
    const ids = missing.get(parsed.type) ?? [];
    missing.set(parsed.type, [...ids, parsed.id]);
  }
  for (const [type, ids] of missing) requestType(session, type, ids);
  const found = new Map<string, Resource>();
  for (const reference of wanted) {
    const resource = await session.resources.get(reference);
    if (resource !== undefined) found.set(reference, resource);
  }
  return found;
}

function requestType(session: Session, type: string, ids: readonly string[]): void {
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) {
    remember(session, `${type}/${only}`, readOne(session, type, only));
    return;
  }
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    const answer = readMany(session, type, batch);
    for (const id of batch)
      remember(
        session,
        `${type}/${id}`,
        answer.then((resources) => resources.get(id)),
      );
  }
}

/** Awaited by whoever asked; marked handled so that a failure met by nobody else does not end the process. */
function remember(session: Session, reference: string, promise: Promise<Resource | undefined>): void {
  promise.catch(() => undefined);
  session.resources.set(reference, promise);
}

async function readOne(session: Session, type: string, id: string): Promise<Resource | undefined> {
  const answer = await session.deps.upstream.get(`${type}/${id}`, session.signal);
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (answer.status !== 200 || answer.resource?.resourceType !== type || answer.resource.id !== id) {
    throw new PrivityError('upstream-invalid', `read of ${type}`);
  }
  return answer.resource;
}

async function readMany(session: Session, type: string, ids: readonly string[]): Promise<ReadonlyMap<string, Resource>> {
  const found = new Map<string, Resource>();
  const query = `${type}?_id=${ids.join(',')}&_count=${ids.length}`;
  for (const resource of await searchAll(session.deps.upstream, query, ids.length, session.signal)) {
    if (resource.resourceType === type && resource.id !== undefined) found.set(resource.id, resource);
  }
  return found;
}
