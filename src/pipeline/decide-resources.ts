/**
 * Labels and decides resources: loads what their labels and subjects depend on (encounters, documents that refer to a
 * Binary, targets of a Provenance, members of a Group, authors), then asks `decide` once a resource.
 */

import { isSensitivity } from '../classify/categories-of.ts';
import type { LabeledResource } from '../classify/label.ts';
import type { DecideInput } from '../decide/decide-input.ts';
import { decideOnce } from '../decide/decide-once.ts';
import type { DecidedResource, SubjectRecord } from '../decide/decision.ts';
import { authorsOf, encountersOf, organizationsOf } from '../decide/resource-parties.ts';
import { isAboutPatients, type Subjects } from '../fhir/compartment.ts';
import { perResource } from '../fhir/per-resource.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/survey-resource.ts';
import type { Action } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';
import { fetchResources } from './fetch-resources.ts';
import { identifyRequester, isIdentified } from './identify-requester.ts';
import { type Inherited, labelResource, readSurroundings, type Surroundings } from './label-resources.ts';
import { isPlain, ownSubjects, resourceSubjects } from './resource-subjects.ts';
import type { Session } from './session.ts';

/** Types that can carry a patient's data though no element names a subject: never taken for administrative. */
export const CARRIERS: ReadonlySet<string> = new Set([
  'Binary',
  'Bundle',
  'Parameters',
  'Provenance',
  'AuditEvent',
  'Basic',
  'MessageHeader',
  'Linkage',
  'Subscription',
  'VerificationResult',
]);

/**
 * @param resources whole resources as the upstream gave them, of one or many subjects
 * @param inherited labels that all of them take over from elsewhere: from the documents that refer to a Binary, from the
 * current version of an old one
 * @param action what is to happen to them
 */
export async function decideResources(
  session: Session,
  resources: readonly Resource[],
  inherited: Inherited = [],
  action: Action = 'disclose',
): Promise<readonly DecidedResource[]> {
  const { base } = session.deps.upstream;
  await loadSubjects(session, [...new Set(resources.flatMap((resource) => ownSubjects(resource, base).patients))]);
  const surroundings = await readSurroundings(session, resources);
  const around = { ...surroundings, represents: await representedBy(session), given: inherited, action };
  return Promise.all(resources.map((resource) => attempt(() => decideOne(session, resource, around))));
}

/** What is thrown at once is a rejection like any other: no promise beside it is left without somebody who hears it. */
function attempt<Value>(decide: () => Value | Promise<Value>): Value | Promise<Value> {
  try {
    return decide();
  } catch (error) {
    return Promise.reject(error);
  }
}

interface Around extends Surroundings {
  readonly represents: readonly string[];
  readonly given: Inherited;
  readonly action: Action;
}

/** Nothing is awaited where all is at hand: a page has hundreds of these. */
function decideOne(session: Session, resource: Resource, around: Around): DecidedResource | Promise<DecidedResource> {
  const { base } = session.deps.upstream;
  const labeled = labelResource(session, resource, around, around.given);
  const direct = ownSubjects(resource, base);
  const records = isPlain(resource, direct) ? loadedSubjects(session, direct.patients) : undefined;
  if (records !== undefined && isIdentified(session, records)) return judge(session, around, labeled, direct, records, session.requester);
  return decideFromAfar(session, around, labeled, direct);
}

/** About whom it is, or who asks, has to be looked up. */
async function decideFromAfar(session: Session, around: Around, labeled: LabeledResource, direct: Subjects): Promise<DecidedResource> {
  const { resource } = labeled;
  const subjects = isPlain(resource, direct) ? direct : await resourceSubjects(session, resource, around.related);
  const records = loadedSubjects(session, subjects.patients) ?? (await loadSubjects(session, subjects.patients));
  const requester = isIdentified(session, records) ? session.requester : await identifyRequester(session, records);
  return judge(session, around, labeled, subjects, records, requester);
}

function judge(
  session: Session,
  { related, authors, represents, given, action }: Around,
  labeled: LabeledResource,
  subjects: Subjects,
  records: readonly SubjectRecord[],
  requester: Requester,
): DecidedResource {
  const { upstream, settings, timed } = session.deps;
  const { base } = upstream;
  const { resource } = labeled;
  const parts = withVisits(resource, related, base);
  const input: DecideInput = {
    action,
    requester,
    labeled,
    subjects: records,
    // A new Binary is not given to anyone: it waits for a document that vouches for it.
    subjectsUnresolved: subjects.unresolved || (action === 'disclose' && isUnattached(resource, given)),
    aboutNoPatient: isAboutNoPatient(labeled),
    authors: authors.expand(authorsOf(resource, base)),
    organizations: inAll(parts, organizationsOf, base),
    refersTo: coveragesAround(parts, base),
    represents,
    policy: session.policy,
    views: session.views,
    settings,
    base,
    at: session.at,
  };
  const decision = timed === undefined ? decideOnce(input) : timed('decide', () => decideOnce(input));
  return { labeled, subjects: subjects.patients, decision };
}

const NO_COVERAGES: ReadonlySet<string> = new Set();

function coveragesAround(resources: readonly Resource[], base: string): ReadonlySet<string> {
  const found = inAll(resources, coveragesOf, base);
  return found.length === 0 ? NO_COVERAGES : new Set(found);
}

function withVisits(resource: Resource, related: ReadonlyMap<string, Resource>, base: string): readonly Resource[] {
  const found = [resource];
  for (const reference of encountersOf(resource, base)) {
    const visit = related.get(reference);
    if (visit !== undefined) found.push(visit);
  }
  return found;
}

const NONE: readonly string[] = [];

/** What each of them names, in their order. Nothing is copied where at most one names something. */
function inAll(
  resources: readonly Resource[],
  namedIn: (resource: Resource, base: string) => readonly string[],
  base: string,
): readonly string[] {
  let found = NONE;
  for (const resource of resources) {
    const named = namedIn(resource, base);
    if (named.length > 0) found = found.length === 0 ? named : [...found, ...named];
  }
  return found;
}

const coveragesOf = perResource((resource, base) => referencesOf(resource, base).filter((reference) => reference.startsWith('Coverage/')));

/** A Binary says nothing of whom it is about: without the documents that refer to it, nobody can permit it (threats.md 22). */
function isUnattached({ resourceType }: Resource, given: Inherited): boolean {
  return resourceType === 'Binary' && !given.some((source) => source.rule === 'referrer');
}

/** A sensitive declared label makes even an administrative resource a question for the law. */
function isAboutNoPatient({ resource, labels }: LabeledResource): boolean {
  if (CARRIERS.has(resource.resourceType)) return false;
  if (isAboutPatients(resource.resourceType)) return false;
  return !labels.some((label) => isSensitivity(label) && label.evidence.some((evidence) => evidence.source === 'declared'));
}

/** @returns `undefined` where one has not arrived */
function loadedSubjects({ records }: Session, references: readonly string[]): readonly SubjectRecord[] | undefined {
  const found: SubjectRecord[] = [];
  for (const reference of references) {
    const record = records.get(reference);
    if (record === undefined) return undefined;
    found.push(record);
  }
  return found;
}

export async function loadSubjects(session: Session, references: readonly string[]): Promise<readonly SubjectRecord[]> {
  const fresh = references.filter((reference) => !session.subjects.has(reference));
  if (fresh.length > 0) {
    const loading = session.deps.consents.load(fresh, session.signal);
    for (const reference of fresh) {
      const record = loading.then((records) => {
        const found = records.get(reference) as SubjectRecord;
        session.records.set(reference, found);
        return found;
      });
      record.catch(() => undefined);
      session.subjects.set(reference, record);
    }
  }
  return Promise.all(references.map((reference) => session.subjects.get(reference) as Promise<SubjectRecord>));
}

/** The patients that the requester, a RelatedPerson, stands for. */
async function representedBy(session: Session): Promise<readonly string[]> {
  const { fhirUser } = session.requester;
  if (!fhirUser?.startsWith('RelatedPerson/')) return [];
  const person = (await fetchResources(session, [fhirUser])).get(fhirUser);
  const ended = person?.period?.end !== undefined && Date.parse(person.period.end) < Date.parse(session.at.iso);
  const patient = person?.patient?.reference;
  return person === undefined || person.active === false || ended || typeof patient !== 'string' ? [] : [patient];
}
