/** A real PostgreSQL for tests, embedded, in a directory of its own under the system's temporary folder. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { type Database, startDatabase } from '../../src/adapters/database.ts';

export interface TestDatabase {
  readonly database: Database;
  readonly dataDir: string;
  /** A client with all rights, to look at and to tamper with; ended by `stop`. */
  readonly owner: Sql;
  /** Closes the database and removes its directory. */
  stop(): Promise<void>;
}

/** About one second (initdb). */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = temporaryDirectory();
  const database = await startDatabase({ dataDir });
  const owner = ownerOf(dataDir);
  return {
    database,
    dataDir,
    owner,
    async stop() {
      await owner.end({ timeout: 1 });
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function temporaryDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'privity-test-'));
}

export function ownerOf(dataDir: string): Sql {
  return postgres({
    path: path.join(dataDir, 'postgres', '.s.PGSQL.5432'),
    database: 'privity',
    username: 'postgres',
    password: readFileSync(path.join(dataDir, 'postgres.password'), 'utf8'),
    max: 2,
    onnotice: () => undefined,
    connection: { search_path: 'privity' },
  });
}

/** What lies between a client and the server: `pass` it on, `hang` (take, never answer), `refuse` new connections, cut. */
export interface FaultyNetwork {
  readonly port: number;
  mode: 'pass' | 'hang' | 'refuse';
  cut(): void;
  /** Cuts every connection as soon as the server answers to `bytes`, before the client can read it. */
  cutAtAnswerTo(bytes: string): void;
  stop(): Promise<void>;
}

export async function faultyNetwork(socketPath: string): Promise<FaultyNetwork> {
  const open = new Set<Socket>();
  let trap: string | undefined;
  let sprung = false;
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    if (network.mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = connectSocket(socketPath);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.on('data', (chunk) => {
        if (network.mode === 'hang') return;
        if (from === client && trap !== undefined && chunk.includes(trap)) sprung = true;
        if (from === upstream && sprung) {
          sprung = false;
          trap = undefined;
          cut();
        } else to.write(chunk);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const network: FaultyNetwork = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mode: 'pass',
    cut,
    cutAtAnswerTo(bytes) {
      trap = bytes;
    },
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return network;
}
