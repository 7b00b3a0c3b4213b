/** Every R4 search expression, held to what the `fhirpath` library reads from HL7's own examples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { describe, expect, it } from 'vitest';
import { RESOURCE_TYPES } from '../../../src/fhir/definitions.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { compileExpression } from '../../../src/fhir/search/compile-expression.ts';
import { searchDefinition, searchDefinitions } from '../../../src/fhir/search/search-definition.ts';
import { searchValues } from '../../../src/fhir/search/search-values.ts';

const folder = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url);
const HUGE =
  /^(Bundle|StructureDefinition|SearchParameter|ValueSet|CodeSystem|ConceptMap|OperationDefinition|ImplementationGuide|CapabilityStatement|package|ig)\b/;

function examplesOf(type: string): Resource[] {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${type}-`) && file.endsWith('.json'));
  return files.slice(0, 6).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}

/** `resolve()` asks a server; here the reference names its type. */
const literal = (expression: string) => expression.replace(/where\(resolve\(\) is (\w+)\)/g, "where(reference.contains('$1/'))");

/** `as(T)` of FHIRPath takes one item; search expressions mean each (FHIR-15834). */
const each = (expression: string) => expression.replace(/\((\S+) as (\w+)\)/g, '$1.ofType($2)').replace(/\.as\((\w+)\)/g, '.ofType($1)');

describe('expressions', () => {
  it('all are understood', () => {
    const not = [...RESOURCE_TYPES].flatMap((type) =>
      [...searchDefinitions(type)]
        .filter(([, { expression }]) => expression !== undefined && compileExpression(type, expression) === undefined)
        .map(([name]) => `${type}.${name}`),
    );
    expect(not).toEqual([]);
  });

  it('components of composites are understood at every base', () => {
    const not = [...RESOURCE_TYPES].flatMap((type) =>
      [...searchDefinitions(type)].flatMap(([name, { expression = '', components = [] }]) =>
        components
          .filter(
            (part) =>
              searchDefinition(type, part.code) === undefined ||
              compileExpression(type, expression)?.types.some((base) => compileExpression(base, part.expression, type) === undefined),
          )
          .map((part) => `${type}.${name}.${part.code}`),
      ),
    );
    expect(not).toEqual([]);
  });

  it.each(['Patient.name.where(given.exists())', 'Patient.name.first()', 'Patient.unknown', 'iif(true, 1, 2)'])(
    '%s is not understood',
    (expression) => {
      expect(compileExpression('Patient', expression)).toBeUndefined();
    },
  );

  it('a parameter of another type reads nothing', () => {
    expect(searchValues({ resourceType: 'Patient', id: 'p' }, 'Observation', 'code')).toBeUndefined();
    expect(searchValues({ resourceType: 'Patient', id: 'p' }, 'Patient', '__proto__')).toBeUndefined();
  });
});

describe.skipIf(!existsSync(folder))('the same values as fhirpath', () => {
  const types = [...RESOURCE_TYPES].filter((type) => !HUGE.test(type) && examplesOf(type).length > 0);

  it.each(types)('%s', (type) => {
    const resources = examplesOf(type);
    let compared = 0;
    for (const [name, { expression }] of searchDefinitions(type)) {
      if (expression === undefined || expression === type) continue;
      const evaluate = fhirpath.compile(each(literal(expression)).replaceAll('Resource.', `${type}.`), r4, { resolveInternalTypes: true });
      for (const resource of resources) {
        const ours = searchValues(resource, type, name)?.map(({ value }) => JSON.stringify(value));
        const theirs = (evaluate(resource) as unknown[]).map((value) => JSON.stringify(value));
        compared += theirs.length;
        expect([...new Set(ours)].sort(), `${resource.id} ${name}`).toEqual([...new Set(theirs)].sort());
      }
    }
    expect(compared).toBeGreaterThanOrEqual(resources.length);
  });
});
