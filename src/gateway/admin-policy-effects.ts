/**
 * What a policy set does, told before it is in force (issue of administration, point 2): which rows of the law it narrows, and
 * which of its policies do nothing and why. Within a bounded time, and others are served meanwhile.
 */
import { LRUCache } from 'lru-cache';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { freeValues } from '../policy/free-values.ts';
import { judgePolicies, type PoliciesJudgement } from '../policy/judge-policies.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { type MatrixPreview, previewMatrix } from '../policy/preview-matrix.ts';
import type { PolicyEvaluator } from '../policy/question.ts';
import { createGiveWay } from './give-way.ts';

/** It remembers what it was asked, and what was judged under it. */
interface LawAlone {
  readonly law: PolicyEvaluator;
  readonly judged: LRUCache<string, PoliciesJudgement>;
}

const known = new WeakMap<PolicyFoundation, LawAlone>();
/** An answer is waited for. */
const MOST_MS = 1_500;
const REMEMBERED = 50;

/** What the set alone takes from the law (with the states that are switched on), row by row. */
export function matrixOf(foundation: PolicyFoundation, set: PolicySet): Promise<MatrixPreview> {
  const both = createEvaluator({ ...foundation, version: 'upload', organizations: [set] });
  return previewMatrix(lawAlone(foundation).law, both, freeValues(set), createGiveWay());
}

/** What each of its policies does; those that there was no time for are named. */
export async function effectsOf(foundation: PolicyFoundation, set: PolicySet, signal: AbortSignal): Promise<PoliciesJudgement> {
  const { law, judged } = lawAlone(foundation);
  const key = JSON.stringify([set.mode, set.statements.map(({ file, position, text }) => [file, position, text])]);
  const before = judged.get(key);
  if (before !== undefined) return before;
  const end = performance.now() + MOST_MS;
  const outOfTime = () => signal.aborted || performance.now() > end;
  const judgement = await judgePolicies(set, foundation.baseline, { schema: foundation.schema, law, breathe: createGiveWay(), outOfTime });
  if (judgement.unjudged.length === 0) judged.set(key, judgement);
  return judgement;
}

function lawAlone(foundation: PolicyFoundation): LawAlone {
  const before = known.get(foundation);
  if (before !== undefined) return before;
  const law = createEvaluator({ ...foundation, version: 'law', organizations: [] });
  const alone = { law, judged: new LRUCache<string, PoliciesJudgement>({ max: REMEMBERED }) };
  known.set(foundation, alone);
  return alone;
}
