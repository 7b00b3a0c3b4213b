/**
 * `POST /admin/policies/{name}/preview`: what a version would change before it is in force (design.md section 6): on the law
 * matrix, and on the decisions of a window of time, asked again by the code that enforces. Ids and codes, never content.
 */
import * as z from 'zod';
import type { Database } from '../adapters/database.ts';
import type { PoliciesInForce } from '../adapters/policy-store-in-force.ts';
import { type DecisionWindow, readDecisionWindow, type WindowGroup } from '../adapters/policy-store-window.ts';
import type { Effect } from '../decide/decision.ts';
import { replayDecision } from '../decide/replay-decision.ts';
import { PrivityError } from '../errors.ts';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { freeValues } from '../policy/free-values.ts';
import type { PoliciesJudgement } from '../policy/judge-policies.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { type MatrixPreview, previewMatrix } from '../policy/preview-matrix.ts';
import type { PolicyBasis, PolicyEvaluator, View } from '../policy/question.ts';
import { effectsOf } from './admin-policy-effects.ts';
import { createGiveWay } from './give-way.ts';

export const PreviewRequest = z
  .strictObject({
    version: z.int().positive(),
    from: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    sample: z.int().min(1).max(100_000).default(100_000),
  })
  .refine(({ from, until }) => from === undefined || until === undefined || Date.parse(from) < Date.parse(until), {
    path: ['until'],
    message: 'the window ends before it begins',
  });

export interface PreviewOptions {
  readonly database: Database;
  readonly inForce: PoliciesInForce;
  readonly foundation: PolicyFoundation;
}

export interface DecisionChange {
  readonly from: Effect;
  readonly to: Effect;
  readonly count: number;
  readonly event: string;
  readonly reference: string;
  readonly subject?: string;
  readonly purpose: string;
  readonly roles: readonly string[];
  readonly labels: readonly string[];
  readonly basis: readonly PolicyBasis[];
}

type Counts = Readonly<Record<string, number>>;
type Dimension = 'byRole' | 'byPurpose' | 'byLabel' | 'byPatient';

export interface Preview {
  /** Version of the policy in force that it is compared with. */
  readonly against: string;
  readonly matrix: MatrixPreview;
  /** What each policy of the set does, before the law alone. */
  readonly effects: PoliciesJudgement;
  readonly window: { readonly from: string; readonly until: string; readonly total: number; readonly sampled: number };
  readonly changed: number;
  /** `permit to withhold`, …: decisions. */
  readonly changes: Counts;
  readonly byRole: Counts;
  readonly byPurpose: Counts;
  readonly byLabel: Counts;
  readonly byPatient: Counts;
  /** Of these the decisions that would give more; the others would give less. */
  readonly opens: { readonly decisions: number } & Readonly<Record<Dimension, Counts>>;
  /** Most frequent first; of each role, purpose, label and patient that is counted some. */
  readonly examples: readonly DecisionChange[];
}

const DEFAULT_DAYS = 30;
const DAY = 86_400_000;
const EXAMPLES = 20;
/** Examples of each role, purpose, label and patient. */
const EXAMPLES_EACH = 2;
const TOP = 100;
/** Groups between two words on how far it is. */
const TOLD_EACH = 200;

export interface PreviewWork {
  /** ISO 8601. */
  readonly now: string;
  /** Groups of decisions that were asked again, of how many. */
  readonly progress: (done: number, total: number) => void;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** @param candidate the set as it would be in force. @throws PrivityError `not-possible` where nobody waits for it */
export async function previewSet(
  { database, inForce, foundation }: PreviewOptions,
  candidate: PolicySet,
  asked: z.infer<typeof PreviewRequest>,
  work: PreviewWork,
): Promise<Preview> {
  const { evaluator, organizations, version } = inForce.state();
  const others = organizations.filter(({ name }) => name !== candidate.name);
  const next = createEvaluator({ ...foundation, version: 'preview', organizations: [...others, candidate] });
  const replaced = organizations.filter(({ name }) => name === candidate.name);
  const times = [candidate, ...replaced].flatMap(freeValues);
  const distinct = [...new Map(times.map((at) => [`${at.hour} ${at.weekday}`, at])).values()];
  const until = asked.until ?? work.now;
  const from = asked.from ?? new Date(Date.parse(until) - DEFAULT_DAYS * DAY).toISOString();
  const window = await readDecisionWindow(database, from, until, asked.sample);
  const changes = await replay(window, evaluator, next, foundation.views, work);
  const opening = changes.filter(({ from: before, to }) => RANK[to] > RANK[before]);
  const counts = countAll(changes);
  return {
    against: version,
    matrix: await previewMatrix(evaluator, next, distinct, createGiveWay()),
    effects: await effectsOf(foundation, candidate, work.signal),
    window: { from, until, total: window.total, sampled: window.sampled },
    changed: decisionsOf(changes),
    changes: countBy(changes, ({ from: before, to }) => [`${before} to ${to}`]),
    ...counts,
    opens: { decisions: decisionsOf(opening), ...countAll(opening, counts) },
    examples: examplesOf(changes, counts).map(exampleOf),
  };
}

interface Changed {
  readonly group: WindowGroup;
  readonly from: Effect;
  readonly to: Effect;
  readonly basis: readonly PolicyBasis[];
}

async function replay(
  { groups }: DecisionWindow,
  now: PolicyEvaluator,
  next: PolicyEvaluator,
  views: ReadonlyMap<string, View>,
  { progress, signal }: PreviewWork,
): Promise<readonly Changed[]> {
  const changes: Changed[] = [];
  const breathe = createGiveWay();
  for (const [index, group] of groups.entries()) {
    if (index % TOLD_EACH === 0) progress(index, groups.length);
    const pause = breathe();
    if (pause !== undefined) {
      await pause;
      if (signal.aborted) throw new PrivityError('not-possible', 'nobody waits for this any more');
    }
    // What is about no patient, no policy is asked about.
    if (group.asked.length === 0) continue;
    const [before, after] = [now, next].map((policy) => replayDecision(group, policy, views));
    if (before === undefined || after === undefined || before.effect === after.effect) continue;
    changes.push({ group, from: before.effect, to: after.effect, basis: after.basis });
  }
  return changes;
}

const KEYS: Readonly<Record<Dimension, (row: Changed) => readonly string[]>> = {
  byRole: ({ group }) => group.roles,
  byPurpose: ({ group }) => [group.purpose],
  byLabel: ({ group }) => group.labels,
  byPatient: ({ group }) => (group.subject === undefined ? [] : [group.subject]),
};
const DIMENSIONS = Object.keys(KEYS) as readonly Dimension[];
const RANK: Readonly<Record<Effect, number>> = { withhold: 0, redact: 1, permit: 2 };

function decisionsOf(changes: readonly Changed[]): number {
  return changes.reduce((sum, { group }) => sum + group.count, 0);
}

/** @param within only what is counted there */
function countAll(changes: readonly Changed[], within?: Readonly<Record<Dimension, Counts>>): Readonly<Record<Dimension, Counts>> {
  const counted = (dimension: Dimension) =>
    countBy(changes, (row) => KEYS[dimension](row).filter((key) => within === undefined || Object.hasOwn(within[dimension], key)));
  return { byRole: counted('byRole'), byPurpose: counted('byPurpose'), byLabel: counted('byLabel'), byPatient: counted('byPatient') };
}

/** The most frequent, and the most frequent of everything that is counted. */
function examplesOf(changes: readonly Changed[], counts: Readonly<Record<Dimension, Counts>>): readonly Changed[] {
  const wanted = new Map(
    DIMENSIONS.flatMap((dimension) => Object.keys(counts[dimension]).map((key) => [`${dimension} ${key}`, EXAMPLES_EACH])),
  );
  return changes.filter((row, index) => {
    const keys = DIMENSIONS.flatMap((dimension) => KEYS[dimension](row).map((key) => `${dimension} ${key}`));
    const lacking = keys.filter((key) => (wanted.get(key) ?? 0) > 0);
    for (const key of lacking) wanted.set(key, (wanted.get(key) ?? 0) - 1);
    return index < EXAMPLES || lacking.length > 0;
  });
}

/** The most frequent, so that an answer stays small. */
function countBy(changes: readonly Changed[], keys: (row: Changed) => readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const row of changes) for (const key of keys(row)) counts.set(key, (counts.get(key) ?? 0) + row.group.count);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1]).slice(0, TOP));
}

function exampleOf({ group: { count, event, reference, subject, purpose, roles, labels }, from, to, basis }: Changed): DecisionChange {
  return { from, to, count, event, reference, ...(subject === undefined ? {} : { subject }), purpose, roles, labels, basis };
}
