import { createHmac, hash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { type EventRow, readRecords } from '../../src/adapters/audit-query-records.ts';
import { type Database, startDatabase } from '../../src/adapters/database.ts';
import { verifyChain } from '../audit/build-log.ts';
import { sampleRecord } from '../audit/sample-record.ts';
import { type FaultyNetwork, faultyNetwork, startTestDatabase, type TestDatabase } from '../support/database.ts';

const KEY = Buffer.alloc(32, 7);
const DEADLINE_MS = 500;
const sha256 = (text: string) => hash('sha256', text, 'hex');
const mac = (text: string) => createHmac('sha256', KEY).update(text).digest('hex');

let store: TestDatabase;
let network: FaultyNetwork;
let remote: Database;
let log: ReturnType<typeof createAuditLog>;

beforeAll(async () => {
  store = await startTestDatabase();
  await store.owner.unsafe(`create role remote login superuser password 'secret'`);
  network = await faultyNetwork(path.join(store.dataDir, 'postgres', '.s.PGSQL.5432'));
  remote = await startDatabase({ url: `postgres://remote:secret@127.0.0.1:${network.port}/privity` });
});
beforeEach(async () => {
  network.mode = 'pass';
  log = createAuditLog({ database: remote, macKey: KEY, deadlineMs: DEADLINE_MS });
  await log.append(sampleRecord());
});
afterEach(async () => {
  network.mode = 'pass';
  await log.close();
});
afterAll(async () => {
  await remote.close();
  await network.stop();
  await store.stop();
});

async function answerOf(record = sampleRecord()): Promise<{ id: string; said: string; ms: number }> {
  const start = performance.now();
  const said = await log.append(record).then(
    () => 'stored',
    (error) => error.code,
  );
  return { id: record.id, said, ms: performance.now() - start };
}

async function recovered(withinMs: number): Promise<string> {
  const end = performance.now() + withinMs;
  let last = 'not tried';
  while (performance.now() < end) {
    last = (await answerOf()).said;
    if (last === 'stored') return last;
    await sleep(20);
  }
  return last;
}

async function expectSoundChains(acknowledged: readonly string[]) {
  const entries = await readRecords(store.owner, await store.owner<EventRow[]>`select * from event order by chain, seq`);
  const found = new Set(entries.map(({ stored }) => stored.id));
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  const chains = [...Map.groupBy(entries, ({ link }) => link.chain).values()];
  expect(chains.map((chain) => verifyChain(chain, sha256, mac)).filter((fault) => fault !== undefined)).toEqual([]);
}

describe('whatever the store does, an append is answered in time, and the log recovers by itself', () => {
  const faults: Record<string, { begin: () => unknown; end?: () => unknown }> = {
    'refuses connections': {
      begin: () => {
        network.mode = 'refuse';
        network.cut();
      },
    },
    'takes and never answers': {
      begin: () => {
        network.mode = 'hang';
      },
    },
    'is locked by somebody': {
      begin: () => {
        held = store.owner.begin(async (tx) => {
          await tx`lock table event in access exclusive mode`;
          await new Promise<void>((resolve) => {
            letGo = resolve;
          });
        });
        return sleep(50);
      },
      end: async () => {
        letGo();
        await held;
      },
    },
    'is read-only': {
      begin: () => store.owner.unsafe(`alter database privity set default_transaction_read_only = on`).then(() => network.cut()),
      end: async () => {
        await store.owner.begin(async (tx) => {
          await tx`set transaction read write`;
          await tx.unsafe(`alter database privity reset default_transaction_read_only`);
        });
        network.cut();
      },
    },
    'turns the gateway away': {
      begin: () => store.owner.unsafe(`alter role remote nologin`).then(() => network.cut()),
      end: () => store.owner.unsafe(`alter role remote login`),
    },
  };
  let held: Promise<unknown> = Promise.resolve();
  let letGo: () => void = () => undefined;

  test.each(Object.entries(faults))('%s', async (_, { begin, end }) => {
    await begin();
    const answers = await Promise.all([answerOf(), answerOf(), answerOf()]);
    answers.push(await answerOf());
    network.mode = 'pass';
    await end?.();
    expect(answers.map(({ said }) => said)).toEqual(Array(4).fill('audit-unavailable'));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(DEADLINE_MS * 1.5);
    expect(await recovered(3000)).toBe('stored');
    await expectSoundChains([]);
  });

  test('loses the connection between commit and answer: refused, and no fork of the chain', async () => {
    const lost = sampleRecord({ requestId: 'lost-in-the-commit' });
    network.cutAtAnswerTo('lost-in-the-commit');
    expect((await answerOf(lost)).said).toBe('audit-unavailable');
    expect(await recovered(2000)).toBe('stored');
    expect(await store.owner`select 1 from event where id = ${lost.id}`).toHaveLength(1);
    await expectSoundChains([]);
  });
});

describe('a slow disk', () => {
  const slow = async (seconds: number) => {
    await store.owner.unsafe(`create or replace function slow_disk() returns trigger language plpgsql as
      $$ begin perform pg_sleep(${seconds}); return null; end $$`);
    await store.owner.unsafe('create trigger slow_disk before insert on event for each statement execute function slow_disk()');
  };
  afterEach(() => store.owner.unsafe('drop trigger slow_disk on event'));

  test('no append waits for the commit of another: a few lanes, each with a sound chain, every append in one of them', async () => {
    await slow(0.08);
    const known = new Set((await store.owner`select id from chain`).map(({ id }) => id));
    const own = createAuditLog({ database: store.database, macKey: KEY });
    const acknowledged: string[] = [];
    const waits: number[] = [];
    const one = async (at: number) => {
      await sleep(at);
      const record = sampleRecord();
      const began = performance.now();
      await own.append(record);
      waits.push(performance.now() - began);
      acknowledged.push(record.id);
    };
    await Promise.all(Array.from({ length: 40 }, (_, index) => one(index * 12)));
    await own.close();
    expect(acknowledged).toHaveLength(40);
    const begun = (await store.owner`select id from chain`).filter(({ id }) => !known.has(id));
    expect(begun.length).toBeGreaterThan(1);
    expect(begun.length).toBeLessThanOrEqual(4);
    await expectSoundChains(acknowledged);
  });

  test('what was decided under another policy than that in force is refused in every lane', async () => {
    await slow(0.04);
    const own = createAuditLog({ database: store.database, macKey: KEY });
    await store.owner`select announce_policy('all', 'now')`;
    const under = (policyVersion: string) => ({ policyVersion, epochs: [] });
    const one = async (at: number) => {
      await sleep(at * 6);
      return own.append(sampleRecord(), under(at % 2 === 0 ? 'now' : 'before')).then(
        () => 'stored',
        (error) => error.code,
      );
    };
    const said = await Promise.all(Array.from({ length: 30 }, (_, index) => one(index)));
    await own.close();
    expect(said).toEqual(said.map((_, index) => (index % 2 === 0 ? 'stored' : 'decision-stale')));
    await expectSoundChains([]);
  });
});

test('two that need the same new month at once both get it', async () => {
  const months = Array.from({ length: 12 }, (_, index) => `2031-${String(index + 1).padStart(2, '0')}-01T00:00:00Z`);
  for (const month of months) {
    const open = () => store.database.sql`select ensure_partitions(${month}::text::timestamptz, ${month}::text::timestamptz)`;
    await Promise.all([open(), open(), open(), open()]);
  }
  const made = await store.owner`select relname from pg_class where relname like 'event\_y2031%'`;
  expect(new Set(made.map(({ relname }) => relname)).size).toBeGreaterThanOrEqual(12);
});

test('PostgreSQL killed with -9 under load: every acknowledged append is there afterwards, and the chains hold', async () => {
  const own = createAuditLog({ database: store.database, macKey: KEY, deadlineMs: 2000 });
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let running = true;
  const load = async () => {
    while (running) {
      const record = sampleRecord();
      await own.append(record).then(
        () => acknowledged.push(record.id),
        (error) => refused.push(error.code),
      );
      if (refused.length > 0) await sleep(5);
    }
  };
  const workers = Array.from({ length: 20 }, load);
  for (let kill = 0; kill < 3; kill++) {
    const before = acknowledged.length;
    await sleep(150);
    expect(acknowledged.length).toBeGreaterThan(before);
    const pid = store.database.serverPid;
    expect(pid).toBeDefined();
    process.kill(pid as number, 'SIGKILL');
    const until = performance.now() + 20_000;
    const count = acknowledged.length;
    // What was under way may still be answered before the server is gone.
    const isBack = () => store.database.serverPid !== undefined && store.database.serverPid !== pid;
    while (!(isBack() && acknowledged.length > count + 40) && performance.now() < until) await sleep(20);
    expect(isBack()).toBe(true);
  }
  running = false;
  await Promise.all(workers);
  await own.close();
  expect(new Set(refused)).toEqual(new Set(['audit-unavailable']));
  await expectSoundChains(acknowledged);
});
