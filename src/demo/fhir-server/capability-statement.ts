/** What the embedded server says of itself at `metadata` (FHIR R4 section 3.1.0.9). */
import { RESOURCE_TYPES } from '../../fhir/definitions.ts';
import type { Resource } from '../../fhir/resource.ts';
import { searchDefinitions } from '../../fhir/search/search-definition.ts';

const INTERACTIONS = ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type'];

export function capabilityStatement(base: string, now: number): Resource {
  const resource = [...RESOURCE_TYPES].map((type) => ({
    type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    searchInclude: ['*'],
    searchRevInclude: ['*'],
    searchParam: [...searchDefinitions(type)].map(([name, definition]) => ({ name, type: definition.type })),
    ...(type === 'Patient'
      ? { operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] }
      : {}),
  }));
  const interaction = ['transaction', 'batch', 'search-system', 'history-system'].map((code) => ({ code }));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date(now).toISOString(),
    kind: 'instance',
    software: { name: 'Privity embedded FHIR server' },
    implementation: { description: 'In-memory FHIR R4 server for the demo and the tests', url: base },
    fhirVersion: '4.0.1',
    format: ['json'],
    patchFormat: ['application/json-patch+json'],
    rest: [{ mode: 'server', resource, interaction, compartment: ['http://hl7.org/fhir/CompartmentDefinition/patient'] }],
  };
}
