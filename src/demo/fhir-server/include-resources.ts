/** Resources that a page of matches brings along: `_include`, `_revinclude`, `:iterate`, wildcards (FHIR R4 section 3.1.1.5.4). */
import { localReference } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';
import { referencesOf } from '../../fhir/search/references-of.ts';
import type { Include, ResultParameters } from '../../fhir/search/search-query.ts';
import type { ServerContext } from './exchange.ts';

const nameOf = ({ resourceType, id }: Resource) => `${resourceType}/${id}`;

function forward({ store, base }: ServerContext, resource: Resource, include: Include): Resource[] {
  if (include.source !== '*' && include.source !== resource.resourceType) return [];
  return referencesOf(resource, include.parameter).flatMap((text) => {
    const [type = '', id = ''] = (localReference(text, base()) ?? '').split('/');
    return include.target === undefined || include.target === type ? (store.resource(type, id) ?? []) : [];
  });
}

function backward({ store, base }: ServerContext, resource: Resource, include: Include): Resource[] {
  if (include.target !== undefined && include.target !== resource.resourceType) return [];
  return store.referrers(nameOf(resource)).filter((referrer) => {
    if (include.source !== '*' && include.source !== referrer.resourceType) return false;
    return referencesOf(referrer, include.parameter).some((text) => localReference(text, base()) === nameOf(resource));
  });
}

/** In the order in which they were reached; matches themselves are left out. */
export function includeResources(
  context: ServerContext,
  matches: readonly Resource[],
  { include, revinclude }: Pick<ResultParameters, 'include' | 'revinclude'>,
): readonly Resource[] {
  const seen = new Set(matches.map(nameOf));
  const included: Resource[] = [];
  let round = matches;
  for (let first = true; round.length > 0; first = false) {
    const reached = round.flatMap((resource) => [
      ...include.filter(({ iterate }) => first || iterate).flatMap((each) => forward(context, resource, each)),
      ...revinclude.filter(({ iterate }) => first || iterate).flatMap((each) => backward(context, resource, each)),
    ]);
    round = reached.filter((resource) => !seen.has(nameOf(resource)) && seen.add(nameOf(resource)));
    included.push(...round);
  }
  return included;
}
