/**
 * Forward-only migrations (design.md section 5): the files of `migrations/` in order, each once and in its own transaction,
 * one gateway at a time. A file that changed after it ran, or a database that is ahead of this Privity, is refused.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Sql } from 'postgres';
import { PrivityError } from '../errors.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
export const SCHEMA = 'privity';

const APPEND_ONLY: ReadonlySet<string> = new Set([
  'event',
  'event_subject',
  'decision',
  'context',
  'chain',
  'checkpoint',
  'checkpoint_head',
  'schema_migration',
]);

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

function migrations(): readonly Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      return { number: Number(name.slice(0, 4)), name, text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

/**
 * Brings the database to this version's schema.
 * @param sql a client whose search_path is the schema; its role owns, or may create, the schema
 * @param role the role that the gateway works as, where it is not the owner: it may read and write, but only add to the log
 * @throws PrivityError `configuration-invalid` where the database does not fit these migrations
 */
export async function migrate(sql: Sql, role?: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7701, 1)`;
    if ((await tx`select 1 from pg_namespace where nspname = ${SCHEMA}`).length === 0) await tx`create schema ${tx(SCHEMA)}`;
    if ((await tx`select to_regclass(${`${SCHEMA}.schema_migration`}) as name`)[0]?.name === null) {
      await tx`create table schema_migration (number integer primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default now())`;
    }
  });
  const known = migrations();
  for (const migration of known) await apply(sql, migration);
  const ahead = await sql`select name from schema_migration where number > ${known.at(-1)?.number ?? 0}`;
  if (ahead.length > 0) {
    throw new PrivityError('configuration-invalid', `database: it was migrated by a newer Privity (${ahead[0]?.name})`);
  }
  if (role !== undefined) await grant(sql, role);
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7701, 1)`;
    const [done] = await tx`select checksum from schema_migration where number = ${migration.number}`;
    if (done !== undefined) {
      if (done.checksum === migration.checksum) return;
      throw new PrivityError('configuration-invalid', `database: the migration ${migration.name} differs from the one that ran`);
    }
    await tx.unsafe(migration.text);
    await tx`insert into schema_migration ${tx({ number: migration.number, name: migration.name, checksum: migration.checksum })}`;
  });
}

async function grant(sql: Sql, role: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7701, 1)`;
    await tx`grant usage on schema ${tx(SCHEMA)} to ${tx(role)}`;
    const tables = await tx<{ name: string }[]>`select relname as name from pg_class
      where relnamespace = ${SCHEMA}::regnamespace and relkind in ('r', 'p') and not relispartition`;
    for (const { name } of tables) {
      const rights = APPEND_ONLY.has(name) ? 'select, insert' : 'select, insert, update, delete';
      await tx`grant ${tx.unsafe(rights)} on ${tx(name)} to ${tx(role)}`;
    }
    await tx`grant usage on all sequences in schema ${tx(SCHEMA)} to ${tx(role)}`;
  });
}
