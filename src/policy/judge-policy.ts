/**
 * What one policy of a set does: something that nothing else of the set and not the law does, or what it lacks (issue of
 * administration, point 2). Cedar is asked, question by question, until one shows an effect. Where others cover the policy,
 * it is asked again with everything that they could tell apart.
 */
import { type Matches, matchPolicies } from './match-policies.ts';
import type { PolicyStatement } from './policy-set.ts';
import type { PolicyEvaluator, PolicyQuestion } from './question.ts';
import { representativeQuestions, type Search } from './representative-questions.ts';
import { withoutPolicy } from './without-policy.ts';

export type Flaw = 'never-matches' | 'law-denies' | 'law-mandates' | 'shadowed' | 'fails';

export interface PolicyVerdict {
  /** Absent: it has an effect. */
  readonly flaw?: Flaw;
  /** Of `shadowed`: policies of the set that answer the same without it; none where the set permits nothing there. */
  readonly by: readonly string[];
  /** Everything that these policies could tell apart was asked; else it was not found among those tried. */
  readonly certain: boolean;
  readonly tried: number;
}

export interface Judging {
  readonly schema: string;
  /** The law alone. */
  readonly law: PolicyEvaluator;
  /** Rows of the law, those that it permits first. */
  readonly rows: readonly PolicyQuestion[];
  readonly matches: (question: PolicyQuestion) => Matches;
  /** Asked before each question, and awaited where it is others' turn. */
  readonly breathe: () => Promise<unknown> | undefined;
  readonly outOfTime: () => boolean;
}

const ROUNDS = 3;
/** What the law gives where it holds nothing back. */
const EVERYTHING = { views: [], obligations: [] };

/** @param standing the set, `policy` among it; @returns `undefined` where there was no time */
export async function judgePolicy(
  policy: PolicyStatement,
  standing: ReadonlyMap<string, PolicyStatement>,
  judging: Judging,
): Promise<PolicyVerdict | undefined> {
  let by: readonly string[] = [];
  let tried = 0;
  for (let round = 1; ; round++) {
    const beside = by.flatMap((id) => standing.get(id) ?? []);
    const verdict = await judgeBeside(policy, beside, standing, judging);
    if (verdict === undefined) return undefined;
    tried += verdict.tried;
    if (verdict.flaw !== 'shadowed' || round === ROUNDS || verdict.by.every((id) => by.includes(id))) return { ...verdict, tried };
    by = [...new Set([...by, ...verdict.by])];
  }
}

async function judgeBeside(
  policy: PolicyStatement,
  beside: readonly PolicyStatement[],
  standing: ReadonlyMap<string, PolicyStatement>,
  { schema, law, rows: ofLaw, matches, breathe, outOfTime }: Judging,
): Promise<PolicyVerdict | undefined> {
  if (outOfTime()) return undefined;
  const own = matchPolicies([policy], schema);
  const { rows, product, complete } = representativeQuestions({ policy, beside, rows: ofLaw, schema });
  const [among, whole]: [Search, Search] = [
    { tried: 0, cut: false, outOfTime },
    { tried: 0, cut: false, outOfTime },
  ];
  const tried = () => among.tried + whole.tried;
  let [matched, mandated, always] = [false, false, true];
  const kept: ReadonlySet<string>[] = [];
  for (const questions of [rows(among), product(whole)]) {
    for (const question of questions) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      if (question === 'pause') continue;
      const { matched: itself, failed } = own(question);
      if (failed.size > 0) return { flaw: 'fails', by: [], certain: true, tried: tried() };
      if (itself.size === 0) continue;
      matched = true;
      if (whole.tried > 0 && always) always = !withoutPolicy(policy, standing, matches(question), EVERYTHING).changes;
      const answer = law.evaluate(question);
      mandated ||= answer.mandate;
      if (answer.effect === 'deny' || answer.mandate) continue;
      const without = withoutPolicy(policy, standing, matches(question), answer);
      if (without.changes) return { by: [], certain: true, tried: tried() };
      kept.push(without.keptBy);
    }
  }
  if (outOfTime()) return undefined;
  const all = complete && !whole.cut;
  if (!matched) return { flaw: 'never-matches', by: [], certain: all, tried: tried() };
  if (kept.length === 0) return { flaw: mandated ? 'law-mandates' : 'law-denies', by: [], certain: false, tried: tried() };
  return { flaw: 'shadowed', by: coverOf(kept), certain: all && always, tried: tried() };
}

/** Few policies of which at least one is in each of these, where it has any: the one that is in most, then of the rest. */
function coverOf(sets: readonly ReadonlySet<string>[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const set of sets) for (const id of set) counts.set(id, (counts.get(id) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most === undefined ? [] : [most[0], ...coverOf(sets.filter((set) => !set.has(most[0])))];
}
