/** HL7's own R4 examples (npm hl7.fhir.r4.examples 4.0.1, CC0), read when asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Resource } from '../../src/fhir/resource.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules/hl7.fhir.r4.examples');
/** Definitions about definitions: thousands of near copies, none about a patient. */
const DEFINITIONAL =
  /^(ValueSet|SearchParameter|CodeSystem|StructureDefinition|ConceptMap|OperationDefinition|CompartmentDefinition|NamingSystem)-/;

export interface Example {
  readonly name: string;
  readonly resource: Resource;
}

export function* allExamples(): Generator<Example> {
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.json') || file.startsWith('.')) continue;
    const resource = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    if (typeof resource.resourceType === 'string') yield { name: file.slice(0, -5), resource };
  }
}

/** Examples of every other type, up to 200 KB. */
export function clinicalExamples(): readonly Example[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && !file.startsWith('.') && !DEFINITIONAL.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
    .filter(({ text }) => text.length < 200_000)
    .map(({ file, text }) => ({ name: file.slice(0, -5), resource: JSON.parse(text) as Resource }))
    .filter(({ resource }) => typeof resource.resourceType === 'string');
}

/** Any change of the input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
