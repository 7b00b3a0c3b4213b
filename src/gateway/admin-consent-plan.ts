/**
 * What an upload would make of the record: which Consents it creates, which it replaces, and the patient's Consents, signatures
 * and documents as they would be then. Reads the record server, past every cache; writes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { ConsentRecord } from '../consent/vote.ts';
import { PrivityError } from '../errors.ts';
import { localReference, nameOf, parseReference } from '../fhir/reference.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Resource } from '../fhir/resource.ts';
import { sameJson } from '../fhir/same-json.ts';
import { searchAll } from '../pipeline/search-upstream.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import {
  bare,
  fault,
  namesOf,
  type Placed,
  type PlannedResource,
  type Problems,
  patientIn,
  place,
  settle,
  withPlaces,
} from './admin-consent-place.ts';
import type { Upload, UploadedResource } from './admin-consent-upload.ts';
import type { ContentProblem } from './admin-problem.ts';

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
