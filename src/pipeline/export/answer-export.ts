/**
 * Bulk data (HL7 Bulk Data Access 2.0): kick-off, status, files, end. The upstream's own export yields candidates; every line
 * passes the same flow as a read. What the caller learns of an export is a function of the request and of what is released:
 * one file a type, however many the upstream made and whether or not anything of it may be given; no counts, no errors, no
 * deletions (design.md 4.5).
 */
import { PrivityError } from '../../errors.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { queryText } from '../../fhir/query-pairs.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { FhirRequest } from '../../pipeline.ts';
import type { Requester, Scope } from '../../requester/requester.ts';
import type { Answer } from '../answer.ts';
import { decideResources } from '../decide-resources.ts';
import { fetchResources } from '../fetch-resources.ts';
import { isGiven, releaseResources } from '../release-resources.ts';
import { inScope, requireScope } from '../scope-gate.ts';
import { scopesFor } from '../search-scope.ts';
import type { Session } from '../session.ts';
import type { ExportDeps, ExportJob } from './export-deps.ts';
import { giveExportFile } from './give-export-file.ts';
import { type ExportAsked, exportableTypes, readExportRequest } from './read-export-request.ts';

const EXPORTS: ReadonlySet<string> = new Set(['$export', '$export-poll-status', '$export-file', '$export-cancel']);

export function isExport({ name }: Operation): boolean {
  return EXPORTS.has(name);
}

/** @throws PrivityError as every refusal */
export async function answerExport(session: Session, request: FhirRequest, operation: Operation): Promise<Answer> {
  const deps = session.deps.exports;
  if (deps === undefined || request.inBundle === true) throw new PrivityError('not-supported', operation.name);
  if (operation.name === '$export') return kickOff(session, deps, request, operation);
  const job = await requireJob(session, deps, operation);
  if (operation.name === '$export-cancel') return cancel(deps, job);
  if (operation.name === '$export-poll-status') return poll(session, deps, job);
  const type = parameterOf(operation, '_type');
  const scopes = systemScopes(session.requester, type);
  if (!job.types.includes(type) || scopes.length === 0 || job.manifest === undefined) throw new PrivityError('not-found');
  return giveExportFile(session, deps, request, { type, files: job.manifest.output, scopes });
}

async function kickOff(session: Session, deps: ExportDeps, request: FhirRequest, operation: Operation): Promise<Answer> {
  const { type, id } = operation;
  const known = type === undefined ? id === undefined : type === 'Patient' ? id === undefined : type === 'Group' && id !== undefined;
  if (!known) throw new PrivityError('not-supported', '$export of the system, of Patient or of a Group');
  if (request.respondAsync !== true) throw new PrivityError('invalid-request', 'Prefer: respond-async');
  const asked = readExportRequest(operation);
  const types = (asked.types.length > 0 ? asked.types : exportableTypes(type !== undefined)).filter(
    (each) => systemScopes(session.requester, each).length > 0 || asked.types.includes(each),
  );
  const refused = types.find((each) => systemScopes(session.requester, each).length === 0);
  if (refused !== undefined || types.length === 0) throw new PrivityError('scope-insufficient', 'an export needs system scopes');
  await requireWhole(session, [...asked.patients, ...(type === 'Group' ? [`Group/${id}`] : [])]);
  const place = [type, id, '$export'].filter((part) => part !== undefined).join('/');
  const whole = { ...asked, types };
  const statusUrl = await deps.upstream.start(upstreamPath(place, whole), bodyOf(whole));
  const job = { id: session.deps.writes.newEventId(), holder: holderOf(session.requester), types, statusUrl };
  const query = queryText(operation.parameters);
  const made = `${session.deps.publicBase}/${place}${query === '' ? '' : `?${query}`}`;
  await deps.jobs.add({ ...job, request: made }, session.at.iso);
  return { status: 202, headers: { 'content-location': linkTo(session, '$export-poll-status', job.id) } };
}

async function poll(session: Session, deps: ExportDeps, job: ExportJob): Promise<Answer> {
  const manifest = job.manifest ?? (await deps.upstream.poll(job.statusUrl));
  if (manifest === undefined) return { status: 202, headers: { 'retry-after': '5', 'x-progress': 'in progress' } };
  if (job.manifest === undefined) await deps.jobs.complete(job.id, manifest);
  const body = {
    transactionTime: manifest.transactionTime,
    request: job.request,
    requiresAccessToken: true,
    output: job.types.map((type) => ({ type, url: linkTo(session, '$export-file', job.id, type) })),
    error: [],
  };
  return { status: 200, headers: {}, content: { type: 'application/json', bytes: new TextEncoder().encode(JSON.stringify(body)) } };
}

async function cancel(deps: ExportDeps, job: ExportJob): Promise<Answer> {
  await deps.jobs.remove(job.id);
  await deps.upstream.cancel(job.statusUrl);
  return { status: 202, headers: {} };
}

async function requireJob(session: Session, deps: ExportDeps, operation: Operation): Promise<ExportJob> {
  const names = operation.name === '$export-file' ? ['_jobId', '_type'] : ['_jobId'];
  if (operation.type !== undefined || operation.parameters.some(([name]) => !names.includes(name)))
    throw new PrivityError('invalid-parameter', names.join(', '));
  const job = await deps.jobs.find(parameterOf(operation, '_jobId'), holderOf(session.requester), session.at.iso);
  if (job === undefined) throw new PrivityError('not-found');
  return job;
}

function parameterOf({ parameters }: Operation, name: string): string {
  const values = parameters.filter((pair) => pair[0] === name);
  if (values.length !== 1) throw new PrivityError('invalid-parameter', name);
  return values[0]?.[1] ?? '';
}

/** A group or a patient of whom the caller does not see everything is as one that is not there. */
async function requireWhole(session: Session, references: readonly string[]): Promise<void> {
  const found = await fetchResources(session, references);
  const decided = await decideResources(session, [...found.values()]);
  const released = await releaseResources(session, decided);
  session.recorded.push(...decided);
  const seen = decided.filter((row, index) => {
    const resource = released[index];
    const scopes = requireScope(session.requester, 'read', row.labeled.resource.resourceType);
    const whole = isGiven(row) && (row.labeled.resource.resourceType === 'Patient' || row.decision.effect === 'permit');
    return whole && resource !== undefined && inScope(session.requester, scopes, resource, row.subjects);
  });
  if (seen.length < new Set(references).size) throw new PrivityError('not-found');
}

/** Of whole patients' records, only for tokens with a system scope (SMART Backend Services). */
function systemScopes(requester: Requester, type: string): readonly Scope[] {
  return scopesFor(requester, 'search', type).filter((scope) => scope.level === 'system');
}

function holderOf({ issuer, id, clientId }: Requester): string {
  return JSON.stringify([issuer, id, clientId ?? '']);
}

function linkTo({ deps }: Session, operation: string, jobId: string, type?: string): string {
  return `${deps.publicBase}/${operation}?_jobId=${jobId}${type === undefined ? '' : `&_type=${type}`}`;
}

function upstreamPath(place: string, asked: ExportAsked): string {
  if (asked.patients.length > 0) return place;
  return `${place}?${parametersOf(asked)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
}

function parametersOf({ types, since, until }: ExportAsked): readonly (readonly [string, string])[] {
  return [
    ['_outputFormat', 'application/fhir+ndjson'],
    ['_type', types.join(',')],
    ...(since === undefined ? [] : [['_since', since] as const]),
    ...(until === undefined ? [] : [['_until', until] as const]),
  ];
}

/** Patients can be named in a body only. */
function bodyOf(asked: ExportAsked): Resource | undefined {
  if (asked.patients.length === 0) return undefined;
  const common = parametersOf(asked).map(([name, value]) =>
    name === '_since' || name === '_until' ? { name, valueInstant: value } : { name, valueString: value },
  );
  const patients = asked.patients.map((reference) => ({ name: 'patient', valueReference: { reference } }));
  return { resourceType: 'Parameters', parameter: [...common, ...patients] };
}
