/**
 * What each policy of an uploaded set does, told to its author before it is in force (issue of administration, point 2): those
 * that never match, those that have no effect because the law decides alone, those that others of the set cover, copies, and
 * those that fail. What could only be tried is said to be tried.
 */
import { copiesIn } from './copies-in.ts';
import { type Flaw, type Judging, judgePolicy, type PolicyVerdict } from './judge-policy.ts';
import { lawMatrix } from './law-matrix.ts';
import { matchPolicies } from './match-policies.ts';
import type { PolicyProblem, PolicySet, PolicyStatement } from './policy-set.ts';
import type { PolicyQuestion } from './question.ts';

export interface PolicyFinding extends PolicyProblem {
  readonly policy: string;
  readonly flaw: Flaw | 'duplicate';
  /** Of `shadowed` and `duplicate`: the policies that do the same; `baseline` is what a set starts from. */
  readonly by: readonly string[];
  readonly certain: boolean;
  readonly tried: number;
}

export interface PoliciesJudgement {
  /** Questions asked in all. */
  readonly asked: number;
  /** In the order of the set. */
  readonly findings: readonly PolicyFinding[];
  /** Policies that there was no time for. */
  readonly unjudged: readonly string[];
}

/** @param baseline what the set starts from, where its mode says so */
export async function judgePolicies(
  set: PolicySet,
  baseline: PolicySet,
  judging: Omit<Judging, 'matches' | 'rows'>,
): Promise<PoliciesJudgement> {
  const whole = set.mode === 'baseline' ? [...baseline.statements, ...set.statements] : set.statements;
  const standing = new Map(whole.map((statement) => [statement.id, statement]));
  const matches = matchPolicies(whole, judging.schema);
  const rows = await permittedFirst(judging);
  const copies = copiesIn(whole);
  const findings: PolicyFinding[] = [];
  const unjudged: string[] = [];
  let asked = 0;
  // The last first, and what is found idle stands aside: of two that cover each other only the later is told.
  for (const policy of set.statements.toReversed()) {
    const twin = copies.get(policy.id);
    const verdict =
      twin === undefined
        ? await judgePolicy(policy, standing, { ...judging, matches, rows })
        : { flaw: 'duplicate' as const, by: [twin.id], certain: true, tried: 0 };
    asked += verdict?.tried ?? 0;
    if (verdict === undefined) unjudged.unshift(policy.id);
    else if (verdict.flaw !== undefined) findings.unshift(findingOf(policy, { ...verdict, flaw: verdict.flaw }));
    if (verdict?.flaw !== undefined && verdict.flaw !== 'fails') standing.delete(policy.id);
  }
  return { asked, findings, unjudged };
}

/** Where the law permits, a policy most often shows what it does. */
async function permittedFirst({ law, breathe }: Pick<Judging, 'law' | 'breathe'>): Promise<readonly PolicyQuestion[]> {
  const open: PolicyQuestion[] = [];
  const others: PolicyQuestion[] = [];
  for (const { question } of lawMatrix()) {
    const pause = breathe();
    if (pause !== undefined) await pause;
    const { effect, mandate } = law.evaluate(question);
    (effect === 'permit' && !mandate ? open : others).push(question);
  }
  return [...open, ...others];
}

type FlawedVerdict = Omit<PolicyVerdict, 'flaw'> & Pick<PolicyFinding, 'flaw'>;

function findingOf(policy: PolicyStatement, { flaw, by, certain, tried }: FlawedVerdict): PolicyFinding {
  const { id, file, position } = policy;
  const message = `${messageOf(policy, flaw, by)}${certain ? '' : ` Found in ${tried} questions tried; not in every one that there is.`}`;
  return { severity: 'warning', file, ...position, policy: id, flaw, by, certain, tried, message };
}

function messageOf({ effect }: PolicyStatement, flaw: PolicyFinding['flaw'], by: readonly string[]): string {
  const others = by.map((id) => `"${id}"`).join(', ');
  switch (flaw) {
    case 'never-matches':
      return 'The policy matches no question.';
    case 'law-denies':
      return `Wherever the policy matches, the law denies: ${effect === 'permit' ? 'the permit opens nothing' : 'the forbid closes nothing more'}.`;
    case 'law-mandates':
      return 'Wherever the policy matches and the law permits, the law mandates: no organization bars that.';
    case 'duplicate':
      return `The policy says the same as ${others}.`;
    case 'fails':
      return 'The policy fails on some questions (its arithmetic overflows): what is asked then is denied.';
    case 'shadowed':
      if (by.length === 0) return 'Where the policy forbids, the set permits nothing anyway.';
      if (by.length === 1 && by[0] === 'baseline')
        return 'The set starts from a permit of everything: a permit without a view adds nothing.';
      return `Without the policy every answer is the same, because of ${others}.`;
  }
}
