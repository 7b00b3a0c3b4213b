/**
 * `POST /admin/code-sets/{name}/preview`: how many of the resources that were seen would gain or lose a label, before a version is in
 * force (design.md sections 4.1 and 6). The resources are read again from the upstream and labelled twice by the code that
 * enforces, with what their labels depend on. Ids and labels, never content.
 */
import * as z from 'zod';
import { addedCodeSet, type CodeSetVersion } from '../adapters/code-set-store-rows.ts';
import { readSeenResources, type SeenResource } from '../adapters/code-set-store-seen.ts';
import type { Database } from '../adapters/database.ts';
import type { PoliciesInForce } from '../adapters/policy-store-in-force.ts';
import { addCodeSets } from '../classify/add-code-sets.ts';
import type { CodeIndex } from '../classify/code-set.ts';
import type { LabeledResource } from '../classify/label.ts';
import type { ReviewFindings } from '../classify/review-finding.ts';
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import { fetchResources } from '../pipeline/fetch-resources.ts';
import { labelResource, readSurroundings } from '../pipeline/label-resources.ts';
import { openSession, type PipelineDeps, type Session } from '../pipeline/session.ts';
import type { Classify } from '../ports.ts';
import type { AdminRequest } from './admin-request.ts';

export const CodeSetPreviewRequest = z
  .strictObject({
    /** `null`: no version in force. */
    version: z.int().positive().nullable(),
    from: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    sample: z.int().min(1).max(10_000).default(1000),
  })
  .refine(({ from, until }) => from === undefined || until === undefined || Date.parse(from) < Date.parse(until), {
    path: ['until'],
    message: 'the window ends before it begins',
  });

export interface CodeSetPreviewOptions {
  readonly database: Database;
  readonly inForce: PoliciesInForce;
  readonly pipeline: PipelineDeps;
  /** Classification by this installation's rules. */
  readonly classifyBy: (index: CodeIndex, findings: ReviewFindings) => Classify;
}

export interface CandidateCodeSet {
  readonly name: string;
  /** `undefined`: as if no version were in force. */
  readonly version: CodeSetVersion | undefined;
}

type Counts = Readonly<Record<string, number>>;

export interface LabelChange extends SeenResource {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

export interface CodeSetPreview {
  /** Version of the policy in force that it is compared with. */
  readonly against: string;
  /** Resources: those seen in the window, those looked at, those that could be read, and why the others could not. */
  readonly window: { readonly from: string; readonly until: string; readonly total: number; readonly sampled: number };
  readonly read: number;
  readonly unread: { readonly absent: number; readonly failed: number };
  /** Resources that gain or lose a label. */
  readonly changed: number;
  /** Resources that keep their labels, on other parts of them. */
  readonly moved: number;
  readonly gained: Counts;
  readonly lost: Counts;
  readonly byType: Readonly<Record<string, { readonly gained: Counts; readonly lost: Counts }>>;
  readonly examples: readonly LabelChange[];
}

const DEFAULT_DAYS = 30;
const DAY = 86_400_000;
const EXAMPLES = 20;
/** Resources of one type, read in one search. */
const BATCH = 50;
/** Batches that fail one after the other, after which the rest is not tried. */
const GIVE_UP = 3;

/** Tells of resources read, of how many; given up when nobody waits any more. @throws PrivityError `audit-unavailable` */
export async function previewCodeSet(
  options: CodeSetPreviewOptions,
  candidate: CandidateCodeSet,
  asked: z.infer<typeof CodeSetPreviewRequest>,
  request: Pick<AdminRequest, 'requester' | 'now' | 'progress' | 'signal'>,
): Promise<CodeSetPreview> {
  const { codeSets, findings, version: against } = options.inForce.state();
  const others = codeSets.added.filter(({ id }) => !id.startsWith(`${candidate.name}@`));
  const added = candidate.version === undefined ? others : [...others, addedCodeSet(candidate.version)];
  const before = options.classifyBy(codeSets.index, findings);
  const after = options.classifyBy(addCodeSets(codeSets.shipped, added), findings);
  const until = asked.until ?? request.now;
  const from = asked.from ?? new Date(Date.parse(until) - DEFAULT_DAYS * DAY).toISOString();
  const seen = await readSeenResources(options.database, from, until, asked.sample);
  const found = await labelAll(options.pipeline, request, seen.resources, before, after);
  return {
    against,
    window: { from, until, total: seen.total, sampled: seen.resources.length },
    ...summarize(found),
  };
}

interface Compared {
  readonly read: number;
  readonly unread: CodeSetPreview['unread'];
  readonly moved: number;
  readonly changes: readonly LabelChange[];
}

async function labelAll(
  pipeline: PipelineDeps,
  { requester, progress, signal }: Pick<AdminRequest, 'requester' | 'progress' | 'signal'>,
  seen: readonly SeenResource[],
  before: Classify,
  after: Classify,
): Promise<Compared> {
  const counts = { read: 0, absent: 0, failed: 0, moved: 0 };
  const changes: LabelChange[] = [];
  let failing = 0;
  let done = 0;
  for (const batch of batchesOf(seen)) {
    if (signal.aborted) throw new PrivityError('not-possible', 'nobody waits for this any more');
    progress(done, seen.length);
    done += batch.length;
    if (failing >= GIVE_UP) {
      counts.failed += batch.length;
      continue;
    }
    // A session of its own, so that memory stays bounded whatever the sample.
    const session = openSession(pipeline, requester);
    try {
      const resources = await readBatch(session, batch, before, after);
      failing = 0;
      counts.read += resources.length;
      counts.absent += batch.length - resources.length;
      for (const { about, labeled } of resources) {
        const change = compare(about, ...labeled);
        if (change === 'moved') counts.moved += 1;
        else if (change !== undefined) changes.push(change);
      }
    } catch {
      // Counted: the rest of the sample says as much without it.
      failing += 1;
      counts.failed += batch.length;
    }
  }
  return { read: counts.read, unread: { absent: counts.absent, failed: counts.failed }, moved: counts.moved, changes };
}

function batchesOf(seen: readonly SeenResource[]): readonly (readonly SeenResource[])[] {
  return [...Map.groupBy(seen, ({ reference }) => typeOf(reference)).values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, at) => rows.slice(at * BATCH, (at + 1) * BATCH)),
  );
}

async function readBatch(session: Session, batch: readonly SeenResource[], before: Classify, after: Classify) {
  const references = batch.map(({ reference }) => reference);
  const found = await fetchResources(session, references);
  const surroundings = await readSurroundings(session, [...found.values()]);
  const by = (classify: Classify, resource: Resource) =>
    labelResource({ ...session, deps: { ...session.deps, classify } }, resource, surroundings);
  return batch.flatMap((about) => {
    const resource = found.get(about.reference);
    return resource === undefined ? [] : [{ about, labeled: [by(before, resource), by(after, resource)] as const }];
  });
}

/** @returns `moved` where the labels are the same on other parts */
function compare(about: SeenResource, before: LabeledResource, after: LabeledResource): LabelChange | 'moved' | undefined {
  const [old, young] = [codesOf(before), codesOf(after)];
  const gained = [...young].filter((code) => !old.has(code));
  const lost = [...old].filter((code) => !young.has(code));
  if (gained.length > 0 || lost.length > 0) return { ...about, gained, lost };
  return placesOf(before) === placesOf(after) ? undefined : 'moved';
}

function codesOf({ labels, segments }: LabeledResource): ReadonlySet<string> {
  return new Set([...labels, ...segments.flatMap((segment) => segment.labels)].map(({ code }) => code).sort());
}

function placesOf({ labels, segments }: LabeledResource): string {
  return JSON.stringify([labels.map(({ code }) => code), segments.map(({ path, labels: own }) => [path, own.map(({ code }) => code)])]);
}

function summarize({ read, unread, moved, changes }: Compared): Omit<CodeSetPreview, 'against' | 'window'> {
  const types = Map.groupBy(changes, ({ reference }) => typeOf(reference));
  const byType = [...types].map(([type, rows]) => [type, { gained: countBy(rows, 'gained'), lost: countBy(rows, 'lost') }] as const);
  return {
    read,
    unread,
    changed: changes.length,
    moved,
    gained: countBy(changes, 'gained'),
    lost: countBy(changes, 'lost'),
    byType: Object.fromEntries(byType),
    examples: changes.slice(0, EXAMPLES),
  };
}

function countBy(changes: readonly LabelChange[], what: 'gained' | 'lost'): Counts {
  const counts = new Map<string, number>();
  for (const change of changes) for (const code of change[what]) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]));
}

function typeOf(reference: string): string {
  return reference.slice(0, reference.indexOf('/'));
}
