/**
 * Changes that could turn a decision, one alone or two together: another purpose, one more attestation or authorization, one fact
 * more or less, a directive taken away. Whether they do turn it, the enforcement code itself says, asked again with them.
 */
import actReason from '../../policies/terminology/act-reason-hierarchy.json' with { type: 'json' };
import { IMPLIED } from '../consent/implied-authorizations.ts';
import { AUTHORIZATION_TYPES, type AuthorizationType } from '../consent/vote.ts';
import { FACTS, type Fact, type PolicyEvaluator, type PolicyQuestion } from '../policy/question.ts';
import { isPurpose } from '../requester/read-purposes.ts';
import type { Requester } from '../requester/requester.ts';

export interface Change {
  readonly kind: 'purpose' | 'attestation' | 'authorization' | 'fact' | 'directive';
  readonly value: string;
  /** Whether it is given or taken away. */
  readonly how: 'with' | 'without';
}

/** What the patient is, nobody can change. */
const NATURE: readonly Fact[] = ['deceased', 'minor', 'minor-12-17'];
/** Purposes for which people ask in pairs: a kind of one of these is as far as that one itself. */
const FAMILIES: readonly string[] = [
  'TREAT',
  'ETREAT',
  'BTG',
  'HPAYMT',
  'HOPERAT',
  'TRAIN',
  'PATRQT',
  'FAMRQT',
  'PWATRNY',
  'HRESCH',
  'PUBHLTH',
  'THREAT',
  'HCOMPL',
  'HLEGAL',
];

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
    ...FACTS.filter((fact) => !NATURE.includes(fact)).map(
      (value): Change => ({ kind: 'fact', value, how: facts.has(value) ? 'without' : 'with' }),
    ),
    ...more(
      'purpose',
      Object.keys(actReason.parents).filter((code) => isPurpose(code) && !code.startsWith('_') && code !== requester.purpose),
    ),
  ];
}

/** Two changes that can be so at once. A request has one purpose, so two purposes are no pair. */
export function pairsOfChanges(changes: readonly Change[]): readonly (readonly [Change, Change])[] {
  const likely = changes.filter(({ kind, value }) => kind !== 'purpose' || FAMILIES.includes(value));
  return likely.flatMap((one, index) =>
    likely.slice(index + 1).flatMap((other) => (one.kind === 'purpose' && other.kind === 'purpose' ? [] : [[one, other] as const])),
  );
}

/** The requester as it would be with these changes. */
export function changedRequester(requester: Requester, changes: readonly Change[]): Requester {
  return changes.reduce(withChange, requester);
}

function withChange(requester: Requester, { kind, value }: Change): Requester {
  if (kind === 'attestation') return { ...requester, attestations: [...requester.attestations, { kind: value, text: 'if it were made' }] };
  if (kind !== 'purpose') return requester;
  const emergency = value === 'BTG' ? { breakGlassReason: requester.breakGlassReason ?? 'if it were an emergency' } : {};
  return { ...requester, purpose: value, purposes: [...requester.purposes, value], ...emergency };
}

/** The policy in force, asked as if these changes were so. */
export function changedPolicy(policy: PolicyEvaluator, changes: readonly Change[]): PolicyEvaluator {
  return {
    version: policy.version,
    evaluate: (question) => policy.evaluate({ ...question, context: changes.reduce(changed, question.context) }),
  };
}

function changed(context: PolicyQuestion['context'], { kind, value, how }: Change): PolicyQuestion['context'] {
  const facts = FACTS.filter((fact) => (fact === value ? how === 'with' : context.facts.includes(fact)));
  if (kind === 'fact') return { ...context, facts };
  if (kind === 'directive') return { ...context, consent: 'none', facts: context.facts.filter((fact) => fact !== 'restriction-agreed') };
  if (kind !== 'authorization') return context;
  const given: readonly string[] = [value, ...(IMPLIED.get(value as AuthorizationType) ?? [])];
  return {
    ...context,
    authorizations: AUTHORIZATION_TYPES.filter((type) => given.includes(type) || context.authorizations.includes(type)),
  };
}
