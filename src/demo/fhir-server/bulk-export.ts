/**
 * Bulk data of the embedded server (HL7 Bulk Data Access 2.0): system, Patient and Group exports. It keeps no jobs: what was asked
 * for travels in the URLs of status and files, and an export is done as soon as it is asked after.
 */
import type { Resource } from '../../fhir/resource.ts';
import { inPatientCompartment } from '../../fhir/search/patient-compartment.ts';
import type { Answer, Exchange, ServerContext } from './exchange.ts';
import { FhirError } from './fhir-error.ts';

/** Resources of one file. */
const FILE_SIZE = 1000;

export function isBulkExport({ path }: Exchange): boolean {
  return path.at(-1) === '$export' || (path.length === 1 && (path[0] === '$export-status' || path[0] === '$export-output'));
}

/** @throws FhirError */
export function bulkExport(context: ServerContext, exchange: Exchange): Answer {
  const { path, method } = exchange;
  const [name] = path;
  if (name === '$export-status') return method === 'DELETE' ? { status: 202 } : statusOf(context, exchange);
  if (name === '$export-output') return fileOf(context, exchange);
  return kickOff(context, exchange);
}

function kickOff(context: ServerContext, exchange: Exchange): Answer {
  const { path, query, headers, body } = exchange;
  if (!/\brespond-async\b/.test(headers.prefer ?? '')) throw new FhirError(400, 'invalid', 'Prefer: respond-async is needed');
  const asked = new URLSearchParams(query.map(([key, value]) => [key, value]));
  for (const parameter of (body as Resource | undefined)?.parameter ?? []) {
    const { name, valueString, valueInstant, valueReference } = parameter as Record<string, string> & {
      valueReference?: { reference: string };
    };
    asked.append(name ?? '', valueReference?.reference ?? valueString ?? valueInstant ?? '');
  }
  if (path[0] === 'Patient') asked.set('level', 'Patient');
  if (path[0] === 'Group') for (const patient of membersOf(context, path[1] ?? '')) asked.append('member', patient);
  return { status: 202, headers: { 'content-location': `${context.base()}/$export-status?${asked}` } };
}

function membersOf({ store }: ServerContext, id: string): readonly string[] {
  const group = store.resource('Group', id);
  if (group === undefined) throw new FhirError(404, 'not-found', `Resource Group/${id} is not known`);
  return ((group.member ?? []) as readonly { entity?: { reference?: string } }[]).flatMap(({ entity }) => entity?.reference ?? []);
}

function statusOf(context: ServerContext, { query }: Exchange): Answer {
  const asked = new URLSearchParams(query.map(([key, value]) => [key, value]));
  const types = asked.get('_type')?.split(',') ?? context.store.types();
  const output = types.flatMap((type) => {
    const count = matching(context, asked, type).length;
    return Array.from({ length: Math.ceil(count / FILE_SIZE) }, (_, file) => {
      const where = new URLSearchParams(asked);
      where.set('_type', type);
      where.set('file', String(file));
      return { type, url: `${context.base()}/$export-output?${where}`, count: Math.min(FILE_SIZE, count - file * FILE_SIZE) };
    });
  });
  const manifest = {
    transactionTime: new Date(context.now()).toISOString(),
    request: `${context.base()}/$export`,
    requiresAccessToken: false,
    output,
    error: [],
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, bytes: Buffer.from(JSON.stringify(manifest)) };
}

function fileOf(context: ServerContext, { query }: Exchange): Answer {
  const asked = new URLSearchParams(query.map(([key, value]) => [key, value]));
  const start = Number(asked.get('file') ?? 0) * FILE_SIZE;
  const rows = matching(context, asked, asked.get('_type') ?? '').slice(start, start + FILE_SIZE);
  const text = rows.map((resource) => `${JSON.stringify(resource)}\n`).join('');
  return { status: 200, headers: { 'content-type': 'application/fhir+ndjson' }, bytes: Buffer.from(text) };
}

function matching(context: ServerContext, asked: URLSearchParams, type: string): readonly Resource[] {
  const since = Date.parse(asked.get('_since') ?? '') || 0;
  const named = [...asked.getAll('patient'), ...asked.getAll('member')];
  const patients = named.length > 0 ? named : asked.get('level') === 'Patient' ? patientsOf(context) : undefined;
  return [...context.store.ofType(type)].filter(
    (resource) =>
      Date.parse(String(resource.meta?.lastUpdated)) >= since &&
      (patients?.some((patient) => inPatientCompartment(resource, patient, context.base())) ?? true),
  );
}

function patientsOf({ store }: ServerContext): readonly string[] {
  return [...store.ofType('Patient')].map(({ id }) => `Patient/${id}`);
}
