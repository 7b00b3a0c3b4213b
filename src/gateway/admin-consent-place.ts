/**
 * Where each resource of an upload belongs: beside which one that is there already, by identifier or id, and what the upload's own
 * names for its resources mean in the record.
 */
import { createHash, randomUUID } from 'node:crypto';
import { findById, findByIdentifiers, identifiersOf } from '../adapters/consent-writer.ts';
import { PrivityError } from '../errors.ts';
import { localReference } from '../fhir/reference.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import type { UploadedResource } from './admin-consent-upload.ts';
import type { ContentProblem } from './admin-problem.ts';

export interface PlannedResource {
  readonly path: string;
  readonly action: 'create' | 'update' | 'unchanged';
  /** Where it is; or what stands for that until it is created. */
  readonly place: string;
  /** As it would be, with references to places. */
  readonly resource: Resource;
  /** Of what is there now. */
  readonly version?: string;
  readonly convertedFrom?: 'R5';
}

/** Given to what comes without one, so that the same upload again finds it. */
const UPLOAD = 'urn:privity:upload';

/** A resource of an upload beside what is there already. */
export interface Placed extends Omit<PlannedResource, 'resource' | 'action'> {
  readonly uploaded: UploadedResource;
  readonly current?: Resource;
}

export type Problems = ContentProblem[];
export const fault = (problems: Problems, path: string, message: string) => void problems.push({ severity: 'error', path, message });

/** By its identifiers; a Consent without one by its id, and then the version that was seen must be named. */
export async function place({ upstream }: PipelineDeps, uploaded: UploadedResource, patient: string, problems: Problems): Promise<Placed> {
  const { path, seen, convertedFrom } = uploaded;
  const resource = named(uploaded.resource);
  const { resourceType, id } = resource;
  const byIdentifier = await findByIdentifiers(upstream, resource);
  const byId = resourceType === 'Consent' && id !== undefined ? await findById(upstream, resourceType, id) : undefined;
  if (byIdentifier !== undefined && byId !== undefined && byIdentifier.id !== byId.id)
    fault(problems, path, 'its id and its identifier name two different Consents');
  const current = byIdentifier ?? byId;
  if (current !== undefined && patientIn(current, upstream.base) !== patient)
    fault(problems, path, 'its identifier or id is in use for another patient');
  const version = current?.meta?.versionId;
  if (current !== undefined && resourceType === 'Consent') {
    if (version === undefined) throw new PrivityError('upstream-invalid', 'no version');
    if (seen !== undefined && seen !== version) throw new PrivityError('version-mismatch', path);
    if (byIdentifier === undefined && seen === undefined) throw new PrivityError('precondition-required', `${path}: meta.versionId`);
  }
  return {
    path,
    place: `${resourceType}/${current?.id ?? randomUUID()}`,
    uploaded: { ...uploaded, resource: byId === undefined ? resource : uploaded.resource },
    ...(current === undefined ? {} : { current }),
    ...(version === undefined ? {} : { version }),
    ...(convertedFrom === undefined ? {} : { convertedFrom }),
  };
}

function named(resource: Resource): Resource {
  if (identifiersOf(resource).length > 0) return resource;
  const { id: _, ...content } = resource;
  const value = createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex');
  return { ...resource, identifier: [...(resource.identifier ?? []), { system: UPLOAD, value }] };
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, child]) => [name, sorted(child)]),
  );
}

export function patientIn(resource: Resource, base: string): string | undefined {
  const text = (resource.patient ?? resource.subject)?.reference;
  return typeof text === 'string' ? localReference(text, base) : undefined;
}

/** What the upload calls its resources: fullUrl, `Type/id`. */
export function namesOf(placed: readonly Placed[], problems: Problems): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { path, place: target, uploaded } of placed) {
    const { fullUrl, resource } = uploaded;
    for (const name of new Set([fullUrl, resource.id === undefined ? undefined : `${resource.resourceType}/${resource.id}`])) {
      if (name === undefined) continue;
      if (names.has(name)) fault(problems, path, 'another entry has the same name (fullUrl or id)');
      names.set(name, target);
    }
    const keys = new Set([target, ...identifiersOf(resource).map(({ system, value }) => `${resource.resourceType} ${system}|${value}`)]);
    if ([...keys].some((key) => taken.has(key))) fault(problems, path, 'another entry is the same, or has the same identifier');
    for (const key of keys) taken.add(key);
  }
  return names;
}

export function settle({ uploaded, current, ...placed }: Placed, names: ReadonlyMap<string, string>): PlannedResource {
  const resource = { ...withPlaces(uploaded.resource, names), id: placed.place.slice(placed.place.indexOf('/') + 1) };
  const kept = current !== undefined && (resource.resourceType !== 'Consent' || sameJson(bare(resource), bare(current)));
  if (kept) return { ...placed, resource: current, action: 'unchanged' };
  return { ...placed, resource, action: current === undefined ? 'create' : 'update' };
}

export function withPlaces({ id, ...body }: Resource, names: ReadonlyMap<string, string>): Resource {
  return { ...(renamed(body as Json, names) as unknown as Resource), ...(id === undefined ? {} : { id }) };
}

/** References alone are names: an identifier may look like one. */
export function renamed(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) =>
      name === 'reference' && typeof child === 'string' ? [name, names.get(child) ?? child] : [name, renamed(child, names)],
    ),
  );
}

/** Without what every version has of its own. */
export function bare({ id: _, meta, ...content }: Resource): Json {
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {};
  return { ...content, ...(Object.keys(kept).length === 0 ? {} : { meta: kept }) } as unknown as Json;
}
