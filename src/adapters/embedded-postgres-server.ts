/**
 * The server process: started on the cluster, started again when it dies, stopped with the gateway. A watcher holds the
 * other end of a pipe from the gateway: when the gateway is killed the pipe closes, and the watcher stops the server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivityError } from '../errors.ts';
import type { PostgresBinaries, RunAs } from './embedded-postgres-binaries.ts';
import { directoryArgument } from './embedded-postgres-cluster.ts';
import { clearLeftover, MARK } from './embedded-postgres-leftover.ts';

export type DatabaseLog = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface PostgresServer {
  /** Process id of the running postmaster; `undefined` between a crash and the restart. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** Durable, reachable through a socket in its own directory only; its log never quotes statements or values. */
const SETTINGS = [
  MARK,
  'listen_addresses=',
  'unix_socket_directories=.',
  'port=5432',
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'password_encryption=scram-sha-256',
  'max_connections=60',
  'shared_buffers=128MB',
  'wal_buffers=16MB',
  'max_wal_size=2GB',
  'max_parallel_workers_per_gather=0',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'lc_messages=C',
  'log_destination=stderr',
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'log_checkpoints=off',
  'log_line_prefix=',
];

export async function runServer(directory: string, binaries: PostgresBinaries, runAs: RunAs, log: DatabaseLog): Promise<PostgresServer> {
  let running: Running | undefined;
  let stopping = false;
  let restarting: Promise<void> | undefined;
  const start = async () => {
    await clearLeftover(directory);
    running = await startProcess(directory, binaries, runAs, log);
    running.exited.then(() => {
      restarting = restart();
    });
  };
  const restart = async () => {
    running = undefined;
    for (let wait = 100; !stopping; wait = Math.min(wait * 2, 5000)) {
      log('error', 'the embedded PostgreSQL stopped by itself: starting it again');
      await sleep(wait, undefined, { ref: false });
      try {
        if (!stopping) await start();
        return;
      } catch (error) {
        log('error', error instanceof Error ? error.message : String(error));
      }
    }
  };
  for (let attempt = 1; running === undefined; attempt++) {
    await start().catch(async (error: unknown) => {
      // Processes of a killed server end by themselves, but not at once.
      if (attempt === 50 || !(error instanceof PrivityError) || !/shared memory block/.test(error.message)) throw error;
      await sleep(200);
    });
  }
  return {
    get pid() {
      return running?.process.pid;
    },
    async stop() {
      stopping = true;
      await restarting;
      if (running !== undefined) await stopProcess(running);
    },
  };
}

interface Running {
  readonly process: ChildProcess;
  readonly exited: Promise<void>;
}

function startProcess(directory: string, binaries: PostgresBinaries, runAs: RunAs, log: DatabaseLog): Promise<Running> {
  const args = ['-D', directoryArgument(directory, runAs), ...SETTINGS.flatMap((setting) => ['-c', setting])];
  const env = { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH ?? '' };
  // detached: a Ctrl-C in the terminal goes to the gateway alone, which stops the server after the last audit row.
  const child = spawn(binaries.postgres, args, { ...runAs, cwd: directory, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  child.unref();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const watcher = watch(child, runAs);
  child.once('exit', () => watcher?.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    const fatal: string[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGQUIT');
      reject(
        new PrivityError('configuration-invalid', `database.dataDir: the database did not start within ${START_MS / 1000} s: ${directory}`),
      );
    }, START_MS);
    child.once('error', (cause) => reject(new PrivityError('configuration-invalid', 'database: PostgreSQL can not be run', { cause })));
    child.once('exit', () => {
      clearTimeout(timer);
      const reason = fatal.some((line) => /No space left on device/.test(line)) ? 'no space is left on the device' : fatal.join('; ');
      reject(new PrivityError('configuration-invalid', `database.dataDir: the database does not start: ${reason}: ${directory}`));
    });
    let rest = '';
    child.stderr.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const failed = /^(FATAL|PANIC):/.test(line);
        if (failed) fatal.push(line.replace(/^\w+:\s+/, ''));
        log(failed ? 'error' : 'info', line);
        if (line.includes('database system is ready to accept connections')) {
          clearTimeout(timer);
          resolve({ process: child, exited });
        }
      }
    });
  });
}

function watch(child: ChildProcess, runAs: RunAs): ChildProcess | undefined {
  if (child.pid === undefined) return undefined;
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(child.pid)], {
    ...runAs,
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.once('error', () => watcher.kill());
  watcher.stdin.on('error', () => watcher.stdin.destroy());
  watcher.unref();
  return watcher;
}

async function stopProcess({ process: child, exited }: Running): Promise<void> {
  child.ref();
  for (const [signal, wait] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5000],
    ['SIGKILL', 5000],
  ] as const) {
    child.kill(signal);
    const gone = await Promise.race([exited.then(() => true), sleep(wait, false, { ref: false })]);
    if (gone) return;
  }
}
