/**
 * Code sets of administrators (design.md sections 4.1 and 5): versions that never change, and which of them is in force, by the same
 * acts as policy sets (versioned-sets.ts). What is in force is part of the policy's version, so that labels and decisions under
 * another code set are found stale at the commit of the log.
 */
import { createHash } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import {
  CODE_SET_COLUMNS,
  type CodeSetDraft,
  type CodeSetRow,
  type CodeSetSummary,
  type CodeSetVersion,
  codeSetVersionOf,
  SUMMARY_COLUMNS,
  type SummaryRow,
  summaryOf,
} from './code-set-store-rows.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import type { PoliciesInForce } from './policy-store-in-force.ts';
import { type ActivationEntry, type PolicySetState, type StateRow, stateOf } from './policy-store-rows.ts';
import { carryOut, nextVersion, readHistory, readState, seenState, type VersionAct, type VersionedTables } from './versioned-sets.ts';

/** What changes: the same of policy sets and of code sets. */
export type CodeSetState = PolicySetState;

export interface CodeSetStore {
  /** Whether every act needs a second person. */
  readonly twoPersons: boolean;
  list(): Promise<readonly CodeSetState[]>;
  state(name: string): Promise<CodeSetState | undefined>;
  /** Without codes. */
  versions(name: string): Promise<readonly CodeSetSummary[]>;
  version(name: string, version: number): Promise<CodeSetVersion | undefined>;
  /** What was in force when, oldest first. */
  history(name: string): Promise<readonly ActivationEntry[]>;
  /**
   * Adds a version; one that says the same as the latest is that one.
   * @param seen revision that the uploader saw; absent: the set must be new
   * @throws PrivityError `precondition-required`, `version-mismatch`
   */
  upload(draft: CodeSetDraft, seen: number | undefined, by: string, at: string): Promise<{ version: CodeSetVersion; added: boolean }>;
  /**
   * @returns the state after it; `pending` where a second person has to do the same
   * @throws PrivityError `not-found`, `version-mismatch`, `not-possible`
   */
  act(act: VersionAct): Promise<CodeSetState>;
}

export interface CodeSetStoreOptions {
  readonly database: Database;
  readonly inForce: PoliciesInForce;
  /** Whether every act needs a second person. */
  readonly twoPersons: boolean;
}

const TABLES: VersionedTables = { set: 'code_set', version: 'code_set_version', activation: 'code_set_activation' };

export function createCodeSetStore({ database: { sql }, inForce, twoPersons }: CodeSetStoreOptions): CodeSetStore {
  const timely = <T>(answer: Promise<T>) => withinDeadline(answer, 'code sets');
  return {
    twoPersons,
    list: async () => (await timely(sql<StateRow[]>`select * from code_set order by name`)).map(stateOf),
    state: (name) => timely(readState(sql, TABLES, name)),
    async versions(name) {
      const rows = sql<SummaryRow[]>`select ${sql.unsafe(SUMMARY_COLUMNS)} from code_set_version where name = ${name} order by version`;
      return (await timely(rows)).map(summaryOf);
    },
    version: (name, version) => timely(readVersion(sql, name, version)),
    history: (name) => timely(readHistory(sql, TABLES, name)),
    upload: (draft, seen, by, at) => timely(sql.begin((tx) => upload(tx, draft, seen, by, at)) as ReturnType<CodeSetStore['upload']>),
    async act(act) {
      const state = (await timely(sql.begin((tx) => carryOut(tx, TABLES, act, inForce, twoPersons)))) as CodeSetState;
      await inForce.refresh();
      return state;
    },
  };
}

async function readVersion(sql: Sql | TransactionSql, name: string, version: number): Promise<CodeSetVersion | undefined> {
  const [row] = await sql<CodeSetRow[]>`select ${sql.unsafe(CODE_SET_COLUMNS)} from code_set_version
    where name = ${name} and version = ${version}`;
  return row && codeSetVersionOf(row);
}

async function upload(tx: TransactionSql, draft: CodeSetDraft, seen: number | undefined, by: string, at: string) {
  const state = await seenState(tx, TABLES, draft.name, seen);
  const last = state && (await readVersion(tx, draft.name, state.latest));
  if (last !== undefined && isSame(last, draft)) return { version: last, added: false };
  const number = await nextVersion(tx, TABLES, draft.name, state?.latest);
  return { version: await addVersion(tx, draft, number, by, at), added: true };
}

async function addVersion(tx: TransactionSql, draft: CodeSetDraft, version: number, by: string, at: string): Promise<CodeSetVersion> {
  const { name, title, purpose, author, effective, labels, systems, valueSet, expandedBy = null } = draft;
  const digest = createHash('sha256').update(textOf({ labels, systems })).digest('hex');
  const count = systems.reduce((sum, { codes }) => sum + codes.length, 0);
  const [row] = await tx<CodeSetRow[]>`
    insert into code_set_version (name, version, title, purpose, author, effective_from, effective_until, labels, value_set, expanded_by,
      systems, code_count, digest, uploaded_by, uploaded_at)
    values (${name}, ${version}, ${title}, ${purpose}, ${author}, ${effective.from ?? null}::text::date,
      ${effective.until ?? null}::text::date, ${labels as string[]}, ${JSON.stringify(valueSet)}, ${expandedBy},
      ${tx.json(systems as never)}, ${count}, ${digest}, ${by}, ${at}::text::timestamptz)
    returning ${tx.unsafe(CODE_SET_COLUMNS)}`;
  return codeSetVersionOf(row as CodeSetRow);
}

function textOf({ labels, systems }: Pick<CodeSetDraft, 'labels' | 'systems'>): string {
  return JSON.stringify([labels, systems.map(({ system, codes }) => [system, codes])]);
}

function isSame(a: CodeSetDraft, b: CodeSetDraft): boolean {
  const words = (draft: CodeSetDraft) => {
    const { title, purpose, author, effective, valueSet, expandedBy } = draft;
    return JSON.stringify([title, purpose, author, effective.from, effective.until, valueSet, expandedBy, textOf(draft)]);
  };
  return words(a) === words(b);
}
