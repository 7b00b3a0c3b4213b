/**
 * `/admin/consents`: patients' Consents, judged and then written to the record server; revoked, never deleted; told in plain
 * words (design.md sections 4.2 and 6; 45 CFR 164.508). What is written or revoked is in force from its acknowledgement on.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { type ConsentWrite, findById, findByIdentifiers, writeConsents } from '../adapters/consent-writer.ts';
import { describeConsent } from '../consent/describe-consent.ts';
import { describeGrid } from '../consent/describe-grid.ts';
import { intervalOf } from '../consent/interval-of.ts';
import { PrivityError } from '../errors.ts';
import { isId, localReference } from '../fhir/reference.ts';
import type { Json, Resource } from '../fhir/resource.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { GRID_CLASSES } from './admin-consent-grid.ts';
import { type JudgedUpload, judgeUpload } from './admin-consent-judge.ts';
import { type PlannedResource, renamed } from './admin-consent-place.ts';
import { type NotPlanned, planUpload, type UploadPlan } from './admin-consent-plan.ts';
import { readUpload } from './admin-consent-upload.ts';
import { AdminProblem, type ContentProblem } from './admin-problem.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute } from './admin-route.ts';

export interface AdminConsentsOptions {
  readonly door: AdminDoor;
  readonly pipeline: PipelineDeps;
}

const Body = z.custom<Resource>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && typeof (value as Resource).resourceType === 'string',
  'a FHIR resource: a Consent, or a Bundle of them',
);
const Revocation = z.strictObject({
  /** Why, in the patient's or the officer's words. */
  reason: z.string().trim().min(1).max(1000),
  /** When it was revoked; now where nothing is said. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** The version that was seen. */
  version: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,64}$/)
    .optional(),
});
const PATIENT = /^Patient\/[A-Za-z0-9.-]{1,64}$/;
const CLOCK_SKEW_MS = 60_000;
const NAMED_IN_LOG = 10;

export function adminConsents(app: FastifyInstance, options: AdminConsentsOptions): void {
  const { door } = options;
  app.get(
    '/admin/consents',
    adminRoute(door, {
      interaction: 'search',
      action: 'E',
      roles: ['policy-admin', 'privacy-officer'],
      query: ['patient'],
      target: 'consents',
      handle: (request) => list(options, request),
    }),
  );
  app.post(
    '/admin/consents',
    adminRoute(door, {
      interaction: 'upload',
      action: 'C',
      roles: ['policy-admin'],
      query: ['dryRun'],
      target: 'consents',
      handle: (request) => upload(options, request),
    }),
  );
  app.post(
    '/admin/consents/:id/revoke',
    adminRoute(door, {
      interaction: 'revoke',
      action: 'U',
      roles: ['policy-admin', 'privacy-officer'],
      target: ({ parameters }) => `consents/${parameters.id}`,
      handle: (request) => revoke(options, request),
    }),
  );
}

/** Past what is kept: what was written around the gateway is told too. */
async function list({ pipeline }: AdminConsentsOptions, { query, now }: AdminRequest): Promise<AdminAnswer> {
  const patient = query.get('patient') ?? '';
  if (!PATIENT.test(patient)) throw new PrivityError('invalid-request', 'patient: Patient/id');
  pipeline.consents.forget([patient]);
  const record = (await pipeline.consents.load([patient])).get(patient);
  if (record?.patient === undefined) throw new PrivityError('not-found');
  const { consent: settings } = pipeline.settings;
  const consents = record.consents.consents.map((consent) => describeConsent(consent, record.consents, now, settings));
  const grid = describeGrid(record.consents, now, settings, GRID_CLASSES);
  const byReference = consents.toSorted((a, b) => (a.consent < b.consent ? -1 : 1));
  return { status: 200, body: { patient, at: now, consents: byReference, grid }, subjects: [patient] };
}

async function upload({ pipeline }: AdminConsentsOptions, request: AdminRequest): Promise<AdminAnswer | AdminChange> {
  const dryRun = flag(request, 'dryRun');
  const sent = readUpload(request.body(Body), { upstream: pipeline.upstream.base, publicBase: pipeline.publicBase });
  const { patient, problems: unsound } = sent;
  const subjects = patient === undefined ? [] : [patient];
  const nothing: NotPlanned = { problems: unsound };
  const planned = unsound.length === 0 && patient !== undefined ? await planUpload(pipeline, sent, patient) : nothing;
  const plan = planned.after === undefined ? undefined : planned;
  const judged = plan === undefined ? { consents: [], problems: planned.problems } : judgeUpload(plan, request.now, pipeline.settings);
  const valid = judged.problems.every(({ severity }) => severity !== 'error');
  const told = { valid, ...(patient === undefined ? {} : { patient }), ...naming(judged, plan, ({ path }) => path) };
  if (dryRun) return { status: 200, body: told, subjects };
  if (!valid || plan === undefined) throw new AdminProblem('invalid-content', told.problems);
  return { target: 'consents', subjects, carryOut: () => write(pipeline, plan, judged, subjects) };
}

/** What does not exist yet is called by where it stands in the upload, and once it is written, by its name. */
function naming(judged: JudgedUpload, plan: UploadPlan | undefined, nameOf: (planned: PlannedResource) => string): JudgedUpload {
  const made = plan === undefined ? [] : createdBy(plan).map((planned): [string, string] => [planned.place, nameOf(planned)]);
  const named = rewriteStrings({ resourceType: '', ...judged }, (text) =>
    made.reduce((name, [place, as]) => name.replaceAll(place, as), text),
  );
  if (named === undefined) throw new PrivityError('internal');
  return { consents: named.consents, problems: named.problems };
}

const inOrder = ({ documents, consents, provenances }: UploadPlan): readonly PlannedResource[] => [
  ...documents,
  ...consents,
  ...provenances,
];
const createdBy = (plan: UploadPlan): readonly PlannedResource[] => inOrder(plan).filter(({ action }) => action === 'create');

/** Nothing is written where the record says all of it already. */
async function write(pipeline: PipelineDeps, plan: UploadPlan, judged: JudgedUpload, subjects: readonly string[]): Promise<AdminAnswer> {
  const names = new Map(createdBy(plan).map(({ place }) => [place, `urn:uuid:${place.slice(place.indexOf('/') + 1)}`]));
  const changed = inOrder(plan).filter(({ action }) => action !== 'unchanged');
  const writes = changed.map(({ action, place, resource, version }): ConsentWrite => {
    const body = renamed(resource as Json, names) as unknown as Resource;
    if (action === 'create') return { resource: body, name: names.get(place) };
    return { resource: body, id: String(resource.id), version };
  });
  const done = writes.length === 0 ? [] : await writeConsents(pipeline, subjects, writes, () => isUnchanged(pipeline, plan));
  const references = new Map(changed.map(({ place }, index) => [place, done[index]?.reference ?? '']));
  const written = changed.map(({ action }, index) => ({ ...done[index], action }));
  const touched = written.flatMap(({ reference = '' }) => (reference.startsWith('Consent/') ? [reference.slice('Consent/'.length)] : []));
  return {
    status: plan.consents.some(({ action }) => action === 'create') ? 201 : 200,
    body: { valid: true, patient: subjects[0], ...naming(judged, plan, ({ place }) => references.get(place) ?? place), written },
    subjects,
    ...(touched.length === 0 ? {} : { target: `consents/${touched.slice(0, NAMED_IN_LOG).join(',')}` }),
  };
}

/** Whether what was judged is what will be replaced; asked when nobody else can write it through the gateway. */
async function isUnchanged({ upstream }: PipelineDeps, { consents, documents }: UploadPlan): Promise<boolean> {
  for (const { action, resource, version } of [...consents, ...documents]) {
    if (action === 'unchanged') continue;
    const found =
      action === 'create' ? await findByIdentifiers(upstream, resource) : await findById(upstream, 'Consent', String(resource.id));
    if (found?.meta?.versionId !== version) return false;
  }
  return true;
}

async function revoke({ pipeline }: AdminConsentsOptions, request: AdminRequest): Promise<AdminChange> {
  const { reason, at = request.now, version: seen = request.seen?.toString() } = request.body(Revocation);
  const { id = '' } = request.parameters;
  const consent = isId(id) ? await findById(pipeline.upstream, 'Consent', id) : undefined;
  if (consent === undefined) throw new PrivityError('not-found');
  const version = consent.meta?.versionId;
  if (version === undefined) throw new PrivityError('upstream-invalid', 'no version');
  if (seen !== undefined && seen !== version) throw new PrivityError('version-mismatch');
  if (consent.status === 'inactive') throw new PrivityError('not-possible', 'it was revoked before');
  if (consent.status !== 'active') throw new PrivityError('not-possible', 'only an active Consent is revoked');
  const problems = timeProblems(at, request.now, consent);
  if (problems.length > 0) throw new AdminProblem('invalid-content', problems);
  const subjects = subjectsOf(consent, pipeline.upstream.base);
  return {
    target: `consents/${id}`,
    subjects,
    carryOut: async () => {
      const writes = [{ resource: { ...consent, status: 'inactive' }, id, version }, { resource: revocation(id, reason, at, request) }];
      const [done] = await writeConsents(pipeline, subjects, writes, async () => true);
      return {
        status: 200,
        body: { consent: `Consent/${id}`, version: done?.version, state: 'revoked', revoked: { at, reason } },
        subjects,
      };
    },
  };
}

/** It is in force at once: a later end is a period, an earlier one than its beginning an error. */
function timeProblems(at: string, now: string, consent: Resource): readonly ContentProblem[] {
  const problem = (message: string): ContentProblem => ({ severity: 'error', path: 'at', message });
  if (Date.parse(at) > Date.parse(now) + CLOCK_SKEW_MS) return [problem('it is in the future: a revocation is in force at once')];
  const given = intervalOf(consent.dateTime ?? consent.date)?.from;
  return given !== undefined && Date.parse(at) < given ? [problem('it is before the Consent was given')] : [];
}

/** R4 has no element for why and when a Consent was taken back: a Provenance of it says so. Its terms stay as they were signed. */
function revocation(id: string, reason: string, at: string, { requester, now }: AdminRequest): Resource {
  const { fhirUser, issuer, id: value } = requester;
  return {
    resourceType: 'Provenance',
    target: [{ reference: `Consent/${id}` }],
    occurredDateTime: at,
    recorded: now,
    reason: [{ text: reason }],
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'UPDATE', display: 'revise' }] },
    agent: [
      {
        type: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'enterer', display: 'Enterer' }],
        },
        who: fhirUser === undefined ? { identifier: { system: issuer, value } } : { reference: fhirUser },
      },
    ],
  };
}

function subjectsOf(consent: Resource, base: string): readonly string[] {
  const named = [consent.patient?.reference, consent.subject?.reference].filter((text) => typeof text === 'string');
  return [...new Set(named.map((text) => localReference(text, base)).filter((one) => one !== undefined && PATIENT.test(one)))] as string[];
}

function flag({ query }: AdminRequest, name: string): boolean {
  const text = query.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new PrivityError('invalid-request', `${name}: true or false`);
  return text === 'true';
}
