import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Checkpoints, readCheckpoint, readCheckpoints, startCheckpoints } from '../../src/adapters/audit-checkpoints.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { sha256 } from '../../src/adapters/audit-log-contexts.ts';
import { macOf } from '../../src/adapters/audit-log-key.ts';
import { loadSigningKeys, readCheckpointKeys, type SigningKeys } from '../../src/adapters/audit-signing-key.ts';
import { verifyAuditLog } from '../../src/adapters/audit-verify.ts';
import { openLog } from '../../src/adapters/audit-verify-database.ts';
import { canonicalRecord } from '../../src/audit/canonical-record.ts';
import { linkHash } from '../../src/audit/hash-chain.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const MAC_KEY = Buffer.alloc(32, 7);
const TWIN = 'ffffffff-ffff-4fff-bfff-ffffffffffff';
const clock = { now: () => Date.now() };

let store: TestDatabase;
let keys: SigningKeys;
let log: ReturnType<typeof createAuditLog>;
let checkpoints: Checkpoints;
let records: AuditRecord[];
const failures: unknown[] = [];

const now = (changes: Partial<AuditRecord> = {}) => sampleRecord({ recordedAt: new Date().toISOString(), ...changes });
const verify = (options = {}) => verifyAuditLog(store.owner, { keys, macKey: MAC_KEY, ...options });
const anchorFile = () => path.join(store.dataDir, 'audit.anchor');

beforeAll(async () => {
  store = await startTestDatabase();
  keys = await loadSigningKeys(path.join(store.dataDir, 'signing.json'));
  checkpoints = startCheckpoints({
    database: store.database,
    keys,
    macKey: MAC_KEY,
    clock,
    seconds: 3600,
    anchor: { file: anchorFile() },
    onFailure: (error) => failures.push(error),
  });
  await checkpoints.make();
});
afterAll(async () => {
  await store.stop();
});

/** Whatever a test did to it, the next begins with a log of two chains, two checkpoints and a tail of one. */
beforeEach(async () => {
  await tamper('truncate event, event_subject, decision, context, chain, checkpoint, checkpoint_head');
  rmSync(anchorFile(), { force: true });
  failures.length = 0;
  records = Array.from({ length: 6 }, (_, i) => now({ requestId: `request-${i}` }));
  for (const half of [records.slice(0, 3), records.slice(3)]) {
    log = createAuditLog({ database: store.database, macKey: MAC_KEY });
    for (const record of half) await log.append(record);
    expect(await checkpoints.make()).toBeDefined();
    if (half[0] === records[3]) await log.append(now());
    await log.close();
  }
});

/** As the owner of the database, past every trigger. */
async function tamper(...statements: string[]): Promise<void> {
  await store.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const statement of statements) await tx.unsafe(statement);
  });
}

const id = (n: number) => records[n]?.id ?? '';

describe('a log and its checkpoints', () => {
  test('as written: sound, with the tail and the ages told', async () => {
    const report = await verify();
    expect(report).toMatchObject({ sound: true, faults: [], chains: 2, rows: 7, tail: { rows: 1, chains: [{ from: 4, to: 4 }] } });
    expect(report.newestCheckpoint?.number).toBe(2);
    expect(Date.parse(report.newestRow ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(failures).toEqual([]);
  });

  test('what did not move is not signed again; the next checkpoint takes up the tail, and the totals', async () => {
    const third = await checkpoints.make();
    expect(third).toMatchObject({ number: 3, chains: 2, rows: 7, heads: [{ seq: 4 }] });
    expect(await checkpoints.make()).toBeUndefined();
    expect(await verify()).toMatchObject({ sound: true, tail: { rows: 0 } });
  });

  test('two replicas that sign at once make one line of checkpoints', async () => {
    const other = startCheckpoints({ database: store.database, keys, macKey: MAC_KEY, clock, seconds: 3600, onFailure: () => undefined });
    log = createAuditLog({ database: store.database, macKey: MAC_KEY });
    for (let i = 0; i < 5; i++) {
      await log.append(now());
      await Promise.all([checkpoints.make(), other.make()]);
    }
    await log.close();
    await other.close();
    const read = await readCheckpoints(store.database.sql, keys);
    expect(read.length).toBeGreaterThanOrEqual(7);
    expect(read.map(({ checkpoint }) => checkpoint?.number)).toEqual(read.map((_, index) => index + 1));
    expect(await verify()).toMatchObject({ sound: true, tail: { rows: 0 } });
  });

  test('goes on by itself, and makes a last one when it is closed', async () => {
    const own = startCheckpoints({ database: store.database, keys, macKey: MAC_KEY, clock, seconds: 1, onFailure: () => undefined });
    await expect.poll(async () => (await verify()).tail.rows, { timeout: 5000 }).toBe(0);
    log = createAuditLog({ database: store.database, macKey: MAC_KEY });
    await log.append(now());
    await log.close();
    await own.close();
    expect((await verify()).tail.rows).toBe(0);
  });
});

describe('whoever owns the database and passes its triggers is found out', () => {
  const cases: Record<string, { statements: () => string[]; fault: () => object }> = {
    'a row is changed': {
      statements: () => [`update event set outcome = '4' where id = '${id(1)}'`],
      fault: () => ({ kind: 'content', seq: 2, id: id(1) }),
    },
    'a subject is changed': {
      statements: () => [`update event_subject set subject = 'Patient/p2' where event_id = '${id(4)}'`],
      fault: () => ({ kind: 'content', seq: 2, id: id(4) }),
    },
    'a decision is turned': {
      statements: () => [`update decision set effect = 'withhold' where event_id = '${id(0)}'`],
      fault: () => ({ kind: 'content', seq: 1, id: id(0) }),
    },
    'a decision is removed': {
      statements: () => [`delete from decision where event_id = '${id(2)}'`],
      fault: () => ({ kind: 'content', seq: 3, id: id(2) }),
    },
    'the question that was asked is changed': {
      statements: () => [`update context set text = '{}'`],
      fault: () => ({ kind: 'context', id: sha256(sampleDecision().context) }),
    },
    'the question that was asked is removed': {
      statements: () => ['delete from context'],
      fault: () => ({ kind: 'context' }),
    },
    'a row is removed, with all that hangs on it': {
      statements: () => [
        `delete from event where id = '${id(1)}'`,
        `delete from event_subject where event_id = '${id(1)}'`,
        `delete from decision where event_id = '${id(1)}'`,
      ],
      fault: () => ({ kind: 'gap', seq: 2, id: id(2) }),
    },
    'a row is removed alone': {
      statements: () => [`delete from event where id = '${id(1)}'`],
      fault: () => ({ kind: 'orphan', id: id(1) }),
    },
    'the end of a chain is removed': {
      statements: () => [`delete from event where id = '${id(2)}'`],
      fault: () => ({ kind: 'truncated', seq: 3 }),
    },
    'two rows change places': {
      statements: () => [
        `update event set seq = -1 where id = '${id(0)}'`,
        `update event set seq = 1 where id = '${id(1)}'`,
        `update event set seq = 2 where id = '${id(0)}'`,
      ],
      fault: () => ({ kind: 'gap', seq: 1, id: id(1) }),
    },
    'a row is put in twice': {
      statements: () => [
        `create temp table twin on commit drop as select * from event where id = '${id(1)}'`,
        `update twin set id = '${TWIN}', recorded_at = recorded_at + interval '1 ms'`,
        'insert into event select * from twin',
      ],
      fault: () => ({ kind: 'gap', seq: 3, id: TWIN }),
    },
    'the tail is changed': {
      statements: () => [`update event set status = 418 where seq = 4`],
      fault: () => ({ kind: 'content', seq: 4 }),
    },
    'a checkpoint is removed': {
      statements: () => ['delete from checkpoint where number = 1'],
      fault: () => ({ kind: 'sequence', checkpoint: 2 }),
    },
    'a checkpoint is changed': {
      statements: () => [`update checkpoint set jws = overlay(jws placing 'AAAA' from 120) where number = 2`],
      fault: () => ({ kind: 'signature', checkpoint: 2 }),
    },
    'everything is gone but the checkpoints': {
      statements: () => ['truncate event, event_subject, decision, chain'],
      fault: () => ({ kind: 'truncated', seq: 1 }),
    },
  };
  test.each(Object.entries(cases))('%s', async (_, { statements, fault }) => {
    await tamper(...statements());
    const report = await verify();
    expect(report.sound).toBe(false);
    expect(report.faults).toContainEqual(expect.objectContaining(fault()));
  });

  test('the log is set back as a whole, its checkpoints too: the anchor knows, and is kept as evidence', async () => {
    const anchor = await readCheckpoint(readFileSync(anchorFile(), 'utf8').trim(), keys);
    await tamper(
      'delete from checkpoint where number = 2',
      `delete from event where id in ('${id(3)}', '${id(4)}', '${id(5)}') or seq = 4`,
      'delete from event_subject where event_id not in (select id from event)',
      'delete from decision where event_id not in (select id from event)',
      'delete from checkpoint_head where number = 2',
    );
    expect((await verify()).sound).toBe(true);
    expect((await verify({ anchors: [anchor] })).faults).toMatchObject([
      { kind: 'rolled-back', checkpoint: 2 },
      { kind: 'truncated', seq: 1 },
    ]);
    log = createAuditLog({ database: store.database, macKey: MAC_KEY });
    await log.append(now());
    await log.close();
    await expect(checkpoints.make()).rejects.toThrow('set back');
    expect((await readCheckpoint(readFileSync(anchorFile(), 'utf8').trim(), keys)).digest).toBe(anchor.digest);
  });

  test('rows of somebody without the key are never signed, and found', async () => {
    const [row] = await store.owner`select * from event where seq = 4`;
    const stored = { ...now(), decisions: [], subjects: [] };
    const hash = linkHash(sha256, row?.hash.toString('hex'), canonicalRecord(stored));
    await store.owner.begin(async (tx) => {
      const mac = Buffer.from(macOf(Buffer.alloc(32, 9), hash), 'hex');
      const made = {
        ...row,
        id: stored.id,
        recorded_at: stored.recordedAt,
        seq: 5,
        prev_hash: row?.hash,
        hash: Buffer.from(hash, 'hex'),
        mac,
      };
      await tx`insert into event ${tx(made as never)}`;
    });
    expect(await checkpoints.make()).toBeUndefined();
    expect(String(failures[0])).toContain('audit.keyFile');
    expect((await verify()).faults).toMatchObject([{ seq: 5, id: stored.id }]);
  });
});

describe('keys', () => {
  test('the file is made once, for its owner only; what is published holds no private part', async () => {
    const file = path.join(store.dataDir, 'fresh.json');
    const [one, two] = await Promise.all([loadSigningKeys(file), loadSigningKeys(file)]);
    expect(one.jwks).toEqual(two.jwks);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(one.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  test('after a change of keys the old signatures still verify, and only with the old key', async () => {
    const file = path.join(store.dataDir, 'rotated.json');
    const { keys: fresh } = JSON.parse(readFileSync(path.join(store.dataDir, 'fresh.json'), 'utf8'));
    const { keys: old } = JSON.parse(readFileSync(path.join(store.dataDir, 'signing.json'), 'utf8'));
    writeFileSync(file, JSON.stringify({ keys: [...fresh, ...old] }));
    const rotated = await loadSigningKeys(file);
    expect(await verify({ keys: rotated })).toMatchObject({ sound: true });
    const published = await readCheckpointKeys(JSON.stringify(keys.jwks), 'published');
    expect(await verify({ keys: published })).toMatchObject({ sound: true });
    const foreign = await loadSigningKeys(path.join(store.dataDir, 'fresh.json'));
    expect((await verify({ keys: foreign })).faults).toMatchObject([
      { kind: 'signature', checkpoint: 1 },
      { kind: 'signature', checkpoint: 2 },
    ]);
  });

  test('a key set that is none is refused', async () => {
    for (const text of ['', 'text', '{}', '{"keys":[]}', '{"keys":[{"kty":"RSA"}]}']) {
      await expect(readCheckpointKeys(text, 'a file'), text).rejects.toMatchObject({ code: 'configuration-invalid' });
    }
  });
});

test('an address that takes anchors is told each checkpoint until it has answered', async () => {
  const taken: string[] = [];
  let status = 503;
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text) => taken.push(`${status} ${text}`));
    request.on('end', () => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anchor`;
  const own = startCheckpoints({
    database: store.database,
    keys,
    macKey: MAC_KEY,
    clock,
    seconds: 3600,
    anchor: { url },
    onFailure: () => undefined,
  });
  await expect(own.make()).rejects.toThrow('503');
  status = 204;
  expect(await own.make()).toBeUndefined();
  await own.close();
  server.close();
  const [newest] = await store.owner`select jws from checkpoint order by number desc limit 1`;
  expect(taken.at(-1)).toBe(`204 ${newest?.jws}`);
});

test('the log can be opened beside a running gateway, to read only', async () => {
  const opened = await openLog({ dataDir: store.dataDir }, 'read-only');
  expect(await verifyAuditLog(opened.sql, { keys })).toMatchObject({ sound: true, rows: 7 });
  await expect(opened.sql`delete from checkpoint`).rejects.toMatchObject({ code: '25006' });
  await opened.close();
  expect(existsSync(path.join(store.dataDir, 'gateway.sock'))).toBe(true);
});
