/**
 * The database of a log for the command line: yours, or the embedded one, whether a gateway runs on it or not. To verify it
 * is opened to read only; to purge it as the owner of its tables.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { PrivityError } from '../errors.ts';
import { type DatabaseConfig, startDatabase } from './database.ts';
import { shortSocketPath } from './embedded-postgres-lock.ts';
import { SCHEMA } from './migrate.ts';

export type Rights = 'read-only' | 'owner';

export interface OpenedLog {
  readonly sql: Sql;
  close(): Promise<void>;
}

/** @throws PrivityError `configuration-invalid` */
export async function openLog(config: DatabaseConfig & { readonly dataDir: string }, rights: Rights): Promise<OpenedLog> {
  const running = config.url === undefined ? await runningServer(config.dataDir, rights) : undefined;
  if (running !== undefined) return { sql: running, close: () => running.end({ timeout: 1 }) };
  const database = await startDatabase(config);
  const started = config.url === undefined ? await runningServer(config.dataDir, rights) : undefined;
  const sql = started ?? database.connect({ max: 2, connection: { ...settings(rights), statement_timeout: 0 } });
  return {
    sql,
    async close() {
      await sql.end({ timeout: 1 });
      await database.close();
    },
  };
}

function settings(rights: Rights) {
  return { search_path: SCHEMA, default_transaction_read_only: rights === 'read-only', application_name: 'privity' };
}

/** The embedded server, where a gateway keeps it running; whoever may read the directory may ask it. */
async function runningServer(dataDir: string, rights: Rights): Promise<Sql | undefined> {
  const socket = shortSocketPath(path.join(path.resolve(dataDir), 'postgres'), '.s.PGSQL.5432');
  try {
    const password = readFileSync(path.join(dataDir, 'postgres.password'), 'utf8').trim();
    const sql = postgres({
      path: socket.path,
      database: 'privity',
      username: 'postgres',
      password,
      max: 2,
      connect_timeout: 5,
      connection: settings(rights),
    });
    await sql`select 1`;
    return sql;
  } catch (error) {
    socket.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    throw new PrivityError('configuration-invalid', `the database in ${dataDir} does not answer (${code})`, { cause: error });
  }
}
