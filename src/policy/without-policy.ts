/** What a policy set answers, from which of its policies match, with and without one of them (design.md 4.3). */
import type { Matches } from './match-policies.ts';
import type { PolicyStatement } from './policy-set.ts';
import type { PolicyAnswer } from './question.ts';

export interface WithoutPolicy {
  /** The answer is another one without it. */
  readonly changes: boolean;
  /** Policies of which each keeps the answer as it is; empty where it changes, or where nothing permits anyway. */
  readonly keptBy: ReadonlySet<string>;
}

/** @param law its permit: how much it gives, and with which duties; @param standing the set's policies, `policy` among them */
export function withoutPolicy(
  policy: PolicyStatement,
  standing: ReadonlyMap<string, PolicyStatement>,
  { matched, failed }: Matches,
  law: Pick<PolicyAnswer, 'views' | 'obligations'>,
): WithoutPolicy {
  // What fails is denied, with it and without it.
  if (failed.size > 0) return { changes: false, keptBy: failed };
  const all = [...matched].flatMap((id) => standing.get(id) ?? []);
  const others = all.filter(({ id }) => id !== policy.id);
  if (outcomeOf(all, law) !== outcomeOf(others, law)) return { changes: true, keptBy: new Set() };
  const forbids = others.filter(({ effect }) => effect === 'forbid');
  const keeping = forbids.length > 0 || policy.effect === 'forbid' ? forbids : others;
  return { changes: false, keptBy: new Set(keeping.map(({ id }) => id)) };
}

function outcomeOf(matching: readonly PolicyStatement[], law: Pick<PolicyAnswer, 'views' | 'obligations'>): string {
  if (matching.length === 0 || matching.some(({ effect }) => effect === 'forbid')) return 'deny';
  const words = (name: string, given: readonly string[]) => {
    const own = matching.flatMap(({ annotations }) => (annotations.get(name) ?? '').split(/\s+/).filter((word) => word !== ''));
    return [...new Set([...given, ...own])].sort();
  };
  return JSON.stringify([words('view', law.views), words('obligation', law.obligations)]);
}
