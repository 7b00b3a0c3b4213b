/**
 * `/admin/policies`: organization policy sets, uploaded, read, compared and put in force by policy administrators (design.md
 * sections 4.3 and 6). What an act changes it names with If-Match; what is wrong with a draft is told line by line.
 */
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../adapters/database.ts';
import type { PolicyStore } from '../adapters/policy-store.ts';
import type { PoliciesInForce } from '../adapters/policy-store-in-force.ts';
import { lastActOf, type PolicySetDraft, type PolicySetState, type PolicySetVersion } from '../adapters/policy-store-rows.ts';
import type { VersionAct } from '../adapters/versioned-sets.ts';
import { PrivityError } from '../errors.ts';
import type { PolicyFoundation } from '../policy/build-foundation.ts';
import { type DescribedPolicy, describePolicy } from '../policy/describe-policy.ts';
import { diffSets } from '../policy/diff-sets.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import type { PolicyNames } from '../policy/policy-words.ts';
import { readUploadedSet } from '../policy/read-uploaded-set.ts';
import { standingOn } from '../policy/standing-on.ts';
import { Activation, type ActRequest, Withdrawal } from './admin-act.ts';
import { adminLaw } from './admin-law.ts';
import { readDraft } from './admin-policy-draft.ts';
import { effectsOf, matrixOf } from './admin-policy-effects.ts';
import { PreviewRequest, previewSet } from './admin-preview.ts';
import { AdminProblem } from './admin-problem.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute, etagOf } from './admin-route.ts';

export interface AdminPoliciesOptions {
  readonly door: AdminDoor;
  readonly store: PolicyStore;
  readonly inForce: PoliciesInForce;
  readonly foundation: PolicyFoundation;
  readonly database: Database;
  /** For what is told of policies in prose. */
  readonly names: PolicyNames;
}

const ROLES = ['policy-admin'] as const;

export function adminPolicies(app: FastifyInstance, options: AdminPoliciesOptions): void {
  const { door } = options;
  adminLaw(app, options);
  const setTarget = ({ parameters }: AdminRequest) => `policies/${nameIn(parameters)}`;
  const read = { interaction: 'read', action: 'R', roles: ROLES, target: setTarget } as const;
  app.get(
    '/admin/policies',
    adminRoute(door, { ...read, interaction: 'search', action: 'E', target: 'policies', handle: (request) => list(options, request) }),
  );
  const uploading = { interaction: 'upload', action: 'C', roles: ROLES, query: ['dryRun'], target: 'policies' } as const;
  // Forms are taken here alone: elsewhere every body is text.
  app.register(async (forms) => {
    await forms.register(multipart);
    forms.post('/admin/policies', adminRoute(door, { ...uploading, handle: (request) => upload(options, request) }));
  });
  app.get('/admin/policies/:name', adminRoute(door, { ...read, handle: (request) => readSet(options, request) }));
  app.get('/admin/policies/:name/versions', adminRoute(door, { ...read, handle: (request) => versions(options, request) }));
  app.get('/admin/policies/:name/versions/:version', adminRoute(door, { ...read, handle: (request) => readVersion(options, request) }));
  app.get(
    '/admin/policies/:name/versions/:version/diff',
    adminRoute(door, { ...read, interaction: 'diff', query: ['against'], handle: (request) => diff(options, request) }),
  );
  app.post(
    '/admin/policies/:name/preview',
    adminRoute(door, { ...read, interaction: 'preview', action: 'E', events: true, handle: (request) => preview(options, request) }),
  );
  for (const kind of ['activate', 'deactivate', 'rollback', 'withdraw'] as const) {
    const handle = (request: AdminRequest) => act(options, kind, request);
    app.post(
      `/admin/policies/:name/${kind}`,
      adminRoute(door, { interaction: kind, action: 'U', roles: ROLES, target: setTarget, handle }),
    );
  }
}

async function list({ store, inForce }: AdminPoliciesOptions, { now }: AdminRequest): Promise<AdminAnswer> {
  const { version, sets } = inForce.state();
  const listed = (await store.list()).map(async (state) => {
    const [shown, history] = await Promise.all([store.version(state.name, state.active ?? state.latest), store.history(state.name)]);
    const lastAct = lastActOf(history);
    const said = shown === undefined ? {} : { title: shown.title, ...datesOf(shown, now) };
    return { ...state, ...said, ...(lastAct === undefined ? {} : { lastAct }) };
  });
  return { status: 200, body: { inForce: { version, sets }, sets: await Promise.all(listed), twoPersons: store.twoPersons } };
}

async function upload(options: AdminPoliciesOptions, request: AdminRequest): Promise<AdminAnswer | AdminChange> {
  const { foundation, store } = options;
  const draft = await readDraft(request);
  const { problems, set } = readUploadedSet(draft, foundation);
  if (set === undefined) throw new AdminProblem('policy-invalid', problems);
  const answer = {
    problems,
    ...datesOf(draft, request.now),
    matrix: await matrixOf(foundation, set),
    effects: await effectsOf(foundation, set, request.signal),
    policies: told(options, set),
  };
  if (flag(request, 'dryRun')) return { status: 200, body: answer };
  return {
    target: `policies/${draft.name}`,
    carryOut: async () => {
      const { version, added } = await store.upload(draft, request.seen, request.person, request.now);
      const state = await stateOf(options, draft.name);
      return {
        status: added ? 201 : 200,
        headers: { ...etagOf(state.revision), location: `/admin/policies/${draft.name}/versions/${version.version}` },
        body: { ...state, version: withoutFiles(version), added, ...answer },
      };
    },
  };
}

/** What its days say of today: a set stays in force after the last of them (src/policy/standing-on.ts). */
function datesOf({ effective }: Pick<PolicySetDraft, 'effective'>, now: string) {
  return { effective, standing: standingOn(effective, now.slice(0, 10)) };
}

async function readSet(options: AdminPoliciesOptions, { parameters, now }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  const history = await options.store.history(state.name);
  const shown = await options.store.version(state.name, state.active ?? state.latest);
  const dates = shown === undefined ? {} : datesOf(shown, now);
  return {
    status: 200,
    headers: etagOf(state.revision),
    body: { ...state, ...dates, version: shown, history, twoPersons: options.store.twoPersons },
  };
}

async function versions(options: AdminPoliciesOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  const all = await options.store.versions(state.name);
  return { status: 200, headers: etagOf(state.revision), body: { ...state, versions: all.map(withoutFiles) } };
}

async function readVersion(options: AdminPoliciesOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const found = await options.store.version(nameIn(parameters), numberIn(parameters.version));
  if (found === undefined) throw new PrivityError('not-found');
  // One that is no longer sound under the law of a newer Privity can still be read.
  const { set } = readUploadedSet(found, options.foundation);
  return { status: 200, body: { ...found, policies: set === undefined ? [] : told(options, set) } };
}

function told({ names }: AdminPoliciesOptions, { statements }: PolicySet): readonly DescribedPolicy[] {
  return statements.map((statement) => describePolicy(statement, names));
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
  const { now, progress, signal } = request;
  const answer = await previewSet(options, parsed(options, version), asked, { now, progress, signal });
  return { status: 200, body: { ...answer, ...datesOf(version, now) }, subjects: Object.keys(answer.byPatient) };
}

/** A version was sound when it was uploaded; under the law of a newer Privity it may no longer be. */
function parsed({ foundation }: AdminPoliciesOptions, version: PolicySetVersion) {
  const { set, problems } = readUploadedSet(version, foundation);
  if (set === undefined) throw new AdminProblem('policy-invalid', problems);
  return set;
}

function metadataChanges(before: PolicySetVersion, after: PolicySetVersion) {
  return (['mode', 'title', 'purpose', 'author', 'effective', 'citations'] as const).flatMap((name) =>
    JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [{ name, before: before[name], after: after[name] }],
  );
}

async function act(options: AdminPoliciesOptions, kind: VersionAct['kind'], request: AdminRequest): Promise<AdminChange> {
  const name = nameIn(request.parameters);
  const body: ActRequest = request.body<ActRequest>(kind === 'activate' ? Activation : Withdrawal);
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
