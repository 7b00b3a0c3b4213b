/**
 * Organization policy sets (design.md sections 4.3 and 5): versions that never change, and which of them is in force. An act
 * names the revision that it saw, so that two administrators at once can't undo each other unseen; it is in force at every
 * replica from its own commit on, and a crash before that leaves everything as it was.
 */
import { createHash } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { PrivityError } from '../errors.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import type { PoliciesInForce } from './policy-store-in-force.ts';
import {
  type ActivationEntry,
  type ActivationRow,
  type ActKind,
  activationOf,
  type PolicySetDraft,
  type PolicySetState,
  type PolicySetVersion,
  type StateRow,
  stateOf,
  VERSION_COLUMNS,
  type VersionRow,
  versionOf,
} from './policy-store-rows.ts';

/** What an administrator does to a set; `by` names the person, `seen` is the revision that the person saw. */
export interface PolicyAct {
  readonly name: string;
  readonly kind: ActKind;
  /** Of `activate`. */
  readonly version?: number;
  readonly seen: number;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface PolicyStore {
  list(): Promise<readonly PolicySetState[]>;
  state(name: string): Promise<PolicySetState | undefined>;
  versions(name: string): Promise<readonly PolicySetVersion[]>;
  version(name: string, version: number): Promise<PolicySetVersion | undefined>;
  /** What was in force when, oldest first. */
  history(name: string): Promise<readonly ActivationEntry[]>;
  /**
   * Adds a version; one with the text of the latest is that one.
   * @param seen revision that the uploader saw; absent: the set must be new
   * @throws PrivityError `precondition-required`, `version-mismatch`
   */
  upload(draft: PolicySetDraft, seen: number | undefined, by: string, at: string): Promise<{ version: PolicySetVersion; added: boolean }>;
  /**
   * @returns the state after it; `pending` where a second person has to do the same
   * @throws PrivityError `not-found`, `version-mismatch`, `not-possible`, `policy-invalid`
   */
  act(act: PolicyAct): Promise<PolicySetState>;
  /** Puts these in force where no set ever was: the configuration's sets at the first start. Announces what is in force. */
  seed(drafts: readonly PolicySetDraft[], at: string): Promise<void>;
}

export interface PolicyStoreOptions {
  readonly database: Database;
  readonly inForce: PoliciesInForce;
  /** Whether every act needs a second person. */
  readonly twoPersons: boolean;
}

/** One act at a time, everywhere. */
const ACTS = [7704, 1] as const;
const BY_CONFIGURATION = 'configuration';

export function createPolicyStore({ database: { sql }, inForce, twoPersons }: PolicyStoreOptions): PolicyStore {
  const timely = <T>(answer: Promise<T>) => withinDeadline(answer, 'policy sets');
  return {
    list: async () => (await timely(sql<StateRow[]>`select * from policy_set order by name`)).map(stateOf),
    state: (name) => timely(readState(sql, name)),
    async versions(name) {
      const rows = sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version where name = ${name} order by version`;
      return (await timely(rows)).map(versionOf);
    },
    version: (name, version) => timely(readVersion(sql, name, version)),
    history: (name) => timely(readHistory(sql, name)),
    upload: (draft, seen, by, at) => timely(sql.begin((tx) => upload(tx, draft, seen, by, at)) as ReturnType<PolicyStore['upload']>),
    async act(act) {
      const state = (await timely(sql.begin((tx) => carryOut(tx, act, inForce, twoPersons)))) as PolicySetState;
      await inForce.refresh();
      return state;
    },
    async seed(drafts, at) {
      await timely(sql.begin((tx) => seed(tx, drafts, at, inForce)));
      await inForce.refresh();
    },
  };
}

async function readState(sql: Sql | TransactionSql, name: string): Promise<PolicySetState | undefined> {
  const [row] = await sql<StateRow[]>`select * from policy_set where name = ${name}`;
  return row && stateOf(row);
}

async function readVersion(sql: Sql | TransactionSql, name: string, version: number): Promise<PolicySetVersion | undefined> {
  const [row] = await sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version
    where name = ${name} and version = ${version}`;
  return row && versionOf(row);
}

async function readHistory(sql: Sql | TransactionSql, name: string): Promise<readonly ActivationEntry[]> {
  return (await sql<ActivationRow[]>`select * from policy_activation where name = ${name} order by id`).map(activationOf);
}

async function upload(tx: TransactionSql, draft: PolicySetDraft, seen: number | undefined, by: string, at: string) {
  await tx`select pg_advisory_xact_lock(${ACTS[0]}, ${ACTS[1]})`;
  const state = await readState(tx, draft.name);
  if (state !== undefined && seen === undefined) throw new PrivityError('precondition-required', 'a set of this name exists');
  if (state?.revision !== seen) throw new PrivityError('version-mismatch');
  const last = state && (await readVersion(tx, draft.name, state.latest));
  if (last !== undefined && isSame(last, draft)) return { version: last, added: false };
  const number = (state?.latest ?? 0) + 1;
  await tx`insert into policy_set (name, latest, revision) values (${draft.name}, ${number}, 1)
    on conflict (name) do update set latest = excluded.latest, revision = policy_set.revision + 1, pending = null`;
  return { version: await addVersion(tx, draft, number, by, at), added: true };
}

async function addVersion(tx: TransactionSql, draft: PolicySetDraft, version: number, by: string, at: string): Promise<PolicySetVersion> {
  const { name, mode, title, purpose, author, effective, files } = draft;
  const digest = createHash('sha256')
    .update(JSON.stringify([mode, files.map(({ path, text }) => [path, text])]))
    .digest('hex');
  const [row] = await tx<VersionRow[]>`
    insert into policy_set_version (name, version, mode, title, purpose, author, effective_from, effective_until, files, digest,
      uploaded_by, uploaded_at)
    values (${name}, ${version}, ${mode}, ${title}, ${purpose}, ${author}, ${effective.from ?? null}::text::date,
      ${effective.until ?? null}::text::date, ${tx.json(files as never)}, ${digest}, ${by}, ${at}::text::timestamptz)
    returning ${tx.unsafe(VERSION_COLUMNS)}`;
  return versionOf(row as VersionRow);
}

function isSame(a: PolicySetDraft, b: PolicySetDraft): boolean {
  const words = ({ mode, title, purpose, author, effective, files }: PolicySetDraft) =>
    JSON.stringify([mode, title, purpose, author, effective.from, effective.until, files.map(({ path, text }) => [path, text])]);
  return words(a) === words(b);
}

async function carryOut(tx: TransactionSql, act: PolicyAct, inForce: PoliciesInForce, twoPersons: boolean): Promise<PolicySetState> {
  await tx`select pg_advisory_xact_lock(${ACTS[0]}, ${ACTS[1]})`;
  const state = await readState(tx, act.name);
  if (state === undefined) throw new PrivityError('not-found');
  if (state.revision !== act.seen) throw new PrivityError('version-mismatch');
  const target = await targetOf(tx, act, state);
  if (target === state.active) throw new PrivityError('not-possible', target === undefined ? 'not in force' : 'in force already');
  const { pending } = state;
  const asked = pending !== undefined && pending.kind === act.kind && pending.version === target;
  if (twoPersons && (!asked || pending.by === act.by)) {
    if (asked) throw new PrivityError('not-possible', 'a second person has to do the same');
    const waiting = { kind: act.kind, ...(target === undefined ? {} : { version: target }), by: act.by, at: act.at };
    await tx`update policy_set set pending = ${tx.json(waiting)}, revision = revision + 1 where name = ${act.name}`;
  } else {
    await tx`update policy_set set active = ${target ?? null}, pending = null, revision = revision + 1 where name = ${act.name}`;
    await addActivation(
      tx,
      act.kind,
      act.name,
      target,
      twoPersons && pending !== undefined ? [pending.by, act.by] : [act.by],
      act.at,
      inForce,
    );
  }
  return (await readState(tx, act.name)) as PolicySetState;
}

/** The version that shall be in force; `undefined`: none. */
async function targetOf(tx: TransactionSql, act: PolicyAct, { name }: PolicySetState): Promise<number | undefined> {
  if (act.kind === 'deactivate') return undefined;
  if (act.kind === 'rollback') return before(await readHistory(tx, name));
  const version = act.version === undefined ? undefined : await readVersion(tx, name, act.version);
  if (version === undefined) throw new PrivityError('not-found', 'no such version');
  const { from, until } = version.effective;
  const day = act.at.slice(0, 10);
  if (from !== undefined && day < from) throw new PrivityError('not-possible', `not effective before ${from}`);
  if (until !== undefined && day > until) throw new PrivityError('not-possible', `not effective after ${until}`);
  return version.version;
}

/** What was in force before the last act that was not taken back: rolling back twice goes two steps back. */
function before(history: readonly ActivationEntry[]): number | undefined {
  const steps: (number | undefined)[] = [];
  for (const { kind, version } of history) {
    if (kind === 'rollback') steps.pop();
    else steps.push(version);
  }
  if (steps.length === 0) throw new PrivityError('not-possible', 'nothing to roll back to');
  return steps.at(-2);
}

async function addActivation(
  tx: TransactionSql,
  kind: ActivationEntry['kind'],
  name: string,
  version: number | undefined,
  by: readonly string[],
  at: string,
  inForce: PoliciesInForce,
): Promise<void> {
  const policyVersion = await inForce.announce(tx);
  await tx`insert into policy_activation (name, version, kind, acted_by, acted_at, policy_version)
    values (${name}, ${version ?? null}, ${kind}, ${by as string[]}, ${at}::text::timestamptz, ${policyVersion})`;
}

async function seed(tx: TransactionSql, drafts: readonly PolicySetDraft[], at: string, inForce: PoliciesInForce): Promise<void> {
  await tx`select pg_advisory_xact_lock(${ACTS[0]}, ${ACTS[1]})`;
  const [first] = await tx`insert into setting (name, value) values ('policy-sets-seeded', 'true') on conflict do nothing returning name`;
  for (const draft of first === undefined ? [] : drafts) {
    await tx`insert into policy_set (name, latest, active, revision) values (${draft.name}, 1, 1, 1)`;
    await addVersion(tx, draft, 1, BY_CONFIGURATION, at);
  }
  if (first === undefined || drafts.length === 0) await inForce.announce(tx);
  else for (const { name } of drafts) await addActivation(tx, 'seed', name, 1, [BY_CONFIGURATION], at, inForce);
}
