/**
 * What an operation was given, in the URL or in a Parameters resource (FHIR R4 section 3.2.0.3), as one list: only the
 * names that the operation takes, each refused otherwise.
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import type { Pairs } from '../../fhir/query-pairs.ts';
import type { Json, Resource } from '../../fhir/resource.ts';
import { isObject } from '../../fhir/walk-elements.ts';
import { askedOf } from '../search-page-link.ts';

export interface OperationInput {
  /** Values of simple types as a URL would hold them. */
  readonly pairs: Pairs;
  /** `valueCoding` and its like, as they came: name, element, value. */
  readonly complex: readonly (readonly [name: string, element: string, value: Json])[];
  /** Resources by parameter name. */
  readonly resources: ReadonlyMap<string, Resource>;
}

/**
 * @param isAllowed whether the operation takes a parameter of this name
 * @param listed the names, for the refusal
 * @throws PrivityError `invalid-parameter`, `invalid-body`
 */
export function readOperationInput(operation: Operation, isAllowed: (name: string) => boolean, listed: string): OperationInput {
  const pairs: (readonly [string, string])[] = [...askedOf(operation.parameters)];
  const complex: (readonly [string, string, Json])[] = [];
  const resources = new Map<string, Resource>();
  for (const { name, ...parameter } of parametersOf(operation)) {
    if (isObject(parameter.resource as Json)) resources.set(name, parameter.resource as Resource);
    const [element, value] = Object.entries(parameter).find(([key]) => key.startsWith('value')) ?? [];
    if (element === undefined || value === undefined) pairs.push(...(parameter.resource === undefined ? [[name, ''] as const] : []));
    else if (typeof value === 'object') complex.push([name, element, value as Json]);
    else pairs.push([name, String(value)]);
  }
  const names = [...pairs.map(([name]) => name), ...complex.map(([name]) => name), ...resources.keys()];
  if (!names.every(isAllowed)) throw new PrivityError('invalid-parameter', `parameters of ${operation.name}: ${listed}`);
  return { pairs, complex, resources };
}

function parametersOf({ body }: Operation): readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[] {
  if (body === undefined) return [];
  if (body.resourceType !== 'Parameters') throw new PrivityError('invalid-body', 'a Parameters resource');
  const rows = (body.parameter ?? []) as Json;
  const named = Array.isArray(rows) && rows.every((row: Json) => isObject(row) && typeof row.name === 'string');
  if (!named) throw new PrivityError('invalid-body', 'Parameters.parameter');
  return rows as unknown as readonly { readonly name: string }[];
}

/** @throws PrivityError `invalid-parameter` where it is given twice */
export function onlyValue({ pairs }: OperationInput, name: string): string | undefined {
  const values = pairs.filter((pair) => pair[0] === name);
  if (values.length > 1) throw new PrivityError('invalid-parameter', name);
  return values[0]?.[1];
}
