/**
 * What one change, or two, would make of an answer: the enforcement code decides again for a requester, or under a policy, that
 * differs in just that, and gives way to requests in between.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { DecidedResource } from '../decide/decision.ts';
import { type Change, changedPolicy, changedRequester } from '../decide/explain-changes.ts';
import type { Explanation } from '../decide/explanation.ts';
import { PrivityError } from '../errors.ts';
import type { Resource } from '../fhir/resource.ts';
import { decideResources } from '../pipeline/decide-resources.ts';
import { isGiven } from '../pipeline/release-resources.ts';
import type { Session } from '../pipeline/session.ts';
import type { Action } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';

export interface AskedNow {
  readonly requester: Requester;
  readonly action: Action;
  readonly resource?: Resource;
  /** `Observation/o1`, where no resource is given. */
  readonly reference?: string;
}

type Effect = Explanation['effect'];

/** What an answer comes to. */
export interface Outcome {
  readonly effect: Effect;
  /** Parts that are withheld for their labels. */
  readonly removed: number;
}

export interface Turned extends Outcome {
  readonly changes: readonly Change[];
}

/** Decisions between two turns of the event loop. */
const TURN = 8;

/** Those that give another answer, what gives most first. */
export async function turning(
  session: Session,
  resource: Resource,
  asked: AskedNow,
  combinations: readonly (readonly Change[])[],
  before: Outcome,
): Promise<readonly Turned[]> {
  const found: Turned[] = [];
  for (let from = 0; from < combinations.length; from += TURN) {
    const some = combinations.slice(from, from + TURN);
    const outcomes = await Promise.all(some.map((changes) => outcomeWith(session, resource, asked, changes)));
    some.forEach((changes, index) => {
      const after = outcomes[index];
      if (after !== undefined && byOpenness(after, before) !== 0) found.push({ changes, ...after });
    });
    await breathe();
  }
  return found.sort(byOpenness);
}

/** What the answer would be: under a view that has nothing of this type, nothing. */
function effectOf(decided: DecidedResource): Effect {
  if (!isGiven(decided)) return 'withhold';
  return decided.decision.view === undefined ? decided.decision.effect : 'redact';
}

export function outcomeOf(decided: DecidedResource): Outcome {
  const effect = effectOf(decided);
  return { effect, removed: effect === 'redact' ? decided.decision.remove.length : 0 };
}

/** What gives most first. */
export function byOpenness(one: Outcome, other: Outcome): number {
  const openness = (effect: Effect) => ['withhold', 'redact', 'permit'].indexOf(effect);
  return openness(other.effect) - openness(one.effect) || one.removed - other.removed;
}

export async function decideOne(session: Session, resource: Resource, action: Action): Promise<DecidedResource> {
  const [decided] = await decideResources(session, [resource], [], action);
  if (decided === undefined) throw new PrivityError('internal');
  return decided;
}

/** @returns `undefined` where the changes make no sense for this requester */
async function outcomeWith(
  session: Session,
  resource: Resource,
  asked: AskedNow,
  changes: readonly Change[],
): Promise<Outcome | undefined> {
  const changed: Session = {
    ...session,
    requester: changedRequester(asked.requester, changes),
    policy: changedPolicy(session.policy, changes),
    decided: new Map(),
    recorded: [],
  };
  const decided = await decideOne(changed, resource, asked.action);
  return decided.decision.errors.length > 0 ? undefined : outcomeOf(decided);
}
