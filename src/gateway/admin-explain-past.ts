/**
 * A past decision as it was then (design.md sections 5 and 6): the questions that the log recorded, asked again of the policy
 * that was in force, with the answer that each policy gave.
 */
import type { Database } from '../adapters/database.ts';
import { type PastPolicy, readPastEvent, readPastPolicy } from '../adapters/policy-store-past.ts';
import type { StoredDecision } from '../audit/record.ts';
import type { AskedQuestion } from '../decide/decision.ts';
import type { ExplainedQuestion, PastDecision, PastExplanation } from '../decide/explanation.ts';
import { HOLDS } from '../decide/holds-of.ts';
import { PrivityError } from '../errors.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { explainQuestion } from '../policy/explain-question.ts';
import type { PolicyNames } from '../policy/policy-words.ts';
import type { PolicyEvaluator } from '../policy/question.ts';

const MAX_DECISIONS = 100;

export interface PastAnswer {
  readonly explanation: PastExplanation;
  readonly subjects: readonly string[];
}

export interface AskedThen {
  /** Id of an audit event. */
  readonly event: string;
  readonly reference: string | undefined;
  /** Whether who asks may read the log: people write of patients there. */
  readonly readsLog: boolean;
}

/** @throws PrivityError `not-found`; `not-possible` where nothing was decided, or the policy of that time was not kept */
export async function explainPast(
  database: Database,
  names: PolicyNames,
  { event: id, reference, readsLog }: AskedThen,
): Promise<PastAnswer> {
  const past = await readPastEvent(database, id);
  if (past === undefined) throw new PrivityError('not-found', 'no such event');
  const { stored } = past.entry;
  const decisions = stored.decisions.filter(({ references }) => reference === undefined || references.includes(reference));
  const { policyVersion } = stored;
  if (policyVersion === undefined || decisions.length === 0) throw new PrivityError('not-possible', 'this event holds no such decision');
  if (decisions.length > MAX_DECISIONS) throw new PrivityError('not-possible', 'many decisions: name one resource with `reference`');
  const policy = await readPastPolicy(database, policyVersion);
  if (policy === undefined) throw new PrivityError('not-possible', 'the policy of that time was not kept');
  const evaluator = createEvaluator(policy.parts);
  const { requester, recordedAt, interaction, target, outcome, reason, recipient, purpose, breakGlassReason } = stored;
  return {
    subjects: [...new Set(decisions.flatMap(({ subject }) => subject ?? []))],
    explanation: {
      event: {
        id,
        recordedAt,
        interaction,
        target,
        outcome,
        reason,
        requester: requester?.id,
        roles: requester?.roles ?? [],
        fhirUser: requester?.fhirUser,
        organization: requester?.organization,
        recipient,
        purpose,
        ...(readsLog ? { breakGlassReason } : {}),
      },
      policyVersion,
      sets: policy.sets,
      decisions: decisions.map((decision) =>
        explainDecision(decision, askedOf(past.contexts.get(decision.contextId)), policy, evaluator, names),
      ),
    },
  };
}

function askedOf(text: string | undefined): readonly AskedQuestion[] {
  return text === undefined ? [] : (JSON.parse(text) as AskedQuestion[]);
}

function explainDecision(
  { references, subject, effect, labels, basis }: StoredDecision,
  asked: readonly AskedQuestion[],
  { parts }: PastPolicy,
  evaluator: PolicyEvaluator,
  names: PolicyNames,
): PastDecision {
  const answers = asked.map((one) => ({ ...one, answer: evaluator.evaluate(one.question) }));
  const held = basis.some(({ id }) => HOLDS.has(id));
  const cited = new Set(basis.map(({ id, effect: says }) => `${says} ${id}`));
  // All categories of one part stand in one context; where one of them is denied, the part is.
  const groups = Map.groupBy(answers, ({ subject: about, part, question }) => JSON.stringify([about, part, question.context]));
  const permitted = (one: (typeof answers)[number]) =>
    (groups.get(JSON.stringify([one.subject, one.part, one.question.context])) ?? []).every(({ answer }) => answer.effect === 'permit');
  const same = answers.every((one) => {
    const { answer } = one;
    const replayed = permitted(one) ? answer.effect : 'deny';
    const grounds = answer.basis.filter((row) => answer.effect === 'permit' || row.effect !== 'permit');
    return (replayed === one.effect || (one.effect === 'deny' && held)) && grounds.every((row) => cited.has(`${row.effect} ${row.policy}`));
  });
  const questions = asked.map((one): ExplainedQuestion => ({ ...one, sets: explainQuestion(parts, one.question, names) }));
  return { references, ...(subject === undefined ? {} : { subject }), effect, labels, basis, questions, identical: same };
}
