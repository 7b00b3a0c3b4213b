/** The policies that Privity ships, loaded once, and questions to ask them in few words. */
import { join } from 'node:path';
import { loadPolicies } from '../../src/adapters/load-policies.ts';
import type { Category } from '../../src/classify/label.ts';
import { purposeAncestors } from '../../src/fhir/label-hierarchy.ts';
import { createEvaluator, type EvaluatorParts } from '../../src/policy/create-evaluator.ts';
import type { PolicySet, PolicySetMode } from '../../src/policy/policy-set.ts';
import type { PolicyAnswer, PolicyEvaluator, PolicyQuestion, Recipient } from '../../src/policy/question.ts';
import { readPolicySet } from '../../src/policy/read-policy-set.ts';

export const POLICIES = join(import.meta.dirname, '../../policies');
export const shipped = await loadPolicies(POLICIES);
/** Every overlay of state law that is shipped. */
export const stateSets = (await loadPolicies(POLICIES, { jurisdictions: shipped.jurisdictions })).foundation.states ?? [];

export type Given = Partial<PolicyQuestion['context']>;

export function question(
  recipient: Recipient,
  category: Category,
  purpose: string,
  given: Given = {},
  action: PolicyQuestion['action'] = 'disclose',
): PolicyQuestion {
  return {
    recipient,
    action,
    category,
    context: {
      purpose,
      purposeAncestors: purposeAncestors(purpose),
      roles: [],
      organization: '',
      labels: [],
      resourceType: 'Observation',
      authorizations: [],
      attestations: [],
      facts: [],
      consent: 'none',
      hour: 12,
      weekday: 3,
      ...given,
    },
  };
}

/** A set from Cedar text; it must be well-formed. */
export function setOf(name: string, text: string, mode: PolicySetMode = 'baseline'): PolicySet {
  const { set, problems } = readPolicySet(name, [{ path: `${name}.cedar`, text }], mode);
  if (set === undefined) throw new Error(JSON.stringify(problems));
  return set;
}

/** The shipped law with these organization sets. */
export function evaluatorWith(organizations: readonly PolicySet[], parts: Partial<EvaluatorParts> = {}): PolicyEvaluator {
  return createEvaluator({ ...shipped.foundation, version: 'test', organizations, ...parts });
}

/** `redact` is a permit under a view. */
export function effectOf({ effect, views }: PolicyAnswer): 'permit' | 'redact' | 'deny' {
  if (effect === 'deny') return 'deny';
  return views.length > 0 ? 'redact' : 'permit';
}

/** The rules of the law that decided: `SU-01.tpo` rests on SU-01. */
export function rulesOf({ basis }: PolicyAnswer): readonly string[] {
  return [...new Set(basis.map(({ policy }) => policy.replace(/\..*$/, '')))];
}
