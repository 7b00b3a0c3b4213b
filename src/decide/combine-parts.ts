/**
 * The answers about a resource and each of its segments, for every subject, as what becomes of the resource: one subject that
 * does not permit is enough to deny a part, a denied resource is withheld, a denied segment goes (design.md 4.2 and 4.4).
 * For the decision of a request and for a recorded one that is asked again.
 */
import { intersectViews } from '../policy/intersect-views.ts';
import type { View } from '../policy/question.ts';
import type { Effect } from './decision.ts';

export interface AnsweredPart {
  readonly part: 'resource' | 'segment';
  /** One a subject. */
  readonly answers: readonly { readonly permitted: boolean; readonly views: readonly string[] }[];
}

export interface Combined<Part extends AnsweredPart> {
  readonly effect: Effect;
  readonly given: readonly Part[];
  readonly denied: readonly Part[];
  /** Where a view applies; absent: every element is given. */
  readonly view?: View;
  /** A policy names a view that is not there: nobody can say how little to give. */
  readonly viewUnknown?: true;
}

export function combineParts<Part extends AnsweredPart>(parts: readonly Part[], views: ReadonlyMap<string, View>): Combined<Part> {
  const denied = parts.filter(isDenied);
  if (denied.some(({ part }) => part === 'resource')) return { effect: 'withhold', given: [], denied };
  const given = denied.length === 0 ? parts : parts.filter((part) => !denied.includes(part));
  const named = [...new Set(given.flatMap(({ answers }) => answers.flatMap((answer) => answer.views)))];
  const known = named.flatMap((id) => views.get(id) ?? []);
  if (known.length < named.length) return { effect: 'withhold', given: [], denied, viewUnknown: true };
  const view = known.length === 0 ? {} : { view: intersectViews(known) };
  return { effect: denied.length > 0 ? 'redact' : 'permit', given, denied, ...view };
}

function isDenied({ answers }: AnsweredPart): boolean {
  return answers.some(({ permitted }) => !permitted);
}
