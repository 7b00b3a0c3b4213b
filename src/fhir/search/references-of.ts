/** The literal references that a reference parameter reads from a resource, as written: what `_include` follows (FHIR R4 section 3.1.1.5.2). */
import type { Reference, Resource } from '../resource.ts';
import { searchDefinitions } from './search-definition.ts';
import { searchValues } from './search-values.ts';

/** @param parameter name of a reference parameter; `*` for all of the resource's type */
export function referencesOf(resource: Resource, parameter: string): readonly string[] {
  const names =
    parameter === '*'
      ? [...searchDefinitions(resource.resourceType)].flatMap(([name, { type }]) => (type === 'reference' ? [name] : []))
      : [parameter];
  const texts = names.flatMap((name) =>
    (searchValues(resource, resource.resourceType, name) ?? []).map(({ value, type }) => {
      if (type === 'Resource') return `${(value as Resource).resourceType}/${(value as Resource).id}`;
      return type === 'Reference' ? (value as Reference).reference : value;
    }),
  );
  return [...new Set(texts.filter((text) => typeof text === 'string'))];
}
