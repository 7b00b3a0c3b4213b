/**
 * What names a Binary and so labels it (design.md 4.1 point 3; threats.md 22, 55): the documents that the record server finds by
 * their location, in every spelling it can be asked for, and whatever else of the same patients has it as an attachment,
 * however it is written. What can not be asked, or is too much, is an error: then nothing is given.
 */
import { PrivityError } from '../errors.ts';
import { nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { countNames, type NamesBinary, namesBinary } from './names-binary.ts';
import { searchPages } from './search-upstream.ts';
import type { Session } from './session.ts';

/** Types of R4 that hold an Attachment and are found by `patient`. */
export const ATTACHMENT_TYPES = [
  'BodyStructure',
  'Claim',
  'ClaimResponse',
  'Communication',
  'CommunicationRequest',
  'Consent',
  'Contract',
  'DiagnosticReport',
  'DocumentReference',
  'ExplanationOfBenefit',
  'Media',
  'Person',
  'QuestionnaireResponse',
  'RelatedPerson',
  'Task',
] as const;

const MAX_REFERRERS = 100;
/** Patients in one search. */
const MAX_SUBJECTS = 100;
/** A referrer that is about further patients leads to more of them. */
const MAX_ROUNDS = 4;

export interface Referrers {
  readonly resources: readonly Resource[];
  /** Patients whose records were gone through for it; none: nobody can say whose the content is. */
  readonly subjects: readonly string[];
}

const referrersIn = new WeakMap<Session, Map<string, Promise<Referrers>>>();

/**
 * Once a request: a write asks whether its writer sees the file, and whether others have it.
 * @param id of the Binary
 * @param context what its security context names
 * @throws PrivityError `too-costly`, `upstream-invalid`
 */
export function findReferrers(session: Session, id: string, context: readonly Resource[]): Promise<Referrers> {
  const known = referrersIn.get(session) ?? new Map<string, Promise<Referrers>>();
  referrersIn.set(session, known);
  const found = known.get(id) ?? lookForReferrers(session, id, context);
  known.set(id, found);
  return found;
}

async function lookForReferrers(session: Session, id: string, context: readonly Resource[]): Promise<Referrers> {
  const names = namesBinary(id);
  const found = new Map<string, Resource>();
  const add = (resources: readonly Resource[]) => {
    for (const resource of resources) found.set(nameOf(resource), resource);
    if (found.size > MAX_REFERRERS) throw new PrivityError('too-costly');
  };
  for (const resources of await Promise.all([locatedAt(session, id), locatedBelow(session, id, names)])) add(resources);
  const asked = new Set<string>();
  for (let round = 0; ; round += 1) {
    const rows = await decideResources(session, [...found.values(), ...context]);
    const fresh = [...new Set(rows.flatMap((row) => row.subjects))].filter((subject) => !asked.has(subject));
    if (fresh.length === 0) return { resources: [...found.values()], subjects: [...asked] };
    if (round === MAX_ROUNDS) throw new PrivityError('too-costly');
    for (const subject of fresh) asked.add(subject);
    add(await attachedBy(session, fresh, names));
  }
}

/** The usual spellings: all record servers find them, whoever's the document is. */
function locatedAt(session: Session, id: string): Promise<readonly Resource[]> {
  const path = `location=${encodeURIComponent(spellings(session, id).join(','))}`;
  return searchHeld(session, 'DocumentReference', path, MAX_REFERRERS, () => true);
}

/** With a version, query or fragment behind. A record server that does not know `:below` is asked by patient all the same. */
async function locatedBelow(session: Session, id: string, names: NamesBinary): Promise<readonly Resource[]> {
  const starts = spellings(session, id).flatMap((spelling) => ['/', '?', '#'].map((end) => spelling + end));
  const path = `DocumentReference?location:below=${encodeURIComponent(starts.join(','))}`;
  const found: Resource[] = [];
  try {
    for await (const page of matchesOf(session, path, MAX_REFERRERS)) {
      const naming = page.filter((resource) => countNames(resource, names) > 0);
      found.push(...naming);
      // It takes the modifier for nothing, and gives all it has.
      if (naming.length < page.length) return found;
    }
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  return found;
}

function spellings({ deps }: Session, id: string): readonly string[] {
  const { upstream, publicBase } = deps;
  return ['', '/', ...new Set([`${upstream.base}/`, `${publicBase}/`])].map((start) => `${start}Binary/${id}`);
}

async function attachedBy(session: Session, subjects: readonly string[], names: NamesBinary): Promise<readonly Resource[]> {
  const { limits } = session.deps;
  const isNaming = (resource: Resource) => countNames(resource, names) > 0;
  if (subjects.length > MAX_SUBJECTS) throw new PrivityError('too-costly');
  const patients = await fetchResources(session, subjects);
  const query = `patient=${subjects.join(',')}&_count=${limits.maxPageSize}`;
  const others = await Promise.all(ATTACHMENT_TYPES.map((type) => searchHeld(session, type, query, limits.candidates, isNaming)));
  return [...[...patients.values()].filter(isNaming), ...others.flat()];
}

/**
 * None where the record server has no resources of the type. Only what is wanted is kept: the records of a patient are many.
 * @param bound most resources looked at; more is `too-costly`
 */
async function searchHeld(
  session: Session,
  type: string,
  query: string,
  bound: number,
  isWanted: (resource: Resource) => boolean,
): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  try {
    for await (const page of matchesOf(session, `${type}?${query}`, bound)) found.push(...page.filter(isWanted));
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (await isHeld(session, type)) throw new PrivityError('upstream-invalid', 'search', { cause: error });
  }
  return found;
}

/** @param bound most resources looked at; more is `too-costly` */
async function* matchesOf(session: Session, path: string, bound: number): AsyncGenerator<readonly Resource[]> {
  let seen = 0;
  for await (const { bundle } of searchPages(session.deps.upstream, path, session.signal)) {
    const page = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
    const matches = page.filter(({ resourceType }) => resourceType !== 'OperationOutcome');
    seen += matches.length;
    if (seen > bound) throw new PrivityError('too-costly');
    yield matches;
  }
}

const REFUSED: ReadonlySet<string> = new Set(['page-expired', 'invalid-parameter', 'not-supported']);

/** The record server does not search in this way. */
function isRefused(error: unknown): boolean {
  return error instanceof PrivityError && REFUSED.has(error.code);
}

/** Whether the record server says that it has resources of a type; where it does not say, it may. */
async function isHeld(session: Session, type: string): Promise<boolean> {
  const { resource } = await session.deps.upstream.get('metadata', session.signal);
  const rows: unknown = resource?.resourceType === 'CapabilityStatement' ? resource.rest?.[0]?.resource : undefined;
  return !Array.isArray(rows) || rows.length === 0 || rows.some((row) => row?.type === type);
}
