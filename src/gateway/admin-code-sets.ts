/**
 * `/admin/code-sets`: FHIR ValueSets as code sets, uploaded, read, compared and put in force by policy administrators (design.md
 * sections 4.1 and 6), by the same acts as policy sets. An uploaded set puts labels on; no label of a shipped set goes away.
 */
import type { FastifyInstance } from 'fastify';
import type { CodeSetState, CodeSetStore } from '../adapters/code-set-store.ts';
import type { CodeSetVersion } from '../adapters/code-set-store-rows.ts';
import type { PoliciesInForce } from '../adapters/policy-store-in-force.ts';
import { lastActOf } from '../adapters/policy-store-rows.ts';
import type { VersionAct } from '../adapters/versioned-sets.ts';
import { type CodeSetDiff, diffCodeSets } from '../classify/diff-code-sets.ts';
import { PrivityError } from '../errors.ts';
import { Activation, type ActRequest, Withdrawal } from './admin-act.ts';
import { CodeSetUpload, type ExpandValueSet, judgeUpload } from './admin-code-set-draft.ts';
import { type CodeSetPreviewOptions, CodeSetPreviewRequest, previewCodeSet } from './admin-code-set-preview.ts';
import { AdminProblem } from './admin-problem.ts';
import { type AdminAnswer, type AdminChange, type AdminDoor, type AdminRequest, adminRoute, etagOf } from './admin-route.ts';

export interface AdminCodeSetsOptions extends CodeSetPreviewOptions {
  readonly door: AdminDoor;
  readonly store: CodeSetStore;
  readonly inForce: PoliciesInForce;
  /** Absent where no terminology server is configured. */
  readonly expand?: ExpandValueSet | undefined;
}

const ROLES = ['policy-admin'] as const;
/** Codes of a difference that are listed; all are counted. */
const LISTED = 1000;

export function adminCodeSets(app: FastifyInstance, options: AdminCodeSetsOptions): void {
  const { door } = options;
  const target = ({ parameters }: AdminRequest) => `code-sets/${nameIn(parameters)}`;
  const read = { interaction: 'read', action: 'R', roles: ROLES, target } as const;
  const reads = (path: string, handle: (options: AdminCodeSetsOptions, request: AdminRequest) => Promise<AdminAnswer>, more: object = {}) =>
    app.get(`/admin/code-sets/:name${path}`, adminRoute(door, { ...read, ...more, handle: (request) => handle(options, request) }));
  app.get(
    '/admin/code-sets',
    adminRoute(door, { ...read, interaction: 'search', action: 'E', target: 'code-sets', handle: () => list(options) }),
  );
  const upload = { interaction: 'upload', action: 'C', roles: ROLES, query: ['dryRun'], target: 'code-sets' } as const;
  app.post('/admin/code-sets', adminRoute(door, { ...upload, handle: (request) => take(options, request) }));
  reads('', readSet);
  reads('/versions', versions);
  reads('/versions/:version', readVersion);
  reads('/versions/:version/diff', diff, { interaction: 'diff', query: ['against'] });
  app.post(
    '/admin/code-sets/:name/preview',
    adminRoute(door, { ...read, interaction: 'preview', action: 'E', events: true, handle: (request) => preview(options, request) }),
  );
  for (const kind of ['activate', 'deactivate', 'rollback', 'withdraw'] as const) {
    const handle = (request: AdminRequest) => act(options, kind, request);
    app.post(`/admin/code-sets/:name/${kind}`, adminRoute(door, { interaction: kind, action: 'U', roles: ROLES, target, handle }));
  }
}

async function list({ store, inForce }: AdminCodeSetsOptions): Promise<AdminAnswer> {
  const { version, codeSets } = inForce.state();
  const sets = codeSets.sets.map((set) => ({ name: set.name, version: set.version }));
  const listed = (await store.list()).map(async (state) => {
    const [versions, history] = await Promise.all([store.versions(state.name), store.history(state.name)]);
    const shown = versions.find(({ version: number }) => number === (state.active ?? state.latest));
    const lastAct = lastActOf(history);
    const said = shown === undefined ? {} : { title: shown.title, labels: shown.labels, codes: shown.codes, effective: shown.effective };
    return { ...state, ...said, ...(lastAct === undefined ? {} : { lastAct }) };
  });
  return { status: 200, body: { inForce: { version, sets }, sets: await Promise.all(listed), twoPersons: store.twoPersons } };
}

async function take(options: AdminCodeSetsOptions, request: AdminRequest): Promise<AdminAnswer | AdminChange> {
  const { draft, summary, problems } = await judgeUpload(
    request.body(CodeSetUpload),
    options.inForce.state().codeSets.index,
    options.expand,
  );
  if (draft === undefined) throw new AdminProblem('invalid-content', problems);
  if (flag(request, 'dryRun')) return { status: 200, body: { problems, summary } };
  return {
    target: `code-sets/${draft.name}`,
    carryOut: async () => {
      const { version, added } = await options.store.upload(draft, request.seen, request.person, request.now);
      const state = await stateOf(options, draft.name);
      return {
        status: added ? 201 : 200,
        headers: { ...etagOf(state.revision), location: `/admin/code-sets/${draft.name}/versions/${version.version}` },
        body: { ...state, version: withoutCodes(version), added, problems, summary },
      };
    },
  };
}

async function readSet(options: AdminCodeSetsOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  const history = await options.store.history(state.name);
  const shown = await options.store.version(state.name, state.active ?? state.latest);
  return {
    status: 200,
    headers: etagOf(state.revision),
    body: { ...state, version: shown && withoutCodes(shown), history, twoPersons: options.store.twoPersons },
  };
}

async function versions(options: AdminCodeSetsOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const state = await stateOf(options, nameIn(parameters));
  return { status: 200, headers: etagOf(state.revision), body: { ...state, versions: await options.store.versions(state.name) } };
}

async function readVersion({ store }: AdminCodeSetsOptions, { parameters }: AdminRequest): Promise<AdminAnswer> {
  const found = await store.version(nameIn(parameters), numberIn(parameters.version));
  if (found === undefined) throw new PrivityError('not-found');
  return { status: 200, body: found };
}

/** Against the version in force where nothing is said, else against the one before. */
async function diff(options: AdminCodeSetsOptions, { parameters, query }: AdminRequest): Promise<AdminAnswer> {
  const { name, active } = await stateOf(options, nameIn(parameters));
  const number = numberIn(parameters.version);
  const against = query.has('against') ? numberIn(query.get('against')) : active !== undefined && active !== number ? active : number - 1;
  const [before, after] = await Promise.all([options.store.version(name, against), options.store.version(name, number)]);
  if (before === undefined || after === undefined) throw new PrivityError('not-found');
  return {
    status: 200,
    body: { name, version: number, against, metadata: metadataChanges(before, after), ...shown(diffCodeSets(before, after)) },
  };
}

function shown({ labels, codes: { added, removed } }: CodeSetDiff) {
  return {
    labels,
    counts: { added: added.length, removed: removed.length },
    codes: { added: added.slice(0, LISTED), removed: removed.slice(0, LISTED) },
  };
}

async function preview(options: AdminCodeSetsOptions, request: AdminRequest): Promise<AdminAnswer> {
  const asked = request.body(CodeSetPreviewRequest);
  const { name } = await stateOf(options, nameIn(request.parameters));
  const version = asked.version === null ? undefined : await options.store.version(name, asked.version);
  if (asked.version !== null && version === undefined) throw new PrivityError('not-found', 'no such version');
  const body = await previewCodeSet(options, { name, version }, asked, request);
  return { status: 200, body, subjects: [...new Set(body.examples.flatMap(({ subject }) => subject ?? []))] };
}

function metadataChanges(before: CodeSetVersion, after: CodeSetVersion) {
  return (['title', 'purpose', 'author', 'effective'] as const).flatMap((name) =>
    JSON.stringify(before[name]) === JSON.stringify(after[name]) ? [] : [{ name, before: before[name], after: after[name] }],
  );
}

async function act(options: AdminCodeSetsOptions, kind: VersionAct['kind'], request: AdminRequest): Promise<AdminChange> {
  const name = nameIn(request.parameters);
  const body: ActRequest = request.body<ActRequest>(kind === 'activate' ? Activation : Withdrawal);
  const { seen, person: by, now: at } = request;
  await stateOf(options, name);
  if (seen === undefined) throw new PrivityError('precondition-required');
  if (body.version !== undefined && (await options.store.version(name, body.version)) === undefined) {
    throw new PrivityError('not-found', 'no such version');
  }
  return {
    target: `code-sets/${name}${body.version === undefined ? '' : `/versions/${body.version}`}`,
    carryOut: async () => {
      const state = await options.store.act({ name, kind, seen, by, at, ...body });
      const policyVersion = options.inForce.state().version;
      return { status: state.pending === undefined ? 200 : 202, headers: etagOf(state.revision), body: { ...state, policyVersion } };
    },
  };
}

async function stateOf({ store }: AdminCodeSetsOptions, name: string): Promise<CodeSetState> {
  const state = await store.state(name);
  if (state === undefined) throw new PrivityError('not-found');
  return state;
}

function withoutCodes({ systems, valueSet: _, ...rest }: CodeSetVersion) {
  return { ...rest, systems: systems.map(({ system, codes }) => ({ system, codes: codes.length })) };
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
