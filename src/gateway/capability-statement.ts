/** What the gateway can do, told as FHIR tells it (FHIR R4 CapabilityStatement): it describes Privity, never the upstream. */
import { RESOURCE_TYPES } from '../fhir/definitions.ts';
import type { Resource } from '../fhir/resource.ts';
import { searchDefinitions } from '../fhir/search/search-definition.ts';

export interface CapabilityOptions {
  readonly publicBase: string;
  /** ISO 8601 date of this release. */
  readonly date: string;
  readonly version: string;
}

const READING = ['read', 'vread', 'history-instance', 'search-type'];
/** Content, not a record: read by id through the documents that refer to it. */
const BINARY = ['read'];

export function capabilityStatement({ publicBase, date, version }: CapabilityOptions): Resource {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Privity', version },
    implementation: { description: 'Privity consent and access-control gateway', url: publicBase },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation: REFUSED,
        security: {
          cors: false,
          service: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }] }],
          description: 'Every answer is a function of who asks, why, and what patient, law and organization permit.',
        },
        resource: [...RESOURCE_TYPES].filter((type) => type !== 'Parameters').map(resourceCapability),
        operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
      },
    ],
  };
}

function resourceCapability(type: string) {
  const parameters = type === 'Binary' ? [] : [...searchDefinitions(type)].filter(([, definition]) => definition.type !== 'special');
  return {
    type,
    interaction: (type === 'Binary' ? BINARY : READING).map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: type !== 'Binary',
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-match',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    ...(type === 'Patient'
      ? { operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] }
      : {}),
    ...(parameters.length === 0 ? {} : { searchParam: parameters.map(([name, definition]) => ({ name, type: definition.type })) }),
  };
}

/** Kept in words here and in the README: whoever is refused finds out why. */
export const REFUSED = [
  'Refused by name, never passed through:',
  'create, update, patch, delete and their conditional forms; batch and transaction; history of a type or of the system;',
  'search over all types; chained parameters and _has; _filter, _text, _content, _list, _query; wildcard and iterated includes;',
  'modifiers :in, :not-in, :above and :below on tokens; operations other than Patient/$everything; formats other than JSON;',
  'GraphQL; Subscriptions.',
].join(' ');
