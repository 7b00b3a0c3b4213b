/**
 * Which policies of a group match a question, each taken by itself: Cedar names only those that decided, so every policy is
 * asked as a permit. Kept by what the group can tell apart.
 */
import { policyToText } from '@cedar-policy/cedar-wasm/nodejs';
import { CATEGORIES } from '../classify/label.ts';
import { askCedar } from './ask-cedar.ts';
import { jsonOf } from './json-of.ts';
import { namesIn } from './names-in.ts';
import type { PolicyStatement } from './policy-set.ts';
import { keyOf, projectQuestion } from './project-question.ts';
import { type PolicyQuestion, RECIPIENTS } from './question.ts';
import { readsOf } from './reads-of.ts';

export interface Matches {
  readonly matched: ReadonlySet<string>;
  /** Ids of those that can't be evaluated: whatever is asked then is denied, and which others match is not known. */
  readonly failed: ReadonlySet<string>;
}

/** @param schema text of the Cedar schema */
export function matchPolicies(statements: readonly PolicyStatement[], schema: string): (question: PolicyQuestion) => Matches {
  const set = { name: 'matching', mode: 'permit-list', statements: statements.map(asPermit) } as const;
  const reads = readsOf(statements);
  const { entities } = namesIn(statements);
  const recipientAs = sameTo(RECIPIENTS, entities.get('Recipient'));
  const categoryAs = sameTo(CATEGORIES, entities.get('Category'));
  const known = new Map<string, Matches>();
  return (question) => {
    const seen = { ...question, recipient: recipientAs(question.recipient), category: categoryAs(question.category) };
    const key = keyOf(seen, reads);
    const before = known.get(key);
    if (before !== undefined) return before;
    const { reasons, failed } = askCedar(set, schema, projectQuestion(seen, reads));
    const matches = { matched: new Set(reasons.map(({ id }) => id)), failed: new Set(failed) };
    known.set(key, matches);
    return matches;
  };
}

/** Those that are not named are one to the policies. */
function sameTo<Id extends string>(ids: readonly Id[], named: ReadonlySet<string> = new Set()): (id: Id) => Id {
  const other = ids.find((id) => !named.has(id));
  return (id) => (named.has(id) ? id : (other ?? id));
}

function asPermit(statement: PolicyStatement): PolicyStatement {
  if (statement.effect === 'permit') return statement;
  const answer = policyToText({ ...jsonOf(statement), effect: 'permit' });
  if (answer.type === 'failure') throw new Error(`Cedar can not write policy ${statement.id}`);
  return { ...statement, effect: 'permit', text: answer.text };
}
