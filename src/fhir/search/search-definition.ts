/**
 * HL7's R4 search parameters as lookups (FHIR R4 section 3.1.4), with the parameters that every resource has. Names come from
 * callers, so they are looked up in Maps and never used as keys of objects (threats.md 13).
 */
import compiled from '../definitions/r4-search-parameters.json' with { type: 'json' };
import type { SearchKind } from './search-query.ts';

export interface SearchDefinition {
  readonly type: SearchKind;
  /** FHIRPath; absent for parameters that no expression on the resource decides (`_list`, `_text`). */
  readonly expression?: string;
  /** Types that a reference parameter may point at. */
  readonly targets?: readonly string[];
  /** Of a composite: parameter name and expression relative to the composite's own. */
  readonly components?: readonly { readonly code: string; readonly expression: string }[];
}

const special: SearchDefinition = { type: 'special' };
/** Section 3.1.1.2: of all resources, without an expression. */
const WITHOUT_EXPRESSION = ['_text', '_content', '_list', '_has', '_type', '_filter', '_query'];

const table = compiled as unknown as Record<string, Record<string, SearchDefinition>>;
const common = new Map<string, SearchDefinition>([
  ...Object.entries(table.Resource ?? {}),
  ...Object.entries(table.DomainResource ?? {}),
  ...WITHOUT_EXPRESSION.map((name) => [name, special] as const),
]);
const definitions = new Map(Object.entries(table).map(([type, row]) => [type, new Map([...common, ...Object.entries(row)])]));

/** R4 exchanged the expressions of this composite's two components (corrected in R5). */
definitions.get('DocumentReference')?.set('relationship', {
  type: 'composite',
  expression: 'DocumentReference.relatesTo',
  components: [
    { code: 'relatesto', expression: 'target' },
    { code: 'relation', expression: 'code' },
  ],
});

/** @returns `undefined` where R4 defines no such parameter for the type (`Resource`: what all types have). */
export function searchDefinition(resourceType: string, name: string): SearchDefinition | undefined {
  return (definitions.get(resourceType) ?? common).get(name);
}

/** Every parameter of a type, common ones included. */
export function searchDefinitions(resourceType: string): ReadonlyMap<string, SearchDefinition> {
  return definitions.get(resourceType) ?? common;
}
