/**
 * What becomes of a recorded decision under a policy: the questions that the log kept, asked of that policy, and put together
 * as a decision is (design.md section 5). What the gateway itself held back stays held back, whatever policies say.
 */
import type { PolicyBasis, PolicyEvaluator, View } from '../policy/question.ts';
import { combineCategories } from './combine-categories.ts';
import { combineParts } from './combine-parts.ts';
import type { AskedQuestion, Effect } from './decision.ts';
import { HOLDS } from './holds-of.ts';

export interface RecordedDecision {
  /** Empty where no policy was asked. */
  readonly asked: readonly AskedQuestion[];
  readonly effect: Effect;
  /** Ids of the policies and consents that decided. */
  readonly basis: readonly string[];
}

export interface Replayed {
  readonly effect: Effect;
  /** Of the answers that deny, or of all. */
  readonly basis: readonly PolicyBasis[];
}

export function replayDecision(recorded: RecordedDecision, policy: PolicyEvaluator, views: ReadonlyMap<string, View>): Replayed {
  const answers = recorded.asked.map((one) => ({ ...one, answer: policy.evaluate(one.question) }));
  const denying = answers.filter(({ answer }) => answer.effect === 'deny');
  const said = (denying.length > 0 ? denying : answers).flatMap(({ answer }) => answer.basis);
  const basis = [...new Map(said.map((row) => [`${row.set} ${row.policy} ${row.effect}`, row])).values()];
  // All categories of one part stand in one context.
  const parts = Map.groupBy(answers, ({ subject, part, question }) => JSON.stringify([subject, part, question.context]));
  const combined = combineParts(
    [...parts.values()].map((asked) => ({ part: asked[0]?.part ?? 'resource', answers: [combineCategories(asked)] })),
    views,
  );
  const effect = seenOf(combined, recorded.asked[0]?.question.context.resourceType ?? '');
  return { effect: recorded.basis.some((id) => HOLDS.has(id)) ? stricter(recorded.effect, effect) : effect, basis };
}

/** As the log records it: under a view less is given, and nothing of a type that the view does not list. */
function seenOf({ effect, view }: { readonly effect: Effect; readonly view?: View }, type: string): Effect {
  if (view === undefined) return effect;
  return Object.hasOwn(view.elements, type) ? 'redact' : 'withhold';
}

const ORDER: readonly Effect[] = ['permit', 'redact', 'withhold'];

function stricter(a: Effect, b: Effect): Effect {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}
