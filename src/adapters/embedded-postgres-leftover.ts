/**
 * What an earlier gateway left in the directory: a server that outlived it is stopped; lock files whose number now
 * belongs to some other process are released (PostgreSQL itself only sees that the number is taken).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivityError } from '../errors.ts';

/** Setting by which a server of Privity's is known from somebody else's. */
export const MARK = 'cluster_name=privity';

/** @throws PrivityError `configuration-invalid` where somebody else's PostgreSQL runs on the directory */
export async function clearLeftover(directory: string): Promise<void> {
  const lockFile = path.join(directory, 'postmaster.pid');
  const pid = readPid(lockFile);
  if (pid === undefined || !alive(pid)) return;
  const command = commandOf(pid, directory);
  if (command === undefined) {
    release(directory, lockFile);
    return;
  }
  if (!command.includes(MARK)) {
    throw new PrivityError('configuration-invalid', `database.dataDir: another PostgreSQL (process ${pid}) runs on it: ${directory}`);
  }
  for (const [signal, polls] of [
    ['SIGINT', 300],
    ['SIGQUIT', 100],
    ['SIGKILL', 100],
  ] as const) {
    if (!signalled(pid, signal)) return;
    for (let poll = 0; poll < polls; poll++) {
      if (!alive(pid)) return;
      await sleep(50);
    }
  }
}

/**
 * Our own number stands for "nobody's" (PostgreSQL knows its parent); the rest of the file stays, by which it finds
 * processes of a killed server that still hold its shared memory.
 */
function release(directory: string, lockFile: string): void {
  writeFileSync(lockFile, readFileSync(lockFile, 'utf8').replace(/^\d+/, String(process.pid)));
  rmSync(path.join(directory, '.s.PGSQL.5432.lock'), { force: true });
}

function readPid(lockFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The command line of the process if it is a postmaster of this directory (on Linux: any process that works in it). */
function commandOf(pid: number, directory: string): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout?.includes(directory) ? stdout : undefined;
  }
  try {
    const there = statSync(`/proc/${pid}/cwd/`);
    const here = statSync(directory);
    if (there.ino !== here.ino || there.dev !== here.dev) return undefined;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}
