/** Administrators say what their own codes mean: from a ValueSet with a mistake to the roll-back, at every replica at once. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { type FaultyNetwork, faultyNetwork } from '../support/database.ts';
import { AUDIENCE, personaClaims, type Reply, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { answerProblems, requestProblems } from '../support/openapi-schema.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

const LOCAL = 'https://clinic.example/codes';
const SECOND: JWTPayload = { ...personaClaims('policy-admin'), sub: 'second-admin' };
/** Robert's directive keeps what is HIV from research; that this local code is, nobody told Privity. */
const VIRAL_LOAD: Resource = {
  resourceType: 'Observation',
  id: 'robert-local-viral-load',
  status: 'final',
  code: { coding: [{ system: LOCAL, code: 'VL-1' }] },
  subject: { reference: 'Patient/robert' },
  valueQuantity: { value: 20 },
};
const WEIGHT: Resource = { ...VIRAL_LOAD, id: 'robert-local-weight', code: { coding: [{ system: LOCAL, code: 'WT-1' }] } };

let clinic: TestGateway;
let network: FaultyNetwork;
let replica: TestGateway;
beforeAll(async () => {
  clinic = await startClinic({ resources: [VIRAL_LOAD, WEIGHT] });
  // The first gateway's own database, as another replica reaches it.
  network = await faultyNetwork(path.join(clinic.dataDir, 'postgres', '.s.PGSQL.5432'));
  const password = readFileSync(path.join(clinic.dataDir, 'postgres.password'), 'utf8');
  const { issuer, jwksUri } = clinic.issuer;
  replica = await startTestGateway({
    resources: [],
    config: {
      upstream: { url: clinic.upstream.url },
      database: { url: `postgres://postgres:${password}@127.0.0.1:${network.port}/privity` },
      identity: { issuers: [{ issuer, jwksUri, audience: AUDIENCE, algorithms: ['ES256'] }] },
    },
  });
});
afterAll(async () => {
  await replica?.close();
  await network?.stop();
  await clinic?.close();
});

const valueSet = (codes: readonly string[], more: object = {}) => ({
  resourceType: 'ValueSet',
  status: 'active',
  compose: { include: [{ system: LOCAL, concept: codes.map((code) => ({ code })) }] },
  ...more,
});
const draft = (more: Record<string, unknown> = {}) => ({
  name: 'local-hiv',
  title: 'HIV laboratory',
  purpose: 'Codes of our own laboratory',
  author: 'Petra Novak',
  labels: ['HIV'],
  valueSet: valueSet(['VL-1']),
  ...more,
});

interface Sent {
  readonly who?: string | JWTPayload;
  readonly seen?: string;
  readonly id?: string;
}

async function post(place: string, body: unknown, { who = 'policy-admin', seen, id }: Sent = {}, at: TestGateway = clinic): Promise<Reply> {
  const headers = {
    'content-type': 'application/json',
    ...(seen === undefined ? {} : { 'if-match': seen }),
    ...(id === undefined ? {} : { 'x-request-id': id }),
  };
  const reply = await at.ask(who, `/admin/code-sets${place}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answerProblems('POST', `/admin/code-sets${place}`, reply)).toEqual([]);
  if (reply.status < 300) expect(requestProblems('POST', `/admin/code-sets${place}`, JSON.stringify(body))).toEqual([]);
  return reply;
}

async function get(place: string, at: TestGateway = clinic): Promise<Reply> {
  const reply = await at.ask('policy-admin', `/admin/code-sets${place}`);
  expect(answerProblems('GET', `/admin/code-sets${place}`, reply)).toEqual([]);
  return reply;
}

async function etag(name: string, at: TestGateway = clinic): Promise<string> {
  return (await get(`/${name}`, at)).headers.get('etag') ?? '';
}

/** What the researcher is answered about the viral load, here or at the replica. */
async function status(at: TestGateway = clinic, id = VIRAL_LOAD.id): Promise<number> {
  const token = await clinic.issuer.sign(personaClaims('researcher'));
  return (await at.ask(undefined, `/fhir/Observation/${id}`, { headers: { authorization: `Bearer ${token}` } })).status;
}

describe('a draft', () => {
  test.each([
    ['a typo in a label', { labels: ['HIW'] }, 'labels.0', '"HIW" is no sensitivity of v3-ActCode. Did you mean "HIV"?'],
    ['a label of the law', { labels: ['42CFRPart2'] }, 'labels.0', '"42CFRPart2" is no sensitivity'],
    ['no label', { labels: undefined }, 'labels', 'Which sensitivity'],
    [
      'a filter',
      { valueSet: valueSet([], { compose: { include: [{ system: LOCAL, filter: [{ property: 'p', op: '=', value: 'v' }] }] } }) },
      'ValueSet.compose.include[0].filter',
      'A filter can be read by a terminology server only. List the concepts',
    ],
    [
      'a part of an expansion',
      {
        valueSet: {
          resourceType: 'ValueSet',
          status: 'active',
          expansion: { timestamp: '2026-11-01', total: 9, contains: [{ system: LOCAL, code: 'a' }] },
        },
      },
      'ValueSet.expansion.total',
      'It has 1 of 9 entries',
    ],
    ['another resource', { valueSet: WEIGHT }, 'ValueSet', 'This is no FHIR R4 ValueSet.'],
    [
      'an element that R4 does not have',
      { valueSet: valueSet(['a'], { colour: 'red' }) },
      'ValueSet.colour',
      'FHIR R4 has no such element',
    ],
    ['an unknown field', { colour: 'red' }, '', 'Unrecognized'],
    ['a name that is none', { name: 'Clinic!' }, 'name', 'lower-case'],
    ['a day that does not exist', { effective: { from: '2026-02-30' } }, 'effective.from', ''],
    ['an end before its begin', { effective: { from: '2026-02-02', until: '2026-02-01' } }, 'effective', 'it ends'],
    ['a control character', { title: 'a\u0000b' }, 'title', 'a control character'],
    ['no ValueSet', { valueSet: undefined }, 'valueSet', ''],
  ])('with %s is refused with the place', async (_, more, at, says) => {
    const reply = await post('', draft({ name: 'drafts', ...more }));
    expect([reply.status, reply.reason]).toEqual([422, 'invalid-content']);
    const told = (reply.body.problems as { path: string; message: string; severity: string }[]).find((row) => row.path === at);
    expect(told, JSON.stringify(reply.body.problems)).toMatchObject({ severity: 'error', message: expect.stringContaining(says) });
    expect((await get('/drafts')).status).toBe(404);
  });

  test('nested as deep as JSON goes is refused, and the gateway lives', async () => {
    const deep = `${'{"contains":['.repeat(20_000)}{}${']}'.repeat(20_000)}`;
    const body = JSON.stringify(draft({ name: 'drafts' })).replace(
      '"valueSet":',
      `"valueSet":{"resourceType":"ValueSet","status":"active","expansion":${deep}},"x":`,
    );
    const reply = await clinic.ask('policy-admin', '/admin/code-sets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(reply.status).toBe(422);
    expect(await status()).toBe(200);
  });

  test('is told what it means beside the sets in force, and can be tried without being kept', async () => {
    const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
    const include = [
      { system: ICD, concept: [{ code: 'B20' }, { code: 'F32.1' }, { code: 'f321' }] },
      { system: 'http://loinc.rg', concept: [{ code: 'a' }] },
    ];
    const reply = await post('?dryRun=true', draft({ name: 'tried', valueSet: valueSet([], { compose: { include } }) }));
    expect([reply.status, reply.body.summary]).toEqual([
      200,
      {
        labels: ['HIV'],
        codes: 3,
        adds: 2,
        systems: [
          { system: ICD, codes: 2, known: true },
          { system: 'http://loinc.rg', codes: 1, known: false },
        ],
        overlaps: expect.arrayContaining([
          { set: 'hiv', labels: ['HIV'], codes: 1 },
          { set: 'icd-mental-health', labels: expect.any(Array), codes: 1 },
        ]),
      },
    ]);
    const told = (reply.body.problems as { severity: string; message: string }[]).map(({ message }) => message).join('\n');
    expect(told).toContain('stand there before');
    expect(told).toContain('Did you mean "http://loinc.org"?');
    expect(told).toContain('by the set icd-mental-health; they stay that, and become HIV too');
    expect((await get('/tried')).status).toBe(404);
  });

  test('takes its label from the ValueSet where the upload names none', async () => {
    const coding = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SDV' };
    const usage = { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'focus' };
    const useContext = [{ code: usage, valueCodeableConcept: { coding: [coding] } }];
    const reply = await post('?dryRun=true', draft({ labels: undefined, valueSet: valueSet(['a'], { useContext }) }));
    expect(reply.body.summary).toMatchObject({ labels: ['SDV'], codes: 1, adds: 1 });
  });

  test.each([
    ['another code system', 'focus', { system: 'urn:own', code: 'SDV' }],
    ['no code system', 'focus', { code: 'SDV' }],
    ['another kind of context', 'venue', { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'SDV' }],
  ])('takes no label from a useContext of %s', async (_, code, coding) => {
    const useContext = [
      { code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code }, valueCodeableConcept: { coding: [coding] } },
    ];
    const reply = await post('?dryRun=true', draft({ labels: undefined, valueSet: valueSet(['a'], { useContext }) }));
    expect(reply.status).toBe(422);
    expect(reply.body.problems).toMatchObject([{ path: 'labels', message: expect.stringContaining('Which sensitivity') }]);
  });
});

describe('who may', () => {
  test.each(['auditor', 'therapist', 'privacy-officer', 'patient'])('not %s', async (who) => {
    expect((await clinic.ask(who, '/admin/code-sets')).reason).toBe('forbidden');
    expect((await post('', draft(), { who })).reason).toBe('forbidden');
  });
  test('not without a token', async () => {
    expect((await clinic.ask(undefined, '/admin/code-sets')).status).toBe(401);
  });
});

describe('from upload to roll-back', () => {
  test('a local code is what the administrator says from the activation on, at every replica, and back again', async () => {
    for (const at of [clinic, replica]) expect(await status(at)).toBe(200);
    const first = await post('', draft(), { id: 'upload-1' });
    expect([first.status, first.body.version.version, first.headers.get('location')]).toEqual([
      201,
      1,
      '/admin/code-sets/local-hiv/versions/1',
    ]);
    expect(await status()).toBe(200);

    const shown = await post('/local-hiv/preview', { version: 1 }, { id: 'preview-1' });
    expect(shown.status).toBe(200);
    expect(shown.body).toMatchObject({
      changed: 1,
      gained: { HIV: 1 },
      lost: {},
      byType: { Observation: { gained: { HIV: 1 }, lost: {} } },
      examples: [{ reference: 'Observation/robert-local-viral-load', subject: 'Patient/robert', gained: ['HIV'], lost: [] }],
      unread: { absent: 0, failed: 0 },
    });
    expect(await loggedOf(clinic, 'preview-1')).toMatchObject([{ interaction: 'preview', outcome: '0', subjects: ['Patient/robert'] }]);

    const active = await post('/local-hiv/activate', { version: 1 }, { seen: first.headers.get('etag') ?? '', id: 'activate-1' });
    expect([active.status, active.body.active]).toEqual([200, 1]);
    for (const at of [replica, clinic]) expect(await status(at)).toBe(404);
    expect(await status(replica, WEIGHT.id)).toBe(200);

    const second = await post('', draft({ valueSet: valueSet(['VL-1', 'WT-1']) }), { seen: await etag('local-hiv') });
    expect(second.body).toMatchObject({ latest: 2, active: 1, added: true });
    const diff = await get('/local-hiv/versions/2/diff');
    expect(diff.body).toMatchObject({
      against: 1,
      metadata: [],
      labels: { added: [], removed: [] },
      counts: { added: 1, removed: 0 },
      codes: { added: [{ system: LOCAL, code: 'WT-1' }], removed: [] },
    });
    expect((await post('/local-hiv/activate', { version: 2 }, { seen: await etag('local-hiv') })).body.active).toBe(2);
    expect(await status(replica, WEIGHT.id)).toBe(404);
    expect((await post('/local-hiv/preview', { version: 1 })).body).toMatchObject({ changed: 1, gained: {}, lost: { HIV: 1 } });
    expect((await post('/local-hiv/preview', { version: null })).body).toMatchObject({ changed: 2, lost: { HIV: 2 } });

    expect((await post('/local-hiv/rollback', {}, { seen: await etag('local-hiv') })).body.active).toBe(1);
    expect([await status(replica), await status(replica, WEIGHT.id)]).toEqual([404, 200]);
    expect((await post('/local-hiv/rollback', {}, { seen: await etag('local-hiv') })).body.active).toBeUndefined();
    for (const at of [replica, clinic]) expect(await status(at)).toBe(200);
    expect((await post('/local-hiv/rollback', {}, { seen: await etag('local-hiv') })).reason).toBe('not-possible');

    const read = await get('/local-hiv');
    expect(read.body.history.map((row: { kind: string; version?: number }) => [row.kind, row.version])).toEqual([
      ['activate', 1],
      ['activate', 2],
      ['rollback', 1],
      ['rollback', undefined],
    ]);
    const one = await get('/local-hiv/versions/1');
    expect(one.body).toMatchObject({ title: 'HIV laboratory', labels: ['HIV'], codes: 1, valueSet: valueSet(['VL-1']) });
    const listed = await get('/local-hiv/versions');
    expect(listed.body.versions).toMatchObject([{ version: 1 }, { version: 2, codes: 2 }]);
  });

  test('the log has the intent and the outcome of every act, and the reading of it', async () => {
    const rows = await loggedOf(clinic, 'activate-1');
    expect(rows.map(({ interaction, target, outcome, status: answered }) => [interaction, target, outcome, answered])).toEqual([
      ['activate', 'code-sets/local-hiv/versions/1', '0', 100],
      ['activate', 'code-sets/local-hiv/versions/1', '0', 200],
    ]);
    expect((await loggedOf(clinic, 'upload-1')).map(({ target }) => target)).toEqual(['code-sets/local-hiv', 'code-sets/local-hiv']);
    await clinic.ask('policy-admin', '/admin/code-sets', { headers: { 'x-request-id': 'list-1' } });
    expect(await loggedOf(clinic, 'list-1')).toMatchObject([{ door: 'admin', interaction: 'search', target: 'code-sets', outcome: '0' }]);
    await post('/local-hiv/activate', { version: 9 }, { seen: await etag('local-hiv'), id: 'activate-9' });
    expect(await loggedOf(clinic, 'activate-9')).toMatchObject([{ interaction: 'activate', outcome: '4', reason: 'not-found' }]);
  });

  test('the evidence of a label names the version of the set; what was decided then is explained as it was', async () => {
    await post('/local-hiv/activate', { version: 1 }, { seen: await etag('local-hiv') });
    const ask = (body: unknown) =>
      clinic.ask('privacy-officer', '/admin/explain', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const requester = { roles: ['researcher'] };
    const now = await ask({ requester, purpose: 'HRESCH', reference: `Observation/${VIRAL_LOAD.id}` });
    expect(now.body.labels).toMatchObject([{ code: 'HIV', evidence: [{ source: 'derived', rule: 'local-hiv@1' }] }]);
    const id = 'withheld-1';
    const withheld = await clinic.ask('researcher', `/fhir/Observation/${VIRAL_LOAD.id}`, { headers: { 'x-request-id': id } });
    expect(withheld.status).toBe(404);
    await post('/local-hiv/deactivate', {}, { seen: await etag('local-hiv') });
    const events = await clinic.ask('auditor', '/audit/AuditEvent?patient=Patient/robert&_sort=-date&_count=5');
    const past = await ask({ event: events.resources[0]?.id });
    expect(past.body).toMatchObject({ decisions: [{ effect: 'withhold', labels: ['HIV'], identical: true }] });
  });

  test('the same draft again is the version that there is', async () => {
    const reply = await post('', draft({ valueSet: valueSet(['VL-1', 'WT-1']) }), { seen: await etag('local-hiv') });
    expect([reply.status, reply.body.added, reply.body.latest]).toEqual([200, false, 2]);
  });

  test('a set is put in force only on its days', async () => {
    const past = await post('', draft({ name: 'past', effective: { until: '2020-01-01' } }));
    const reply = await post('/past/activate', { version: 1 }, { seen: past.headers.get('etag') ?? '' });
    expect([reply.status, reply.body.detail]).toEqual([409, 'not effective after 2020-01-01']);
  });
});

describe('two administrators at once', () => {
  test('the second learns that the first was faster; nobody acts blindly', async () => {
    await post('', draft({ name: 'raced' }));
    const seen = await etag('raced');
    const both = await Promise.all([1, 2].map(() => post('/raced/activate', { version: 1 }, { seen })));
    expect(both.map((reply) => reply.status).sort()).toEqual([200, 412]);
    expect((await post('/raced/deactivate', {})).status).toBe(428);
    expect((await post('', draft({ name: 'raced', title: 'Other' }))).status).toBe(428);
    expect((await post('', draft({ name: 'raced', title: 'Other' }), { seen })).status).toBe(412);
    expect((await post('/raced/deactivate', {}, { seen: await etag('raced') })).status).toBe(200);
  });

  test('where it says so, both have to do it', async () => {
    const one = await startClinic({ config: { policy: { twoPersonActivation: true } } });
    await post('', draft(), {}, one);
    const ask = async (who: string | JWTPayload) =>
      post('/local-hiv/activate', { version: 1 }, { who, seen: await etag('local-hiv', one) }, one);
    const waiting = await ask('policy-admin');
    expect([waiting.status, waiting.body.active, waiting.body.pending.kind]).toEqual([202, undefined, 'activate']);
    expect((await ask('policy-admin')).reason).toBe('not-possible');
    expect((await ask(SECOND)).body).toMatchObject({ active: 1 });
    await one.close();
  });

  test('what waits for a second person is withdrawn; confirming comes too late', async () => {
    const one = await startClinic({ config: { policy: { twoPersonActivation: true } } });
    await post('', draft(), {}, one);
    const act = (kind: string, body: unknown, seen: string, who: string | JWTPayload = 'policy-admin') =>
      post(`/local-hiv/${kind}`, body, { who, seen }, one);
    const waiting = (await act('activate', { version: 1 }, await etag('local-hiv', one))).headers.get('etag') ?? '';
    const done = await act('withdraw', { reason: 'The codes are wrong.' }, waiting, SECOND);
    expect([done.status, done.body.active, done.body.pending]).toEqual([200, undefined, undefined]);
    expect((await act('activate', { version: 1 }, waiting, SECOND)).status).toBe(412);
    expect((await act('activate', { version: 1 }, await etag('local-hiv', one), SECOND)).status).toBe(202);
    const { body } = await one.ask('policy-admin', '/admin/code-sets/local-hiv');
    expect(body.history).toMatchObject([{ kind: 'withdraw', reason: 'The codes are wrong.', withdrawn: { kind: 'activate', version: 1 } }]);
    await one.close();
  });
});
