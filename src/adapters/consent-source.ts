/**
 * What is known about subjects: their Patient, Consents with signatures and whatever those refer to, relations that prove
 * treatment or coverage, and what staff recorded. Read from the FHIR servers in batches and kept for
 * `consent.cacheSeconds`, each under the subject's epoch, so that a change that Privity knows of is never missed
 * (design.md section 5; threats.md 25).
 */
import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { ConsentRecord } from '../consent/vote.ts';
import type { RecordedAttestation, SubjectRecord } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { isId, parseReference } from '../fhir/reference.ts';
import { referencesIn } from '../fhir/references-in.ts';
import type { Resource } from '../fhir/resource.ts';
import { sourceText } from '../fhir/source-text.ts';
import { searchAll, searchWhole } from '../pipeline/search-upstream.ts';
import type { CallerSignal, Clock, ConsentSource, Upstream } from '../ports.ts';
import { isAbout, mergeConsents, type ReadConsents } from './merge-consents.ts';
import type { SubjectEpochs } from './subject-epochs.ts';

export interface ConsentSourceOptions {
  /** Where Consents are read; the first also holds Patients and relations. */
  readonly upstreams: readonly [Upstream, ...Upstream[]];
  /** Address under which the gateway shows the first of them: what is written so names the same. */
  readonly publicBase?: string;
  readonly clock: Clock;
  readonly cacheSeconds: number;
  /** Whether CareTeam, Encounter, Appointment and Coverage of the subject are read as well. */
  readonly relations: boolean;
  /** Current epochs; read before the consents, so that a change in between is noticed at the commit. */
  readonly epochs: Pick<SubjectEpochs, 'epochsOf' | 'forget'>;
  /** Told of each subject that was looked up. */
  readonly onLookup?: (hit: boolean) => void;
  readonly recordedOf: (subjects: readonly string[], at: string) => Promise<readonly RecordedAttestation[]>;
}

const BATCH = 20;
const MAX_SUBJECTS = 20_000;
/** Consents, or other rows, of one batch of subjects. */
const MAX_ROWS = 5_000;
const ACTORS =
  /^(Patient|Location|Group|CareTeam|PractitionerRole|RelatedPerson|Organization|Practitioner|DocumentReference|Contract|QuestionnaireResponse|Device)\//;
const HAVE_MEMBERS: ReadonlySet<string> = new Set(['Group', 'CareTeam', 'PractitionerRole']);
const MEMBERS = /^(Practitioner|PractitionerRole|Organization|Group|CareTeam|RelatedPerson)\//;
const MAX_MEMBERS = 500;
const RELATIONS = [
  ['CareTeam', 'patient'],
  ['Encounter', 'patient'],
  ['Appointment', 'patient'],
  ['Coverage', 'beneficiary'],
] as const;

export function createConsentSource(options: ConsentSourceOptions): ConsentSource {
  const cache = new LRUCache<string, SubjectRecord>({ max: MAX_SUBJECTS, ttl: options.cacheSeconds * 1000, ttlAutopurge: false });
  return {
    async load(subjects, signal) {
      if (!subjects.every(isPatient)) throw new PrivityError('internal', undefined, { cause: new Error('no reference to a patient here') });
      const epochs = await options.epochs.epochsOf(subjects);
      const records = new Map<string, SubjectRecord>();
      const missing: string[] = [];
      const before = new Map<string, SubjectRecord>();
      for (const subject of subjects) {
        const known = options.cacheSeconds > 0 ? cache.peek(subject, { allowStale: true }) : undefined;
        const kept = known === undefined ? undefined : cache.get(subject);
        const hit = kept !== undefined && kept.epoch === epochs.get(subject);
        options.onLookup?.(hit);
        if (hit) records.set(subject, kept);
        else missing.push(subject);
        if (known !== undefined && !hit) before.set(subject, known);
      }
      for (let start = 0; start < missing.length; start += BATCH) {
        for (const read of await readBatch(options, missing.slice(start, start + BATCH), epochs, signal)) {
          const known = before.get(read.reference);
          // What was decided on the same is still decided.
          const record = known !== undefined && isSameRecord(known, read) ? known : read;
          records.set(record.reference, record);
          cache.set(record.reference, record);
        }
      }
      return records;
    },
    forget(subjects) {
      options.epochs.forget(subjects);
      for (const subject of subjects) cache.delete(subject);
    },
  };
}

/** They stand together in queries: what is no id could say something else there. */
function isPatient(subject: string): boolean {
  return subject.startsWith('Patient/') && isId(subject.slice('Patient/'.length));
}

function isSameRecord(one: SubjectRecord, other: SubjectRecord): boolean {
  const { patient, consents, recorded, relations, epoch } = one;
  const { base, references } = consents;
  return (
    epoch === other.epoch &&
    base === other.consents.base &&
    isSame(patient, other.patient) &&
    areSame(consents.consents, other.consents.consents) &&
    areSame(consents.provenances, other.consents.provenances) &&
    areSame([...references.values()], [...other.consents.references.values()]) &&
    isDeepStrictEqual([...references.keys()], [...other.consents.references.keys()]) &&
    areSame(relations, other.relations) &&
    isDeepStrictEqual(recorded, other.recorded)
  );
}

function areSame(some: readonly Resource[], others: readonly Resource[]): boolean {
  return some.length === others.length && some.every((one, index) => isSame(one, others[index]));
}

function isSame(one: Resource | undefined, other: Resource | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return one === other;
  const text = sourceText(one);
  return text === undefined ? isDeepStrictEqual(one, other) : text === sourceText(other);
}

async function readBatch(
  options: ConsentSourceOptions,
  subjects: readonly string[],
  epochs: ReadonlyMap<string, string>,
  signal: CallerSignal | undefined,
): Promise<readonly SubjectRecord[]> {
  const [home] = options.upstreams;
  const ids = subjects.map((subject) => subject.slice('Patient/'.length)).join(',');
  const relations = options.relations ? RELATIONS : [];
  const [patients, recorded, related, ...consents] = await Promise.all([
    searchAll(home, `Patient?_id=${ids}&_count=${BATCH}`, MAX_ROWS, signal),
    options.recordedOf(subjects, new Date(options.clock.now()).toISOString()),
    Promise.all(
      relations.map(([type, parameter]) => searchAll(home, `${type}?${parameter}=${subjects.join(',')}&_count=200`, MAX_ROWS, signal)),
    ),
    ...options.upstreams.map((upstream) => readConsents(upstream, subjects, signal)),
  ]);
  const merged = new Map(mergeConsents(subjects, consents, options.publicBase).map((record) => [record.subject, record]));
  return subjects.map((reference) => ({
    reference,
    patient: patients.find((patient) => `Patient/${patient.id}` === reference),
    consents: merged.get(reference) as ConsentRecord,
    recorded: recorded.filter((row) => row.subject === reference),
    relations: related.flat().filter((row) => isAbout(row, reference, home.base)),
    epoch: epochs.get(reference) ?? '0',
  }));
}

/** Consents are asked for past every cache on the way (design.md section 5). */
function fresh(upstream: Upstream): Upstream {
  return { ...upstream, get: (path, signal) => upstream.get(path, signal, { noCache: true }) };
}

async function readConsents(upstream: Upstream, subjects: readonly string[], signal: CallerSignal | undefined): Promise<ReadConsents> {
  const consents = await searchWhole(fresh(upstream), `Consent?patient=${subjects.join(',')}&_count=200`, MAX_ROWS, signal);
  const names = consents.map(({ id }) => `Consent/${id}`);
  if (!consents.every(({ id }) => id !== undefined && isId(id))) throw new PrivityError('upstream-invalid', 'a Consent without an id');
  const provenances = await searchByValues(upstream, 'Provenance', 'target', names, signal);
  const references = await resolve(upstream, [...consents, ...provenances], signal);
  return { base: upstream.base, consents, provenances, references };
}

/**
 * What Consents refer to as actors and sources, and one step further: who is a member of a group or team, or has a role. A member is
 * known by what is on file of it as well as by its reference.
 */
async function resolve(
  upstream: Upstream,
  resources: readonly Resource[],
  signal: CallerSignal | undefined,
): Promise<ReadonlyMap<string, Resource>> {
  const named = await readNamed(upstream, resources, ACTORS, new Map(), signal);
  const joined = [...named.values()].filter((resource) => HAVE_MEMBERS.has(resource.resourceType) && isListable(resource, upstream.base));
  return new Map([...named, ...(await readNamed(upstream, joined, MEMBERS, named, signal))]);
}

/** A group of thousands is compared by the references in it alone. */
function isListable(resource: Resource, base: string): boolean {
  return [...referencesIn(resource, base)].length <= MAX_MEMBERS;
}

/** @param known what needs not be read again */
async function readNamed(
  upstream: Upstream,
  resources: readonly Resource[],
  wanted: RegExp,
  known: ReadonlyMap<string, Resource>,
  signal: CallerSignal | undefined,
): Promise<ReadonlyMap<string, Resource>> {
  const found = new Map<string, Resource>();
  const byType = new Map<string, Set<string>>();
  for (const resource of resources) {
    for (const reference of referencesIn(resource, upstream.base)) {
      const parsed = parseReference(reference);
      if (parsed === undefined || parsed.base !== undefined || !wanted.test(reference) || known.has(reference)) continue;
      byType.set(parsed.type, (byType.get(parsed.type) ?? new Set()).add(parsed.id));
    }
  }
  await Promise.all(
    [...byType].map(async ([type, ids]) => {
      for (const row of await searchByValues(upstream, type, '_id', [...ids], signal)) found.set(`${type}/${row.id}`, row);
    }),
  );
  return found;
}

async function searchByValues(
  upstream: Upstream,
  type: string,
  parameter: string,
  values: readonly string[],
  signal: CallerSignal | undefined,
) {
  const found: Resource[] = [];
  for (let start = 0; start < values.length; start += 50) {
    const batch = values.slice(start, start + 50).join(',');
    found.push(...(await searchAll(upstream, `${type}?${parameter}=${batch}&_count=200`, MAX_ROWS, signal)));
  }
  return found;
}
