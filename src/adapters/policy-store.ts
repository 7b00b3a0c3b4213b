/**
 * Organization policy sets (design.md sections 4.3 and 5): versions that never change, and which of them is in force. An act
 * names the revision that it saw, so that two administrators at once can't undo each other unseen; it is in force at every
 * replica from its own commit on, and a crash before that leaves everything as it was.
 */
import { createHash } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import type { PoliciesInForce } from './policy-store-in-force.ts';
import {
  type ActivationEntry,
  type PolicySetDraft,
  type PolicySetState,
  type PolicySetVersion,
  type StateRow,
  stateOf,
  VERSION_COLUMNS,
  type VersionRow,
  versionOf,
} from './policy-store-rows.ts';
import {
  addActivation,
  carryOut,
  lockActs,
  nextVersion,
  readHistory,
  readState,
  seenState,
  type VersionAct,
  type VersionedTables,
} from './versioned-sets.ts';

export interface PolicyStore {
  /** Whether every act needs a second person. */
  readonly twoPersons: boolean;
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
  act(act: VersionAct): Promise<PolicySetState>;
  /** Puts these in force where no set ever was: the configuration's sets at the first start. Announces what is in force. */
  seed(drafts: readonly PolicySetDraft[], at: string): Promise<void>;
}

export interface PolicyStoreOptions {
  readonly database: Database;
  readonly inForce: PoliciesInForce;
  /** Whether every act needs a second person. */
  readonly twoPersons: boolean;
}

const TABLES: VersionedTables = { set: 'policy_set', version: 'policy_set_version', activation: 'policy_activation' };
const BY_CONFIGURATION = 'configuration';

export function createPolicyStore({ database: { sql }, inForce, twoPersons }: PolicyStoreOptions): PolicyStore {
  const timely = <T>(answer: Promise<T>) => withinDeadline(answer, 'policy sets');
  return {
    twoPersons,
    list: async () => (await timely(sql<StateRow[]>`select * from policy_set order by name`)).map(stateOf),
    state: (name) => timely(readState(sql, TABLES, name)),
    async versions(name) {
      const rows = sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version where name = ${name} order by version`;
      return (await timely(rows)).map(versionOf);
    },
    version: (name, version) => timely(readVersion(sql, name, version)),
    history: (name) => timely(readHistory(sql, TABLES, name)),
    upload: (draft, seen, by, at) => timely(sql.begin((tx) => upload(tx, draft, seen, by, at)) as ReturnType<PolicyStore['upload']>),
    async act(act) {
      const state = (await timely(sql.begin((tx) => carryOut(tx, TABLES, act, inForce, twoPersons)))) as PolicySetState;
      await inForce.refresh();
      return state;
    },
    async seed(drafts, at) {
      await timely(sql.begin((tx) => seed(tx, drafts, at, inForce)));
      await inForce.refresh();
    },
  };
}

async function readVersion(sql: Sql | TransactionSql, name: string, version: number): Promise<PolicySetVersion | undefined> {
  const [row] = await sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version
    where name = ${name} and version = ${version}`;
  return row && versionOf(row);
}

async function upload(tx: TransactionSql, draft: PolicySetDraft, seen: number | undefined, by: string, at: string) {
  const state = await seenState(tx, TABLES, draft.name, seen);
  const last = state && (await readVersion(tx, draft.name, state.latest));
  if (last !== undefined && isSame(last, draft)) return { version: last, added: false };
  const number = await nextVersion(tx, TABLES, draft.name, state?.latest);
  return { version: await addVersion(tx, draft, number, by, at), added: true };
}

async function addVersion(tx: TransactionSql, draft: PolicySetDraft, version: number, by: string, at: string): Promise<PolicySetVersion> {
  const { name, mode, title, purpose, author, effective, citations = [], files } = draft;
  const digest = createHash('sha256')
    .update(JSON.stringify([mode, files.map(({ path, text }) => [path, text])]))
    .digest('hex');
  const [row] = await tx<VersionRow[]>`
    insert into policy_set_version (name, version, mode, title, purpose, author, effective_from, effective_until, citations, files, digest,
      uploaded_by, uploaded_at)
    values (${name}, ${version}, ${mode}, ${title}, ${purpose}, ${author}, ${effective.from ?? null}::text::date,
      ${effective.until ?? null}::text::date, ${tx.json(citations as never)}, ${tx.json(files as never)}, ${digest}, ${by}, ${at}::text::timestamptz)
    returning ${tx.unsafe(VERSION_COLUMNS)}`;
  return versionOf(row as VersionRow);
}

function isSame(a: PolicySetDraft, b: PolicySetDraft): boolean {
  const words = ({ mode, title, purpose, author, effective, citations = [], files }: PolicySetDraft) =>
    JSON.stringify([
      [mode, title, purpose, author, effective.from, effective.until],
      citations.map(({ citation, url }) => [citation, url]),
      files.map(({ path, text }) => [path, text]),
    ]);
  return words(a) === words(b);
}

async function seed(tx: TransactionSql, drafts: readonly PolicySetDraft[], at: string, inForce: PoliciesInForce): Promise<void> {
  await lockActs(tx);
  const [first] = await tx`insert into setting (name, value) values ('policy-sets-seeded', 'true') on conflict do nothing returning name`;
  for (const draft of first === undefined ? [] : drafts) {
    await tx`insert into policy_set (name, latest, active, revision) values (${draft.name}, 1, 1, 1)`;
    await addVersion(tx, draft, 1, BY_CONFIGURATION, at);
  }
  if (first === undefined || drafts.length === 0) await inForce.announce(tx);
  else
    for (const { name } of drafts) await addActivation(tx, TABLES, { kind: 'seed', version: 1, by: [BY_CONFIGURATION], at }, name, inForce);
}
