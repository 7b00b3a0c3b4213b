/** Codes and shapes of AuditEvents per IHE BALP 1.1 (ITI TF-1 section 52) by kind of interaction, and Privity's own extensions. */
import type { Coding } from '../fhir/resource.ts';

export const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
export const AUDIT_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
export const INTERACTION = 'http://hl7.org/fhir/restful-interaction';
export const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
export const ENTITY_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
export const RESOURCE_TYPE = 'http://hl7.org/fhir/resource-types';
export const REQUEST_ID_TYPE = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType';
export const USER_AGENT = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes';
export const AUTHORIZATION_SUBTYPE = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType';
export const LIFECYCLE = 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle';
export const PROFILE = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';

/**
 * Privity's extensions. On the event: `trace-id`, `policy-version`, `break-glass-reason` (string), `recipient`, `obligation`
 * (code), `attestation` { `kind` code, `text` string }. On an entity: `decision` { `effect` code, `version` string,
 * `subject` string, `basis` { `kind` code: policy | consent, `id` string, `citation` string, `effect` code }, `context` string }.
 */
export const EXTENSION = 'urn:privity:audit:';
export const ROLE_SYSTEM = 'urn:privity:role';
export const INTERACTION_SYSTEM = 'urn:privity:interaction';

export interface Shape {
  /** Name of the BALP profile: `Read`, with a patient `PatientRead`; absent where BALP has none. */
  readonly profile?: 'Create' | 'Read' | 'Update' | 'Delete' | 'Query';
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly client: Coding;
  readonly server: Coding;
  /** How the requester takes part: receives information, or is its author. */
  readonly user: 'IRCP' | 'AUT';
  readonly asks: 'data' | 'query';
}

export const SOURCE: Coding = { system: DCM, code: '110153', display: 'Source Role ID' };
export const DESTINATION: Coding = { system: DCM, code: '110152', display: 'Destination Role ID' };
const APPLICATION: Coding = { system: DCM, code: '110150', display: 'Application' };
const CUSTODIAN: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  code: 'custodian',
  display: 'Custodian',
};

const READ: Shape = { profile: 'Read', action: 'R', client: DESTINATION, server: SOURCE, user: 'IRCP', asks: 'data' };
const QUERY: Shape = { profile: 'Query', action: 'E', client: SOURCE, server: DESTINATION, user: 'IRCP', asks: 'query' };
const CREATE: Shape = { profile: 'Create', action: 'C', client: SOURCE, server: DESTINATION, user: 'AUT', asks: 'data' };
const UPDATE: Shape = { ...CREATE, profile: 'Update', action: 'U' };
const DELETE: Shape = { profile: 'Delete', action: 'D', client: APPLICATION, server: CUSTODIAN, user: 'AUT', asks: 'data' };

/** BALP binds only these codes to its profiles; the others have the shape of what they resemble, without the profile. */
const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['read', READ],
  ['vread', READ],
  ['search', QUERY],
  ['search-type', QUERY],
  ['search-system', QUERY],
  ['create', CREATE],
  ['update', UPDATE],
  ['patch', UPDATE],
  ['delete', DELETE],
  ['history-instance', { ...QUERY, profile: undefined }],
]);
const OTHER: Shape = { ...QUERY, profile: undefined };

export function shapeOf(interaction: string): Shape {
  return SHAPES.get(interaction) ?? OTHER;
}

/** Codes of restful-interaction (FHIR R4); a compartment search is a search of a type, an operation its own code beside. */
const INTERACTIONS: ReadonlySet<string> = new Set(
  'read vread update patch delete history history-instance history-type history-system create search search-type search-system capabilities transaction batch operation'.split(
    ' ',
  ),
);

export function subtypesOf(interaction: string): readonly Coding[] {
  if (INTERACTIONS.has(interaction)) return [{ system: INTERACTION, code: interaction }];
  if (interaction === 'search-compartment') return [{ system: INTERACTION, code: 'search-type' }];
  const own = { system: INTERACTION_SYSTEM, code: interaction };
  return interaction.startsWith('$') ? [{ system: INTERACTION, code: 'operation' }, own] : [own];
}
