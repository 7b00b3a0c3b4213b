/**
 * HL7's own R4 examples (npm `hl7.fhir.r4.examples`, CC0) as resources for the embedded server. Left out are the definitions of FHIR
 * itself, which make up 95 % of the package's 191 MB: StructureDefinition, ValueSet, CodeSystem, SearchParameter,
 * OperationDefinition, ConceptMap, CompartmentDefinition, ImplementationGuide, CapabilityStatement, TestScript, StructureMap, and
 * Bundles over a megabyte (FHIR's own specification as Bundles).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RESOURCE_TYPES } from '../../fhir/definitions.ts';
import type { Resource } from '../../fhir/resource.ts';

const DEFINITIONAL: ReadonlySet<string> = new Set([
  'StructureDefinition',
  'ValueSet',
  'CodeSystem',
  'SearchParameter',
  'OperationDefinition',
  'ConceptMap',
  'CompartmentDefinition',
  'ImplementationGuide',
  'CapabilityStatement',
  'TestScript',
  'StructureMap',
]);

const MAX_BYTES = 1_000_000;

/** @throws where the package is not installed */
export function loadExamples(): Resource[] {
  const folder = fileURLToPath(new URL('.', import.meta.resolve('hl7.fhir.r4.examples/package.json')));
  return readdirSync(folder).flatMap((file) => {
    const type = file.slice(0, Math.max(0, file.indexOf('-')));
    if (!RESOURCE_TYPES.has(type) || DEFINITIONAL.has(type) || statSync(`${folder}${file}`).size > MAX_BYTES) return [];
    const resource: Resource = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
    return resource.id === undefined ? [] : [resource];
  });
}
