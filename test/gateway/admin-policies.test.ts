/** Administrators rule organization policy sets: from a draft with a mistake to the roll-back, at every replica. */
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { answerProblems, requestProblems } from '../support/openapi-schema.ts';
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

/** Every answer is held to openapi.yaml, and so is the request of every answer that is no refusal. */
async function post(path: string, body: unknown, { who = 'policy-admin', seen, id }: Sent = {}, at: TestGateway = clinic): Promise<Reply> {
  const headers = {
    'content-type': 'application/json',
    ...(seen === undefined ? {} : { 'if-match': seen }),
    ...(id === undefined ? {} : { 'x-request-id': id }),
  };
  const reply = await at.ask(who, path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answerProblems('POST', path, reply)).toEqual([]);
  if (reply.status < 300) expect(requestProblems('POST', path, JSON.stringify(body))).toEqual([]);
  return reply;
}

async function get(path: string, at: TestGateway = clinic): Promise<Reply> {
  const reply = await at.ask('policy-admin', path);
  expect(answerProblems('GET', path, reply)).toEqual([]);
  return reply;
}

async function etag(name: string, at: TestGateway = clinic): Promise<string> {
  return (await get(`/admin/policies/${name}`, at)).headers.get('etag') ?? '';
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
    expect((await get('/admin/policies/drafts')).status).toBe(404);
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
    expect((await get('/admin/policies/tried')).status).toBe(404);
  });
});

describe('a form', () => {
  const citations = [{ citation: 'Privacy manual 4', url: 'https://clinic.example/manual#4' }];
  const { files: _, ...rest } = draft({ name: 'formed' });
  const metadata = { ...rest, citations };
  const send = async (parts: readonly (readonly [name: string, value: string | Blob, file?: string])[], query = '') => {
    const form = new FormData();
    for (const [name, value, file] of parts) {
      if (typeof value === 'string') form.append(name, value);
      else form.append(name, value, file);
    }
    const body = new Response(form);
    const text = await body.text();
    const reply = await clinic.ask('policy-admin', `/admin/policies${query}`, {
      method: 'POST',
      headers: { 'content-type': body.headers.get('content-type') ?? '' },
      body: text,
    });
    expect(answerProblems('POST', '/admin/policies', reply)).toEqual([]);
    return reply;
  };
  const said = ['metadata', JSON.stringify(metadata)] as const;
  const file = (text: string | Uint8Array<ArrayBuffer>, name = 'clinic.cedar') => ['files', new Blob([text]), name] as const;

  test('is an upload like another, with its citations', async () => {
    const reply = await send([said, file(NO_PAYER), file(NO_PAYER.replaceAll('payer', 'researcher'), 'research.cedar')]);
    expect([reply.status, reply.body.version.files]).toEqual([201, ['clinic.cedar', 'research.cedar']]);
    const read = await get('/admin/policies/formed/versions/1');
    expect(read.body).toMatchObject({ title: 'House rules', citations: citations, files: [{ text: NO_PAYER }, {}] });
    const later = await post(
      '/admin/policies',
      { ...draft({ name: 'formed' }), citations: [{ citation: 'Manual 5' }] },
      { seen: await etag('formed') },
    );
    expect(later.body.version.version).toBe(2);
    const diff = await get('/admin/policies/formed/versions/2/diff');
    expect(diff.body.metadata).toEqual([{ name: 'citations', before: citations, after: [{ citation: 'Manual 5' }] }]);
  });

  test('may have its metadata as a part of type application/json, or as a file', async () => {
    const json = new Blob([JSON.stringify(metadata)], { type: 'application/json' });
    expect((await send([['metadata', json, 'metadata.json'], file(NO_PAYER)], '?dryRun=true')).status).toBe(200);
  });

  test.each([
    ['a mistake in a file', [said, file(NO_PAYER.replace('::"payer"', '::"payr"'))], 422, 'Recipient::'],
    ['no file', [said], 422, 'files'],
    ['no metadata', [file(NO_PAYER)], 400, 'metadata'],
    ['metadata twice', [said, said, file(NO_PAYER)], 413, ''],
    ['metadata that is no JSON', [['metadata', '{'], file(NO_PAYER)], 400, 'not JSON'],
    ['metadata that is a list', [['metadata', '[]'], file(NO_PAYER)], 400, 'no JSON object'],
    ['files in its metadata', [['metadata', JSON.stringify(draft())], file(NO_PAYER)], 422, 'parts of the form'],
    [
      'an unknown field in its metadata',
      [['metadata', JSON.stringify({ ...metadata, colour: 'red' })], file(NO_PAYER)],
      422,
      'Unrecognized',
    ],
    ['an unknown part', [said, ['colour', new Blob(['red']), 'red.cedar'], file(NO_PAYER)], 400, 'parts'],
    ['a path out of the set', [said, file(NO_PAYER, '../law/hipaa.cedar')], 422, 'files.0.path'],
    ['a file twice', [said, file(NO_PAYER), file(NO_PAYER)], 422, 'twice'],
    ['too many files', [said, ...Array.from({ length: 40 }, (_, n) => file(NO_PAYER, `f${n}.cedar`))], 413, ''],
    ['too much text', [said, file(`// ${'x'.repeat(1_200_000)}`)], 413, ''],
    [
      'a citation whose link is none',
      [['metadata', JSON.stringify({ ...metadata, citations: [{ citation: 'c', url: 'javascript:alert(1)' }] })], file(NO_PAYER)],
      422,
      'citations.0.url',
    ],
  ] as const)('with %s is refused', async (_situation, parts, status, says) => {
    const reply = await send(parts);
    expect(reply.status).toBe(status);
    expect(JSON.stringify(reply.body)).toContain(says);
  });

  test('that ends in the middle, or is read by another route, is refused', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const cut = await clinic.ask('policy-admin', '/admin/policies', {
      method: 'POST',
      headers,
      body: '--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{',
    });
    expect(cut.status).toBe(400);
    const other = await clinic.ask('policy-admin', '/admin/policies/formed/preview', { method: 'POST', headers, body: '--b--' });
    expect(other.status).toBe(415);
    expect((await clinic.ask('patient', '/admin/policies', { method: 'POST', headers, body: '--b--' })).status).toBe(403);
  });
});

describe('what the set does', () => {
  test('is told with the draft: what is idle, and why', async () => {
    const text = [
      NO_PAYER,
      '@id("night") @citation("c") forbid (principal == Recipient::"payer", action, resource) when { context.hour > 20 };',
      '@id("notes") @citation("c") permit (principal, action, resource);',
      '@id("never") @citation("c") forbid (principal, action, resource) when { context.hour > 30 };',
    ].join('\n');
    const reply = await post('/admin/policies?dryRun=true', draft({ name: 'idle', files: [{ path: 'a.cedar', text }] }));
    const { findings, unjudged } = reply.body.effects;
    expect(unjudged).toEqual([]);
    expect(findings.map(({ policy, flaw, by, line }: Record<string, unknown>) => [policy, flaw, by, line])).toEqual([
      ['night', 'shadowed', ['no-payer'], 2],
      ['notes', 'duplicate', ['baseline'], 3],
      ['never', 'never-matches', [], 4],
    ]);
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
    const diff = await get('/admin/policies/clinic/versions/2/diff');
    expect(diff.body).toMatchObject({ against: 1, metadata: [], policies: [{ policy: 'no-payer', change: 'changed', before: NO_PAYER }] });
    expect((await post('/admin/policies/clinic/activate', { version: 2 }, { seen: await etag('clinic') })).body.active).toBe(2);
    expect(await payerSees()).toBeGreaterThan(0);

    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).body.active).toBe(1);
    expect(await payerSees()).toBe(0);
    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).body.active).toBeUndefined();
    expect(await payerSees()).toBeGreaterThan(0);
    expect((await post('/admin/policies/clinic/rollback', {}, { seen: await etag('clinic') })).reason).toBe('not-possible');

    const read = await get('/admin/policies/clinic');
    expect(read.body.history.map((row: { kind: string; version?: number }) => [row.kind, row.version])).toEqual([
      ['activate', 1],
      ['activate', 2],
      ['rollback', 1],
      ['rollback', undefined],
    ]);
    const one = await get('/admin/policies/clinic/versions/1');
    expect(one.body).toMatchObject({ title: 'House rules', files: [{ path: 'clinic.cedar', text: NO_PAYER }] });
  });

  test('the reason of an act is kept with it, and told', async () => {
    const read = async () => (await get('/admin/policies/reasoned')).body.history.at(-1);
    await post('/admin/policies', draft({ name: 'reasoned' }));
    const act = async (kind: string, body: object) => post(`/admin/policies/reasoned/${kind}`, body, { seen: await etag('reasoned') });
    expect((await act('activate', { version: 1, reason: ' ' })).reason).toBe('invalid-content');
    expect((await act('activate', { version: 1, reason: 'x'.repeat(1001) })).reason).toBe('invalid-content');
    expect((await act('activate', { version: 1, reason: 'The board decided so.' })).status).toBe(200);
    expect(await read()).toMatchObject({ kind: 'activate', version: 1, reason: 'The board decided so.' });
    expect((await act('rollback', { reason: 'A claim was held up.' })).status).toBe(200);
    expect(await read()).toMatchObject({ kind: 'rollback', reason: 'A claim was held up.' });
    const listed = (await get('/admin/policies')).body.sets.find(({ name }: { name: string }) => name === 'reasoned');
    expect(listed).toMatchObject({ title: 'House rules', lastAct: { kind: 'rollback', reason: 'A claim was held up.' } });
    expect((await act('activate', { version: 1 })).status).toBe(200);
    expect((await read()).reason).toBeUndefined();
    expect((await act('deactivate', {})).status).toBe(200);
  });

  test('a version is told in prose, a draft too', async () => {
    const prose = 'Forbids disclosing, creating, changing or deleting any health information, to or by payers, citing manual 1.';
    const tried = await post('/admin/policies?dryRun=true', draft({ name: 'prose' }));
    expect(tried.body.policies).toEqual([
      { id: 'no-payer', effect: 'forbid', citation: 'manual 1', file: 'clinic.cedar', line: 1, column: 1, prose },
    ]);
    await post('/admin/policies', draft({ name: 'prose' }));
    expect((await get('/admin/policies/prose/versions/1')).body.policies).toEqual(tried.body.policies);
  });

  test('the law is told in prose, to auditors and privacy officers too', async () => {
    for (const who of ['policy-admin', 'auditor', 'privacy-officer']) {
      const reply = await clinic.ask(who, '/admin/law');
      expect(answerProblems('GET', '/admin/law', reply)).toEqual([]);
      const [law] = reply.body.sets;
      expect([law.name, law.kind]).toEqual(['law', 'law']);
      expect(law.policies.find(({ id }: { id: string }) => id === 'PN-28').prose).toContain(
        'psychotherapy notes alone, citing 45 CFR 164.508(a)(2)',
      );
    }
    expect((await clinic.ask('therapist', '/admin/law')).reason).toBe('forbidden');
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
    expect(past.body.standing).toBe('past');
  });

  test('one whose days are over stays in force, and is said to be over', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const dated = await post('/admin/policies', draft({ name: 'dated', effective: { from: '2020-01-01', until: today } }));
    expect(dated.body.standing).toBe('current');
    await post('/admin/policies/dated/activate', { version: 1 }, { seen: dated.headers.get('etag') ?? '' });
    expect(await payerSees()).toBe(0);
    // What was put in force on its days, seen after them.
    const sql = ownerOf(clinic.dataDir);
    await sql`alter table policy_set_version disable trigger immutable`;
    await sql`update policy_set_version set effective_until = '2020-12-31' where name = 'dated'`;
    await sql`alter table policy_set_version enable trigger immutable`;
    await sql.end();
    const listed = await get('/admin/policies');
    expect(listed.body.sets.find(({ name }: { name: string }) => name === 'dated')).toMatchObject({
      active: 1,
      standing: 'past',
      effective: { from: '2020-01-01', until: '2020-12-31' },
    });
    expect((await get('/admin/policies/dated')).body.standing).toBe('past');
    expect((await post('/admin/policies/dated/preview', { version: 1 })).body.standing).toBe('past');
    expect(await payerSees()).toBe(0);
    expect((await post('/admin/policies/dated/deactivate', {}, { seen: await etag('dated') })).status).toBe(200);
    expect(await payerSees()).toBeGreaterThan(0);
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
    const waiting = await ask('deactivate', { reason: 'No longer needed.' }, 'policy-admin');
    expect([waiting.status, waiting.body.active, waiting.body.pending.kind]).toEqual([202, 1, 'deactivate']);
    expect((await ask('deactivate', {}, 'policy-admin')).reason).toBe('not-possible');
    expect(waiting.body.pending.reason).toBe('No longer needed.');
    const done = await ask('deactivate', { reason: 'I agree.' }, SECOND);
    expect([done.status, done.body.active, done.body.pending]).toEqual([200, undefined, undefined]);
    const { body } = await one.ask('policy-admin', '/admin/policies/example');
    expect(body.twoPersons).toBe(true);
    expect(body.history.map((row: { by: string[] }) => row.by.length)).toEqual([1, 2]);
    expect(body.history[1].reason).toBe('No longer needed.\nI agree.');
    await one.close();
  });

  test('what waits for a second person is withdrawn by whoever asked or by another; nothing in force changes, and both are kept', async () => {
    const one = await startClinic({ config: { policy: { activeSets: ['example'], twoPersonActivation: true } } });
    const act = async (kind: string, body: unknown, who: string | JWTPayload = 'policy-admin', seen?: string) =>
      post(`/admin/policies/example/${kind}`, body, { who, seen: seen ?? (await etag('example', one)) }, one);
    expect((await act('withdraw', {})).reason).toBe('not-possible');
    for (const [who, why] of [
      ['policy-admin', 'Asked by mistake.'],
      [SECOND, 'The board decided otherwise.'],
    ] as const) {
      const waiting = await act('deactivate', { reason: 'No longer needed.' });
      expect(waiting.status).toBe(202);
      const seen = waiting.headers.get('etag') ?? '';
      expect((await post('/admin/policies/example/withdraw', {}, { who }, one)).status).toBe(428);
      expect((await act('withdraw', {}, 'auditor', seen)).status).toBe(403);
      expect((await act('withdraw', { version: 1 }, who, seen)).status).toBe(422);
      const id = `withdrawn-by-${typeof who === 'string' ? who : who.sub}`;
      const done = await post('/admin/policies/example/withdraw', { reason: why }, { who, seen, id }, one);
      expect([done.status, done.body.active, done.body.pending]).toEqual([200, 1, undefined]);
      expect((await act('withdraw', {}, who, seen)).status).toBe(412);
      // It is not half confirmed: whoever comes next asks anew.
      expect(done.body.policyVersion).toBe(waiting.body.policyVersion);
    }
    expect((await act('rollback', {}, SECOND)).status).toBe(202);
    const { body } = await one.ask('policy-admin', '/admin/policies/example');
    expect(body.history.slice(1)).toMatchObject([
      { kind: 'withdraw', version: 1, reason: 'Asked by mistake.', withdrawn: { kind: 'deactivate', reason: 'No longer needed.' } },
      { kind: 'withdraw', by: [expect.stringContaining('second-admin')], withdrawn: { by: expect.stringContaining('policy-admin') } },
    ]);
    const listed = await one.ask('policy-admin', '/admin/policies');
    expect(listed.body.sets[0].lastAct.kind).toBe('seed');
    const logged = await loggedOf(one, 'withdrawn-by-second-admin');
    expect(logged).toMatchObject([
      { interaction: 'withdraw', target: 'policies/example', status: 100, reason: 'intent', requester_id: 'second-admin' },
      { interaction: 'withdraw', target: 'policies/example', status: 200, outcome: '0', requester_id: 'second-admin' },
    ]);
    await one.close();
  });
});
