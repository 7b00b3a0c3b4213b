/** The seams between the pure core and the world: types only. Adapters implement them; tests use the real adapters. */
import type { AuditRecord, DecidedUnder } from './audit/record.ts';
import type { ClassifyContext, LabeledResource } from './classify/label.ts';
import type { SubjectRecord } from './decide/decision.ts';
import type { Resource } from './fhir/resource.ts';
import type { PolicyEvaluator, View } from './policy/question.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** Steps of the flow whose time is taken (design.md section 3). */
export type Stage = 'authenticate' | 'gate' | 'upstream' | 'classify' | 'consent' | 'decide' | 'redact' | 'audit';

/** Carries out a step and takes its time, of a promise until it is settled. @returns what the step gave */
export type TakeTime = <T>(stage: Stage, step: () => T) => T;

/** Claims of a verified token, as they came. */
export type Claims = Readonly<Record<string, unknown>>;

export interface TokenVerifier {
  /** @throws PrivityError `login` for any token that does not verify. */
  verify(token: string): Promise<{ readonly issuer: string; readonly claims: Claims }>;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Lower-case names; only `etag`, `last-modified`, `location`, `content-type`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed FHIR JSON; absent for 204 and 304. */
  readonly resource?: Resource;
}

/** Says that the caller has gone and nobody waits any more. An AbortSignal is one; a request has one that costs nothing until somebody listens. */
export interface CallerSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Upstream {
  /** Base URL, no trailing slash. */
  readonly base: string;
  /**
   * GET `path` (relative to the base, with query) as FHIR JSON.
   * @throws PrivityError `upstream-unavailable`, `upstream-timeout`, `too-large`, `upstream-invalid`
   */
  get(path: string, signal?: CallerSignal, options?: { readonly noCache?: boolean }): Promise<UpstreamAnswer>;
  /**
   * Sends a write, once: what may have been done is not repeated. The caller going away does not take it back.
   * @throws PrivityError as `get`; after `upstream-timeout` or `upstream-unavailable` it is unknown whether it was done
   */
  write(request: UpstreamWrite): Promise<UpstreamAnswer>;
}

export interface UpstreamWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Relative to the base: `Observation/o1`; empty for a transaction. */
  readonly path: string;
  readonly resource?: Resource;
  /** Version id that must be the current one. */
  readonly ifMatch?: string;
}

export interface ConsentSource {
  /**
   * What is known about subjects (`Patient/p1`), one record each.
   * @throws PrivityError when it can't be known: then nothing is disclosed
   */
  load(subjects: readonly string[], signal?: CallerSignal): Promise<ReadonlyMap<string, SubjectRecord>>;
  /** Forgets what was read of these subjects, after a commit said that it is stale. */
  forget(subjects: readonly string[]): void;
}

/** Seals what a page link carries, so that nobody else can use it, read it or change it. */
export interface PageSealer {
  /** @param holder whoever may use the link: the requester and its authority, as text of any length */
  seal(content: PageContent, holder: string): Promise<string>;
  /** @throws PrivityError `page-expired` for what this installation did not seal for this holder, or what is too old */
  open(token: string, holder: string): Promise<PageContent>;
  /** @returns a short stand-in of one length for the name of something */
  mark(name: string): string;
}

/** Where something goes on: behind the last of what was given that is still there. */
export interface Position {
  /** Marks of what was given last, in its order (`pipeline/given-marks.ts`). */
  readonly given: readonly string[];
  /** Which of the searches upstream that make up the one asked for; absent = the first (`pipeline/search-sources.ts`). */
  readonly source?: number;
  /** Upstream path of the page that holds the next candidate; absent = where the search begins. */
  readonly path?: string;
  /** Where the gateway collects and sorts itself: how many are done, should none of them be there any more. */
  readonly skip?: number;
}

/** Where a search goes on. */
export interface PageContent {
  /** The search as first asked: `Observation?code=…`, decoded pairs. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Which of the types that are searched one after the other it stands at; absent = the first. */
  readonly part?: number;
  readonly from: Position;
  /** Something was withheld on the way here of which the last page has to tell. */
  readonly announced?: boolean;
}

export type Classify = (resource: Resource, context: ClassifyContext) => LabeledResource;

export interface PolicySource {
  /** The policy sets in force now, and classification by the code sets and findings of the same moment where they can change. */
  current(): { readonly evaluator: PolicyEvaluator; readonly views: ReadonlyMap<string, View>; readonly classify?: Classify };
  /** Reads again what is in force, after a commit said that it has changed. @throws PrivityError `audit-unavailable` */
  refresh?(): Promise<void>;
}

export interface AuditLog {
  /**
   * Resolves once the record is durable and what it was decided under still holds.
   * @throws PrivityError `audit-unavailable`; `decision-stale` (decide again)
   */
  append(record: AuditRecord, under?: DecidedUnder): Promise<void>;
}

/** Keeps conditional writes with the same criteria one after the other, at all replicas. */
export interface WriteLock {
  /**
   * Runs `work` while nobody else holds one of these keys.
   * @throws PrivityError `too-many-requests` where they are not free in time; whatever `work` throws
   */
  hold<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** Makes decisions about subjects stale, wherever they were made. */
export interface EpochBumper {
  /** Resolves when it is in force everywhere. @throws PrivityError `audit-unavailable` */
  bump(subjects: readonly string[]): Promise<void>;
}
