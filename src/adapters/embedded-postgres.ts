/**
 * A real PostgreSQL of Privity's own in the data directory, for installations that bring none (design.md section 5): the
 * same code path as an external one. One gateway at a time, one server at a time; durable settings; no network.
 */
import path from 'node:path';
import { postgresBinaries } from './embedded-postgres-binaries.ts';
import { openCluster, openDataDirectory, serverUser } from './embedded-postgres-cluster.ts';
import { lockDirectory, shortSocketPath } from './embedded-postgres-lock.ts';
import { type DatabaseLog, runServer } from './embedded-postgres-server.ts';

export interface EmbeddedPostgres {
  /** The server's Unix socket. */
  readonly socket: string;
  readonly superuser: string;
  readonly superuserPassword: string;
  /** Process id of the running server. */
  readonly pid: number | undefined;
  /** Lets open transactions end in a rollback, stops the server and gives the directory free. */
  stop(): Promise<void>;
}

/**
 * @param dataDir made where it is missing; holds `postgres/`, `postgres.password` and `gateway.sock`
 * @throws PrivityError `configuration-invalid`: in use, not writable, not a directory, foreign, wrong version, no space
 */
export async function startEmbeddedPostgres(dataDir: string, log: DatabaseLog): Promise<EmbeddedPostgres> {
  const home = path.resolve(dataDir);
  openDataDirectory(home);
  const lock = await lockDirectory(home);
  try {
    const runAs = serverUser(home);
    const binaries = postgresBinaries(runAs);
    const cluster = await openCluster(home, binaries, runAs);
    const server = await runServer(cluster.directory, binaries, runAs, log);
    const socket = shortSocketPath(cluster.directory, '.s.PGSQL.5432');
    return {
      socket: socket.path,
      superuser: 'postgres',
      superuserPassword: cluster.superuserPassword,
      get pid() {
        return server.pid;
      },
      async stop() {
        await server.stop();
        socket.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
