/**
 * What an upload would make of the record: which Consents it creates, which it replaces, and the patient's Consents, signatures
 * and documents as they would be then. Reads the record server, past every cache; writes nothing.
 */
import { createHash, randomUUID } from 'node:crypto';
import { findById, findByIdentifiers, identifiersOf } from '../adapters/consent-writer.ts';
import type { ConsentRecord } from '../consent/vote.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf, parseReference } from '../fhir/reference.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import { searchAll } from '../pipeline/search-upstream.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import type { Upload, UploadedResource } from './admin-consent-upload.ts';
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

export interface UploadPlan {
  readonly consents: readonly PlannedResource[];
  readonly documents: readonly PlannedResource[];
  readonly provenances: readonly PlannedResource[];
  /** The record of the patient as it is, and as it would be. */
  readonly before: ConsentRecord;
  readonly after: ConsentRecord;
  readonly problems: readonly ContentProblem[];
}

/** There is nothing to plan for. */
export interface NotPlanned {
  readonly problems: readonly ContentProblem[];
  readonly after?: undefined;
}

/** Given to what comes without one, so that the same upload again finds it. */
const UPLOAD = 'urn:privity:upload';
const BATCH = 50;
const MAX_REFERENCES = 500;

/**
 * @param upload sound, for `patient`
 * @throws PrivityError `multiple-matches`, `version-mismatch`, `precondition-required`, and what the upstream throws
 */
export async function planUpload(deps: PipelineDeps, upload: Upload, patient: string): Promise<UploadPlan | NotPlanned> {
  deps.consents.forget([patient]);
  const record = (await deps.consents.load([patient])).get(patient);
  if (record?.patient === undefined)
    return { problems: [{ severity: 'error', path: upload.consents[0]?.path ?? '', message: `${patient} is not on the record server` }] };
  const problems: ContentProblem[] = [];
  const consents: Placed[] = [];
  for (const one of upload.consents) consents.push(await place(deps, one, patient, problems));
  const documents: Placed[] = [];
  for (const one of upload.documents) documents.push(await place(deps, one, patient, problems));
  const names = namesOf([...consents, ...documents], problems);
  const settled = (placed: Placed): PlannedResource => settle(placed, names);
  const plannedConsents = consents.map(settled);
  const plannedDocuments = documents.map(settled);
  const before = record.consents;
  const provenances = upload.provenances.map((one) => planSignature(one, names, plannedConsents, before, problems));
  checkDocuments(plannedDocuments, plannedConsents, patient, deps.upstream.base, problems);
  const after = await recordAfter(deps, before, { consents: plannedConsents, documents: plannedDocuments, provenances }, problems);
  return { consents: plannedConsents, documents: plannedDocuments, provenances, before, after, problems };
}

interface Placed extends Omit<PlannedResource, 'resource' | 'action'> {
  readonly uploaded: UploadedResource;
  readonly current?: Resource;
}

type Problems = ContentProblem[];
const fault = (problems: Problems, path: string, message: string) => void problems.push({ severity: 'error', path, message });

/** By its identifiers; a Consent without one by its id, and then the version that was seen must be named. */
async function place({ upstream }: PipelineDeps, uploaded: UploadedResource, patient: string, problems: Problems): Promise<Placed> {
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

function patientIn(resource: Resource, base: string): string | undefined {
  const text = (resource.patient ?? resource.subject)?.reference;
  return typeof text === 'string' ? localReference(text, base) : undefined;
}

/** What the upload calls its resources: fullUrl, `Type/id`. */
function namesOf(placed: readonly Placed[], problems: Problems): ReadonlyMap<string, string> {
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

function settle({ uploaded, current, ...placed }: Placed, names: ReadonlyMap<string, string>): PlannedResource {
  const resource = { ...withPlaces(uploaded.resource, names), id: placed.place.slice(placed.place.indexOf('/') + 1) };
  const kept = current !== undefined && (resource.resourceType !== 'Consent' || sameJson(bare(resource), bare(current)));
  if (kept) return { ...placed, resource: current, action: 'unchanged' };
  return { ...placed, resource, action: current === undefined ? 'create' : 'update' };
}

function withPlaces({ id, ...body }: Resource, names: ReadonlyMap<string, string>): Resource {
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

function bare({ id: _, meta, ...content }: Resource): Json {
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {};
  return { ...content, ...(Object.keys(kept).length === 0 ? {} : { meta: kept }) } as unknown as Json;
}

/** A signature that the record already holds is not made twice. */
function planSignature(
  { path, resource }: UploadedResource,
  names: ReadonlyMap<string, string>,
  consents: readonly PlannedResource[],
  before: ConsentRecord,
  problems: Problems,
): PlannedResource {
  const own = withPlaces(resource, names);
  const targets: readonly unknown[] = Array.isArray(own.target) ? own.target.map((target) => target?.reference) : [];
  if (targets.length === 0 || targets.some((target) => !consents.some((consent) => consent.place === target)))
    fault(problems, path, 'every target of a Provenance must be a Consent of this upload');
  const kept = before.provenances.find((other) => sameJson(bare(own), bare(other)));
  const id = kept?.id ?? randomUUID();
  return { path, place: `Provenance/${id}`, resource: kept ?? { ...own, id }, action: kept === undefined ? 'create' : 'unchanged' };
}

function checkDocuments(
  documents: readonly PlannedResource[],
  consents: readonly PlannedResource[],
  patient: string,
  base: string,
  problems: Problems,
): void {
  const referred = new Set(consents.flatMap(({ resource }) => [resource.sourceReference].flat().map((row) => row?.reference)));
  for (const { path, place: target, resource } of documents) {
    if (!referred.has(target)) fault(problems, path, 'no Consent of this upload was signed on this document (sourceReference)');
    if (patientIn(resource, base) !== patient) fault(problems, path, 'the document is about another patient, or about nobody');
  }
}

/** What was signed before is no signature of what is changed now. */
async function recordAfter(
  { upstream }: PipelineDeps,
  before: ConsentRecord,
  { consents, documents, provenances }: Pick<UploadPlan, 'consents' | 'documents' | 'provenances'>,
  problems: Problems,
): Promise<ConsentRecord> {
  const replaced = new Set(consents.map(({ place: target }) => target));
  const changed = new Set(consents.flatMap(({ action, place: target }) => (action === 'unchanged' ? [] : [target])));
  const signsChanged = ({ target }: Resource) =>
    (target ?? []).some((row: { reference?: string }) => changed.has(localReference(row?.reference ?? '', upstream.base) ?? ''));
  const signed = provenances.map(({ resource }) => resource);
  const references = new Map(before.references);
  for (const { place: target, resource } of documents) references.set(target, resource);
  const planned = [...consents, ...provenances, ...documents];
  const own = new Set(planned.map(({ place: target }) => target));
  const missing = new Map<string, string>();
  for (const { path, resource } of planned) {
    for (const reference of referencesIn(resource, upstream.base)) {
      if (!own.has(reference) && !references.has(reference) && parseReference(reference)?.base === undefined) missing.set(reference, path);
    }
  }
  for (const [reference, resource] of await fetchAll(upstream, [...missing.keys()])) references.set(reference, resource);
  for (const [reference, path] of missing) {
    if (!references.has(reference)) problems.push({ severity: 'warning', path, message: `${reference} is not on the record server` });
  }
  return {
    ...before,
    consents: [...before.consents.filter(({ id }) => !replaced.has(`Consent/${id}`)), ...consents.map(({ resource }) => resource)],
    provenances: [...before.provenances.filter((row) => !signsChanged(row) && !signed.includes(row)), ...signed],
    references,
  };
}

async function fetchAll(upstream: PipelineDeps['upstream'], names: readonly string[]): Promise<ReadonlyMap<string, Resource>> {
  if (names.length > MAX_REFERENCES) throw new PrivityError('too-large', `${MAX_REFERENCES} references at most`);
  const byType = Map.groupBy(names, (name) => name.split('/')[0] ?? '');
  const found = new Map<string, Resource>();
  for (const [type, all] of byType) {
    for (let start = 0; start < all.length; start += BATCH) {
      const ids = all.slice(start, start + BATCH).map((name) => name.split('/')[1]);
      for (const row of await searchAll(upstream, `${type}?_id=${ids.join(',')}&_count=${BATCH}`, BATCH * 2, undefined))
        found.set(nameOf(row), row);
    }
  }
  return found;
}
