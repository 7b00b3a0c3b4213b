/**
 * What a search may ask at all, judged by the query and the token alone before any data is looked at (design.md 4.5;
 * threats.md 1-3, 12): every parameter must be one that the gateway can evaluate on the released view itself, and every
 * type that a chain or `_has` crosses one that the token lets the caller search.
 *
 * Full text, `_filter`, `near` and the modifiers that need terminology only the upstream can evaluate, on the whole
 * resource. They are let through on types that are about no patient by definition and can carry none's data
 * (Practitioner, Organization, ValueSet): not because nothing there could be withheld (a declared label withholds an
 * Organization too), but because whatever was withheld or cut there never matches, so that the answer still depends on
 * whole released resources alone.
 */
import { PrivityError } from '../errors.ts';
import { isPatientType } from '../fhir/compartment.ts';
import { isEvaluable } from '../fhir/search/is-evaluable.ts';
import type { Include, ResultParameters, SearchParameter, SearchQuery } from '../fhir/search/search-query.ts';
import type { Requester } from '../requester/requester.ts';
import { CARRIERS } from './decide-resources.ts';
import { scopesFor } from './search-scope.ts';

/** Links of one chain or nested `_has`. */
const MAX_LINKS = 3;
/** Inner searches of one search. */
const MAX_JOINS = 8;

const FULL_TEXT = new Set(['_text', '_content', 'near']);
const TERMINOLOGY = new Set(['in', 'not-in', 'above', 'below']);

/** Whether only the upstream can evaluate a parameter; see the head of this file. */
export function isOpaque({ kind, name, modifier }: SearchParameter): boolean {
  if (kind === 'special') return FULL_TEXT.has(name) || name === '_filter';
  return modifier !== undefined && kind !== 'uri' && TERMINOLOGY.has(modifier);
}

/** Whether a parameter is answered by searches of its own. */
export function isJoin({ chain, has, name }: SearchParameter): boolean {
  return chain !== undefined || has !== undefined || name === '_list';
}

/** @throws PrivityError `not-supported`, `scope-insufficient`, `too-costly`, each naming the parameter or type */
export function gateSearch(requester: Requester, query: SearchQuery): void {
  let joins = 0;
  const gate = (parameter: SearchParameter, links: number): void => {
    if (!isJoin(parameter)) {
      gatePlain(parameter);
      return;
    }
    joins += 1;
    if (links === MAX_LINKS || joins > MAX_JOINS) throw new PrivityError('too-costly', `chained parameter ${parameter.name}`);
    for (const next of linksOf(requester, parameter)) gate(next, links + 1);
  };
  for (const parameter of query.parameters) gate(parameter, 0);
  gateResult(query.result);
}

/** A Binary is content, not a record: only the documents that refer to it say whom it is about (threats.md 22). */
export function refuseContent(type: string): void {
  if (type === 'Binary') throw new PrivityError('not-supported', 'search of Binary: read it by id');
}

/** The inner searches of a chain, `_has` or `_list`, where the token lets the caller make them. */
function linksOf(requester: Requester, parameter: SearchParameter): readonly SearchParameter[] {
  const { chain, has, resourceType, name, values } = parameter;
  if (has !== undefined) {
    requireSearch(requester, has.type);
    return [has.next];
  }
  if (chain !== undefined) {
    // Its references are the Bundle's own entries, which are decided with it and not as resources of their own.
    if (resourceType === 'Bundle') throw new PrivityError('not-supported', `chained parameter ${name} of Bundle`);
    const open = chain.next.filter((next) => scopesFor(requester, 'search', next.resourceType).length > 0);
    if (open.length === 0) requireSearch(requester, chain.next[0]?.resourceType ?? 'Resource');
    for (const next of open) refuseContent(next.resourceType);
    return open;
  }
  requireSearch(requester, 'List');
  const isId = values.every((value) => value.kind === 'text' && /^(List\/)?[A-Za-z0-9\-.]{1,64}$/.test(value.text));
  if (!isId) throw new PrivityError('not-supported', '_list other than by id');
  return [];
}

function requireSearch(requester: Requester, type: string): void {
  refuseContent(type);
  if (scopesFor(requester, 'search', type).length === 0) throw new PrivityError('scope-insufficient', `${type} search`);
}

function gatePlain(parameter: SearchParameter): void {
  const { resourceType, name, modifier, values } = parameter;
  if (!isOpaque(parameter)) {
    if (!isEvaluable(parameter) || name === '_type') throw new PrivityError('not-supported', `parameter ${name}`);
    return;
  }
  const label = modifier === undefined ? `parameter ${name}` : `modifier ${name}:${modifier}`;
  if (isPatientType(resourceType) || CARRIERS.has(resourceType) || resourceType === 'Resource')
    throw new PrivityError('not-supported', `${label}: it would look into what may be withheld`);
  if (name === '_filter' && !values.every((value) => value.kind === 'text' && staysOnResource(value.text)))
    throw new PrivityError('not-supported', '_filter with a path into other resources');
}

/** `name co "x"`, but no `organization.name` and no `[…]`. */
function staysOnResource(filter: string): boolean {
  return !/[A-Za-z_]\s*\.|[[\]]|_has\b/i.test(filter.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
}

function gateResult({ include, revinclude, contained = 'false', containedType = 'container', summary }: ResultParameters): void {
  if (contained !== 'false') throw new PrivityError('not-supported', 'parameter _contained');
  if (containedType !== 'container') throw new PrivityError('not-supported', 'parameter _containedType');
  if (revinclude.some((row: Include) => row.source === '*')) throw new PrivityError('not-supported', '_revinclude=*: name the types');
  // FHIR R4 section 3.1.1.5.8
  if (summary === 'text' && include.length + revinclude.length > 0)
    throw new PrivityError('invalid-parameter', '_summary=text together with includes');
}
