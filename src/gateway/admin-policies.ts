/**
 * `/admin/policies`: organization policy sets, uploaded, read, compared and put in force by policy administrators (design.md
 * sections 4.3 and 6). What an act changes it names with If-Match; what is wrong with a draft is told line by line.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Database } from '../adapters/database.ts';
import type { PolicyStore } from '../adapters/policy-store.ts';
import type { PoliciesInForce } from '../adapters/policy-store-in-force.ts';
import type { ActKind, PolicySetState, PolicySetVersion } from '../adapters/policy-store-rows.ts';
import { PrivityError } from '../errors.ts';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { createEvaluator } from '../policy/create-evaluator.ts';
import { diffSets } from '../policy/diff-sets.ts';
import { freeValues } from '../policy/free-values.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import { type MatrixPreview, previewMatrix } from '../policy/preview-matrix.ts';
import type { PolicyEvaluator } from '../policy/question.ts';
import { readUploadedSet } from '../policy/read-uploaded-set.ts';
import { PreviewRequest, previewSet } from './admin-preview.ts';
import { AdminProblem } from './admin-problem.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute, etagOf } from './admin-route.ts';

export interface AdminPoliciesOptions {
  readonly door: AdminDoor;
  readonly store: PolicyStore;
  readonly inForce: PoliciesInForce;
  readonly foundation: PolicyFoundation;
  readonly database: Database;
}

const ROLES = ['policy-admin'] as const;
const MAX_FILES = 32;
const MAX_TEXT = 262_144;

const Line = z.string().trim().min(1).max(200);
const Day = z.iso.date();
const Draft = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, a letter first, 64 at most'),
    mode: z.enum(['baseline', 'permit-list']).default('baseline'),
    title: Line,
    purpose: z.string().trim().min(1).max(2000),
    author: Line,
    effective: z.strictObject({ from: Day.optional(), until: Day.optional() }).default({}),
    files: z
      .array(
        z.strictObject({
          path: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.cedar$/, 'a file name that ends in .cedar'),
          text: z.string().min(1).max(MAX_TEXT),
        }),
      )
      .min(1)
      .max(MAX_FILES),
  })
  .refine(({ files }) => new Set(files.map(({ path }) => path)).size === files.length, { path: ['files'], message: 'a path stands twice' })
  .refine(({ files }) => files.reduce((sum, { text }) => sum + text.length, 0) <= MAX_TEXT, {
    path: ['files'],
    message: `more than ${MAX_TEXT} characters`,
  })
  .refine(({ effective: { from, until } }) => from === undefined || until === undefined || from <= until, {
    path: ['effective'],
    message: 'it ends before it begins',
  });
const Activation = z.strictObject({ version: z.int().positive() });
const Nothing = z.strictObject({});

export function adminPolicies(app: FastifyInstance, options: AdminPoliciesOptions): void {
  const { door } = options;
  const setTarget = ({ parameters }: AdminRequest) => `policies/${nameIn(parameters)}`;
  const read = { interaction: 'read', action: 'R', roles: ROLES, target: setTarget } as const;
  app.get(
    '/admin/policies',
    adminRoute(door, { ...read, interaction: 'search', action: 'E', target: 'policies', handle: () => list(options) }),
  );
  app.post(
    '/admin/policies',
    adminRoute(door, {
      interaction: 'upload',
      action: 'C',
      roles: ROLES,
      query: ['dryRun'],
      target: 'policies',
      handle: (request) => upload(options, request),
    }),
  );
  app.get('/admin/policies/:name', adminRoute(door, { ...read, handle: (request) => readSet(options, request) }));
  app.get('/admin/policies/:name/versions', adminRoute(door, { ...read, handle: (request) => versions(options, request) }));
  app.get('/admin/policies/:name/versions/:version', adminRoute(door, { ...read, handle: (request) => readVersion(options, request) }));
  app.get(
    '/admin/policies/:name/versions/:version/diff',
    adminRoute(door, { ...read, interaction: 'diff', query: ['against'], handle: (request) => diff(options, request) }),
  );
  app.post(
    '/admin/policies/:name/preview',
    adminRoute(door, { ...read, interaction: 'preview', action: 'E', handle: (request) => preview(options, request) }),
  );
  for (const kind of ['activate', 'deactivate', 'rollback'] as const) {
    const handle = (request: AdminRequest) => act(options, kind, request);
    app.post(
      `/admin/policies/:name/${kind}`,
      adminRoute(door, { interaction: kind, action: 'U', roles: ROLES, target: setTarget, handle }),
    );
  }
}

async function list({ store, inForce }: AdminPoliciesOptions): Promise<AdminAnswer> {
  const { version, sets } = inForce.state();
  return { status: 200, body: { inForce: { version, sets }, sets: await store.list() } };
}

async function upload(options: AdminPoliciesOptions, request: AdminRequest): Promise<AdminAnswer | AdminChange> {
  const draft = request.body(Draft);
  const { problems, set } = readUploadedSet(draft, options.foundation);
  if (set === undefined) throw new AdminProblem('policy-invalid', problems);
  const matrix = await matrixOf(options, set);
  if (flag(request, 'dryRun')) return { status: 200, body: { problems, matrix } };
  return {
    target: `policies/${draft.name}`,
    carryOut: async () => {
      const { version, added } = await options.store.upload(draft, request.seen, request.person, request.now);
      const state = await stateOf(options, draft.name);
      return {
        status: added ? 201 : 200,
        headers: { ...etagOf(state.revision), location: `/admin/policies/${draft.name}/versions/${version.version}` },
        body: { ...state, version: withoutFiles(version), added, problems, matrix },
      };
    },
  };
}

/** It remembers what it was asked. */
const lawAlone = new WeakMap<PolicyFoundation, PolicyEvaluator>();

/** What the set alone takes from the law, row by row. */
function matrixOf({ foundation }: AdminPoliciesOptions, set: PolicySet): Promise<MatrixPreview> {
  const law = lawAlone.get(foundation) ?? createEvaluator({ ...foundation, version: 'law', organizations: [] });
  lawAlone.set(foundation, law);
  const both = createEvaluator({ ...foundation, version: 'upload', organizations: [set] });
  return previewMatrix(law, both, freeValues(set), breathe);
}

async function readSet(options: AdminPoliciesOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  const history = await options.store.history(state.name);
  const shown = await options.store.version(state.name, state.active ?? state.latest);
  return { status: 200, headers: etagOf(state.revision), body: { ...state, version: shown, history } };
}

async function versions(options: AdminPoliciesOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  const all = await options.store.versions(state.name);
  return { status: 200, headers: etagOf(state.revision), body: { ...state, versions: all.map(withoutFiles) } };
}

async function readVersion({ store }: AdminPoliciesOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const found = await store.version(nameIn(parameters), numberIn(parameters.version));
  if (found === undefined) throw new PrivityError('not-found');
  return { status: 200, body: found };
}

/** Against the version in force where nothing is said, else against the one before. */
async function diff(options: AdminPoliciesOptions, { parameters, query }: AdminRequest): Promise<AdminAnswer> {
  const { name, active } = await stateOf(options, nameIn(parameters));
  const number = numberIn(parameters.version);
  const against = query.has('against') ? numberIn(query.get('against')) : active !== undefined && active !== number ? active : number - 1;
  const [before, after] = await Promise.all([options.store.version(name, against), options.store.version(name, number)]);
  if (before === undefined || after === undefined) throw new PrivityError('not-found');
  const policies = diffSets(parsed(options, before), parsed(options, after));
  return { status: 200, body: { name, version: number, against, metadata: metadataChanges(before, after), policies } };
}

async function preview(options: AdminPoliciesOptions, request: AdminRequest): Promise<AdminAnswer> {
  const asked = request.body(PreviewRequest);
  const version = await options.store.version(nameIn(request.parameters), asked.version);
  if (version === undefined) throw new PrivityError('not-found');
  const answer = await previewSet(options, parsed(options, version), asked, request.now);
  return { status: 200, body: answer, subjects: Object.keys(answer.byPatient) };
}

/** A version was sound when it was uploaded; under the law of a newer Privity it may no longer be. */
function parsed({ foundation }: AdminPoliciesOptions, version: PolicySetVersion) {
  const { set, problems } = readUploadedSet(version, foundation);
  if (set === undefined) throw new AdminProblem('policy-invalid', problems);
  return set;
}

function metadataChanges(before: PolicySetVersion, after: PolicySetVersion) {
  return (['mode', 'title', 'purpose', 'author', 'effective'] as const).flatMap((name) =>
    JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [{ name, before: before[name], after: after[name] }],
  );
}

async function act(options: AdminPoliciesOptions, kind: ActKind, request: AdminRequest): Promise<AdminChange> {
  const name = nameIn(request.parameters);
  const body: { version?: number } = request.body<{ version?: number }>(kind === 'activate' ? Activation : Nothing);
  const { seen, person: by, now: at } = request;
  await stateOf(options, name);
  if (seen === undefined) throw new PrivityError('precondition-required');
  if (body.version !== undefined) {
    const version = await options.store.version(name, body.version);
    if (version === undefined) throw new PrivityError('not-found', 'no such version');
    parsed(options, version);
  }
  return {
    target: `policies/${name}${body.version === undefined ? '' : `/versions/${body.version}`}`,
    carryOut: async () => {
      const state = await options.store.act({ name, kind, seen, by, at, ...body });
      const policyVersion = options.inForce.state().version;
      return { status: state.pending === undefined ? 200 : 202, headers: etagOf(state.revision), body: { ...state, policyVersion } };
    },
  };
}

async function stateOf({ store }: AdminPoliciesOptions, name: string): Promise<PolicySetState> {
  const state = await store.state(name);
  if (state === undefined) throw new PrivityError('not-found');
  return state;
}

function withoutFiles({ files, ...rest }: PolicySetVersion) {
  return { ...rest, files: files.map(({ path }) => path) };
}

function nameIn({ name }: AdminRequest['parameters']): string {
  if (name === undefined || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) throw new PrivityError('not-found');
  return name;
}

function numberIn(text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) throw new PrivityError('not-found');
  return Number(text);
}

function flag({ query }: AdminRequest, name: string): boolean {
  const text = query.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new PrivityError('invalid-request', `${name}: true or false`);
  return text === 'true';
}
