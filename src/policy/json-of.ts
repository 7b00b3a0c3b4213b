/** A policy as Cedar's own JSON: what it says apart from how it is written. */
import { type PolicyJson, policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyStatement } from './policy-set.ts';

const known = new WeakMap<PolicyStatement, PolicyJson>();

export function jsonOf(statement: PolicyStatement): PolicyJson {
  const before = known.get(statement);
  if (before !== undefined) return before;
  const answer = policyToJson(statement.text);
  if (answer.type === 'failure') throw new Error(`Cedar can not read back policy ${statement.id}`);
  known.set(statement, answer.json);
  return answer.json;
}
