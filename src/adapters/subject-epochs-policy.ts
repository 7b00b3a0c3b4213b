/**
 * Which policy is in force for every replica (design.md section 5): a commit of the log shares a lock that an activation
 * takes alone, so nothing decided under another version is disclosed after the activation's own commit.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

/**
 * Puts a version in force; resolves once it is, everywhere. A gateway announces its version before it answers
 * anything: with none announced, no decision counts as current. Within a transaction: at its commit.
 * @param version `PolicyEvaluator.version`
 * @throws PrivityError `audit-unavailable`
 */
export async function announcePolicy({ sql }: { readonly sql: Sql | TransactionSql }, version: string): Promise<void> {
  await withinDeadline(sql`select announce_policy('all', ${version})`, 'policy version');
}

/** The version in force, `undefined` where none was announced. @throws PrivityError `audit-unavailable` */
export async function policyInForce(database: Database): Promise<string | undefined> {
  const [row] = await withinDeadline(
    database.sql<{ version: string }[]>`select version from policy_in_force where name = 'all'`,
    'policy version',
  );
  return row?.version;
}

/** Calls `listener` on every activation anywhere, and when one may have been missed. */
export async function onPolicyAnnounced(database: Database, listener: () => void): Promise<void> {
  await database.sql.listen('privity_policy', listener, listener);
}
