/**
 * What one request carries through the flow: who asks, under which policy, at which moment, and what was already read
 * for it. Everything read twice within a request is read once, so that one answer rests on one state of the record.
 */
import type { DecidedResource, SubjectRecord } from '../decide/decision.ts';
import type { DecideSettings } from '../decide/settings.ts';
import type { Resource } from '../fhir/resource.ts';
import type { PolicyEvaluator, View } from '../policy/question.ts';
import type { WriteRights } from '../policy/write-rights.ts';
import type {
  AuditLog,
  CallerSignal,
  Classify,
  Clock,
  ConsentSource,
  EpochBumper,
  PageSealer,
  PolicySource,
  TakeTime,
  Upstream,
  WriteLock,
} from '../ports.ts';
import type { Requester } from '../requester/requester.ts';
import type { ExportDeps } from './export/export-deps.ts';
import type { KeptResources } from './kept-resources.ts';

export interface Limits {
  /** Entries on a page where the caller does not say. */
  readonly pageSize: number;
  readonly maxPageSize: number;
  /** Candidates looked at for one answer; more is `too-costly`. */
  readonly candidates: number;
  /** Includes in one answer. */
  readonly includes: number;
}

/** What writes need beyond what reads do. */
export interface WriteDeps {
  readonly rights: WriteRights;
  readonly lock: WriteLock;
  readonly epochs: EpochBumper;
  /** Ids of further audit events of a request: UUIDs. */
  readonly newEventId: () => string;
  /** Entries of a batch or transaction. */
  readonly maxEntries: number;
}

/** Everything that the flow needs from outside; made once, by main. */
export interface PipelineDeps {
  readonly upstream: Upstream;
  readonly consents: ConsentSource;
  readonly policies: PolicySource;
  readonly audit: AuditLog;
  readonly sealer: PageSealer;
  readonly clock: Clock;
  readonly classify: Classify;
  readonly settings: DecideSettings;
  readonly limits: Limits;
  /** Base URL under which callers see the FHIR API, no trailing slash. */
  readonly publicBase: string;
  readonly writes: WriteDeps;
  /** Absent: nothing is kept. */
  readonly kept?: KeptResources;
  /** Takes the time of what is worked out here; absent: nobody wants to know. */
  readonly timed?: TakeTime;
  /** Absent: no bulk access. */
  readonly exports?: ExportDeps;
}

export interface Session {
  readonly deps: PipelineDeps;
  readonly requester: Requester;
  readonly policy: PolicyEvaluator;
  readonly views: ReadonlyMap<string, View>;
  readonly at: { readonly iso: string; readonly hour: number; readonly weekday: number };
  readonly signal: CallerSignal | undefined;
  /** By relative reference; `undefined` inside = absent upstream. */
  readonly resources: Map<string, Promise<Resource | undefined>>;
  readonly subjects: Map<string, Promise<SubjectRecord>>;
  /** Of those, what has arrived. */
  readonly records: Map<string, SubjectRecord>;
  /** Decisions on current versions, by relative reference. */
  readonly decided: Map<string, DecidedResource>;
  /** Decisions that the answer discloses or withholds, for the log. */
  readonly recorded: DecidedResource[];
}

export function openSession(deps: PipelineDeps, requester: Requester, signal?: CallerSignal): Session {
  const now = new Date(deps.clock.now());
  const { evaluator, views, classify = deps.classify } = deps.policies.current();
  return {
    // Labels and policy of one moment: the commit of the log compares one version for both.
    deps: { ...deps, classify },
    requester,
    policy: evaluator,
    views,
    at: { iso: now.toISOString(), hour: now.getHours(), weekday: now.getDay() },
    signal,
    resources: new Map(),
    subjects: new Map(),
    records: new Map(),
    decided: new Map(),
    recorded: [],
  };
}
