import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type Database, startDatabase } from '../../src/adapters/database.ts';
import { ownerOf, temporaryDirectory } from '../support/database.ts';

const RUN = fileURLToPath(new URL('../support/run-database.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;
const directories: string[] = [];
const open: Database[] = [];
const children: ChildProcess[] = [];

function fresh(): string {
  const directory = temporaryDirectory();
  directories.push(directory);
  return directory;
}

/** An initialized data directory, closed: a copy of one that is made once. */
async function used(): Promise<string> {
  template ??= makeTemplate();
  const directory = fresh();
  spawnSync('cp', ['-a', `${await template}/.`, directory]);
  return directory;
}

let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const directory = fresh();
  await (await startDatabase({ dataDir: directory })).close();
  return directory;
}

async function start(dataDir: string): Promise<Database> {
  const database = await startDatabase({ dataDir });
  open.push(database);
  return database;
}

async function refusal(dataDir: string): Promise<string> {
  return start(dataDir).then(
    () => 'started',
    (error) => `${error.code}: ${error.detail}`,
  );
}

interface Said {
  readonly serverPid?: number;
  readonly error?: string;
}

/** @param user whom it runs as (root only) */
async function gateway(dataDir: string, user: { uid?: number; gid?: number } = {}): Promise<{ child: ChildProcess; said: Said }> {
  const child = spawn(process.execPath, [RUN, dataDir], { ...user, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, said: JSON.parse(String(line)) as Said };
}

function nobody(): { uid: number; gid: number } {
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid, gid] = (rows.find((row) => row.startsWith('nobody:')) ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function childOf(child: ChildProcess): ChildProcess {
  children.push(child);
  return child;
}

async function until(condition: () => boolean, withinMs = 10_000): Promise<boolean> {
  const end = performance.now() + withinMs;
  while (!condition() && performance.now() < end) await sleep(20);
  return condition();
}

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  for (const child of children.splice(0)) child.kill('SIGTERM');
});
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

test('a new directory becomes a durable UTF-8 database that is stopped with its gateway', async () => {
  const dataDir = path.join(fresh(), 'not', 'there', 'yet');
  const database = await startDatabase({ dataDir });
  const pid = database.serverPid as number;
  const [row] = await database.sql`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
    current_setting('full_page_writes') as pages, current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
    current_setting('listen_addresses') as network, current_user as role,
    (select rolsuper from pg_roles where rolname = current_user) as super, (select datcollate from pg_database where datname = 'privity') as collate`;
  expect({ ...row }).toEqual({
    fsync: 'on',
    commit: 'on',
    pages: 'on',
    encoding: 'UTF8',
    checksums: 'on',
    network: '',
    role: 'privity',
    super: false,
    collate: 'C',
  });
  expect(statSync(path.join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(dataDir, 'postgres')).uid).not.toBe(0);
  await database.close();
  expect(alive(pid)).toBe(false);
  expect(existsSync(path.join(dataDir, 'gateway.sock'))).toBe(false);
});

describe('what was left behind does not stop the next start', () => {
  const leftovers: Record<string, (dataDir: string) => void> = {
    'lock files whose number now is another process of the same user': (dataDir) => {
      const cluster = path.join(dataDir, 'postgres');
      const { uid, gid } = statSync(cluster);
      const { pid } = childOf(spawn('sleep', ['30'], isRoot ? { uid, gid } : {}));
      writeFileSync(path.join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n1\n5432\n.\n\n1 1\nready\n`);
      writeFileSync(path.join(cluster, '.s.PGSQL.5432.lock'), `${pid}\n${cluster}\n1\n5432\n.\n`);
    },
    'a postmaster.pid of a process that is gone': (dataDir) =>
      writeFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), `4194000\n${dataDir}/postgres\n1\n5432\n.\n\n1 1\nready\n`),
    'a socket that nobody listens on': (dataDir) => {
      const script = `require('net').createServer().listen(${JSON.stringify(path.join(dataDir, 'gateway.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`;
      spawnSync(process.execPath, ['-e', script]);
      expect(existsSync(path.join(dataDir, 'gateway.sock'))).toBe(true);
    },
    'an initdb that was cut short': (dataDir) => {
      rmSync(path.join(dataDir, 'postgres'), { recursive: true });
      mkdirSync(path.join(dataDir, 'postgres.new-1', 'data'), { recursive: true });
      writeFileSync(path.join(dataDir, 'postgres.new-1', 'data', 'PG_VERSION'), '18\n');
    },
  };
  test.each(Object.entries(leftovers))('%s', async (_, leave) => {
    const dataDir = await used();
    leave(dataDir);
    const database = await start(dataDir);
    expect(await database.sql`select 1 as one`).toHaveLength(1);
    expect(existsSync(path.join(dataDir, 'postgres.new-1'))).toBe(false);
  });
});

describe('one gateway, one server', () => {
  test('a second gateway on the directory is told who has it', async () => {
    const dataDir = await used();
    await start(dataDir);
    expect((await gateway(dataDir)).said.error).toContain(`in use by the gateway with process id ${process.pid}`);
    expect(await refusal(dataDir)).toMatch(/^configuration-invalid: database.dataDir is in use by the gateway/);
  });

  test('of two that start at once on a new directory, one has it', async () => {
    const dataDir = fresh();
    const both = await Promise.all([gateway(dataDir), gateway(dataDir)]);
    const said = both.map(({ said }) => (said.serverPid !== undefined ? 'started' : said.error?.includes('is in use by')));
    expect(said.sort()).toEqual(['started', true]);
  });

  test('a gateway killed with -9 takes its server along, and the next one finds what was committed', async () => {
    const dataDir = await used();
    const { child, said } = await gateway(dataDir);
    const owner = ownerOf(dataDir);
    await owner`insert into setting (name, value) values ('kept', '1')`;
    await owner.end();
    child.kill('SIGKILL');
    const database = await start(dataDir);
    expect(await database.sql`select 1 from setting where name = 'kept'`).toHaveLength(1);
    expect(alive(said.serverPid as number)).toBe(false);
    expect(database.serverPid).not.toBe(said.serverPid);
  });

  test.skipIf(process.platform !== 'linux')('a server that outlived its gateway is stopped by the next one', async () => {
    const dataDir = await used();
    const { child, said } = await gateway(dataDir);
    const family = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
    const watchers = family.filter((pid) => pid !== said.serverPid);
    expect(watchers).toHaveLength(1);
    for (const pid of watchers) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
    await sleep(300);
    expect(alive(said.serverPid as number)).toBe(true);
    const database = await start(dataDir);
    expect(alive(said.serverPid as number)).toBe(false);
    expect(await database.sql`select 1 as one`).toHaveLength(1);
  });

  test.skipIf(process.platform !== 'linux')('gateway, watcher and server killed with -9 at once', async () => {
    const dataDir = await used();
    const { child } = await gateway(dataDir);
    const family = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
    expect(family).toHaveLength(2);
    for (const pid of [child.pid as number, ...family]) process.kill(pid, 'SIGKILL');
    expect(await (await start(dataDir)).sql`select 1 as one`).toHaveLength(1);
  });

  test('a server killed with -9 is started again', async () => {
    const database = await start(await used());
    const pid = database.serverPid as number;
    process.kill(pid, 'SIGKILL');
    expect(await until(() => database.serverPid !== undefined && database.serverPid !== pid)).toBe(true);
    await sleep(50);
    expect(await database.sql`select 1 as one`.catch(() => database.sql`select 1 as one`)).toHaveLength(1);
  });

  test('a path too long for a socket', async () => {
    const dataDir = path.join(fresh(), 'a-directory-with-a-long-name'.repeat(4), 'and-another-one'.repeat(4));
    expect(await (await start(dataDir)).sql`select 1 as one`).toHaveLength(1);
    expect(await refusal(dataDir)).toContain('is in use by');
  });

  test('somebody else runs a PostgreSQL on the cluster: it is not touched', async () => {
    const dataDir = await used();
    const cluster = path.join(dataDir, 'postgres');
    const other = childOf(spawn('sleep', ['30'], { cwd: cluster }));
    writeFileSync(path.join(cluster, 'postmaster.pid'), `${other.pid}\n`);
    expect(await refusal(dataDir)).toContain(`another PostgreSQL (process ${other.pid}) runs on it`);
    expect(alive(other.pid as number)).toBe(true);
  });
});

describe('a directory that can not be used is named with its reason', () => {
  const cases: Record<string, { make: (parent: string) => Promise<string> | string; says: string }> = {
    'a file': {
      make: (parent) => {
        writeFileSync(path.join(parent, 'file'), '');
        return path.join(parent, 'file');
      },
      says: 'is not a directory',
    },
    'below a file': {
      make: (parent) => {
        writeFileSync(path.join(parent, 'file'), '');
        return path.join(parent, 'file', 'data');
      },
      says: 'is not a directory',
    },
    'a link to nowhere': {
      make: (parent) => {
        symlinkSync(path.join(parent, 'nowhere'), path.join(parent, 'link'));
        return path.join(parent, 'link');
      },
      says: 'is not',
    },
    'a PostgreSQL data directory itself': {
      make: (parent) => {
        writeFileSync(path.join(parent, 'PG_VERSION'), '18\n');
        return parent;
      },
      says: 'is itself a PostgreSQL data directory',
    },
    'foreign files where the database should be': {
      make: (parent) => {
        mkdirSync(path.join(parent, 'postgres'));
        writeFileSync(path.join(parent, 'postgres', 'thesis.doc'), '');
        return parent;
      },
      says: 'holds files that are not a PostgreSQL database',
    },
    'a database of another major version': {
      make: async () => {
        const dataDir = await used();
        writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
        return dataDir;
      },
      says: 'is of PostgreSQL 15, this Privity brings 18',
    },
    'its password is gone': {
      make: async () => {
        const dataDir = await used();
        rmSync(path.join(dataDir, 'postgres.password'));
        return dataDir;
      },
      says: 'postgres.password of its database can not be read',
    },
  };
  test.each(Object.entries(cases))('%s', async (_, { make, says }) => {
    const dataDir = await make(fresh());
    const said = await refusal(dataDir);
    expect(said).toMatch(/^configuration-invalid: database.dataDir/);
    expect(said).toContain(says);
  });

  test('not writable', async () => {
    const dataDir = path.join(fresh(), 'locked');
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o500);
    chmodSync(path.dirname(dataDir), 0o755);
    const said = isRoot ? (await gateway(dataDir, nobody())).said.error : await refusal(dataDir);
    expect(said).toContain('is not writable (EACCES)');
  });

  test('no space left', async (context) => {
    const dataDir = fresh();
    const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', dataDir]).status === 0;
    context.skip(!mounted, 'a small file system can only be mounted by root');
    try {
      expect(await refusal(dataDir)).toContain('no space is left on the device');
    } finally {
      spawnSync('umount', [dataDir]);
    }
  });
});

describe.skipIf(!isRoot)('ordinary users (tested as root only)', () => {
  test('an ordinary user runs it, root takes it over as that user, and back', async () => {
    const dataDir = fresh();
    const { uid, gid } = nobody();
    spawnSync('chown', [`${uid}:${gid}`, dataDir]);
    const first = await gateway(dataDir, nobody());
    expect(first.said.serverPid).toBeGreaterThan(1);
    expect(statSync(path.join(dataDir, 'postgres')).uid).toBe(uid);
    first.child.kill('SIGTERM');
    expect(await until(() => !alive(first.said.serverPid as number))).toBe(true);
    const asRoot = await start(dataDir);
    expect(readFileSync(`/proc/${asRoot.serverPid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${uid}\\s`, 'm'));
  });

  test("another user's database", async () => {
    const dataDir = await used();
    spawnSync('chown', [String(nobody().uid), dataDir]);
    spawnSync('chmod', ['-R', 'go+rX', dataDir]);
    spawnSync('chown', ['root:root', path.join(dataDir, 'postgres')]);
    expect((await gateway(dataDir, nobody())).said.error).toContain('belongs to the user with id 0');
  });
});
