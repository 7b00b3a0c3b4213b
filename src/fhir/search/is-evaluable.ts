/** Whether a parameter can be evaluated on one resource alone (design.md 4.5: what can't be is refused by name, before any data). */
import { compileExpression } from './compile-expression.ts';
import { searchDefinition } from './search-definition.ts';
import type { SearchParameter } from './search-query.ts';

/** @returns false for chains, `_has`, full text, lists, and modifiers that need a terminology service */
export function isEvaluable({ resourceType, name, kind, modifier, chain, has }: SearchParameter): boolean {
  if (chain !== undefined || has !== undefined || modifier === 'in' || modifier === 'not-in') return false;
  if (kind === 'special') return name === '_type';
  if (kind !== 'uri' && (modifier === 'below' || modifier === 'above')) return false;
  const { expression, components = [] } = searchDefinition(resourceType, name) ?? {};
  const base = expression === undefined ? undefined : compileExpression(resourceType, expression);
  if (base === undefined) return false;
  return components.every((part) => base.types.every((type) => compileExpression(type, part.expression, resourceType) !== undefined));
}
