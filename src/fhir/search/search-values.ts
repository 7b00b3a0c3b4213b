/** The values that a search parameter reads from a resource, by HL7's own expression (SearchParameter.expression). */
import type { Resource } from '../resource.ts';
import { compileExpression, type TypedValue } from './compile-expression.ts';
import { searchDefinition } from './search-definition.ts';

/**
 * @param type the resource type whose definition of the parameter counts
 * @param parameter its name: `clinical-status`
 * @returns the values in document order; `undefined` where the parameter is unknown, special, or about another type of resource
 */
export function searchValues(resource: Resource, type: string, parameter: string): readonly TypedValue[] | undefined {
  const expression = searchDefinition(type, parameter)?.expression;
  if (expression === undefined || (type !== 'Resource' && resource.resourceType !== type)) return undefined;
  return compileExpression(resource.resourceType, expression)?.evaluate(resource, resource);
}
