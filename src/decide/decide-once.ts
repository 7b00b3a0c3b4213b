/**
 * `decide`, remembered: the same decision for everything that `decide` can read, within a request and, as long as no date comes
 * near (quiet-until.ts), across requests. A hundred results of one patient are one decision. A property test holds remembered to
 * fresh (test/decide/decide-once.test.ts).
 */
import { LRUCache } from 'lru-cache';
import type { Label, LabeledResource } from '../classify/label.ts';
import { normalizeConsent } from '../consent/normalize-consent.ts';
import type { Constraints } from '../consent/normalized-consent.ts';
import { createSlot, perResource } from '../fhir/per-resource.ts';
import { consentDataOf, declaredConfidentiality } from './consent-data-of.ts';
import { decide } from './decide.ts';
import type { DecideInput } from './decide-input.ts';
import type { Decision, SubjectRecord } from './decision.ts';
import { quietUntil } from './quiet-until.ts';

interface Kept {
  readonly decision: Decision;
  /** Milliseconds since 1970, both included. */
  readonly from: number;
  readonly until: number;
}

const kept = new LRUCache<string, Kept>({ max: 20_000 });

/** How often it was remembered, of this process. */
export const decisionMemo = { hits: 0, misses: 0 };

/** The same as `decide(input)`; what it returns is shared and never changed. */
export function decideOnce(input: DecideInput): Decision {
  const frame = frameOf(input);
  const { resource } = input.labeled;
  const at = momentOf(input.at);
  const before = lately.get(resource);
  if (before !== undefined && before.frame === frame && holdsAt(before.known, at) && isSameInput(before.input, input)) {
    decisionMemo.hits += 1;
    return before.known.decision;
  }
  const data = readOf(input);
  const beside =
    neighbour?.frame === frame && holdsAt(neighbour.known, at) && isAlike(neighbour, input, data) ? neighbour.known : undefined;
  const key = beside === undefined ? keyOf(input, frame, data) : '';
  const known = beside ?? kept.get(key);
  if (known !== undefined && holdsAt(known, at)) {
    decisionMemo.hits += 1;
    const own = ownOf(input);
    lately.set(resource, { frame, input: own, known });
    neighbour = { frame, input: own, known, data };
    return known.decision;
  }
  decisionMemo.misses += 1;
  const decision = decide(input);
  const until = input.subjects.reduce((least, record) => Math.min(least, quietUntil(record, at)), Number.POSITIVE_INFINITY);
  kept.set(key, { decision, from: at, until });
  return decision;
}

function holdsAt({ from, until }: Kept, at: number): boolean {
  return from <= at && at <= until;
}

/** What else there is in an input beside its frame. */
type Own = Pick<DecideInput, 'labeled' | 'subjectsUnresolved' | 'aboutNoPatient' | 'authors' | 'organizations' | 'refersTo' | 'represents'>;

interface Lately {
  readonly frame: string;
  readonly input: Own;
  readonly known: Kept;
}

/** Of a resource that is asked about again and again the answer is at hand, without a key for it. */
const lately = createSlot<Lately>();

/** The one before it on a page is mostly of its kind: then no key has to be made to find what was decided on it. */
let neighbour: (Lately & { readonly data: string }) | undefined;

/** Whether `keyOf` would give both one key; of labelled ones the key is to say. */
function isAlike({ input: one, data }: { readonly input: Own; readonly data: string }, other: Own, otherData: string): boolean {
  return (
    data === otherData &&
    isUnlabeled(one.labeled) &&
    isUnlabeled(other.labeled) &&
    one.labeled.resource.resourceType === other.labeled.resource.resourceType &&
    isSameOwn(one, other)
  );
}

function ownOf({ labeled, subjectsUnresolved, aboutNoPatient, authors, organizations, refersTo, represents }: DecideInput): Own {
  return { labeled, subjectsUnresolved, aboutNoPatient, authors, organizations, refersTo, represents };
}

function isSameInput(one: Own, other: Own): boolean {
  return one.labeled === other.labeled && isSameOwn(one, other);
}

function isSameOwn(one: Own, other: Own): boolean {
  return (
    one.subjectsUnresolved === other.subjectsUnresolved &&
    one.aboutNoPatient === other.aboutNoPatient &&
    one.refersTo === other.refersTo &&
    isSameList(one.authors, other.authors) &&
    isSameList(one.organizations, other.organizations) &&
    isSameList(one.represents, other.represents)
  );
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one === other || (one.length === other.length && one.every((text, index) => text === other[index]));
}

let lastMoment: { readonly at: DecideInput['at']; readonly ms: number } | undefined;

/** Milliseconds since 1970; a page of decisions is of one moment. */
function momentOf(at: DecideInput['at']): number {
  if (lastMoment?.at !== at) lastMoment = { at, ms: Date.parse(at.iso) };
  return lastMoment.ms;
}

/** Objects by number: the same number only for the same object, which nobody changes. */
const numbers = new WeakMap<object, number>();
let counted = 0;

function numberOf(value: object): number {
  const known = numbers.get(value);
  if (known !== undefined) return known;
  counted += 1;
  numbers.set(value, counted);
  return counted;
}

/** Everything that `decide` reads, each part with its own borders. */
function keyOf(input: DecideInput, frame: string, data: string): string {
  const lists = listed(input.authors) + listed(input.organizations) + listed(input.refersTo) + listed(input.represents);
  return `${frame} ${input.subjectsUnresolved} ${input.aboutNoPatient} ${lists}${labelsOf(input.labeled)} ${data}`;
}

/** What is read of the resource itself; what its labels declare is in the key with them. */
function readOf({ labeled, subjects, base }: DecideInput): string {
  return subjects.some(readsData) ? dataOf(labeled.resource, base) : (declaredConfidentiality(labeled.resource) ?? '');
}

interface Frame {
  readonly input: DecideInput;
  readonly key: string;
}

let last: Frame | undefined;

/** What all resources of one subject in one request have in common. */
function frameOf(input: DecideInput): string {
  if (last !== undefined && isSameFrame(last.input, input)) return last.key;
  const { action = '', requester, policy, views, settings, subjects, at, base } = input;
  const objects = [requester, policy, views, settings, ...subjects].map(numberOf).join();
  last = { input, key: shortFor(`${objects} ${action} ${at.hour} ${at.weekday} ${base.length}:${base}`) };
  return last.key;
}

/** A hundred keys of a page begin with it: a number is quicker to look up, and is never given twice. */
const shorts = new LRUCache<string, string>({ max: 20_000 });

function shortFor(frame: string): string {
  const known = shorts.get(frame);
  if (known !== undefined) return known;
  counted += 1;
  const short = String(counted);
  shorts.set(frame, short);
  return short;
}

function isSameFrame(one: DecideInput, other: DecideInput): boolean {
  return (
    one.requester === other.requester &&
    one.policy === other.policy &&
    one.views === other.views &&
    one.settings === other.settings &&
    one.action === other.action &&
    one.at === other.at &&
    one.base === other.base &&
    one.subjects.length === other.subjects.length &&
    one.subjects.every((record, index) => record === other.subjects[index])
  );
}

/** Every text carries its length, so that no text can imitate the border between two. */
function listed(texts: Iterable<string>): string {
  let key = '';
  for (const text of texts) key += `${text.length}:${text},`;
  return `${key} `;
}

function isUnlabeled({ labels, segments, candidate }: LabeledResource): boolean {
  return labels.length + segments.length === 0 && !candidate;
}

const labelTexts = new WeakMap<LabeledResource, string>();

function labelsOf(labeled: LabeledResource): string {
  if (isUnlabeled(labeled)) return labeled.resource.resourceType;
  const known = labelTexts.get(labeled);
  if (known !== undefined) return known;
  const codes = (labels: readonly Label[]) => labels.map(({ system, code }) => [system, code]);
  const { resource, labels, segments, candidate } = labeled;
  const parts = segments.map((segment) => [segment.path, codes(segment.labels)]);
  const text = JSON.stringify([resource.resourceType, codes(labels), parts, candidate]);
  labelTexts.set(labeled, text);
  return text;
}

const dataOf = perResource((resource, base) => {
  const unlabeled: LabeledResource = { resource, labels: [], segments: [], confidentiality: 'N', candidate: false, reviews: [] };
  return JSON.stringify(consentDataOf(unlabeled, [], false, base));
});

const readers = new WeakMap<SubjectRecord, boolean>();

/** Whether some Consent looks further into data than to its type and labels: codes, dates, authors, the very resource. */
function readsData(record: SubjectRecord): boolean {
  const known = readers.get(record);
  if (known !== undefined) return known;
  const { consents, base } = record.consents;
  const reads = consents.some((consent) => normalizeConsent(consent, base).rules.some(({ constraints }) => looksFurther(constraints)));
  readers.set(record, reads);
  return reads;
}

function looksFurther({ classes, documentTypes, codes, dataPeriod, data }: Constraints): boolean {
  return [classes, documentTypes, codes, dataPeriod, data].some((constraint) => constraint !== undefined);
}
