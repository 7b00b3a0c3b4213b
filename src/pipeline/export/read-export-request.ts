/**
 * What a bulk export asks for (HL7 Bulk Data Access 2.0, section 2.4.1): the types, a moment, patients. What would have to be
 * evaluated on withheld content, or would tell of it, is refused by name.
 */
import { PrivityError } from '../../errors.ts';
import { isPatientType } from '../../fhir/compartment.ts';
import { RESOURCE_TYPES } from '../../fhir/definitions.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { isId } from '../../fhir/reference.ts';
import { onlyValue, readOperationInput } from '../operations/read-operation-input.ts';

export interface ExportAsked {
  /** In the order asked for, each once; none = all that the token's scopes cover. */
  readonly types: readonly string[];
  /** FHIR instants as they came. */
  readonly since?: string;
  readonly until?: string;
  /** Relative references. */
  readonly patients: readonly string[];
}

const NAMES = ['_outputFormat', '_type', '_since', '_until', 'patient'];
const NDJSON = new Set(['application/fhir+ndjson', 'application/fhir ndjson', 'application/ndjson', 'ndjson']);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** Content of a Binary is decided by the documents that refer to it: it is read through them. */
const NEVER = new Set(['Binary', 'Parameters']);
const MAX_PATIENTS = 100;

/** @throws PrivityError `invalid-parameter`, `not-supported` */
export function readExportRequest(operation: Operation): ExportAsked {
  const input = readOperationInput(operation, (name) => NAMES.includes(name), NAMES.join(', '));
  const format = onlyValue(input, '_outputFormat');
  if (format !== undefined && !NDJSON.has(format.toLowerCase())) throw new PrivityError('invalid-parameter', '_outputFormat: ndjson');
  const types = [...new Set(input.pairs.filter(([name]) => name === '_type').flatMap(([, value]) => value.split(',')))];
  if (types.some((type) => !RESOURCE_TYPES.has(type))) throw new PrivityError('invalid-parameter', '_type');
  if (types.some((type) => NEVER.has(type))) throw new PrivityError('not-supported', '_type: Binary is read through its documents');
  const patients = patientsOf(input.complex, input.pairs);
  if (patients.length > 0 && operation.type === undefined)
    throw new PrivityError('invalid-parameter', 'patient: Patient/$export or a group');
  const since = instant(input, '_since');
  const until = instant(input, '_until');
  return { types, patients, ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

function instant(input: Parameters<typeof onlyValue>[0], name: string): string | undefined {
  // A plus that was not encoded is a space by now.
  const text = onlyValue(input, name)?.replace(' ', '+');
  if (text !== undefined && !(INSTANT.test(text) && !Number.isNaN(Date.parse(text)))) throw new PrivityError('invalid-parameter', name);
  return text;
}

function patientsOf(
  complex: readonly (readonly [name: string, element: string, value: unknown])[],
  pairs: readonly (readonly [string, string])[],
): readonly string[] {
  const inUrl = pairs.filter(([name]) => name === 'patient').flatMap(([, value]) => value.split(','));
  const inBody = complex.filter(([name]) => name === 'patient').map(([, , value]) => (value as { reference?: unknown }).reference);
  const patients = [...new Set([...inUrl, ...inBody])];
  if (patients.length > MAX_PATIENTS) throw new PrivityError('too-large', 'number of patients');
  return patients.map((reference) => {
    const id = typeof reference === 'string' && reference.startsWith('Patient/') ? reference.slice('Patient/'.length) : '';
    if (!isId(id)) throw new PrivityError('invalid-parameter', 'patient: Patient/[id]');
    return `Patient/${id}`;
  });
}

/** @returns all types of an export that names none: those of patients alone where it is about patients */
export function exportableTypes(aboutPatients: boolean): readonly string[] {
  return [...RESOURCE_TYPES].filter((type) => !NEVER.has(type) && (!aboutPatients || isPatientType(type)));
}
