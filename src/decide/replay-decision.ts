/**
 * What becomes of a recorded decision under a policy: the questions that the log kept, asked of that policy, and put together
 * as src/decide/decide.ts does. What the gateway itself held back stays held back, whatever policies say.
 */
import { intersectViews } from '../policy/intersect-views.ts';
import type { PolicyBasis, PolicyEvaluator, View } from '../policy/question.ts';
import type { AskedQuestion, Effect } from './decision.ts';

/** Ids in a recorded basis of what the gateway holds back beside the policies. */
export const HOLDS: ReadonlySet<string> = new Set([
  'break-glass-reason',
  'emergency-restriction',
  'research-refused',
  'psychotherapy-note-candidate',
]);

export interface Replayed {
  readonly effect: Effect;
  /** Of the answers that deny, or of all. */
  readonly basis: readonly PolicyBasis[];
}

/** @param asked of one recorded decision; empty where no policy was asked */
export function replayDecision(asked: readonly AskedQuestion[], policy: PolicyEvaluator, views: ReadonlyMap<string, View>): Replayed {
  const answers = asked.map((one) => ({ ...one, answer: policy.evaluate(one.question) }));
  const denying = answers.filter(({ answer }) => answer.effect === 'deny');
  const said = (denying.length > 0 ? denying : answers).flatMap(({ answer }) => answer.basis);
  const basis = [...new Map(said.map((row) => [`${row.set} ${row.policy} ${row.effect}`, row])).values()];
  if (denying.some(({ part }) => part === 'resource')) return { effect: 'withhold', basis };
  // All categories of one part stand in one context: a part of which one is denied goes whole, with its views.
  const partOf = ({ subject, part, question }: AskedQuestion) => JSON.stringify([subject, part, question.context]);
  const gone = new Set(denying.map(partOf));
  const given = Map.groupBy(
    answers.filter((one) => !gone.has(partOf(one))),
    partOf,
  );
  const named = [...new Set([...given.values()].flatMap(viewsOf))];
  const known = named.flatMap((id) => views.get(id) ?? []);
  if (known.length < named.length) return { effect: 'withhold', basis };
  const type = asked[0]?.question.context.resourceType ?? '';
  if (known.length > 0 && !Object.hasOwn(intersectViews(known).elements, type)) return { effect: 'withhold', basis };
  return { effect: denying.length > 0 || known.length > 0 ? 'redact' : 'permit', basis };
}

interface Answered extends AskedQuestion {
  readonly answer: { readonly views: readonly string[] };
}

/** How much of a note its own exception gives, that exception says. */
function viewsOf(answers: readonly Answered[]): readonly string[] {
  const isNotes = ({ question }: Answered) => /-notes$/.test(question.category);
  const counting = answers.some(isNotes) ? answers.filter(isNotes) : answers;
  return counting.flatMap(({ answer }) => answer.views);
}
