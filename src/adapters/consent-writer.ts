/**
 * Where uploaded Consents and their documents are on the record server, and how they get there: one FHIR transaction, all or
 * nothing (FHIR R4 section 3.1.0.11.2). What is there is updated under If-Match, what is not is created under If-None-Exist, and
 * nobody else writes what has the same identifiers meanwhile. What decisions rest on is stale before and after (design.md 5).
 */
import { PrivityError } from '../errors.ts';
import { queryText } from '../fhir/query-pairs.ts';
import type { Bundle, BundleEntry, Identifier, Resource } from '../fhir/resource.ts';
import { searchAll } from '../pipeline/search-upstream.ts';
import { sendWrite } from '../pipeline/send-write.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import type { CallerSignal, Upstream } from '../ports.ts';

/** One resource to be written. */
export interface ConsentWrite {
  readonly resource: Resource;
  /** Where it is updated; absent: it is created. */
  readonly id?: string;
  /** With `id`: the version that is replaced. */
  readonly version?: string;
  /** Name of what is created, for references to it in the same transaction: `urn:uuid:…`. */
  readonly name?: string;
}

export interface ConsentWritten {
  /** `Consent/c1`. */
  readonly reference: string;
  readonly version?: string;
}

/** More with one identifier than anybody should have. */
const MAX_MATCHES = 20;
const MAX_IDENTIFIERS = 10;

export function identifiersOf({ identifier, masterIdentifier }: Resource): readonly Identifier[] {
  const all: readonly Identifier[] = [identifier, masterIdentifier].flat().filter((one) => typeof one?.value === 'string');
  return all;
}

/** A search for one identifier, as FHIR writes tokens. */
export function identifierQuery({ system = '', value = '' }: Identifier): string {
  const escaped = (text: string) => text.replace(/[\\,$|]/g, (character) => `\\${character}`);
  return queryText([['identifier', `${escaped(system)}|${escaped(value)}`]]);
}

/**
 * What the record server holds under the identifiers of a resource, past every cache.
 * @throws PrivityError `multiple-matches` where that is more than one; `too-large`
 */
export async function findByIdentifiers(upstream: Upstream, resource: Resource, signal?: CallerSignal): Promise<Resource | undefined> {
  const identifiers = identifiersOf(resource);
  if (identifiers.length > MAX_IDENTIFIERS) throw new PrivityError('too-large', `${MAX_IDENTIFIERS} identifiers at most`);
  const found = new Map<string, Resource>();
  for (const identifier of identifiers) {
    const query = `${resource.resourceType}?${identifierQuery(identifier)}`;
    for (const row of await searchAll(past(upstream), query, MAX_MATCHES, signal)) {
      if (row.resourceType === resource.resourceType && row.id !== undefined) found.set(row.id, row);
    }
  }
  if (found.size > 1) throw new PrivityError('multiple-matches', 'identifier');
  return [...found.values()][0];
}

/** One resource by its id, past every cache. */
export async function findById(upstream: Upstream, type: string, id: string): Promise<Resource | undefined> {
  const { status, resource } = await past(upstream).get(`${type}/${id}`);
  if (status === 404 || status === 410) return undefined;
  if (status !== 200 || resource?.resourceType !== type) throw new PrivityError('upstream-invalid', 'read');
  return resource;
}

function past(upstream: Upstream): Upstream {
  return { ...upstream, get: (path, signal) => upstream.get(path, signal, { noCache: true }) };
}

/**
 * Writes all of it or nothing.
 * @param subjects patients whom it is about
 * @param unchanged looked at when nobody else can write: whether what was judged is still so
 * @throws PrivityError `conflict`, `refused-upstream`: nothing was written; `write-unconfirmed`: nobody knows
 */
export async function writeConsents(
  deps: PipelineDeps,
  subjects: readonly string[],
  writes: readonly ConsentWrite[],
  unchanged: () => Promise<boolean>,
): Promise<readonly ConsentWritten[]> {
  const keys = writes.flatMap(({ resource }) => identifiersOf(resource).map((one) => `${resource.resourceType}?${identifierQuery(one)}`));
  return deps.writes.lock.hold(keys, async () => {
    if (!(await unchanged())) throw new PrivityError('conflict');
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: writes.map(entryOf) };
    const { resource } = await sendWrite(deps, subjects, { method: 'POST', path: '', resource: bundle });
    const made = resource?.resourceType === 'Bundle' ? ((resource as Bundle).entry ?? []) : [];
    if (made.length !== writes.length) throw new PrivityError('write-unconfirmed');
    return writes.map((write, index) => readOne(write, made[index]));
  });
}

function entryOf({ resource, id, version, name }: ConsentWrite) {
  const { resourceType } = resource;
  if (id !== undefined) {
    const ifMatch = version === undefined ? {} : { ifMatch: `W/"${version}"` };
    return { resource: { ...resource, id }, request: { method: 'PUT', url: `${resourceType}/${id}`, ...ifMatch } };
  }
  const { id: _, ...body } = resource;
  const [identifier] = identifiersOf(resource);
  const ifNoneExist = identifier === undefined ? {} : { ifNoneExist: identifierQuery(identifier) };
  return {
    ...(name === undefined ? {} : { fullUrl: name }),
    resource: body,
    request: { method: 'POST', url: resourceType, ...ifNoneExist },
  };
}

/** A create that found something there wrote nothing: somebody was quicker, around the gateway. */
function readOne({ resource: { resourceType }, id }: ConsentWrite, entry: BundleEntry | undefined): ConsentWritten {
  const { status = '', location, etag } = entry?.response ?? {};
  const says = Number(status.slice(0, 3));
  const place = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/.exec(location ?? '');
  const written = id === undefined ? says === 201 : says === 200;
  const named = id ?? (place?.[1] === resourceType ? place[2] : undefined) ?? entry?.resource?.id;
  if (!written || named === undefined) throw new PrivityError('write-unconfirmed');
  const version = place?.[3] ?? /"(.+)"$/.exec(etag ?? '')?.[1];
  return { reference: `${resourceType}/${named}`, ...(version === undefined ? {} : { version }) };
}
