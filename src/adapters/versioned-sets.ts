/**
 * Acts on what has versions and is in force or not (design.md sections 4.3 and 5): policy sets and code sets alike. An act names
 * the revision that it saw, so that two administrators at once can't undo each other unseen; it is in force at every replica
 * from its own commit on, and a crash before that leaves everything as it was.
 */
import type { Sql, TransactionSql } from 'postgres';
import { PrivityError } from '../errors.ts';
import type { PoliciesInForce } from './policy-store-in-force.ts';
import {
  type ActivationEntry,
  type ActivationRow,
  type ActKind,
  activationOf,
  type PolicySetState,
  type StateRow,
  stateOf,
} from './policy-store-rows.ts';

/** Where the sets, their versions and what was in force when are kept. */
export interface VersionedTables {
  readonly set: string;
  readonly version: string;
  readonly activation: string;
}

/** What an administrator does to a set; `by` names the person, `seen` is the revision that the person saw. */
export interface VersionAct {
  readonly name: string;
  /** `withdraw`: what waits for a second person no longer does. */
  readonly kind: ActKind | 'withdraw';
  /** Of `activate`. */
  readonly version?: number;
  readonly seen: number;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  /** In the person's words. */
  readonly reason?: string;
}

/** One act at a time, on anything, everywhere. */
const ACTS = [7704, 1] as const;

export async function lockActs(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${ACTS[0]}, ${ACTS[1]})`;
}

export async function readState(sql: Sql | TransactionSql, { set }: VersionedTables, name: string): Promise<PolicySetState | undefined> {
  const [row] = await sql<StateRow[]>`select * from ${sql(set)} where name = ${name}`;
  return row && stateOf(row);
}

export async function readHistory(
  sql: Sql | TransactionSql,
  { activation }: VersionedTables,
  name: string,
): Promise<readonly ActivationEntry[]> {
  return (await sql<ActivationRow[]>`select * from ${sql(activation)} where name = ${name} order by id`).map(activationOf);
}

/**
 * The state that an uploader saw; `undefined`: there is no such set yet.
 * @throws PrivityError `precondition-required`, `version-mismatch`
 */
export async function seenState(
  tx: TransactionSql,
  tables: VersionedTables,
  name: string,
  seen: number | undefined,
): Promise<PolicySetState | undefined> {
  await lockActs(tx);
  const state = await readState(tx, tables, name);
  if (state !== undefined && seen === undefined) throw new PrivityError('precondition-required', 'a set of this name exists');
  if (state?.revision !== seen) throw new PrivityError('version-mismatch');
  return state;
}

/** @returns the number of the version that is to be added now */
export async function nextVersion(tx: TransactionSql, { set }: VersionedTables, name: string, latest = 0): Promise<number> {
  const table = tx(set);
  await tx`insert into ${table} as s (name, latest, revision) values (${name}, ${latest + 1}, 1)
    on conflict (name) do update set latest = excluded.latest, revision = s.revision + 1, pending = null`;
  return latest + 1;
}

/**
 * @returns the state after it; `pending` where a second person has to do the same
 * @throws PrivityError `not-found`, `version-mismatch`, `not-possible`, `policy-invalid`
 */
export async function carryOut(
  tx: TransactionSql,
  tables: VersionedTables,
  act: VersionAct,
  inForce: PoliciesInForce,
  twoPersons: boolean,
): Promise<PolicySetState> {
  await lockActs(tx);
  const state = await readState(tx, tables, act.name);
  if (state === undefined) throw new PrivityError('not-found');
  if (state.revision !== act.seen) throw new PrivityError('version-mismatch');
  const { kind } = act;
  if (kind === 'withdraw') await withdraw(tx, tables, state, act, inForce);
  else await change(tx, tables, state, { ...act, kind }, inForce, twoPersons);
  return (await readState(tx, tables, act.name)) as PolicySetState;
}

type Change = VersionAct & { readonly kind: ActKind };

/** By whoever asked for it, or any other administrator; what is in force stays. */
async function withdraw(
  tx: TransactionSql,
  tables: VersionedTables,
  { name, active, pending }: PolicySetState,
  { by, at, reason }: VersionAct,
  inForce: PoliciesInForce,
): Promise<void> {
  if (pending === undefined) throw new PrivityError('not-possible', 'nothing waits for a second person');
  await tx`update ${tx(tables.set)} set pending = null, revision = revision + 1 where name = ${name}`;
  await tx`insert into ${tx(tables.activation)} (name, version, kind, acted_by, acted_at, reason, withdrawn, policy_version)
    values (${name}, ${active ?? null}, 'withdraw', ${[by]}, ${at}::text::timestamptz, ${reason ?? null}, ${tx.json(pending as never)},
      ${inForce.state().version})`;
}

async function change(
  tx: TransactionSql,
  tables: VersionedTables,
  state: PolicySetState,
  act: Change,
  inForce: PoliciesInForce,
  twoPersons: boolean,
): Promise<void> {
  const target = await targetOf(tx, tables, act);
  if (target === state.active) throw new PrivityError('not-possible', target === undefined ? 'not in force' : 'in force already');
  const { pending } = state;
  const asked = pending !== undefined && pending.kind === act.kind && pending.version === target;
  const set = tx(tables.set);
  const version = target === undefined ? {} : { version: target };
  if (twoPersons && (!asked || pending.by === act.by)) {
    if (asked) throw new PrivityError('not-possible', 'a second person has to do the same');
    const waiting = { kind: act.kind, ...version, by: act.by, at: act.at, ...(act.reason === undefined ? {} : { reason: act.reason }) };
    await tx`update ${set} set pending = ${tx.json(waiting)}, revision = revision + 1 where name = ${act.name}`;
  } else {
    await tx`update ${set} set active = ${target ?? null}, pending = null, revision = revision + 1 where name = ${act.name}`;
    const first = twoPersons ? pending : undefined;
    const by = first === undefined ? [act.by] : [first.by, act.by];
    const reasons = [first?.reason, act.reason].filter((reason) => reason !== undefined);
    const reason = reasons.length === 0 ? {} : { reason: reasons.join('\n') };
    await addActivation(tx, tables, { kind: act.kind, ...version, by, at: act.at, ...reason }, act.name, inForce);
  }
}

/** Makes what the transaction changed the policy in force, and keeps that it did. */
export async function addActivation(
  tx: TransactionSql,
  { activation }: VersionedTables,
  { kind, version, by, at, reason }: Omit<ActivationEntry, 'policyVersion'>,
  name: string,
  inForce: PoliciesInForce,
): Promise<void> {
  const policyVersion = await inForce.announce(tx);
  await tx`insert into ${tx(activation)} (name, version, kind, acted_by, acted_at, reason, policy_version)
    values (${name}, ${version ?? null}, ${kind}, ${by as string[]}, ${at}::text::timestamptz, ${reason ?? null}, ${policyVersion})`;
}

/** The version that shall be in force; `undefined`: none. */
async function targetOf(tx: TransactionSql, tables: VersionedTables, act: Change): Promise<number | undefined> {
  if (act.kind === 'deactivate') return undefined;
  if (act.kind === 'rollback') return before(await readHistory(tx, tables, act.name));
  const [version] = await tx<{ version: number; from: string | null; until: string | null }[]>`
    select version, effective_from::text as from, effective_until::text as until from ${tx(tables.version)}
    where name = ${act.name} and version = ${act.version ?? null}`;
  if (version === undefined) throw new PrivityError('not-found', 'no such version');
  const { from, until } = version;
  const day = act.at.slice(0, 10);
  if (from !== null && day < from) throw new PrivityError('not-possible', `not effective before ${from}`);
  if (until !== null && day > until) throw new PrivityError('not-possible', `not effective after ${until}`);
  return version.version;
}

/** What was in force before the last act that was not taken back: rolling back twice goes two steps back. */
function before(history: readonly ActivationEntry[]): number | undefined {
  const steps: (number | undefined)[] = [];
  for (const { kind, version } of history) {
    if (kind === 'rollback') steps.pop();
    else if (kind !== 'withdraw') steps.push(version);
  }
  if (steps.length === 0) throw new PrivityError('not-possible', 'nothing to roll back to');
  return steps.at(-2);
}
