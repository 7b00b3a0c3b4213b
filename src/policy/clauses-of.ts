/**
 * A policy's conditions taken apart: `when { a && b }` holds where each of `a` and `b` does, so each can be asked by itself.
 */
import { type Clause, type Expr, type PolicyJson, policyToText } from '@cedar-policy/cedar-wasm/nodejs';
import { jsonOf } from './json-of.ts';
import type { PolicyStatement } from './policy-set.ts';

const ANYTHING = { principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' } } as const;

/** @returns permits, one for each clause, that hold together exactly where the conditions do */
export function clausesOf(statement: PolicyStatement): readonly PolicyStatement[] {
  return jsonOf(statement)
    .conditions.flatMap(apart)
    .map((clause, index) => {
      const conditions = [clause];
      const id = `${statement.id}#${index + 1}`;
      return { ...statement, id, effect: 'permit', conditions, text: textOf({ effect: 'permit', ...ANYTHING, conditions }) };
    });
}

function apart(clause: Clause): readonly Clause[] {
  return clause.kind === 'when' ? conjuncts(clause.body).map((body) => ({ kind: 'when', body })) : [clause];
}

function conjuncts(expression: Expr): readonly Expr[] {
  const and = '&&' in expression ? (expression as { '&&': { left: Expr; right: Expr } })['&&'] : undefined;
  return and === undefined ? [expression] : [...conjuncts(and.left), ...conjuncts(and.right)];
}

function textOf(policy: PolicyJson): string {
  const answer = policyToText(policy);
  if (answer.type === 'failure') throw new Error('Cedar can not write a part of a policy');
  return answer.text;
}
