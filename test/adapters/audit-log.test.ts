import { createHmac, hash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { type EventRow, readRecords } from '../../src/adapters/audit-query-records.ts';
import { createSubjectEpochs } from '../../src/adapters/subject-epochs.ts';
import { announcePolicy } from '../../src/adapters/subject-epochs-policy.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { storeRecord } from '../../src/audit/store-record.ts';
import { verifyChain } from '../audit/build-log.ts';
import { bareRecord, sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const KEY = Buffer.alloc(32, 7);
const sha256 = (text: string) => hash('sha256', text, 'hex');
const mac = (text: string) => createHmac('sha256', KEY).update(text).digest('hex');

let test1: TestDatabase;
let log: ReturnType<typeof createAuditLog>;

beforeAll(async () => {
  test1 = await startTestDatabase();
  await announcePolicy(test1.database, 'v1');
  log = createAuditLog({ database: test1.database, macKey: KEY });
});
afterAll(async () => {
  await log.close();
  await test1.stop();
});

async function stored(ids: readonly string[]) {
  const { sql } = test1.database;
  return readRecords(sql, await sql<EventRow[]>`select * from event where id = any(${ids as string[]}::uuid[]) order by seq`);
}

async function chains() {
  const { sql } = test1.database;
  const entries = await readRecords(sql, await sql<EventRow[]>`select * from event order by chain, seq`);
  return [...Map.groupBy(entries, ({ link }) => link.chain).values()];
}

describe('an append is read back as it was written', () => {
  const odd = { 'with every member': sampleRecord(), 'with the least': bareRecord() };
  const cases: Record<string, AuditRecord> = {
    ...odd,
    'with several subjects and decisions': sampleRecord({
      subjects: ['Patient/p2', 'Patient/p1'],
      decisions: [sampleDecision(), sampleDecision({ reference: 'Observation/o2', effect: 'withhold', labels: [], basis: [] })],
    }),
    'with attestations, obligations and a break-glass reason': sampleRecord({
      obligations: ['NORDSCLCD'],
      attestations: [{ kind: 'PN-14', text: 'threat, "quoted" \\ text' }],
      breakGlassReason: 'unconscious',
    }),
    'with quotes, emoji and newlines': sampleRecord({ requestId: 'a"b\\c\n\t😀é{},NULL' }),
  };
  test.each(Object.entries(cases))('%s', async (_, record) => {
    await log.append(record);
    const [entry] = await stored([record.id]);
    expect(entry?.stored).toEqual(storeRecord(record, sha256).stored);
    const [context] = await test1.database
      .sql`select text from context where id = decode(${sha256(record.decisions[0]?.context ?? '')}, 'hex')`;
    expect(context?.text).toBe(record.decisions[0]?.context);
  });

  test('characters that PostgreSQL can not keep are replaced, in the row and in its hash', async () => {
    const record = sampleRecord({
      requestId: 'nul \0 and lone \ud800 surrogate',
      decisions: [sampleDecision({ context: '{"a":"\0\udfff"}' })],
    });
    await log.append(record);
    const [entry] = await stored([record.id]);
    expect(entry?.stored.requestId).toBe('nul \ufffd and lone \ufffd surrogate');
  });
});

describe('the chain', () => {
  test('a hundred appends at once: few commits, one chain, every link and MAC holds', async () => {
    const before = await commits();
    const records = Array.from({ length: 100 }, (_, i) => sampleRecord({ requestId: `request-${i}` }));
    await Promise.all(records.map((record) => log.append(record)));
    expect((await commits()) - before).toBeLessThan(10);
    const all = await chains();
    expect(all).toHaveLength(1);
    expect(all[0]?.length).toBeGreaterThanOrEqual(100);
    expect(verifyChain(all[0] ?? [], sha256, mac)).toBeUndefined();
  });

  test('each distinct context is kept once', async () => {
    const context = `{"only":"${randomUUID()}"}`;
    const decisions = [sampleDecision({ context }), sampleDecision({ context })];
    await Promise.all([log.append(sampleRecord({ decisions })), log.append(sampleRecord({ decisions }))]);
    expect(await test1.database.sql`select 1 from context where text = ${context}`).toHaveLength(1);
  });

  test('another process continues in a chain of its own', async () => {
    const other = createAuditLog({ database: test1.database, macKey: KEY });
    await other.append(sampleRecord());
    await other.close();
    const all = await chains();
    expect(all).toHaveLength(2);
    expect(all.map((entries) => verifyChain(entries, sha256, mac))).toEqual([undefined, undefined]);
  });

  async function commits(): Promise<number> {
    await test1.owner`select pg_stat_force_next_flush()`;
    const [row] = await test1.owner`select sum(xact_commit)::int as n from pg_stat_database where datname = 'privity'`;
    return row?.n;
  }
});

describe('what was decided under a state that is gone is not disclosed', () => {
  test('of one group, the stale are refused and the others committed', async () => {
    const epochs = await createSubjectEpochs(test1.database);
    await epochs.bump(['Patient/changed']);
    const current = sampleRecord();
    const old = sampleRecord();
    const otherPolicy = sampleRecord();
    const answers = await Promise.allSettled([
      log.append(current, { policyVersion: 'v1', epochs: [{ subject: 'Patient/changed', epoch: '1' }] }),
      log.append(old, { policyVersion: 'v1', epochs: [{ subject: 'Patient/changed', epoch: '0' }] }),
      log.append(otherPolicy, { policyVersion: 'v0', epochs: [] }),
    ]);
    expect(answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'stored'))).toEqual([
      'stored',
      'decision-stale',
      'decision-stale',
    ]);
    expect((await stored([current.id, old.id, otherPolicy.id])).map((entry) => entry.stored.id)).toEqual([current.id]);
  });

  test('a commit waits for a change that is being made, and then sees it', async () => {
    const subject = 'Patient/racing';
    let appended: Promise<unknown> = Promise.resolve();
    await test1.database.sql.begin(async (tx) => {
      await tx`select from bump_epochs(array[${subject}])`;
      appended = log.append(sampleRecord(), { policyVersion: 'v1', epochs: [{ subject, epoch: '0' }] }).catch((error) => error.code);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(await appended).toBe('decision-stale');
  });

  test('no announced policy, or an activation in between: stale', async () => {
    await announcePolicy(test1.database, 'v2');
    await expect(log.append(sampleRecord(), { policyVersion: 'v1', epochs: [] })).rejects.toMatchObject({ code: 'decision-stale' });
    await announcePolicy(test1.database, 'v1');
    await log.append(sampleRecord(), { policyVersion: 'v1', epochs: [] });
  });
});

describe('a record that can not be stored', () => {
  test('is refused alone', async () => {
    const good = [sampleRecord(), sampleRecord()];
    const answers = await Promise.allSettled([
      log.append(good[0] as AuditRecord),
      log.append(sampleRecord({ id: 'not-a-uuid' })),
      log.append(sampleRecord({ recordedAt: 'yesterday' })),
      log.append(good[1] as AuditRecord),
      log.append(good[0] as AuditRecord),
      log.append(sampleRecord({ subjects: [`https://far.example/${randomBytes(9000).toString('hex')}/Patient/p1`] })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'rejected', 'rejected']);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason.code).toBe('audit-unavailable');
    expect(await stored(good.map(({ id }) => id))).toHaveLength(2);
    for (const entries of await chains()) expect(verifyChain(entries, sha256, mac)).toBeUndefined();
  });

  test('more than may wait is refused at once', async () => {
    const small = createAuditLog({ database: test1.database, macKey: KEY, maxQueued: 10 });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => small.append(sampleRecord())));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await small.close();
    await expect(small.append(sampleRecord())).rejects.toMatchObject({ code: 'audit-unavailable' });
  });
});

test('months to come and long gone have their partitions made', async () => {
  const records = ['2019-02-28T23:59:59.999Z', '2031-12-31T23:59:59.999Z'].map((recordedAt) => sampleRecord({ recordedAt }));
  await Promise.all(records.map((record) => log.append(record)));
  const rows = await test1.database
    .sql`select tableoid::regclass::text as part from event where id = any(${records.map(({ id }) => id)}::uuid[]) order by 1`;
  expect(rows.map(({ part }) => part)).toEqual(['event_y2019m02', 'event_y2031m12']);
});

describe('reviews open with the commit', () => {
  const cases: Record<string, { record: AuditRecord; kinds: string[] }> = {
    'break-glass': { record: sampleRecord({ purpose: 'BTG', breakGlassReason: 'unconscious' }), kinds: ['break-glass'] },
    'an obligation of human approval': { record: sampleRecord({ obligations: ['HUAPRV'] }), kinds: ['human-approval'] },
    'a candidate': {
      record: sampleRecord({
        obligations: ['HUAPRV'],
        decisions: [sampleDecision({ reference: 'DocumentReference/d1', reviews: ['psychotherapy-note-candidate'] })],
      }),
      kinds: ['psychotherapy-note-candidate'],
    },
    nothing: { record: sampleRecord(), kinds: [] },
  };
  test.each(Object.entries(cases))('%s', async (_, { record, kinds }) => {
    await log.append(record);
    const rows = await test1.database.sql`select kind, state, subject from review where event_id = ${record.id}`;
    expect(rows.map((row) => ({ ...row }))).toEqual(kinds.map((kind) => ({ kind, state: 'open', subject: 'Patient/p1' })));
  });

  test('a candidate that is read again is still one review', async () => {
    const decisions = [sampleDecision({ reference: 'DocumentReference/d2', reviews: ['psychotherapy-note-candidate'] })];
    await Promise.all([1, 2, 3].map(() => log.append(sampleRecord({ decisions }))));
    expect(await test1.database.sql`select 1 from review where reference = 'DocumentReference/d2'`).toHaveLength(1);
  });
});

describe('the log is only ever added to', () => {
  const attempts = [
    'update event set outcome = $$0$$',
    'delete from event',
    'truncate event',
    'truncate event_y2026m11',
    'delete from event_y2026m11',
    'delete from event_subject',
    'update decision set effect = $$permit$$',
    'update context set text = $$$$',
    'delete from chain',
    'delete from schema_migration',
    'drop table event',
    'alter table event disable trigger append_only',
  ];
  test.each(attempts)('as the gateway: %s', async (statement) => {
    await expect(test1.database.sql.unsafe(statement)).rejects.toMatchObject({ code: '42501' });
  });
  test.each(attempts.filter((statement) => !/^drop|^alter|schema_migration/.test(statement)))('as the owner: %s', async (statement) => {
    await expect(test1.owner.unsafe(statement)).rejects.toThrow('append-only');
  });

  test('who takes the triggers away and changes a row is found out by the chain', async () => {
    const record = sampleRecord({ outcome: '4' });
    await log.append(record);
    await log.append(sampleRecord());
    await test1.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update event set outcome = '0' where id = ${record.id}`;
    });
    const faults = (await chains()).map((entries) => verifyChain(entries, sha256, mac));
    expect(faults.filter((fault) => fault !== undefined)).toMatchObject([{ id: record.id, kind: 'content' }]);
  });
});
