/**
 * The one database (design.md section 5): a PostgreSQL of Privity's own in `database.dataDir`, or yours at `database.url`.
 * Either way the same schema, migrated at the start. The embedded one works as a role that can only add to the log.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import postgres, { type Options, type Sql } from 'postgres';
import { PrivityError } from '../errors.ts';
import { ARRAY_TYPES } from './database-arrays.ts';
import { guardTransactions } from './database-transactions.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { DatabaseLog } from './embedded-postgres-server.ts';
import { migrate, SCHEMA } from './migrate.ts';

/** Options of postgres.js, with the one that its types leave out. */
// biome-ignore lint/complexity/noBannedTypes: postgres.js writes "no custom types" so
export type Connection = Options<{}> & {
  /** Opens the socket; it may still be connecting. */
  readonly socket?: (target: { readonly path?: string | false; readonly host: string[]; readonly port: number[] }) => Socket;
};

export interface Database {
  readonly sql: Sql;
  /** A client of its own on the same database, for a part that must not share connections; its owner ends it. */
  connect(options?: Connection): Sql;
  /** The embedded server's process; `undefined` with a database of yours. */
  readonly serverPid: number | undefined;
  /** Ends the connections (in use: after 5 s) and stops the embedded server. */
  close(): Promise<void>;
}

export interface DatabaseConfig {
  /** Directory of the embedded server; the default is `./data`. */
  readonly dataDir?: string;
  /** `postgres://user:password@host:5432/name`; wins over `dataDir`. */
  readonly url?: string;
  /** Connections of the shared pool. */
  readonly connections?: number;
  readonly log?: DatabaseLog;
}

const SETTINGS: Connection = {
  connect_timeout: 5,
  // A lost server is tried again soon; what waits for it has its own deadline.
  backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 1),
  onnotice: () => undefined,
  fetch_types: false,
  types: ARRAY_TYPES,
};

/** @throws PrivityError `configuration-invalid`, saying what is wrong with the directory or the URL */
export async function startDatabase(config: DatabaseConfig): Promise<Database> {
  return config.url === undefined ? embedded(config.dataDir ?? './data', config) : external(config.url, config);
}

async function embedded(dataDir: string, config: DatabaseConfig): Promise<Database> {
  const server = await startEmbeddedPostgres(dataDir, config.log ?? (() => undefined));
  try {
    const password = await prepare(server);
    const connect = (options: Connection = {}) =>
      guardTransactions(postgres({ ...base(options), path: server.socket, database: 'privity', username: 'privity', password }));
    return database(connect, config, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Makes database and role, migrates as their owner. The role's password is new at every start and kept nowhere. */
async function prepare(server: EmbeddedPostgres): Promise<string> {
  const owner = (name: string) =>
    postgres({
      ...base({ max: 1 }),
      path: server.socket,
      database: name,
      username: server.superuser,
      password: server.superuserPassword,
    });
  const password = randomBytes(32).toString('base64url');
  const cluster = owner('postgres');
  try {
    if ((await cluster`select 1 from pg_roles where rolname = 'privity'`).length === 0) await cluster`create role privity login`;
    await cluster.unsafe(`alter role privity password '${password}'`);
    if ((await cluster`select 1 from pg_database where datname = 'privity'`).length === 0) await cluster`create database privity`;
  } finally {
    await cluster.end({ timeout: 5 });
  }
  const sql = owner('privity');
  try {
    await migrate(sql, 'privity');
  } finally {
    await sql.end({ timeout: 5 });
  }
  return password;
}

async function external(url: string, config: DatabaseConfig): Promise<Database> {
  const connect = (options: Connection = {}) => guardTransactions(postgres(url, base(options)));
  const sql = connect({ max: 1 });
  try {
    await migrate(sql);
  } catch (cause) {
    if (cause instanceof PrivityError) throw cause;
    const { code, message } = cause as { code?: string; message: string };
    throw new PrivityError('configuration-invalid', `database.url: ${code ?? ''} ${message}`.replaceAll(url, '…'), { cause });
  } finally {
    await sql.end({ timeout: 1 });
  }
  return database(connect, config, undefined);
}

function base(options: Connection): Connection {
  return { ...SETTINGS, ...options, connection: { application_name: 'privity', search_path: SCHEMA, ...options.connection } };
}

function database(connect: Database['connect'], config: DatabaseConfig, server: EmbeddedPostgres | undefined): Database {
  const sql = connect({ max: config.connections ?? 8, connection: { statement_timeout: 30_000 } });
  return {
    sql,
    connect,
    get serverPid() {
      return server?.pid;
    },
    async close() {
      await sql.end({ timeout: 5 });
      await server?.stop();
    },
  };
}
