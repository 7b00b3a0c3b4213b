import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Checkpoints, startCheckpoints } from '../../src/adapters/audit-checkpoints.ts';
import { registerTargets } from '../../src/adapters/audit-export-targets.ts';
import { createLegalHolds } from '../../src/adapters/audit-holds.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { purgeAuditLog } from '../../src/adapters/audit-purge.ts';
import { loadSigningKeys, type SigningKeys } from '../../src/adapters/audit-signing-key.ts';
import { readSlice, verifySliceText } from '../../src/adapters/audit-slice.ts';
import { verifyAuditLog } from '../../src/adapters/audit-verify.ts';
import { sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const macKey = Buffer.alloc(32, 7);
const NOW = Date.parse('2026-11-23T20:00:00.000Z');
const clock = { now: () => NOW };

let store: TestDatabase;
let keys: SigningKeys;
let checkpoints: Checkpoints;

/** Three chains: one that ended in a month to go, one that goes on to now, and whose order around midnight is not that of time. */
const CHAINS = [
  ['2020-09-30T10:00:00.000Z', '2020-10-01T10:00:00.000Z', '2020-10-02T10:00:00.000Z'],
  [
    '2020-10-31T23:59:59.000Z',
    '2020-11-01T00:00:00.100Z',
    '2020-10-31T23:59:59.900Z',
    '2020-11-01T00:00:01.000Z',
    '2026-11-23T10:00:00.000Z',
  ],
  ['2026-11-23T10:00:00.000Z'],
];

beforeAll(async () => {
  store = await startTestDatabase();
  keys = await loadSigningKeys(path.join(store.dataDir, 'signing.json'));
});
afterAll(() => store.stop());

beforeEach(async () => {
  const { database } = store;
  await store.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`truncate event, event_subject, decision, context, chain, checkpoint, checkpoint_head, purged_record, legal_hold,
      log_position, log_target, log_parked`;
  });
  for (const times of CHAINS) {
    const log = createAuditLog({ database, macKey });
    for (const recordedAt of times) {
      await log.append(sampleRecord({ recordedAt, subjects: [`Patient/${recordedAt.slice(0, 7)}`], decisions: [] }));
    }
    await log.close();
  }
  checkpoints = startCheckpoints({ database, keys, macKey, clock, seconds: 3600, onFailure: () => undefined });
  await checkpoints.make();
});
afterEach(() => checkpoints.close());
const verify = () => verifyAuditLog(store.owner, { keys, macKey });
const purge = (options = {}) => purgeAuditLog(store.owner, { keys, macKey, anchors: [], years: 6, now: NOW, ...options });

describe('a purge', () => {
  test('drops whole months older than six years, and what is left verifies, from then on too', async () => {
    expect(await verify()).toMatchObject({ sound: true, rows: 9 });
    expect(await purge()).toEqual({ months: ['2020-09', '2020-10'], rows: 5 });
    const report = await verify();
    expect(report).toMatchObject({ sound: true, faults: [], rows: 4, tail: { rows: 0 } });
    const log = createAuditLog({ database: store.database, macKey });
    await log.append(sampleRecord({ recordedAt: new Date(NOW).toISOString() }));
    await log.close();
    expect(await checkpoints.make()).toBeDefined();
    expect(await verify()).toMatchObject({ sound: true, rows: 5, tail: { rows: 0 } });
    expect(await purge()).toEqual({ months: [], rows: 0 });
  });

  test('hides nothing: a row that is removed or changed afterwards is found, at the edge too', async () => {
    await purge();
    const rows = await store.owner<{ id: string }[]>`select id from event where recorded_at < '2021-01-01' order by seq`;
    expect(rows).toHaveLength(2);
    for (const { id } of rows) {
      await store.owner.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update event set outcome = '8' where id = ${id}`;
        expect((await verifyAuditLog(store.owner, { keys, macKey })).sound).toBe(true);
      });
      expect((await verify()).faults).toMatchObject([{ kind: 'content', id }]);
      await store.owner.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`update event set outcome = '0' where id = ${id}`;
      });
    }
    await store.owner`delete from purged_record`;
    expect((await verify()).faults).toMatchObject([{ kind: 'gap', seq: 3 }]);
  });

  test('leaves slices that verify', async () => {
    await purge();
    const asked = { patient: 'Patient/2020-11', from: '2020-11-01T00:00:00.000Z', before: '2020-12-01T00:00:00.000Z' };
    const slice = await readSlice(store.database.sql, keys, asked);
    expect(slice.match(/"record"/g)).toHaveLength(2);
    expect(await verifySliceText(slice, keys)).toMatchObject({ sound: true, faults: [], rows: 2 });
  });

  test('keeps at least six years, however few are asked for, and more where more are', async () => {
    expect(await purge({ years: 1, now: Date.parse('2026-10-31T23:59:59.000Z') })).toEqual({ months: ['2020-09'], rows: 1 });
    expect(await purge({ years: 7 })).toEqual({ months: [], rows: 0 });
  });

  test('of a log in which something is wrong is refused', async () => {
    await store.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update event set outcome = '8' where recorded_at < '2020-10-01'`;
    });
    await expect(purge()).rejects.toMatchObject({ code: 'configuration-invalid' });
    expect(await store.owner`select 1 from event`).toHaveLength(9);
  });

  test('is not the gateway’s to do', async () => {
    await expect(purgeAuditLog(store.database.sql, { keys, macKey, anchors: [], years: 6, now: NOW })).rejects.toMatchObject({
      code: '42501',
    });
    expect(await verify()).toMatchObject({ sound: true, rows: 9 });
  });
});

describe('a legal hold', () => {
  const recorded = { recordedBy: 'officer', recordedAt: new Date(NOW).toISOString(), reason: 'litigation' };

  test.each([
    ['on everything', undefined, { months: [], rows: 0, held: '2020-09' }],
    ['on a patient', 'Patient/2020-10', { months: ['2020-09'], rows: 1, held: '2020-10' }],
    ['on a patient of whom nothing is old', 'Patient/2026-11', { months: ['2020-09', '2020-10'], rows: 5 }],
  ])('%s', async (_, subject, purged) => {
    await createLegalHolds(store.database.sql).record({ ...recorded, ...(subject === undefined ? {} : { subject }) });
    expect(await purge()).toEqual(purged);
    expect((await verify()).sound).toBe(true);
  });

  test('that is released holds no more, and is released once', async () => {
    const holds = createLegalHolds(store.database.sql);
    const { id } = await holds.record(recorded);
    expect(await purge()).toMatchObject({ rows: 0 });
    expect(await holds.release(id, 'officer', recorded.recordedAt)).toMatchObject({ id, releasedBy: 'officer' });
    expect(await holds.release(id, 'officer', recorded.recordedAt)).toBeUndefined();
    expect(await purge()).toMatchObject({ rows: 5 });
  });
});

describe('an export', () => {
  const advanceTo = (month: string) => store.owner`insert into log_position (consumer, chain, seq)
    select 'repository', chain, max(seq) from event where recorded_at < ${`${month}-01T00:00:00Z`}::text::timestamptz group by chain`;
  const park = () => store.owner`insert into log_parked (target, id, chain, seq, recorded_at, status, parked_at)
    select 'repository', id, chain, seq, recorded_at, 422, now() from event where recorded_at < '2020-10-01'`;

  test.each([
    ['that has received nothing', ['repository'] as const, () => undefined, { months: [], rows: 0, unexported: '2020-09' }],
    [
      'that has received a month',
      ['repository'] as const,
      () => advanceTo('2020-10'),
      { months: ['2020-09'], rows: 1, unexported: '2020-10' },
    ],
    ['that has received all that is old', ['repository'] as const, () => advanceTo('2020-11'), { months: ['2020-09', '2020-10'], rows: 5 }],
    [
      'that has received all, and refused one that is still put aside',
      ['repository'] as const,
      () => advanceTo('2020-11').then(park),
      { months: [], rows: 0, unexported: '2020-09' },
    ],
    [
      'that has, beside one that has not',
      ['folder', 'repository'] as const,
      () => advanceTo('2020-11'),
      { months: [], rows: 0, unexported: '2020-09' },
    ],
    ['that is no longer configured', [] as const, park, { months: ['2020-09', '2020-10'], rows: 5 }],
  ])('%s', async (_, configured, done, purged) => {
    await registerTargets(store.database.sql, ['repository', 'folder']);
    await registerTargets(store.database.sql, configured);
    await done();
    expect(await purge()).toEqual(purged);
    expect((await verify()).sound).toBe(true);
  });

  test('and a legal hold: the earlier month counts, both are told', async () => {
    await registerTargets(store.database.sql, ['repository']);
    await advanceTo('2020-10');
    const recorded = { recordedBy: 'officer', recordedAt: new Date(NOW).toISOString(), reason: 'litigation', subject: 'Patient/2020-09' };
    await createLegalHolds(store.database.sql).record(recorded);
    expect(await purge()).toEqual({ months: [], rows: 0, held: '2020-09', unexported: '2020-10' });
  });
});
