/**
 * What decisions read beside the resource in question (its Encounter, the Patient), kept between requests as Consents are: for
 * `consent.cacheSeconds`, and under the record of its subject, which is another when the subject's epoch moves (design.md section 5;
 * threats.md 25). Only types whose writes move the epoch, and only what is about that one subject. What is asked for
 * itself is always read.
 */
import { LRUCache } from 'lru-cache';
import type { SubjectRecord } from '../decide/decision.ts';
import { isPatientType } from '../fhir/compartment.ts';
import type { Resource } from '../fhir/resource.ts';
import { sourceText } from '../fhir/source-text.ts';
import { fetchResources } from './fetch-resources.ts';
import { ownSubjects } from './resource-subjects.ts';
import type { Session } from './session.ts';

interface Kept {
  readonly resource: Resource;
  /** In force when the resource was asked for. */
  readonly record: SubjectRecord;
}

/** By relative reference. */
export type KeptResources = LRUCache<string, Kept>;

/** Characters of JSON. */
const MAX_SIZE = 4_000_000;
const UNKNOWN_SIZE = 4_000;

/** @param seconds how old it may be; 0: nothing is kept */
export function createKeptResources(seconds: number): KeptResources | undefined {
  if (seconds === 0) return undefined;
  return new LRUCache({
    ttl: seconds * 1000,
    maxSize: MAX_SIZE,
    sizeCalculation: ({ resource }) => sourceText(resource)?.length ?? UNKNOWN_SIZE,
  });
}

/** As `fetchResources`, for what is only read to decide on something else. */
export async function fetchRelated(session: Session, references: Iterable<string>): Promise<ReadonlyMap<string, Resource>> {
  const found = new Map<string, Resource>();
  const missing: string[] = [];
  for (const reference of new Set(references)) {
    const kept = session.resources.has(reference) ? undefined : keptOf(session, reference);
    if (kept === undefined) missing.push(reference);
    else found.set(reference, kept);
  }
  if (missing.length === 0) return found;
  // Records that were known before the upstream was asked: a change since then moves their epoch.
  const known = new Map(session.records);
  for (const [reference, resource] of await fetchResources(session, missing)) {
    found.set(reference, resource);
    keep(session, reference, resource, known);
  }
  return found;
}

function keptOf({ deps, records }: Session, reference: string): Resource | undefined {
  const kept = deps.kept?.get(reference);
  return kept !== undefined && records.get(kept.record.reference) === kept.record ? kept.resource : undefined;
}

function keep({ deps }: Session, reference: string, resource: Resource, known: ReadonlyMap<string, SubjectRecord>): void {
  const { rights } = deps.writes;
  const { resourceType } = resource;
  if (!isPatientType(resourceType) || !(rights.types.has(resourceType) || rights.kept.has(resourceType))) return;
  const { patients, groups, unresolved } = ownSubjects(resource, deps.upstream.base);
  const record = known.get(patients[0] ?? '');
  if (record !== undefined && patients.length === 1 && groups.length === 0 && !unresolved) deps.kept?.set(reference, { resource, record });
}
