/**
 * Single changes that could turn a decision: another purpose, one more attestation or authorization, one fact more or less, a
 * directive taken away. Whether one does turn it, the enforcement code itself says, asked again with that one change.
 */
import actReason from '../../policies/terminology/act-reason-hierarchy.json' with { type: 'json' };
import { AUTHORIZATION_TYPES } from '../consent/vote.ts';
import { FACTS, type PolicyEvaluator, type PolicyQuestion } from '../policy/question.ts';
import { isPurpose } from '../requester/read-purposes.ts';
import type { Requester } from '../requester/requester.ts';

export interface Change {
  readonly kind: 'purpose' | 'attestation' | 'authorization' | 'fact' | 'directive';
  readonly value: string;
  /** Whether it is given or taken away. */
  readonly how: 'with' | 'without';
}

/** @param attestations kinds that there are; @param asked questions of the decision as it is */
export function explainChanges(requester: Requester, attestations: Iterable<string>, asked: readonly PolicyQuestion[]): readonly Change[] {
  const contexts = asked.map(({ context }) => context);
  const facts = new Set(contexts.flatMap((context) => context.facts));
  const directive = contexts.some(({ consent }) => consent === 'deny');
  const held = new Set([...contexts.flatMap((context) => [...context.authorizations, ...context.attestations])]);
  const more = (kind: Change['kind'], values: Iterable<string>): Change[] => [...values].map((value) => ({ kind, value, how: 'with' }));
  return [
    ...(directive ? [{ kind: 'directive', value: 'deny', how: 'without' } as const] : []),
    ...more(
      'authorization',
      AUTHORIZATION_TYPES.filter((type) => !held.has(type)),
    ),
    ...more(
      'attestation',
      [...attestations].filter((kind) => /^[A-Z]{2}-\d{2}$/.test(kind) && !held.has(kind)),
    ),
    ...FACTS.map((value): Change => ({ kind: 'fact', value, how: facts.has(value) ? 'without' : 'with' })),
    ...more(
      'purpose',
      Object.keys(actReason.parents).filter((code) => isPurpose(code) && !code.startsWith('_') && code !== requester.purpose),
    ),
  ];
}

/** The requester as it would be with this change. */
export function changedRequester(requester: Requester, { kind, value }: Change): Requester {
  if (kind === 'attestation') return { ...requester, attestations: [...requester.attestations, { kind: value, text: 'if it were made' }] };
  if (kind !== 'purpose') return requester;
  const emergency = value === 'BTG' ? { breakGlassReason: requester.breakGlassReason ?? 'if it were an emergency' } : {};
  return { ...requester, purpose: value, purposes: [...requester.purposes, value], ...emergency };
}

/** The policy in force, asked as if this change were so. */
export function changedPolicy(policy: PolicyEvaluator, change: Change): PolicyEvaluator {
  return { version: policy.version, evaluate: (question) => policy.evaluate({ ...question, context: changed(question.context, change) }) };
}

function changed(context: PolicyQuestion['context'], { kind, value, how }: Change): PolicyQuestion['context'] {
  const facts = FACTS.filter((fact) => (fact === value ? how === 'with' : context.facts.includes(fact)));
  if (kind === 'fact') return { ...context, facts };
  if (kind === 'directive') return { ...context, consent: 'none', facts: context.facts.filter((fact) => fact !== 'restriction-agreed') };
  if (kind !== 'authorization') return context;
  return { ...context, authorizations: AUTHORIZATION_TYPES.filter((type) => type === value || context.authorizations.includes(type)) };
}
