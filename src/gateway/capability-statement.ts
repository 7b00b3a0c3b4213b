/** What the gateway can do, told as FHIR tells it (FHIR R4 CapabilityStatement): it describes Privity, never the upstream. */
import { isPatientType } from '../fhir/compartment.ts';
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import type { Resource } from '../fhir/resource.ts';
import { isEvaluable } from '../fhir/search/is-evaluable.ts';
import { searchDefinitions } from '../fhir/search/search-definition.ts';
import { CARRIERS } from '../pipeline/decide-resources.ts';
import { REFUSED_READING } from './refused-reading.ts';

export interface CapabilityOptions {
  readonly publicBase: string;
  /** ISO 8601 date of this release. */
  readonly date: string;
  readonly version: string;
  /** Types that nobody writes through the gateway. */
  readonly refusedWrites: ReadonlySet<string>;
}

const READING = ['read', 'vread', 'history-instance', 'history-type', 'search-type'];
const WRITING = ['create', 'update', 'patch', 'delete'];
/** Content, not a record: read by id through the documents that refer to it, and never changed. */
const BINARY = ['read', 'create'];

const HL7 = 'http://hl7.org/fhir/OperationDefinition';
const BULK = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition';
/** By type; `$meta` and `$validate` are for all. */
const OPERATIONS: ReadonlyMap<string, readonly (readonly [name: string, definition: string])[]> = new Map([
  [
    'Patient',
    [
      ['everything', `${HL7}/Patient-everything`],
      ['match', `${HL7}/Patient-match`],
      ['export', `${BULK}/patient-export`],
    ],
  ],
  ['Group', [['export', `${BULK}/group-export`]]],
  ['Observation', [['lastn', `${HL7}/Observation-lastn`]]],
  ['DocumentReference', [['docref', 'http://hl7.org/fhir/us/core/OperationDefinition/docref']]],
  [
    'ValueSet',
    [
      ['expand', `${HL7}/ValueSet-expand`],
      ['validate-code', `${HL7}/ValueSet-validate-code`],
    ],
  ],
  [
    'CodeSystem',
    [
      ['lookup', `${HL7}/CodeSystem-lookup`],
      ['validate-code', `${HL7}/CodeSystem-validate-code`],
      ['subsumes', `${HL7}/CodeSystem-subsumes`],
    ],
  ],
  ['ConceptMap', [['translate', `${HL7}/ConceptMap-translate`]]],
]);
const FOR_ALL = [
  ['meta', `${HL7}/Resource-meta`],
  ['validate', `${HL7}/Resource-validate`],
] as const;

const SEARCHING = [
  'Searches answer as if what is withheld did not exist: pages, order, totals, includes, chains and _has.',
  'Modifiers: :missing on all; token :not, :text, :of-type; string :exact, :contains; uri :below, :above; reference :[type],',
  ':identifier; chains and _has, each type by its own scope. Totals: _total=accurate, _summary=count, and on an only page.',
].join(' ');

export function capabilityStatement({ publicBase, date, version, refusedWrites }: CapabilityOptions): Resource {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Privity', version },
    implementation: { description: 'Privity consent and access-control gateway', url: publicBase },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation: [
          SEARCHING,
          'Refused by name, never passed through:',
          ...REFUSED_READING.map(([what, why]) => `- ${what}: ${why}`),
        ].join('\n'),
        security: {
          cors: false,
          service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
          description: 'Every answer is a function of who asks, why, and what patient, law and organization permit.',
        },
        resource: [...RESOURCE_TYPES].filter((type) => type !== 'Parameters').map((type) => resourceCapability(type, refusedWrites)),
        interaction: ['transaction', 'batch', 'search-system', 'history-system'].map((code) => ({ code })),
        searchParam: parametersOf('Resource'),
        operation: [{ name: 'export', definition: `${BULK}/export` }],
      },
    ],
  };
}

function resourceCapability(type: string, refusedWrites: ReadonlySet<string>) {
  const isBinary = type === 'Binary';
  const writes = !refusedWrites.has(type);
  const changes = writes && !isBinary;
  const codes = isBinary ? BINARY : [...READING, ...(writes ? WRITING : [])];
  const operations = isBinary ? FOR_ALL.filter(([name]) => name === 'validate') : [...FOR_ALL, ...(OPERATIONS.get(type) ?? [])];
  return {
    type,
    interaction: codes.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: !isBinary,
    updateCreate: false,
    conditionalCreate: changes,
    conditionalRead: 'not-match',
    conditionalUpdate: changes,
    conditionalDelete: changes ? 'single' : 'not-supported',
    ...(isBinary ? {} : searchable(type)),
    operation: operations.map(([name, definition]) => ({ name, definition })),
  };
}

const searches = new Map<string, ReturnType<typeof searchCapability>>();

/** The same for every installation: worked out once. */
function searchable(type: string) {
  const search = searches.get(type) ?? searchCapability(type);
  searches.set(type, search);
  return search;
}

function searchCapability(type: string) {
  const references = [...searchDefinitions(type)].flatMap(([name, definition]) => (definition.type === 'reference' ? [name] : []));
  const referring = [...RESOURCE_TYPES].filter((source) => source !== 'Binary').flatMap((source) => referrersOf(source, type));
  return {
    ...(references.length === 0 ? {} : { searchInclude: ['*', `${type}:*`, ...references.map((name) => `${type}:${name}`)] }),
    ...(referring.length === 0 ? {} : { searchRevInclude: referring }),
    searchParam: parametersOf(type),
  };
}

function referrersOf(source: string, target: string): readonly string[] {
  return [...searchDefinitions(source)].flatMap(([name, { type, targets }]) =>
    type === 'reference' && targets?.includes(target) === true ? [`${source}:${name}`] : [],
  );
}

/** The gate's own rules: what the gateway can evaluate, and on types about no patient what the upstream evaluates for it. */
function parametersOf(resourceType: string) {
  const forwards = resourceType !== 'Resource' && !isPatientType(resourceType) && !CARRIERS.has(resourceType);
  return [...searchDefinitions(resourceType)].flatMap(([name, { type }]) => {
    const special = name === '_list' || (name === '_type' ? resourceType === 'Resource' : forwards && name !== '_query' && name !== '_has');
    const supported = type === 'special' ? special : isEvaluable({ resourceType, name, kind: type, values: [], pair: [name, ''] });
    return supported ? [{ name, type }] : [];
  });
}
