/**
 * The database cluster in the data directory: made once, in one step (initdb into a staging folder, then a rename), and
 * otherwise looked at before use, so that a directory that can't be used is named with its reason (design.md section 5).
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { PrivityError } from '../errors.ts';
import type { PostgresBinaries, RunAs } from './embedded-postgres-binaries.ts';

export interface Cluster {
  /** The cluster itself, `<dataDir>/postgres`. */
  readonly directory: string;
  readonly superuserPassword: string;
}

const CLUSTER = 'postgres';
const PASSWORD = 'postgres.password';

function refuse(text: string, cause?: unknown): PrivityError {
  return new PrivityError('configuration-invalid', `database.dataDir: ${text}`, { cause });
}

/** Makes the data directory where it is missing (mode 0700). @throws PrivityError `configuration-invalid` */
export function openDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'is not a directory'
        : code === 'ENOSPC'
          ? 'no space is left on the device'
          : `is not writable (${code})`;
    throw refuse(`${reason}: ${dataDir}`, cause);
  }
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) {
    throw refuse(`is itself a PostgreSQL data directory: name an empty directory, or run that server and set database.url: ${dataDir}`);
  }
}

/**
 * Whom the server runs as. PostgreSQL refuses to run as root: then it is the cluster's owner, else `postgres`, else `nobody`.
 * @throws PrivityError `configuration-invalid` where an ordinary user finds a cluster of another
 */
export function serverUser(dataDir: string): RunAs {
  const uid = process.getuid?.();
  const owner = statSync(path.join(dataDir, CLUSTER), { throwIfNoEntry: false });
  if (uid !== 0) {
    if (owner !== undefined && uid !== undefined && owner.uid !== uid) {
      throw refuse(`its database belongs to the user with id ${owner.uid}: run Privity as that user, or as root: ${dataDir}`);
    }
    return {};
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , id, group]) => [name, { uid: Number(id), gid: Number(group) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (user === undefined) throw refuse('as root, a user `postgres` or `nobody` is needed to run the database');
  return user;
}

/**
 * The path by which the server finds its directory, given that it is started in it. A root gateway may keep it where
 * the server's user can't enter (`/root/…`): Linux then still knows it as the working directory.
 */
export function directoryArgument(directory: string, runAs: RunAs): string {
  return runAs.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : directory;
}

/** @throws PrivityError `configuration-invalid`: foreign files, another major version, no space, no password file */
export async function openCluster(dataDir: string, binaries: PostgresBinaries, runAs: RunAs): Promise<Cluster> {
  const directory = path.join(dataDir, CLUSTER);
  for (const left of readdirSync(dataDir).filter((name) => name.startsWith(`${CLUSTER}.new-`))) {
    rmSync(path.join(dataDir, left), { recursive: true, force: true });
  }
  if (!existsSync(directory) || (statSync(directory).isDirectory() && readdirSync(directory).length === 0)) {
    await createCluster(dataDir, directory, binaries, runAs);
  }
  check(directory, binaries.major);
  try {
    return { directory, superuserPassword: readFileSync(path.join(dataDir, PASSWORD), 'utf8') };
  } catch (cause) {
    throw refuse(`the file ${PASSWORD} of its database can not be read: ${dataDir}`, cause);
  }
}

function check(directory: string, major: string): void {
  if (!statSync(directory).isDirectory()) throw refuse(`not a directory: ${directory}`);
  const versionFile = path.join(directory, 'PG_VERSION');
  if (!existsSync(versionFile)) throw refuse(`holds files that are not a PostgreSQL database: ${directory}`);
  const found = readFileSync(versionFile, 'utf8').trim();
  if (found !== major) {
    throw refuse(`its database is of PostgreSQL ${found}, this Privity brings ${major}: move it with pg_dump or pg_upgrade: ${directory}`);
  }
}

async function createCluster(dataDir: string, directory: string, binaries: PostgresBinaries, runAs: RunAs): Promise<void> {
  const password = randomBytes(32).toString('base64url');
  const staging = path.join(dataDir, `${CLUSTER}.new-${process.pid}`);
  const inner = path.join(staging, 'data');
  try {
    mkdirSync(inner, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(staging, 'password'), password, { mode: 0o600 });
    if (runAs.uid !== undefined && runAs.gid !== undefined) {
      for (const owned of [staging, inner, path.join(staging, 'password')]) chownSync(owned, runAs.uid, runAs.gid);
    }
    await initdb(inner, binaries, runAs);
    writeFileSync(path.join(dataDir, PASSWORD), password, { mode: 0o600 });
    rmSync(directory, { recursive: true, force: true });
    renameSync(inner, directory);
  } catch (cause) {
    if (cause instanceof PrivityError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw refuse(code === 'ENOSPC' ? `no space is left on the device: ${dataDir}` : `its database can not be created: ${message}`, cause);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function initdb(directory: string, binaries: PostgresBinaries, runAs: RunAs): Promise<void> {
  const target = directoryArgument(directory, runAs);
  const flags = ['--username=postgres', '--auth=scram-sha-256', '--locale=C', '--encoding=UTF8', '--no-instructions'];
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, [`--pgdata=${target}`, `--pwfile=${target}/../password`, ...flags], {
      ...runAs,
      cwd: directory,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let problem = '';
    child.stderr.on('data', (chunk) => {
      problem = `${problem}${chunk}`.slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else if (/No space left on device/.test(problem)) reject(refuse(`no space is left on the device: ${directory}`));
      else reject(refuse(`its database can not be created: ${problem.trim()}`));
    });
  });
}
