/** Whether a resource is a match of a search: every parameter must hold (FHIR R4 section 3.1.1.3). */
import type { Resource } from '../resource.ts';
import { type MatchContext, matchParameter } from './match-parameter.ts';
import type { SearchQuery } from './search-query.ts';

/** @returns `undefined` where no parameter fails but one can't be evaluated */
export function matchSearch(resource: Resource, query: SearchQuery, context: MatchContext = {}): boolean | undefined {
  if (query.resourceType !== 'Resource' && query.resourceType !== resource.resourceType) return false;
  let result: boolean | undefined = true;
  for (const parameter of query.parameters) {
    const answer = matchParameter(resource, parameter, context);
    if (answer === false) return false;
    if (answer === undefined) result = undefined;
  }
  return result;
}
