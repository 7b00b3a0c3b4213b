/** Alerts from a real log: nothing missed, nothing told twice, whoever evaluates, whatever fails in between. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startAlerts } from '../../src/adapters/alert-evaluator.ts';
import { createRelations, type Relations } from '../../src/adapters/alert-relations.ts';
import type { ReviewedAlert } from '../../src/adapters/alert-reviews.ts';
import type { Turns } from '../../src/adapters/audit-export-turns.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { createUpstream } from '../../src/adapters/upstream.ts';
import type { AlertRule } from '../../src/audit/alert-rule.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { toConfig } from '../../src/config.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { startUpstream } from '../support/upstream.ts';

const START = Date.parse('2026-11-23T20:00:00.000Z');
const MINUTE = 60_000;
const DAY = 86_400_000;
const plain = { severity: 'low', citation: 'c', text: 't', who: { except: [] } } as const;
const DENIALS: AlertRule = { ...plain, id: 'denials', kind: 'denials', windowHours: 1, threshold: 3 };
const PATIENTS: AlertRule = {
  ...plain,
  id: 'patients',
  kind: 'patients',
  windowHours: 24,
  threshold: 100,
  usual: { times: 2, atLeast: 4, days: 28 },
};
const FAMILY: AlertRule = {
  ...plain,
  id: 'family',
  kind: 'family',
  relations: ['self', 'related', 'household'],
  windowHours: 24,
  threshold: 1,
};
const NOBODY: Relations = { load: async () => () => undefined };

let store: TestDatabase;
const running: Turns[] = [];
const failures: unknown[] = [];
const told: string[] = [];

beforeAll(async () => {
  store = await startTestDatabase();
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`truncate event, event_subject, decision, context, chain, log_position, alert_sighting, alert_day, review_comment, review_finding, review`;
  });
  failures.length = 0;
  told.length = 0;
});
afterEach(async () => {
  for (const turns of running.splice(0)) await turns.close();
});

async function log(...records: readonly Partial<AuditRecord>[]): Promise<void> {
  const audit = createAuditLog({ database: store.database, macKey: Buffer.alloc(32, 7) });
  for (const record of records) await audit.append(sampleRecord(record));
  await audit.close();
}
const iso = (ms: number) => new Date(ms).toISOString();
const denial = (at: number, who = 'user-1'): Partial<AuditRecord> => ({
  recordedAt: iso(at),
  outcome: '4',
  status: 403,
  reason: 'forbidden',
  decisions: [],
  requester: { id: who, issuer: 'https://idp.example', roles: ['workforce'], fhirUser: 'Practitioner/d1' },
});
const patient = (at: number, n: string): Partial<AuditRecord> => ({
  recordedAt: iso(at),
  subjects: [`Patient/${n}`],
  decisions: [sampleDecision({ subject: `Patient/${n}` })],
});

function alerts(rules: readonly AlertRule[] = [DENIALS], relations = NOBODY, now = START): Turns {
  const turns = startAlerts({
    database: store.database,
    rules,
    relations,
    clock: { now: () => now },
    seconds: 3600,
    onFailure: (error) => failures.push(error),
    onAlert: ({ id }) => told.push(id),
  });
  running.push(turns);
  return turns;
}
async function evaluate(turns = alerts()): Promise<readonly ReviewedAlert[]> {
  while (await turns.now());
  return found();
}
const found = async () => {
  const rows = await store.owner<{ alert: ReviewedAlert }[]>`select alert from review where kind = 'alert' order by opened_at, id`;
  return rows.map(({ alert }) => alert);
};

describe('evaluation of the log', () => {
  test('gives one review, that says who, when, how many and which records, and nothing of a patient', async () => {
    await log(...[0, 1, 2].map((n) => denial(START + n * MINUTE)), denial(START, 'somebody-else'));
    const [alert, ...others] = await evaluate();
    expect(others).toEqual([]);
    expect(alert).toEqual({
      rule: 'denials',
      requester: 'https://idp.example|user-1',
      severity: 'low',
      text: 't',
      citation: 'c',
      from: iso(START),
      until: iso(START + 2 * MINUTE),
      count: 3,
      events: expect.any(Array),
    });
    const rows = await store.owner`select id from event where requester_id = 'user-1' order by recorded_at`;
    expect(alert?.events).toEqual(rows.map(({ id }) => id));
    expect(JSON.stringify(await store.owner`select * from review`)).not.toContain('Patient/');
    expect(told).toEqual(['denials']);
    expect(await evaluate()).toHaveLength(1);
    expect(told).toEqual(['denials']);
  });

  test('goes on from where it was: what is spread over turns, processes and chains counts together', async () => {
    for (const n of [0, 1]) {
      await log(denial(START + n * MINUTE));
      expect(await evaluate()).toEqual([]);
    }
    await log(denial(START + 2 * MINUTE));
    expect(await evaluate()).toMatchObject([{ count: 3 }]);
    await log(denial(START + 30 * MINUTE), denial(START + 59 * MINUTE));
    expect(await evaluate()).toMatchObject([{ count: 5 }]);
    await log(denial(START + 61 * MINUTE), denial(START + 62 * MINUTE));
    expect(await evaluate()).toMatchObject([{ count: 5 }]);
    await log(denial(START + 63 * MINUTE));
    expect(await evaluate()).toMatchObject([{ count: 5 }, { from: iso(START + 61 * MINUTE), count: 3 }]);
    expect(told).toEqual(['denials', 'denials']);
  });

  test('counts what another replica wrote earlier and committed later', async () => {
    await log(...[120, 121, 122].map((n) => denial(START + n * MINUTE)));
    expect(await evaluate()).toHaveLength(1);
    await log(...[0, 1, 2].map((n) => denial(START + n * MINUTE)));
    expect((await evaluate()).map(({ from }) => from)).toEqual([iso(START), iso(START + 120 * MINUTE)]);
  });

  test('misses nothing after a turn that failed, and tells nothing twice', async () => {
    await log(...[0, 1, 2].map((n) => denial(START + n * MINUTE)), patient(START, 'p1'));
    let attempts = 0;
    const broken: Relations = {
      async load() {
        attempts += 1;
        throw new Error('down');
      },
    };
    const turns = alerts([DENIALS, FAMILY], broken);
    await expect(turns.now()).rejects.toThrow('down');
    await expect(turns.now()).rejects.toThrow('down');
    expect(attempts).toBe(2);
    expect([await found(), told]).toEqual([[], []]);
    expect(await evaluate(alerts([DENIALS, FAMILY]))).toHaveLength(1);
  });

  test('by two replicas at once gives one review', async () => {
    await log(...Array.from({ length: 40 }, (_, n) => denial(START + n * 1000, `user-${n % 4}`)));
    const [one, other] = [alerts(), alerts()];
    for (let n = 0; n < 4; n++) await Promise.all([one.now(), other.now()]);
    expect((await found()).map(({ requester, count }) => [requester.at(-1), count]).sort()).toEqual([
      ['0', 10],
      ['1', 10],
      ['2', 10],
      ['3', 10],
    ]);
    expect(told).toHaveLength(4);
  });

  test('does not open again, nor change, what a reviewer has closed', async () => {
    await log(...[0, 1, 2].map((n) => denial(START + n * MINUTE)));
    await evaluate();
    await store.owner`update review set state = 'closed'`;
    await log(denial(START + 3 * MINUTE));
    expect(await evaluate()).toMatchObject([{ count: 3 }]);
  });

  test('begins with what is logged from now on, where a log was there before', async () => {
    await log(...[0, 1, 2].map((n) => denial(START + n * MINUTE)));
    await store.owner`insert into log_position (consumer, chain, seq) select 'alerts', chain, max(seq) from event group by chain`;
    expect(await evaluate()).toEqual([]);
  });
});

describe('what is usual for a requester', () => {
  const days = async (count: number, perDay: number) => {
    for (let day = count; day > 0; day--) {
      await log(...Array.from({ length: perDay }, (_, n) => patient(START - day * DAY + n * MINUTE, `d${day}-${n}`)));
      await evaluate(alerts([PATIENTS], NOBODY, START - day * DAY));
    }
  };
  const today = (count: number) => log(...Array.from({ length: count }, (_, n) => patient(START + n * MINUTE, `today-${n}`)));

  test.each([
    ['twice that', 6, 3, 6, 1],
    ['one less', 6, 3, 5, 0],
    ['twice that, which is less than what is nothing', 6, 1, 3, 0],
    ['of somebody who is new', 4, 3, 12, 0],
  ])('%s: %i days of %i, today %i', async (_, count, perDay, now, expected) => {
    await days(count, perDay);
    expect(await found()).toEqual([]);
    await today(now);
    expect(await evaluate(alerts([PATIENTS]))).toHaveLength(expected);
  });
});

describe('records of the requester’s own family', () => {
  const home = [{ use: 'home', line: ['1 Elm St'], postalCode: '02139' }];
  const person = (id: string, ...targets: string[]) => ({
    resourceType: 'Person',
    id,
    link: targets.map((reference) => ({ target: { reference } })),
  });
  const relative = (id: string, of: string) => ({ resourceType: 'RelatedPerson', id, patient: { reference: of } });
  const resources: Resource[] = [
    { resourceType: 'Practitioner', id: 'd1', name: [{ family: 'Doe' }], address: home },
    { resourceType: 'PractitionerRole', id: 'r1', practitioner: { reference: 'Practitioner/d1' } },
    ...['own', 'child', 'mother', 'stranger'].map((id) => ({ resourceType: 'Patient', id, name: [{ family: id }] })),
    { resourceType: 'Patient', id: 'spouse', name: [{ family: 'Doe' }], address: home },
    person('me', 'Practitioner/d1', 'Patient/own', 'RelatedPerson/parent-of-child'),
    relative('parent-of-child', 'Patient/child'),
    relative('mother-of-me', 'Patient/own'),
    person('my-mother', 'RelatedPerson/mother-of-me', 'Patient/mother'),
  ];
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let client: ReturnType<typeof createUpstream>;
  beforeAll(async () => {
    upstream = await startUpstream(resources);
    const { upstream: settings } = toConfig({
      upstream: { url: upstream.url },
      identity: { issuers: [{ issuer: 'https://idp.example', jwksUri: 'https://idp.example/jwks' }] },
    });
    client = createUpstream(settings, { clock: { now: () => START } });
  });
  afterAll(async () => {
    await client.close();
    await upstream.close();
  });

  test.each([
    ['Practitioner/d1', 'own', 1],
    ['Practitioner/d1', 'child', 1],
    ['Practitioner/d1', 'mother', 1],
    ['Practitioner/d1', 'spouse', 1],
    ['PractitionerRole/r1', 'child', 1],
    ['Practitioner/d1', 'stranger', 0],
    ['Practitioner/nobody', 'own', 0],
    ['Patient/own', 'own', 0],
  ])('%s reads %s', async (fhirUser, id, expected) => {
    await log({ ...patient(START, id), requester: { id: 'u', issuer: 'i', roles: ['treating-provider'], fhirUser } });
    expect(await evaluate(alerts([FAMILY], createRelations(client)))).toHaveLength(expected);
    expect(failures).toEqual([]);
  });

  // Logs of before, when such a subject was still decided on.
  test.each(['https://other.example/fhir/Patient/1', 'https://x&_id=1/Patient/2', 'Patient/a b', 'urn:uuid:1'])(
    'reads somebody of elsewhere (%s), and what comes after is evaluated',
    async (subject) => {
      const requester = { id: 'u', issuer: 'i', roles: ['treating-provider'], fhirUser: 'Practitioner/d1' };
      const elsewhere = { subjects: [subject], decisions: [sampleDecision({ subject })] };
      await log({ ...patient(START, 'stranger'), ...elsewhere, requester }, { ...patient(START + MINUTE, 'own'), requester });
      expect(await evaluate(alerts([FAMILY], createRelations(client)))).toHaveLength(1);
      expect(failures).toEqual([]);
    },
  );
});
