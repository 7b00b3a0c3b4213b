/**
 * Versions of resources as the requester may see them (threats.md 35, 36): each judged by its own content and by the
 * newest content that the resource has, the stricter wins. A deletion is seen by whoever could see what it deleted.
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { BundleEntry, Resource } from '../fhir/resource.ts';
import type { Scope } from '../requester/requester.ts';
import { decideVersions } from './answer-read.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import { searchPages } from './search-upstream.ts';
import type { Session } from './session.ts';

/** One version, or a deletion, that the requester may see. */
export interface ReleasedVersion {
  readonly entry: BundleEntry;
  /** `Observation/o1`. */
  readonly name: string;
  /** Absent for a deletion. */
  readonly resource?: Resource;
  readonly decided?: DecidedResource;
  /** When it came to be, milliseconds since 1970; absent where the upstream does not say. */
  readonly at?: number;
}

export interface ReleasedVersions {
  /** One item for each entry; `undefined` where it is withheld. */
  readonly versions: readonly (ReleasedVersion | undefined)[];
  /** Decisions on versions that are withheld. */
  readonly withheld: readonly DecidedResource[];
}

/** Reads versions of one resource once an answer. */
export type VersionReader = (name: string) => Promise<readonly BundleEntry[]>;

export function versionReader(session: Session): VersionReader {
  const known = new Map<string, Promise<readonly BundleEntry[]>>();
  return (name) => {
    const versions = known.get(name) ?? readVersions(session, name);
    known.set(name, versions);
    return versions;
  };
}

/** @returns newest first; none where there never was such a resource */
async function readVersions(session: Session, name: string): Promise<readonly BundleEntry[]> {
  const { upstream, limits } = session.deps;
  const entries: BundleEntry[] = [];
  try {
    for await (const { bundle } of searchPages(upstream, `${name}/_history?_count=${limits.maxPageSize}`, session.signal)) {
      entries.push(...(bundle.entry ?? []).filter((entry) => entryName(entry, upstream.base) === name));
      if (entries.length > limits.candidates) throw new PrivityError('too-costly');
    }
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'page-expired') return [];
    throw error;
  }
  return entries;
}

/** `Observation/o1`, of a version or of a deletion. */
export function entryName({ resource, fullUrl, request }: BundleEntry, base: string): string | undefined {
  if (resource !== undefined) return resource.id === undefined ? undefined : `${resource.resourceType}/${resource.id}`;
  const texts = [fullUrl, request?.url].filter((text) => text !== undefined);
  return texts.map((text) => localReference(text, base)).find((local) => local !== undefined && !local.includes('://'));
}

/** Of one version or deletion, among all of the server. */
export function versionKey(entry: BundleEntry, base: string): string | undefined {
  const name = entryName(entry, base);
  if (name === undefined) return undefined;
  const { resource, response } = entry;
  return JSON.stringify(resource === undefined ? [name, response?.etag, response?.lastModified] : [name, resource.meta?.versionId]);
}

/** @param scopesOf the scopes under which the requester reads versions of a type */
export async function releaseVersions(
  session: Session,
  entries: readonly BundleEntry[],
  read: VersionReader,
  scopesOf: (type: string) => readonly Scope[],
): Promise<ReleasedVersions> {
  const { base } = session.deps.upstream;
  const names = [...new Set(entries.flatMap((entry) => entryName(entry, base) ?? []))];
  const newest = await newestContents(session, names, read);
  const rows = new Map<BundleEntry, DecidedResource>();
  for (const [name, now] of newest) {
    // A deletion is judged as the version that it deleted, which need not be on this page.
    const own = entries.filter((entry) => entryName(entry, base) === name);
    const deleted = own.some((entry) => entry.resource === undefined) ? await read(name) : [];
    const judged = [...own.filter((entry) => entry.resource !== undefined), ...own.flatMap((entry) => deletedBy(entry, deleted))];
    const resources = judged.flatMap(({ resource }) => resource ?? []);
    const decided = isGiven(now) ? await decideVersions(session, now, resources) : [];
    for (const [index, row] of decided.entries()) rows.set(judged[index] as BundleEntry, row);
  }
  const released = new Map<DecidedResource, Resource | undefined>();
  const decided = [...new Set(rows.values())];
  for (const [index, resource] of (await releaseResources(session, decided)).entries())
    released.set(decided[index] as DecidedResource, resource);
  const isOpen = (row: DecidedResource | undefined, resource: Resource | undefined): boolean =>
    row !== undefined && resource !== undefined && inScope(session.requester, scopesOf(resource.resourceType), resource, row.subjects);
  const versions = await Promise.all(
    entries.map(async (entry): Promise<ReleasedVersion | undefined> => {
      const name = entryName(entry, base);
      if (name === undefined) return undefined;
      const [judged] = entry.resource === undefined ? deletedBy(entry, await read(name)) : [entry];
      const row = judged === undefined ? undefined : rows.get(judged);
      const resource = row === undefined ? undefined : released.get(row);
      if (!isOpen(row, resource)) return undefined;
      const at = Date.parse(String(entry.resource?.meta?.lastUpdated ?? entry.response?.lastModified));
      const content = entry.resource === undefined || row === undefined ? {} : { resource, decided: row };
      return { entry, name, ...content, ...(Number.isNaN(at) ? {} : { at }) };
    }),
  );
  return { versions, withheld: [...newest.values(), ...decided].filter((row) => !isGiven(row)) };
}

/** The version that a deletion made an end of, from all versions of the resource, newest first. */
function deletedBy(deletion: BundleEntry, all: readonly BundleEntry[]): readonly BundleEntry[] {
  if (deletion.resource !== undefined) return [];
  const key = JSON.stringify([deletion.request, deletion.response]);
  const at = all.findIndex((entry) => entry.resource === undefined && JSON.stringify([entry.request, entry.response]) === key);
  return all
    .slice(at < 0 ? all.length : at)
    .filter((entry) => entry.resource !== undefined)
    .slice(0, 1);
}

/** The current version of each resource, or what a deletion left as the last; none where nothing was ever there. */
async function newestContents(
  session: Session,
  names: readonly string[],
  read: VersionReader,
): Promise<ReadonlyMap<string, DecidedResource>> {
  const current = await fetchResources(session, names);
  const found: Resource[] = [];
  for (const name of names) {
    const resource = current.get(name) ?? (await read(name)).find((entry) => entry.resource !== undefined)?.resource;
    if (resource !== undefined) found.push(resource);
  }
  const decided = await decideResources(session, found);
  return new Map(decided.map((row) => [nameOf(row.labeled.resource), row]));
}
