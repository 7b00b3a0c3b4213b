/** The law as shipped, and an organization with so many policies of its own, as administrators write them. */
import type { LoadedPolicies } from '../src/adapters/load-policies.ts';
import { createEvaluator } from '../src/policy/create-evaluator.ts';
import type { PolicyEvaluator } from '../src/policy/question.ts';
import { readPolicySet } from '../src/policy/read-policy-set.ts';

/** @param cacheSize answers kept; 0 asks every time */
export function compileOrganization({ foundation }: LoadedPolicies, count: number, cacheSize?: number): PolicyEvaluator {
  const text = Array.from(
    { length: count },
    (_, number) => `@id("BENCH-${number}")
@citation("benchmark")
forbid (principal == Recipient::"payer", action, resource == Category::"mental-health")
when { context.organization == "Organization/payer-${number}" && context.labels.contains("BENCH${number}") };`,
  ).join('\n');
  const { set, problems } = readPolicySet('bench', [{ path: 'bench.cedar', text }]);
  if (set === undefined) throw new Error(problems[0]?.message);
  const bounded = cacheSize === undefined ? {} : { cacheSize };
  return createEvaluator({ ...foundation, ...bounded, version: `bench-${count}`, organizations: [set] });
}
