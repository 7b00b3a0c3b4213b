/** Administrators rule organization policy sets: from a draft with a mistake to the roll-back, at every replica. */
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

const NO_PAYER = '@id("no-payer") @citation("manual 1") forbid (principal == Recipient::"payer", action, resource);';
const SECOND: JWTPayload = { ...personaClaims('policy-admin'), sub: 'second-admin' };

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

const draft = (more: Record<string, unknown> = {}) => ({
  name: 'clinic',
  title: 'House rules',
  purpose: 'Payers read nothing',
  author: 'Petra Novak',
  files: [{ path: 'clinic.cedar', text: NO_PAYER }],
  ...more,
});

interface Sent {
  readonly who?: string | JWTPayload;
  readonly seen?: string;
  readonly id?: string;
}

function post(path: string, body: unknown, { who = 'policy-admin', seen, id }: Sent = {}, at: TestGateway = clinic): Promise<Reply> {
  const headers = {
    'content-type': 'application/json',
    ...(seen === undefined ? {} : { 'if-match': seen }),
    ...(id === undefined ? {} : { 'x-request-id': id }),
  };
  return at.ask(who, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function etag(name: string, at: TestGateway = clinic): Promise<string> {
  return (await at.ask('policy-admin', `/admin/policies/${name}`)).headers.get('etag') ?? '';
}

const payerSees = async (at: TestGateway = clinic) => (await at.ask('payer', '/fhir/Claim?patient=Patient/maria')).names.length;

describe('a draft', () => {
  const cedar = (text: string) => draft({ name: 'drafts', files: [{ path: 'rules.cedar', text }] });
  test.each([
    ['a typo in a recipient', NO_PAYER.replace('::"payer"', '::"payr"'), 'Recipient::"payer"'],
    [
      'an unknown role',
      '@id("a") @citation("c") forbid (principal, action, resource) when { context.roles.contains(Role::"nurs") };',
      'Role',
    ],
    [
      'an unknown purpose',
      '@id("a") @citation("c") forbid (principal, action, resource) when { context.purpose == Purpose::"TREATT" };',
      'TREAT',
    ],
    ['an unknown label', '@id("a") @citation("c") forbid (principal, action, resource) when { context.labels.contains("HIW") };', '"HIV"'],
    ['no citation', '@id("a") forbid (principal, action, resource);', '@citation'],
    ['a mandate of its own', '@id("a") @citation("c") @mandate("x") permit (principal, action, resource);', 'remove @mandate'],
    ['text that is no Cedar', '@id("a") @citation("c")\nforbid (principal, action', ''],
    ['no policy at all', '// nothing yet', ''],
    ['one id twice', `${NO_PAYER}\n${NO_PAYER}`, '.2'],
  ])('with %s is refused, line by line, with a suggestion', async (_, text, suggests) => {
    const reply = await post('/admin/policies', cedar(text));
    expect([reply.status, reply.reason]).toEqual([422, 'policy-invalid']);
    const [first] = reply.body.problems;
    expect(first).toMatchObject({ severity: 'error', file: 'rules.cedar', line: expect.any(Number), column: expect.any(Number) });
    expect(JSON.stringify(reply.body.problems)).toContain(JSON.stringify(suggests).slice(1, -1));
    expect((await clinic.ask('policy-admin', '/admin/policies/drafts')).status).toBe(404);
  });

  test.each([
    ['an unknown field', { colour: 'red' }, 'Unrecognized'],
    ['a name that is none', { name: 'Clinic!' }, 'name'],
    ['a day that does not exist', { effective: { from: '2026-02-30' } }, 'effective.from'],
    ['an end before its begin', { effective: { from: '2026-02-02', until: '2026-02-01' } }, 'effective'],
    ['a file twice', { files: [draft().files[0], draft().files[0]] }, 'twice'],
    ['a path out of the set', { files: [{ path: '../law/hipaa.cedar', text: NO_PAYER }] }, 'files.0.path'],
    ['too much text', { files: [{ path: 'a.cedar', text: `// ${'x'.repeat(270_000)}` }] }, 'files.0.text'],
  ])('with %s is refused with the place', async (_, more, says) => {
    const reply = await post('/admin/policies', draft(more));
    expect([reply.status, reply.reason]).toEqual([422, 'invalid-content']);
    expect(JSON.stringify(reply.body.problems)).toContain(says);
  });

  test('that is no JSON, or said to be something else, is refused', async () => {
    const send = (body: string, type: string) =>
      clinic.ask('policy-admin', '/admin/policies', { method: 'POST', headers: { 'content-type': type }, body });
    expect((await send('{', 'application/json')).status).toBe(400);
    expect((await send(JSON.stringify(draft()), 'text/plain')).status).toBe(415);
  });

  test('can be tried without being kept', async () => {
    const reply = await post('/admin/policies?dryRun=true', draft({ name: 'tried' }));
    expect([reply.status, reply.body.problems]).toEqual([200, []]);
    expect(reply.body.matrix.changes.length).toBeGreaterThan(0);
    expect((await clinic.ask('policy-admin', '/admin/policies/tried')).status).toBe(404);
  });
});

describe('who may', () => {
  test.each(['auditor', 'therapist', 'privacy-officer', 'patient'])('not %s', async (who) => {
    expect((await clinic.ask(who, '/admin/policies')).reason).toBe('forbidden');
    expect((await post('/admin/policies', draft(), { who })).reason).toBe('forbidden');
  });
  test('not without a token', async () => {
    expect((await clinic.ask(undefined, '/admin/policies')).status).toBe(401);
  });
});

describe('from upload to roll-back', () => {
  test('versions stay, one is in force, and the record follows at once', async () => {
    expect(await payerSees()).toBeGreaterThan(0);
    const first = await post('/admin/policies', draft(), { id: 'upload-1' });
    expect([first.status, first.body.version.version, first.headers.get('location')]).toEqual([
      201,
      1,
      '/admin/policies/clinic/versions/1',
    ]);
    expect(await payerSees()).toBeGreaterThan(0);

    const active = await post(
      '/admin/policies/clinic/activate',
      { version: 1 },
      { seen: first.headers.get('etag') ?? '', id: 'activate-1' },
    );
    expect([active.status, active.body.active]).toEqual([200, 1]);
    expect(await payerSees()).toBe(0);

    const second = await post(
      '/admin/policies',
      draft({ files: [{ path: 'clinic.cedar', text: NO_PAYER.replace('resource)', 'resource == Category::"sud")') }] }),
      {
        seen: await etag('clinic'),
      },
    );
    expect(second.body).toMatchObject({ latest: 2, active: 1, added: true });
    const diff = await clinic.ask('policy-admin', '/admin/policies/clinic/versions/2/diff');
    expect(diff.body).toMatchObject({ against: 1, metadata: [], policies: [{ policy: 'no-payer', change: 'changed', before: NO_PAYER }] });
    expect((await post('/admin/policies/clinic/activate', { version: 2 }, { seen: await etag('clinic') })).body.active).toBe(2);
    expect(await payerSees()).toBeGreaterThan(0);

    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).body.active).toBe(1);
    expect(await payerSees()).toBe(0);
    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).body.active).toBeUndefined();
    expect(await payerSees()).toBeGreaterThan(0);
    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).reason).toBe('not-possible');

    const read = await clinic.ask('policy-admin', '/admin/policies/clinic');
    expect(read.body.history.map((row: { kind: string; version?: number }) => [row.kind, row.version])).toEqual([
      ['activate', 1],
      ['activate', 2],
      ['rollback', 1],
      ['rollback', undefined],
    ]);
    const one = await clinic.ask('policy-admin', '/admin/policies/clinic/versions/1');
    expect(one.body).toMatchObject({ title: 'House rules', files: [{ path: 'clinic.cedar', text: NO_PAYER }] });
  });

  test('the log has the intent and the outcome of every act, and the reading of it', async () => {
    const rows = await loggedOf(clinic, 'activate-1');
    expect(rows.map(({ interaction, target, outcome, status }) => [interaction, target, outcome, status])).toEqual([
      ['activate', 'policies/clinic/versions/1', '0', 100],
      ['activate', 'policies/clinic/versions/1', '0', 200],
    ]);
    await clinic.ask('policy-admin', '/admin/policies', { headers: { 'x-request-id': 'list-1' } });
    expect(await loggedOf(clinic, 'list-1')).toMatchObject([
      { door: 'admin', interaction: 'search', outcome: '0', requester_id: 'policy-admin' },
    ]);
    await post('/admin/policies/clinic/activate', { version: 9 }, { seen: await etag('clinic'), id: 'activate-9' });
    expect(await loggedOf(clinic, 'activate-9')).toMatchObject([{ interaction: 'activate', outcome: '4', reason: 'not-found' }]);
  });

  test('the same draft again is the version that there is', async () => {
    const latest = draft({ files: [{ path: 'clinic.cedar', text: NO_PAYER.replace('resource)', 'resource == Category::"sud")') }] });
    const reply = await post('/admin/policies', latest, { seen: await etag('clinic') });
    expect([reply.status, reply.body.added, reply.body.latest]).toEqual([200, false, 2]);
  });

  test('what is in force is not put in force again; what is not is not taken out', async () => {
    const act = async (kind: string, body: unknown) =>
      (await post(`/admin/policies/clinic/${kind}`, body, { seen: await etag('clinic') })).reason;
    expect(await act('deactivate', {})).toBe('not-possible');
    expect(await act('activate', { version: 1 })).toBeUndefined();
    expect(await act('activate', { version: 1 })).toBe('not-possible');
    expect(await act('deactivate', {})).toBeUndefined();
  });

  test('a set is put in force only on its days', async () => {
    const past = await post('/admin/policies', draft({ name: 'past', effective: { until: '2020-01-01' } }));
    const reply = await post('/admin/policies/past/activate', { version: 1 }, { seen: past.headers.get('etag') ?? '' });
    expect([reply.status, reply.body.detail]).toEqual([409, 'not effective after 2020-01-01']);
  });
});

describe('two administrators at once', () => {
  test('the second learns that the first was faster; nobody acts blindly', async () => {
    await post('/admin/policies', draft({ name: 'raced' }));
    const seen = await etag('raced');
    const both = await Promise.all([1, 2].map(() => post('/admin/policies/raced/activate', { version: 1 }, { seen })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await post('/admin/policies/raced/deactivate', {})).status).toBe(428);
    expect((await post('/admin/policies', draft({ name: 'raced', title: 'Other' }))).status).toBe(428);
    expect((await post('/admin/policies', draft({ name: 'raced', title: 'Other' }), { seen })).status).toBe(412);
    expect((await post('/admin/policies/raced/deactivate', {}, { seen: await etag('raced') })).status).toBe(200);
  });
});

describe('other installations', () => {
  test('the configuration seeds the first start only; two persons where it says so; replicas follow', async () => {
    const config = { policy: { activeSets: ['example'], twoPersonActivation: true } };
    const one = await startClinic({ config });
    const listed = await one.ask('policy-admin', '/admin/policies');
    expect(listed.body.sets).toMatchObject([{ name: 'example', active: 1, revision: 1 }]);

    const ask = async (kind: string, body: unknown, who: string | JWTPayload) =>
      post(`/admin/policies/example/${kind}`, body, { who, seen: await etag('example', one) }, one);
    const waiting = await ask('deactivate', {}, 'policy-admin');
    expect([waiting.status, waiting.body.active, waiting.body.pending.kind]).toEqual([202, 1, 'deactivate']);
    expect((await ask('deactivate', {}, 'policy-admin')).reason).toBe('not-possible');
    const done = await ask('deactivate', {}, SECOND);
    expect([done.status, done.body.active, done.body.pending]).toEqual([200, undefined, undefined]);
    const { body } = await one.ask('policy-admin', '/admin/policies/example');
    expect(body.history.map((row: { by: string[] }) => row.by.length)).toEqual([1, 2]);
    await one.close();
  });
});
