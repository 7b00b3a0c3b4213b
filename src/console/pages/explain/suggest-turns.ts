/**
 * Which changes are worth telling, and in which order: where something is withheld, those that give more; where nothing is, those
 * that give less. Of authorizations the narrowest that does it; of other purposes, which may be dozens, one line for all that end alike.
 */
import { IMPLIED } from '../../../consent/implied-authorizations.ts';
import type { AuthorizationType } from '../../../consent/vote.ts';
import type { Change } from '../../../decide/explain-changes.ts';
import type { Explanation } from '../../../decide/explanation.ts';
import { shownEffect } from './explain-words.ts';

export type Turn = Explanation['pairs'][number];

export interface Suggested extends Turn {
  /** Codes of the purposes, each of which does it; where there are several. */
  readonly purposes?: readonly string[];
}

/** What people can do comes before what just is so; to close something, what the patient may ask for comes before other purposes. */
const OPENS: readonly Change['kind'][] = ['directive', 'authorization', 'attestation', 'purpose', 'fact'];
const CLOSES: readonly Change['kind'][] = ['directive', 'authorization', 'attestation', 'fact', 'purpose'];
/** Nobody chooses these to be given more. */
const EMERGENCIES: ReadonlySet<string> = new Set(['BTG', 'ETREAT', 'ERTREAT']);
const NONE: ReadonlySet<string> = new Set();
const OPENNESS = ['withhold', 'redact', 'permit'];
/** More than any record has parts. */
const MANY = 1e6;
/** So many purposes still have a line each. */
const FEW = 2;

export function suggestTurns(explanation: Explanation): readonly Suggested[] {
  const { changes, pairs, effect, removed } = explanation;
  const closes = shownEffect(explanation) === 'permit';
  const isWider = (type: string, after: string) =>
    (IMPLIED.get(type as AuthorizationType) ?? []).some((other) => changes.some((one) => one.value === other && one.effect === after));
  const single = changes
    .filter(({ kind, value, effect: after }) => kind !== 'authorization' || !isWider(value, after))
    .map(({ effect: after, removed: parts, ...change }): Turn => {
      return { changes: [change], effect: after, ...(parts === undefined ? {} : { removed: parts }) };
    });
  const now = openness({ effect, removed: removed.length });
  const turning = [...single, ...pairs].filter((turn) => (closes ? openness(turn) < now : openness(turn) > now));
  const [order, last] = closes ? [CLOSES, NONE] : [OPENS, EMERGENCIES];
  return gathered(turning, last).sort(
    (a, b) =>
      a.changes.length - b.changes.length ||
      rank(a, order, last) - rank(b, order, last) ||
      (closes ? openness(a) - openness(b) : openness(b) - openness(a)),
  );
}

/** What differs in its purpose alone, and ends alike, as one. */
function gathered(turns: readonly Turn[], apart: ReadonlySet<string>): Suggested[] {
  const groups = Map.groupBy(turns, (turn) => {
    const others = turn.changes.filter(({ kind }) => kind !== 'purpose');
    const gathers = others.length === turn.changes.length - 1 && !turn.changes.some(({ value }) => apart.has(value));
    return JSON.stringify(gathers ? [others, openness(turn)] : turn.changes);
  });
  return [...groups.values()].flatMap((some) => {
    const purposes = some.flatMap(({ changes }) => changes.flatMap(({ kind, value }) => (kind === 'purpose' ? [value] : [])));
    return some.length <= FEW ? some : [{ ...(some[0] as Turn), purposes }];
  });
}

function rank({ changes }: Turn, order: readonly Change['kind'][], last: ReadonlySet<string>): number {
  return changes.some(({ value }) => last.has(value)) ? order.length : Math.min(...changes.map(({ kind }) => order.indexOf(kind)));
}

function openness({ effect, removed = 0 }: Pick<Turn, 'effect' | 'removed'>): number {
  return OPENNESS.indexOf(effect) * MANY - removed;
}
