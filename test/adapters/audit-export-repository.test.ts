/** Export to a repository: nothing is lost and nothing blocks, whatever the repository, the network or the process does. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RepositoryExportOptions, startRepositoryExport } from '../../src/adapters/audit-export-repository.ts';
import { readTargets, registerTargets, retryParked } from '../../src/adapters/audit-export-targets.ts';
import type { Turns } from '../../src/adapters/audit-export-turns.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { OBSERVER, sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { json, startServer } from '../support/http-server.ts';
import { type Fault, startRepository, type TestRepository } from './audit-repository.ts';

const macKey = Buffer.alloc(32, 7);

let store: TestDatabase;
let repository: TestRepository;
const failures: string[] = [];
const running: Turns[] = [];
let now = Date.parse('2026-11-23T20:00:00.000Z');

beforeAll(async () => {
  store = await startTestDatabase();
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`truncate event, event_subject, decision, context, chain, log_position, log_target, log_parked`;
  });
  await registerTargets(store.database.sql, ['repository']);
  repository = await startRepository();
  failures.length = 0;
});
afterEach(async () => {
  for (const turns of running.splice(0)) await turns.close();
  await repository.close();
});

/** @returns ids of the AuditEvents that the records give */
async function log(count: number, changes: Parameters<typeof sampleRecord>[0] = {}): Promise<string[]> {
  const { database } = store;
  const audit = createAuditLog({ database, macKey });
  const records = Array.from({ length: count }, () =>
    sampleRecord({ recordedAt: new Date(now).toISOString(), decisions: [sampleDecision({ basis: [] })], ...changes }),
  );
  for (const record of records) await audit.append(record);
  await audit.close();
  return records.flatMap(({ id, subjects }) => (subjects.length < 2 ? [id] : subjects.map((_, n) => (n === 0 ? id : `${id}.${n}`))));
}

/** By hand: looks for nothing by itself. */
function exporter(changes: Partial<RepositoryExportOptions['repository']> = {}, maxParked = 1000): Turns {
  const turns = startRepositoryExport({
    database: store.database,
    repository: { url: repository.url, auth: { type: 'none' }, timeoutMs: 500, batch: 10, ...changes },
    observer: OBSERVER,
    clock: { now: () => now },
    seconds: 3600,
    maxParked,
    pauses: { first: 1000, most: 60_000 },
    onFailure: (error) => failures.push((error as Error).message),
  });
  running.push(turns);
  return turns;
}

/** Turns until nothing is left, passing the time of every pause. */
async function drain(turns: Turns, attempts = 40): Promise<void> {
  for (let n = 0; n < attempts; n++) {
    await turns.now();
    const [state] = await readTargets(store.database.sql);
    if (state?.waiting === 0 && !(await waitsForRetry())) return;
    now += 120_000;
  }
  throw new Error('it never ends');
}
const waitsForRetry = async () => (await store.owner`select 1 from log_parked where retry`).length > 0;

describe('every record arrives', () => {
  test('as AuditEvents that R4 accepts, in batches, each named by its tag; then nothing is sent again', async () => {
    const ids = [...(await log(25)), ...(await log(1, { subjects: ['Patient/p1', 'Patient/p2', 'Patient/p3'] })), ...(await log(3))];
    const turns = exporter();
    await drain(turns);
    expect([...repository.stored].sort()).toEqual(ids.sort());
    expect(repository.requests.map(({ path }) => path)).toEqual(Array(repository.requests.length).fill('/fhir'));
    expect(Math.max(...repository.requests.map(({ events }) => events))).toBe(10);
    for (const resource of repository.resources) {
      expect(resource.id).toBeUndefined();
      expect(validateResource(resource)).toEqual([]);
    }
    const sent = repository.requests.length;
    await turns.now();
    expect(repository.requests).toHaveLength(sent);
    expect(await readTargets(store.database.sql)).toMatchObject([{ target: 'repository', waiting: 0, failures: 0, parkedCount: 0 }]);
  });

  test('one by one, where that is asked for', async () => {
    const ids = await log(4);
    await drain(exporter({ batch: 1 }));
    expect([...repository.stored].sort()).toEqual(ids.sort());
    expect(repository.requests.map(({ path }) => path)).toEqual(Array(4).fill('/fhir/AuditEvent'));
  });

  const cases: Record<string, { readonly faults: readonly Fault[]; readonly batch?: number; readonly told: string }> = {
    'a connection that is refused': { faults: ['refuse', 'refuse'], told: 'UND_ERR_SOCKET' },
    'a 500': { faults: [{ status: 500 }], told: 'answered 500' },
    'a 503 to single events': { faults: [{ status: 503 }], batch: 1, told: 'answered 503' },
    'a 404, as of a repository that is put up anew': { faults: [{ status: 404 }], told: 'answered 404' },
    'a redirect': { faults: [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }], told: 'answered 302' },
    'no answer in time': { faults: ['hang'], told: 'TimeoutError' },
    'an answer that breaks off': { faults: ['die in the middle'], told: 'UND_ERR_SOCKET' },
    'a 201 that is never read': { faults: ['store and cut', 'store and cut'], told: 'UND_ERR_SOCKET' },
    'a 200 that acknowledges nothing': { faults: ['no answer to a batch'], told: 'answered 200' },
  };
  test.each(Object.entries(cases))('after %s, once each', async (_, { faults, batch = 10, told }) => {
    const ids = await log(7);
    repository.faults.push(...faults);
    await drain(exporter({ batch }));
    expect(failures).toEqual(
      Array(faults.length).fill(told === 'UND_ERR_SOCKET' ? expect.stringMatching(/UND_ERR_SOCKET|ECONNRESET/) : told),
    );
    expect([...repository.stored].sort()).toEqual(ids.sort());
    expect(await readTargets(store.database.sql)).toMatchObject([{ waiting: 0, failures: 0, parkedCount: 0 }]);
  });

  test('twice, recognizable, in a repository that knows no conditional create', async () => {
    const ids = await log(5);
    repository.forgetful = true;
    repository.faults.push('store and cut');
    await drain(exporter());
    expect(repository.stored).toHaveLength(10);
    expect([...new Set(repository.stored)].sort()).toEqual(ids.sort());
  });

  test('from several chains, while one of the events is not yet taken', async () => {
    const ids = [...(await log(3)), ...(await log(3)), ...(await log(3))];
    let tries = 0;
    repository.judge = (id) => (id === ids[4] && tries++ < 2 ? 503 : undefined);
    await drain(exporter());
    expect([...repository.stored].sort()).toEqual(ids.sort());
    expect(failures).toEqual(['answered 503', 'answered 503']);
  });
});

describe('a repository that is not there', () => {
  test('is left alone longer each time, as long as it asks, by all replicas; positions do not move', async () => {
    await log(2);
    const [one, other] = [exporter(), exporter()];
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      repository.faults.push({ status: 503, headers: n === 7 ? { 'retry-after': '300' } : {} });
      await one.now();
      const [state] = await readTargets(store.database.sql);
      waits.push(Date.parse(state?.retryAt ?? '') - now);
      expect(state).toMatchObject({ waiting: 2, failures: n + 1, error: 'answered 503' });
      const sent = repository.requests.length;
      now = Date.parse(state?.retryAt ?? '') - 1;
      await Promise.all([one.now(), other.now()]);
      expect(repository.requests).toHaveLength(sent);
      now += 1;
    }
    waits.slice(0, 6).forEach((wait, n) => {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** n);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** n);
    });
    expect(waits[6]).toBeLessThanOrEqual(60_000);
    expect(waits[7]).toBe(300_000);
    await other.now();
    expect(repository.stored).toHaveLength(2);
  });

  test('does not hold up a stop', async () => {
    await log(1);
    repository.faults.push('hang');
    const turns = exporter({ timeoutMs: 60_000 });
    const turn = turns.now();
    while (repository.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const begun = performance.now();
    await turns.close();
    await turn;
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(await readTargets(store.database.sql)).toMatchObject([{ waiting: 1, failures: 0 }]);
  });

  test('two replicas send each event once', async () => {
    const ids = await log(30);
    const [one, other] = [exporter(), exporter()];
    repository.forgetful = true;
    for (let n = 0; n < 6; n++) await Promise.all([one.now(), other.now()]);
    expect([...repository.stored].sort()).toEqual(ids.sort());
  });
});

describe('an event that is refused', () => {
  const cases: Record<string, { readonly status: number; readonly batch: number; readonly failing: number }> = {
    'with 422 in a batch': { status: 422, batch: 10, failing: 0 },
    'with 400 by itself': { status: 400, batch: 1, failing: 0 },
    'with 500, again and again, while others are taken': { status: 500, batch: 10, failing: 5 },
    'with 500 by itself, again and again, while others are taken': { status: 500, batch: 1, failing: 5 },
  };
  test.each(Object.entries(cases))('%s is put aside, told, and sent again when somebody says so', async (_, { status, batch, failing }) => {
    const ids = await log(8);
    const poison = ids[3] ?? '';
    repository.judge = (id) => (id === poison ? status : undefined);
    const turns = exporter({ batch });
    await drain(turns);
    expect(failures).toHaveLength(failing);
    const others = ids.filter((id) => id !== poison).sort();
    expect([...repository.stored].sort()).toEqual(others);
    const [state] = await readTargets(store.database.sql);
    expect(state).toMatchObject({
      waiting: 0,
      failures: 0,
      parkedCount: 1,
      parked: [{ id: poison, status, code: 'invariant', attempts: 1 }],
    });
    expect(JSON.stringify(state)).not.toContain('Patient/p1');

    const sent = repository.requests.length;
    await turns.now();
    expect(repository.requests).toHaveLength(sent);
    if (status !== 500) {
      expect(await retryParked(store.database.sql, 'repository')).toBe(1);
      await drain(turns);
      expect((await readTargets(store.database.sql))[0]?.parked).toMatchObject([{ id: poison, attempts: 2 }]);
    }
    repository.judge = () => undefined;
    expect(await retryParked(store.database.sql, 'repository')).toBe(1);
    await drain(turns);
    expect([...repository.stored].sort()).toEqual(ids.sort());
    expect((await readTargets(store.database.sql))[0]?.parkedCount).toBe(0);
  });

  test('as a whole batch, for one of its events, is found among them', async () => {
    const ids = await log(6);
    repository.faults.push({ status: 422 });
    repository.judge = (id) => (id === ids[2] ? 422 : undefined);
    await drain(exporter());
    expect([...repository.stored].sort()).toEqual(ids.filter((id) => id !== ids[2]).sort());
    expect((await readTargets(store.database.sql))[0]?.parked).toMatchObject([{ id: ids[2], status: 422 }]);
  });

  test('like every other is the repository’s fault: only so many are put aside', async () => {
    await log(60);
    repository.judge = () => 400;
    const turns = exporter({}, 20);
    for (let n = 0; n < 4; n++) {
      await turns.now();
      now += 120_000;
    }
    expect((await readTargets(store.database.sql))[0]).toMatchObject({ waiting: 60, parkedCount: 0, error: 'answered 400' });
    repository.judge = () => undefined;
    await drain(turns);
    expect(repository.stored).toHaveLength(60);
  });
});

describe('credentials', () => {
  test('a bearer token', async () => {
    await log(1);
    await drain(exporter({ auth: { type: 'bearer', token: 'secret' } }));
    expect(repository.requests.map(({ authorization }) => authorization)).toEqual(['Bearer secret']);
  });

  test('client credentials, renewed where the repository refuses the token', async () => {
    let issued = 0;
    const issuer = await startServer((_, response) =>
      json(response, { access_token: `token-${++issued}`, token_type: 'Bearer', expires_in: 300 }),
    );
    await log(1);
    repository.faults.push({ status: 401 });
    const auth = { type: 'client-credentials', tokenUrl: issuer.url, clientId: 'privity', clientSecret: 's' } as const;
    await drain(exporter({ auth }));
    expect(repository.requests.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(failures).toEqual([]);
    await issuer.goDown();
  });

  test('that are wrong hold everything, and put nothing aside', async () => {
    const ids = await log(3);
    repository.faults.push({ status: 401 }, { status: 403 });
    await drain(exporter());
    expect(failures).toEqual(['answered 401', 'answered 403']);
    expect([...repository.stored].sort()).toEqual(ids.sort());
  });
});
