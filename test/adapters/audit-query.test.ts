import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { readAuditEvent, searchAuditEvents } from '../../src/adapters/audit-query.ts';
import { cursorText, parseAuditSearch } from '../../src/audit/parse-audit-search.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { bareRecord, OBSERVER, sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let log: ReturnType<typeof createAuditLog>;

const requester = (id: string, more = {}) => ({ id, issuer: 'https://idp.example', roles: [], ...more });
const plain = { decisions: [], requester: requester('somebody') };

/** By name, so that a search's answer can be written as names. */
const RECORDS: Record<string, AuditRecord> = {
  read: sampleRecord({
    recordedAt: '2026-10-31T23:59:59.999Z',
    requester: requester('u1', { fhirUser: 'Practitioner/d1', clientId: 'ehr' }),
  }),
  shared: sampleRecord({ ...plain, recordedAt: '2026-11-01T00:00:00.000Z', subjects: ['Patient/p1', 'Patient/p2'], purpose: 'HPAYMT' }),
  search: sampleRecord({
    ...plain,
    recordedAt: '2026-11-02T10:00:00.000Z',
    interaction: 'search-type',
    action: 'E',
    subjects: ['Patient/p2'],
    decisions: [
      sampleDecision({ reference: 'Observation/o7', subject: 'Patient/p2', basis: [] }),
      sampleDecision({ reference: 'Observation/o7', versionId: '2', subject: 'Patient/p2', basis: [] }),
    ],
    target: 'Observation?category',
  }),
  refused: bareRecord({ recordedAt: '2026-11-03T10:00:00.000Z', requester: requester('u2', { clientId: 'ehr' }), purpose: 'TREAT' }),
  created: sampleRecord({ ...plain, recordedAt: '2026-12-01T00:00:00.000Z', interaction: 'create', action: 'C', subjects: ['Patient/p3'] }),
};

beforeAll(async () => {
  store = await startTestDatabase();
  log = createAuditLog({ database: store.database, macKey: Buffer.alloc(32, 1) });
  await Promise.all(Object.values(RECORDS).map((record) => log.append(record)));
});
afterAll(async () => {
  await log.close();
  await store.stop();
});

const search = (query: string) => {
  const pairs = [...new URLSearchParams(query)] as [string, string][];
  return searchAuditEvents(store.database.sql, parseAuditSearch(pairs), OBSERVER);
};

/** `read`, `shared.1` (of its second patient), `read.authz`. */
function nameOf(event: Resource): string {
  const [name, record] = Object.entries(RECORDS).find(([, { id }]) => event.id?.startsWith(id)) ?? ['?', bareRecord()];
  return `${name}${event.id?.slice(record.id.length)}`;
}

describe('searches', () => {
  const cases: [query: string, found: string[]][] = [
    ['', ['created', 'refused', 'search', 'shared', 'shared.1', 'read', 'read.authz']],
    ['_sort=date', ['read', 'read.authz', 'shared', 'shared.1', 'search', 'refused', 'created']],
    ['patient=Patient/p1', ['shared', 'read', 'read.authz']],
    ['patient=p2', ['search', 'shared.1']],
    ['patient=Patient/p1,Patient/p3', ['created', 'shared', 'read', 'read.authz']],
    ['patient=Patient/p1&patient=Patient/p2', ['shared', 'shared.1']],
    ['patient=Patient/nobody', []],
    ['patient=https://elsewhere.example/Patient/p1', []],
    ['agent=u2', ['refused']],
    ['agent=Practitioner/d1', ['read', 'read.authz']],
    ['agent=ehr', ['refused', 'read', 'read.authz']],
    ['agent=u1,u2', ['refused', 'read', 'read.authz']],
    ['agent=u1&agent=ehr', ['read', 'read.authz']],
    ['date=2026-11', ['refused', 'search', 'shared', 'shared.1']],
    ['date=ge2026-11-02&date=lt2026-11-03', ['search']],
    ['date=gt2026-11', ['created']],
    ['date=lt2026-11', ['read', 'read.authz']],
    ['date=2026-10-31T23:59:59.999Z', ['read', 'read.authz']],
    ['date=2026-10-31T19:59:59.999-04:00', ['read', 'read.authz']],
    ['action=C', ['created']],
    ['action=C,E', ['created', 'refused', 'search']],
    ['outcome=4', ['refused']],
    ['outcome=http://hl7.org/fhir/audit-event-outcome|4', ['refused']],
    ['purpose=HPAYMT', ['shared', 'shared.1']],
    ['purpose=http://terminology.hl7.org/CodeSystem/v3-ActReason|HPAYMT', ['shared', 'shared.1']],
    ['entity=Observation/o7', ['search']],
    ['entity=Patient/p3', ['created']],
    ['type=rest', ['created', 'refused', 'search', 'shared', 'shared.1', 'read']],
    ['type=http://dicom.nema.org/resources/ontology/DCM|110113', ['read.authz']],
    ['type=rest,110113&patient=p1', ['shared', 'read', 'read.authz']],
    ['type=110101', []],
    ['policy=MH-01', ['read', 'read.authz']],
    ['policy=Consent/c1', ['read', 'read.authz']],
    ['policy=XX-01,MH-01&patient=p1', ['read', 'read.authz']],
    ['policy=PN-28', []],
    ['label=MH', ['search', 'read', 'read.authz']],
    ['label=http://terminology.hl7.org/CodeSystem/v3-ActCode|MH&patient=p2', ['search']],
    ['label=HIV', []],
    ['patient=p1&entity=Observation/o1', ['read', 'read.authz']],
    ['patient=p2&entity=Observation/o1', []],
    ['entity=Observation/o7&entity=Patient/p2', ['search']],
    ['patient=p2&date=lt2026-11-02&action=R', ['shared.1']],
    [`_id=${RECORDS.search?.id}`, ['search']],
  ];
  test.each(cases)('%s', async (query, found) => {
    const { events, next } = await search(query);
    expect(events.map(nameOf)).toEqual(found);
    expect(next).toBeUndefined();
  });
});

describe('pages', () => {
  test.each(['', 'patient=p2&', 'patient=p1,p2&', '_sort=date&'])('%s_count=1: every event once, in order', async (query) => {
    const all = (await search(query)).events.map(({ id }) => id);
    for (const count of [1, 2, 3]) {
      const found: (string | undefined)[] = [];
      let page = await search(`${query}_count=${count}`);
      for (;;) {
        expect(page.events.length).toBeLessThanOrEqual(count);
        found.push(...page.events.map(({ id }) => id));
        if (page.next === undefined) break;
        page = await search(`${query}_count=${count}&_page=${cursorText(page.next)}`);
      }
      expect(found).toEqual(all);
    }
  });

  test('that hold nothing to show go on to the next', async () => {
    const found: (string | undefined)[] = [];
    let page = await search('type=110113&_count=1&date=lt2026-11-01');
    for (let n = 0; ; n++) {
      expect(n).toBeLessThan(5);
      found.push(...page.events.map(nameOf));
      if (page.next === undefined) break;
      page = await search(`type=110113&_count=1&date=lt2026-11-01&_page=${cursorText(page.next)}`);
    }
    expect(found).toEqual(['read.authz']);
  });

  test('stay the same while rows arrive', async () => {
    const first = await search('patient=p9&_count=2');
    expect(first.events).toEqual([]);
    const records = [1, 2, 3, 4].map((day) =>
      sampleRecord({ ...plain, subjects: ['Patient/p9'], recordedAt: `2026-11-0${day}T00:00:00.000Z` }),
    );
    for (const record of records) await log.append(record);
    const page = await search('patient=p9&_count=2');
    await log.append(sampleRecord({ ...plain, subjects: ['Patient/p9'], recordedAt: '2026-11-09T00:00:00.000Z' }));
    expect(page.next).toBeDefined();
    const following = await search(`patient=p9&_count=2&_page=${page.next && cursorText(page.next)}`);
    const ids = [...page.events, ...following.events].map(({ id }) => id);
    expect(ids).toEqual(records.map(({ id }) => id).reverse());
  });
});

describe('one event', () => {
  test('by each id that a search gave', async () => {
    for (const event of (await search('')).events) {
      expect(await readAuditEvent(store.database.sql, event.id ?? '', OBSERVER)).toEqual(event);
    }
  });
  test.each([randomUUID(), 'nonsense', '', `${RECORDS.read?.id}.7`, `${RECORDS.read?.id}'`])('none of id %j', async (id) => {
    expect(await readAuditEvent(store.database.sql, id, OBSERVER)).toBeUndefined();
  });
});

describe('by what decided, over months', () => {
  const months = ['2026-03-31T23:59:59.999Z', '2026-04-01T00:00:00.000Z', '2026-06-15T12:00:00.000Z', '2026-08-01T00:00:00.000Z'];
  const rare = months.map((recordedAt, n) =>
    sampleRecord({
      recordedAt,
      subjects: [`Patient/m${n}`],
      requester: requester(`month-${n}`),
      decisions: [
        sampleDecision({ subject: `Patient/m${n}`, labels: ['SDV'], basis: [{ kind: 'policy', id: 'PN-11', effect: 'permit' }] }),
        sampleDecision({ subject: `Patient/m${n}`, labels: ['HIV'], basis: [{ kind: 'policy', id: 'SU-14', effect: 'permit' }] }),
      ],
    }),
  );
  const ids = rare.map(({ id }) => id);
  beforeAll(async () => {
    for (const record of rare) await log.append(record);
    // More than are looked through before the index is asked.
    const common = Array.from({ length: 2100 }, (_, n) =>
      sampleRecord({ recordedAt: '2026-12-20T00:00:00.000Z', subjects: [`Patient/c${n}`], decisions: [], requester: requester('busy') }),
    );
    await Promise.all(common.map((record) => log.append(record)));
  });

  test.each<[string, number[]]>([
    ['policy=PN-11', [3, 2, 1, 0]],
    ['policy=PN-11&_sort=date', [0, 1, 2, 3]],
    ['policy=NN-00,SU-14', [3, 2, 1, 0]],
    ['label=SDV', [3, 2, 1, 0]],
    ['label=SDV&policy=SU-14', [3, 2, 1, 0]],
    ['label=SDV&label=HIV', [3, 2, 1, 0]],
    ['label=SDV&policy=NN-00', []],
    ['policy=PN-11&agent=month-2', [2]],
    ['policy=PN-11&agent=busy', []],
    ['policy=PN-11&date=ge2026-04-01&date=lt2026-08', [2, 1]],
    ['policy=PN-11&date=lt2026-04', [0]],
    ['label=NONE', []],
  ])('%s', async (query, found) => {
    expect((await search(query)).events.map(({ id }) => id)).toEqual(found.map((n) => ids[n]));
  });

  test.each(['policy=PN-11', 'label=SDV&_sort=date'])('%s page by page', async (query) => {
    const all = (await search(query)).events.map(({ id }) => id);
    const found: (string | undefined)[] = [];
    for (
      let page = await search(`${query}&_count=1`);
      ;
      page = await search(`${query}&_count=1&_page=${page.next && cursorText(page.next)}`)
    ) {
      found.push(...page.events.map(({ id }) => id));
      if (page.next === undefined) break;
    }
    expect(found).toEqual(all);
  });

  test('consents that had a say, and what administrators changed, from long ago', async () => {
    const changed = sampleRecord({
      ...plain,
      recordedAt: '2026-05-05T00:00:00.000Z',
      door: 'admin',
      interaction: 'activate',
      action: 'U',
      subjects: [],
    });
    await log.append(changed);
    const { events } = await search('type=110113');
    expect(events.map(({ id }) => id)).toEqual([`${RECORDS.read?.id}.authz`, changed.id]);
  });
});

test('requests for records are told from what the staff rules and reads, refused or not', async () => {
  const acts = [
    { interaction: 'search', action: 'E', target: 'reviews' },
    { interaction: 'read', action: 'R', target: 'refused', outcome: '4' },
    { interaction: 'explain', action: 'E', target: 'explain', subjects: ['Patient/p31'] },
    { interaction: 'activate', action: 'U', target: 'policies/clinic/versions/2' },
  ] as const;
  const asked = { ...plain, requester: requester('officer'), subjects: [] };
  const staff = acts.map((act, n) => sampleRecord({ ...asked, ...act, door: 'admin', recordedAt: `2026-12-24T00:00:0${n}.000Z` }));
  const record = sampleRecord({ ...asked, subjects: ['Patient/p31'], recordedAt: '2026-12-24T00:00:09.000Z' });
  for (const one of [...staff, record]) await log.append(one);
  const found = async (query: string) => (await search(`agent=officer&${query}`)).events.map(({ id }) => id);
  const [listed, refused, explained, activated] = staff.map(({ id }) => id);
  expect(await found('type=rest')).toEqual([record.id, explained, refused, listed]);
  expect(await found('type=rest&entity-role:not=13')).toEqual([record.id]);
  expect(await found('entity-role=13')).toEqual([activated, explained, refused, listed]);
  expect(await found('entity-role=13&type=110113')).toEqual([activated]);
  expect(await found('patient=p31&entity-role:not=13')).toEqual([record.id]);
  const { events } = await search('agent=officer&entity-role:not=13&entity-role=13');
  expect(events).toEqual([]);
  for (const event of (await search('agent=officer')).events) {
    const roles = (event.entity as { role?: { code: string } }[]).map(({ role }) => role?.code);
    expect([event.id, roles.includes('13')]).toEqual([event.id, event.id !== record.id]);
  }
});

test('disclosures to those outside are found by their type, and by their id', async () => {
  const given = ['Patient/p21', 'Patient/p22'].map((subject) => sampleDecision({ subject, basis: [] }));
  const record = sampleRecord({ recipient: 'payer', subjects: ['Patient/p21', 'Patient/p22'], decisions: given });
  await log.append(record);
  await log.append(sampleRecord({ recipient: 'payer', subjects: ['Patient/p21'], decisions: [sampleDecision({ effect: 'withhold' })] }));
  const { events } = await search('type=110106');
  expect(events.map(({ id }) => id)).toEqual([`${record.id}.disclosed`, `${record.id}.1.disclosed`]);
  expect((await search('type=110106&patient=p22')).events).toHaveLength(1);
  expect(await readAuditEvent(store.database.sql, `${record.id}.1.disclosed`, OBSERVER)).toEqual(events[1]);
});
