import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAuditKey } from '../../src/adapters/audit-log-key.ts';
import { startDatabase } from '../../src/adapters/database.ts';
import { migrate } from '../../src/adapters/migrate.ts';
import { type FaultyNetwork, faultyNetwork, startTestDatabase, type TestDatabase, temporaryDirectory } from '../support/database.ts';

let store: TestDatabase;
let network: FaultyNetwork;
let url: string;

beforeAll(async () => {
  store = await startTestDatabase();
  await store.owner.unsafe(`create role remote login superuser password 'secret'`);
  await store.owner.unsafe('create database yours');
  network = await faultyNetwork(path.join(store.dataDir, 'postgres', '.s.PGSQL.5432'));
  url = `postgres://remote:secret@127.0.0.1:${network.port}/yours`;
});
afterAll(async () => {
  await network.stop();
  await store.stop();
});

async function refusal(target: string): Promise<string> {
  return startDatabase({ url: target }).then(
    () => 'started',
    (error) => `${error.code}: ${error.detail}`,
  );
}

describe('a database of yours', () => {
  test('is migrated into a schema of its own, once, also by two gateways at once', async () => {
    const both = await Promise.all([startDatabase({ url }), startDatabase({ url })]);
    const files = readdirSync(new URL('../../src/adapters/migrations/', import.meta.url)).sort();
    const rows = await both[0].sql`select name from privity.schema_migration order by number`;
    expect(rows.map(({ name }) => name)).toEqual(files);
    expect(await both[1].sql`select current_schema() as schema`).toEqual([{ schema: 'privity' }]);
    expect(both[0].serverPid).toBeUndefined();
    for (const database of both) await database.close();
  });

  const changes: Record<string, { change: string; says: string }> = {
    'that a newer Privity migrated': {
      change: `insert into privity.schema_migration (number, name, checksum) values (9999, '9999_future.sql', '')`,
      says: 'it was migrated by a newer Privity (9999_future.sql)',
    },
    'whose migration differs from ours': {
      change: `update privity.schema_migration set checksum = 'other' where number = 1`,
      says: 'differs from the one that ran',
    },
  };
  test.each(Object.entries(changes))('%s is refused', async (_, { change, says }) => {
    await (await startDatabase({ url })).close();
    const yours = postgres(url, { max: 1 });
    await yours.unsafe(change);
    expect(await refusal(url)).toContain(says);
    await yours.unsafe(`delete from privity.schema_migration where number = 9999`);
    const [row] = await store.owner`select checksum from schema_migration where number = 1`;
    await yours`update privity.schema_migration set checksum = ${row?.checksum} where number = 1`;
    await yours.end();
  });

  test.each([
    ['nobody listens', () => 'postgres://remote:secret@127.0.0.1:1/yours', 'ECONNREFUSED'],
    ['a wrong password', () => url.replace('secret', 'guess'), 'password authentication failed'],
    ['no such database', () => url.replace('/yours', '/theirs'), 'does not exist'],
  ])('%s: said at the start, without the password', async (_, target, says) => {
    const said = await refusal(target());
    expect(said).toMatch(/^configuration-invalid: database.url/);
    expect(said).toContain(says);
    expect(said).not.toMatch(/secret|guess/);
  });
});

test('migrating again changes nothing', async () => {
  const before = await store.owner`select number, applied_at from schema_migration`;
  await migrate(store.owner, 'privity');
  expect(await store.owner`select number, applied_at from schema_migration`).toEqual(before);
});

describe('the key of the MACs', () => {
  const directory = temporaryDirectory();
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is made once, for the owner alone, and found again', () => {
    const file = path.join(directory, 'a', 'audit.key');
    const made = loadAuditKey(file);
    expect(made).toHaveLength(32);
    expect(loadAuditKey(file)).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(made.toString('hex'));
  });

  test.each(['', 'short', 'g'.repeat(64)])('a file that holds %j is refused', (text) => {
    const file = path.join(directory, `b${text.length}`);
    writeFileSync(file, text);
    expect(() => loadAuditKey(file)).toThrow('not a key of 64 hex digits');
  });
});
