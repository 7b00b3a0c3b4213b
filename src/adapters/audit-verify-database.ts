/**
 * The database of a log that is to be verified from the command line: yours, or the embedded one, whether a gateway runs on it
 * or not. Reads only.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { PrivityError } from '../errors.ts';
import { type DatabaseConfig, startDatabase } from './database.ts';
import { shortSocketPath } from './embedded-postgres-lock.ts';
import { SCHEMA } from './migrate.ts';

const READ_ONLY = { search_path: SCHEMA, default_transaction_read_only: true, application_name: 'privity verify' };

export interface OpenedLog {
  readonly sql: Sql;
  close(): Promise<void>;
}

/** @throws PrivityError `configuration-invalid` */
export async function openLog(config: DatabaseConfig & { readonly dataDir: string }): Promise<OpenedLog> {
  const running = config.url === undefined ? await runningServer(config.dataDir) : undefined;
  if (running !== undefined) return { sql: running, close: () => running.end({ timeout: 1 }) };
  const database = await startDatabase(config);
  const sql = database.connect({ max: 2, connection: { ...READ_ONLY, statement_timeout: 0 } });
  return {
    sql,
    async close() {
      await sql.end({ timeout: 1 });
      await database.close();
    },
  };
}

/** The embedded server, where a gateway keeps it running; whoever may read the directory may ask it. */
async function runningServer(dataDir: string): Promise<Sql | undefined> {
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
      connection: READ_ONLY,
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
