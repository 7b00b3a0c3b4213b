/** Administrators and patients' Consents: uploaded, judged, written, revoked; in force from the acknowledgement on (design.md 4.2, 6). */
import type { JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { bundle, day, restriction, restrictionR5, signed } from './admin-consents.build.ts';
import { AUTHORIZATIONS, BODIES, UPLOADS } from './admin-consents.cases.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

const REFUSAL = JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing' }] });
const NOTE = '/fhir/DocumentReference/elena-therapy-note-30';
const ELENA = '/admin/consents?patient=Patient/elena';

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic({ config: { consent: { cacheSeconds: 3600 }, upstream: { breaker: { failures: 1000 } } } });
});
afterAll(() => clinic?.close());
afterEach(() => {
  clinic.upstream.faults = [];
});

interface Sent {
  readonly who?: string | JWTPayload;
  readonly id?: string;
  readonly type?: string;
  readonly seen?: string;
}

/** Every answer is held to openapi.yaml. */
async function send(
  url: string,
  body: unknown,
  { who = 'policy-admin', id, type = 'application/fhir+json', seen }: Sent = {},
): Promise<Reply> {
  const headers = {
    'content-type': type,
    ...(id === undefined ? {} : { 'x-request-id': id }),
    ...(seen === undefined ? {} : { 'if-match': seen }),
  };
  const reply = await clinic.ask(who, url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  expect(answerProblems('POST', url, reply)).toEqual([]);
  return reply;
}
const upload = (body: unknown, sent?: Sent) => send('/admin/consents', body, sent);
const dryRun = (body: unknown) => send('/admin/consents?dryRun=true', body);
const revoke = (reference: string, body: unknown = { reason: 'in writing' }, sent: Sent = {}) =>
  send(`/admin/consents/${reference.replace('Consent/', '')}/revoke`, body, { type: 'application/json', ...sent });

async function list(who = 'policy-admin'): Promise<Reply> {
  const reply = await clinic.ask(who, ELENA);
  expect(answerProblems('GET', ELENA, reply)).toEqual([]);
  return reply;
}
const described = async (reference: string) => (await list()).body.consents.find((row: { consent: string }) => row.consent === reference);
const sees = async () => (await clinic.ask('psychiatrist', NOTE)).status;
const kept = (reference: string) => clinic.upstream.store.resource(...(reference.split('/') as [string, string]));
const errorsOf = ({ body }: Reply): readonly string[] =>
  body.problems
    .filter((row: { severity: string }) => row.severity === 'error')
    .map((row: { path: string; message: string }) => `${row.path}: ${row.message}`);

describe('an authorization', () => {
  let consent = '';

  test('is judged without being written', async () => {
    const before = clinic.upstream.store.writes;
    const reply = await dryRun(bundle(signed('elena-third')));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ valid: true, patient: 'Patient/elena', problems: [] });
    const [{ entry, action, effect }] = reply.body.consents;
    expect([entry, action, effect.consent, effect.kind, effect.state]).toEqual([
      'Bundle.entry[0]',
      'create',
      'Bundle.entry[0]',
      'authorization',
      'in-force',
    ]);
    expect(effect.produces).toEqual(['hipaa-508-psychotherapy-notes']);
    expect(effect.authorization.document).toEqual(['Bundle.entry[0]']);
    expect(clinic.upstream.store.writes).toBe(before);
    expect(await sees()).toBe(404);
  });

  test('opens what it names from its acknowledgement on', async () => {
    expect([await sees(), await sees()]).toEqual([404, 404]);
    const reply = await upload(bundle(signed('elena-third')), { id: 'upload-third' });
    expect(reply.status).toBe(201);
    const written: { reference: string; version: string; action: string }[] = reply.body.written;
    expect(written.map(({ reference, action }) => [reference.split('/')[0], action])).toEqual([
      ['Consent', 'create'],
      ['Provenance', 'create'],
    ]);
    consent = written[0]?.reference ?? '';
    expect(kept(consent)).toMatchObject({ status: 'active', patient: { reference: 'Patient/elena' } });
    expect(kept(written[1]?.reference ?? '')?.target).toEqual([{ reference: consent }]);
    expect(reply.body.consents[0].effect).toMatchObject({ consent, authorization: { valid: true, document: [consent] } });
    expect(await sees()).toBe(200);
  });

  test('is in the log: intent, then outcome with what was written', async () => {
    const subjects = ['Patient/elena'];
    const same = { door: 'admin', interaction: 'upload', requester_id: 'policy-admin', outcome: '0', subjects };
    expect(await loggedOf(clinic, 'upload-third')).toEqual([
      { ...same, target: 'consents', status: 100, reason: 'intent' },
      { ...same, target: consent.replace('Consent', 'consents'), status: 201, reason: null },
    ]);
  });

  test('is told in plain words', async () => {
    const told = await described(consent);
    const year = `from ${day(-1).slice(0, 10)} until ${day(364).slice(0, 10)}`;
    expect(told).toMatchObject({ state: 'in-force', period: year, grantor: 'patient' });
    expect(told.rules.map(({ text }: { text: string }) => text)).toEqual([
      `Practitioner/lindqvist may see psychotherapy note information for treatment ${year}, as far as Organization/lakeside-behavioral-health discloses it.`,
    ]);
    const row = (await list()).body.grid.rows.find(({ recipient }: { recipient: string }) => recipient === 'other-treating-provider');
    const cells = row.cells.map(({ category, says, consents }: Record<string, unknown>) => [category, says, consents]);
    expect(cells[0]).toEqual(['psychotherapy-notes', 'permit', [consent]]);
    expect(cells[3]).toEqual(['mental-health', 'none', []]);
    expect(row.cells[0].entries).toEqual([
      { recipient: 'Practitioner/lindqvist', purpose: 'TREAT', says: 'permit', part: false, consents: [consent] },
    ]);
  });

  test('uploaded again writes nothing', async () => {
    const before = clinic.upstream.store.writes;
    const sent = bundle(signed('elena-third'));
    const stored = kept(consent);
    const again = await upload({ ...sent, entry: [{ resource: { ...stored, meta: undefined } }] });
    expect([again.status, again.body.written, again.body.consents[0].action]).toEqual([200, [], 'unchanged']);
    expect(clinic.upstream.store.writes).toBe(before);
  });

  test.each([
    ['without a reason', {}, 422, 'invalid-content'],
    ['in the future', { reason: 'x', at: day(1) }, 422, 'invalid-content'],
    ['before it was given', { reason: 'x', at: day(-3) }, 422, 'invalid-content'],
    ['with a field that is not known', { reason: 'x', status: 'entered-in-error' }, 422, 'invalid-content'],
    ['over another version', { reason: 'x', version: '99' }, 412, 'version-mismatch'],
  ])('is not revoked %s', async (_, body, status, reason) => {
    const reply = await revoke(consent, body);
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    expect(kept(consent)?.status).toBe('active');
  });

  test('is not revoked over another version named by If-Match, nor by whoever may not', async () => {
    expect((await revoke(consent, { reason: 'x' }, { seen: '"99"' })).status).toBe(412);
    expect((await revoke(consent, { reason: 'x' }, { who: 'psychiatrist' })).status).toBe(403);
    expect((await revoke('Consent/nothing')).status).toBe(404);
    expect((await revoke('Consent/a%20b')).status).toBe(404);
    expect(await sees()).toBe(200);
  });

  test('whose revocation can not be sent stays in force, and the answer says so', async () => {
    clinic.upstream.faults = [{ times: 1, status: 422, garbage: REFUSAL, match: ({ method }) => method === 'POST' }];
    expect((await revoke(consent)).reason).toBe('refused-upstream');
    expect(await sees()).toBe(200);
    clinic.upstream.faults = [{ times: 1, drop: true, match: ({ method }) => method === 'POST' }];
    const lost = await revoke(consent);
    expect([lost.status, lost.reason]).toEqual([503, 'write-unconfirmed']);
    expect(kept(consent)?.status).toBe('active');
  });

  test('revoked by two at once is revoked once, and hidden again', async () => {
    const replies = await Promise.all([
      revoke(consent, { reason: 'She called', at: day(0) }, { id: 'revoke-a' }),
      revoke(consent, { reason: 'She called' }, { id: 'revoke-b', who: 'privacy-officer' }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await sees()).toBe(404);
    const again = await revoke(consent);
    expect([again.status, again.reason]).toEqual([409, 'not-possible']);
    expect(kept(consent)).toMatchObject({ status: 'inactive', provision: { type: 'permit' } });
    const told = await described(consent);
    expect([told.state, told.revoked.reason, told.produces]).toEqual(['revoked', 'She called', []]);
    const rows = (await Promise.all(['revoke-a', 'revoke-b'].map((id) => loggedOf(clinic, id)))).flat();
    expect(rows.map(({ status }) => status).sort()).toEqual([100, 100, 200, 409].sort());
    expect(new Set(rows.map(({ target }) => target))).toEqual(new Set([consent.replace('Consent', 'consents')]));
  });
});

describe('an authorization that lacks something is refused, element by element', () => {
  test.each(AUTHORIZATIONS)('$name', async ({ resources, missing }) => {
    const before = clinic.upstream.store.writes;
    const reply = await upload(bundle(resources));
    expect([reply.status, reply.reason]).toEqual([422, 'invalid-content']);
    const elements = reply.body.problems.flatMap((row: { element?: string; citation?: string }) =>
      row.element === undefined ? [] : [row.element],
    );
    expect([...new Set(elements)].sort()).toEqual(missing);
    const judged = await dryRun(bundle(resources));
    expect([judged.status, judged.body.valid]).toEqual([200, false]);
    expect(errorsOf(judged)).toEqual(errorsOf(reply));
    expect(clinic.upstream.store.writes).toBe(before);
  });
});

describe('an upload that can not be read as one', () => {
  test.each(BODIES)('$name', async ({ body, type, status, reason }) => {
    for (const url of ['/admin/consents', '/admin/consents?dryRun=true']) {
      const reply = await send(url, body(), type === undefined ? {} : { type });
      expect([reply.status, reply.reason]).toEqual([status, reason]);
    }
  });
});

describe('an upload that is refused, with what is wrong and where', () => {
  test.each(UPLOADS)('$name', async ({ body, says }) => {
    const before = clinic.upstream.store.writes;
    const reply = await upload(body());
    expect([reply.status, reply.reason]).toEqual([422, 'invalid-content']);
    expect(errorsOf(reply)).toEqual(says);
    const judged = await dryRun(body());
    expect([judged.status, judged.body.valid, errorsOf(judged)]).toEqual([200, false, says]);
    expect(clinic.upstream.store.writes).toBe(before);
  });
});

describe('what is signed together', () => {
  const paper = (id: string, more: Record<string, unknown> = {}): Resource => ({
    resourceType: 'DocumentReference',
    id,
    identifier: [{ system: 'urn:test:paper', value: 'one' }],
    status: 'current',
    subject: { reference: 'Patient/elena' },
    content: [{ attachment: { contentType: 'text/plain', data: 'cGFwZXI=' } }],
    ...more,
  });
  const on = ({ sourceAttachment: _, ...consent }: Resource, document: string): Resource =>
    ({ ...consent, sourceReference: { reference: document } }) as Resource;
  let consent = '';

  test('is written together, with what it was signed on', async () => {
    const [own, signature] = signed('papered', { signed: day(-2) });
    const reply = await upload(bundle([on(own, 'DocumentReference/paper'), signature, paper('paper')]));
    expect(reply.status).toBe(201);
    const references: string[] = reply.body.written.map(({ reference }: { reference: string }) => reference);
    const [document = '', made = ''] = references;
    consent = made;
    expect(references.map((reference) => reference.split('/')[0])).toEqual(['DocumentReference', 'Consent', 'Provenance']);
    expect(kept(consent)?.sourceReference).toEqual({ reference: document });
    expect(await sees()).toBe(200);
  });

  test('is judged together: what would void it is refused', async () => {
    const general = on(restriction('papered-too', { type: 'permit', actor: undefined }), 'DocumentReference/copy');
    const reply = await upload(bundle([general, paper('copy')]));
    expect([reply.status, errorsOf(reply)]).toEqual([
      422,
      [`Bundle.entry[0]: it would void ${consent}, which was signed on the same document (AV-02, 45 CFR 164.508(b)(3)(ii))`],
    ]);
    expect(await sees()).toBe(200);
    expect((await revoke(consent)).status).toBe(200);
  });

  test('that begins later is judged as it will be then', async () => {
    const [own, signature] = signed('later');
    const reply = await dryRun(bundle([{ ...own, provision: { ...own.provision, period: { start: day(30), end: day(60) } } }, signature]));
    expect(reply.body).toMatchObject({
      valid: true,
      consents: [{ effect: { state: 'not-started', produces: [], authorization: { valid: true } } }],
    });
  });

  test('and changed, needs a new signature', async () => {
    const identifier = [{ system: 'urn:test', value: 'renewed' }];
    const [own, signature] = signed('renewed');
    const first = await upload(bundle([{ ...own, identifier }, signature]));
    expect(first.status).toBe(201);
    const longer = { ...own, identifier, provision: { ...own.provision, period: { start: day(-1), end: day(700) } } };
    const reply = await upload(bundle([longer]));
    expect(errorsOf(reply)).toEqual([
      'Bundle.entry[0]: AE-06 (45 CFR 164.508(c)(1)(vi)): no Provenance.signature of the grantor up to now',
    ]);
    expect((await revoke(first.body.written[0].reference)).status).toBe(200);
  });
});

describe('a restriction', () => {
  const bennett = async () => (await clinic.ask('family-physician', '/fhir/Condition/elena-anxiety')).status;
  let reference = '';

  test('closes at once, and lifting it opens at once', async () => {
    expect([await bennett(), await bennett()]).toEqual([200, 200]);
    const reply = await upload(restriction('shut', {}, { identifier: [{ system: 'urn:test', value: 'shut' }] }));
    expect([reply.status, reply.body.consents[0].effect.produces]).toEqual([201, ['restriction-agreed']]);
    reference = reply.body.written[0].reference;
    expect(await bennett()).toBe(404);
  });

  const changed = (more: Record<string, unknown> = {}) =>
    restriction(
      'shut',
      { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }] },
      { identifier: [{ system: 'urn:test', value: 'shut' }], ...more },
    );

  test('of the same identifier is replaced under the version that was judged', async () => {
    const reply = await upload(changed());
    expect([reply.status, reply.body.consents[0].action, reply.body.consents[0].replaces]).toEqual([200, 'update', '1']);
    expect(reply.body.written).toEqual([{ reference, version: '2', action: 'update' }]);
    expect(await bennett()).toBe(200);
  });

  test('over a version that is gone is refused', async () => {
    const reply = await upload(changed({ meta: { versionId: '1' } }));
    expect([reply.status, reply.reason]).toEqual([412, 'version-mismatch']);
  });

  test('with the id of one and the identifier of another is refused', async () => {
    const identifier = [{ system: 'urn:test', value: 'other' }];
    const purpose = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }];
    const made = await upload(restriction('other', { purpose }, { identifier }));
    expect([made.status, errorsOf(made)]).toEqual([201, []]);
    const reply = await upload({ ...(kept(reference) as Resource), identifier, meta: { versionId: '1' } });
    expect(errorsOf(reply)).toContain('Consent: its id and its identifier name two different Consents');
    expect((await revoke(made.body.written[0].reference)).status).toBe(200);
  });

  test('known by its id alone must say which version was seen', async () => {
    const { identifier: _, meta: __, ...own } = kept(reference) as Resource;
    const plain = { ...own, provision: { ...own.provision, purpose: undefined } };
    expect((await upload(plain)).reason).toBe('precondition-required');
    const put = (ifMatch: string) =>
      bundle([], { type: 'transaction', entry: [{ resource: plain, request: { method: 'PUT', url: reference, ifMatch } }] });
    expect((await upload(put('W/"1"'))).reason).toBe('version-mismatch');
    const reply = await upload(put('W/"2"'));
    expect([reply.status, reply.body.written]).toEqual([200, [{ reference, version: '3', action: 'update' }]]);
    expect(await bennett()).toBe(404);
  });

  test('changed around the gateway while it is written is not overwritten, and nothing of the upload is', async () => {
    const current = kept(reference) as Resource;
    const both = bundle([
      restriction('beside', {
        actor: undefined,
        purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }],
      }),
      { ...current, meta: { versionId: current.meta?.versionId }, dateTime: day(0) },
    ]);
    clinic.upstream.faults = [{ times: 1, delayMs: 400, match: ({ method }) => method === 'POST' }];
    const sent = upload(both);
    await new Promise((resolve) => setTimeout(resolve, 250));
    clinic.upstream.store.write({ ...current, language: 'en' }, String(current.id), 'PUT');
    const count = clinic.upstream.store.writes;
    const reply = await sent;
    expect([reply.status, reply.reason]).toEqual([409, 'conflict']);
    expect(clinic.upstream.store.writes).toBe(count);
    expect(kept(reference)?.language).toBe('en');
    expect([...clinic.upstream.store.ofType('Consent')].filter(({ text }) => text?.div?.includes('(beside)'))).toEqual([]);
  });

  test('uploaded twice at once is there once', async () => {
    const twice = restriction('race', {
      actor: undefined,
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }],
    });
    const replies = await Promise.all([upload(twice), upload(twice)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect([...clinic.upstream.store.ofType('Consent')].filter(({ text }) => text?.div?.includes('(race)'))).toHaveLength(1);
    expect((await upload(twice)).body.consents[0].action).toBe('unchanged');
  });

  test('that another one contradicts is written, with a warning', async () => {
    const opposed = restriction('opposed', { type: 'permit' });
    const reply = await dryRun(opposed);
    expect(reply.body.valid).toBe(true);
    const warnings = reply.body.problems.map(({ severity, path, message }: Record<string, string>) => [severity, path, message]);
    expect(warnings).toContainEqual([
      'warning',
      'Consent.provision',
      `${reference} denies something of what provision permits: the deny stands`,
    ]);
  });

  test('that says the very same as one that is there is refused', async () => {
    const { identifier: _, id: __, meta: ___, ...same } = kept(reference) as Resource;
    const reply = await upload({ ...same, identifier: [{ system: 'urn:test', value: 'other' }] });
    expect(errorsOf(reply)).toEqual([`Consent.provision: ${reference} says the very same: revoking one would leave the other in force`]);
  });
});

describe('R5', () => {
  test('is written in the form of R4, and holds the same rules', async () => {
    const reply = await upload(restrictionR5('r5-one'));
    expect(reply.status).toBe(201);
    expect(reply.body.consents[0]).toMatchObject({ convertedFrom: 'R5', effect: { form: 'R4', kind: 'directive' } });
    const written = kept(reply.body.written[0].reference);
    expect(written).toMatchObject({
      patient: { reference: 'Patient/elena' },
      provision: { type: 'permit', provision: [{ type: 'deny', class: [{ code: 'Condition' }] }] },
    });
    expect(reply.body.consents[0].effect.rules.map(({ text }: { text: string }) => text)).toEqual([
      'Anyone may see everything for any purpose.',
      'Except: Practitioner/bennett may not see records of type Condition for treatment.',
    ]);
    expect((await revoke(reply.body.written[0].reference)).status).toBe(200);
  });

  test.each([
    ['an expression', { provision: [{ expression: { language: 'text/cql', expression: 'true' } }] }, 'Consent.provision.expression'],
    ['a grantee', { grantee: [{ reference: 'Practitioner/bennett' }] }, 'Consent.grantee'],
    ['two sources', { sourceAttachment: [{ title: 'a' }, { title: 'b' }] }, 'Consent.sourceAttachment'],
    ['a policy text', { policyText: [{ reference: 'DocumentReference/x' }] }, 'Consent.policyText'],
    [
      'types of documents and of resources',
      { provision: [{ documentType: [{ code: 'a' }], resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'Condition' }] }] },
      'Consent.provision.resourceType',
    ],
    ['exceptions without a decision', { decision: undefined }, 'Consent.decision'],
  ])('with %s is refused by name', async (_, more, place) => {
    const reply = await upload(restrictionR5('r5-two', more));
    expect([reply.status, errorsOf(reply)[0]]).toEqual([422, `${place}: R4, the form of the record server, has no place for this`]);
    expect((await dryRun(restrictionR5('r5-two', more))).body.valid).toBe(false);
  });
});

describe('the record server', () => {
  const sent = () =>
    bundle([
      restriction('whole-one', { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HPAYMT' }] }),
      ...signed('whole-two'),
    ]);

  test.each([
    ['is down', { drop: true }, 503, 'upstream-unavailable'],
    ['answers with what is no FHIR', { garbage: '<html>' }, 502, 'upstream-invalid'],
  ])('%s: nothing is judged or written', async (_, fault, status, reason) => {
    clinic.upstream.faults = [fault];
    const reply = await upload(sent());
    expect([reply.status, reply.reason]).toEqual([status, reason]);
  });

  test.each([
    ['refuses', { status: 422, garbage: REFUSAL }, 422, 'refused-upstream', '4'],
    ['has a conflict', { status: 409, garbage: REFUSAL }, 409, 'conflict', '4'],
    ['is lost while it writes', { drop: true }, 503, 'write-unconfirmed', '8'],
    ['fails while it writes', { status: 500, garbage: REFUSAL }, 503, 'write-unconfirmed', '8'],
  ])('%s: nothing half done, and both rows', async (name, fault, status, reason, outcome) => {
    const before = clinic.upstream.store.writes;
    clinic.upstream.faults = [{ ...fault, match: ({ method }) => method === 'POST' }];
    const id = `fault-${name.replaceAll(' ', '-')}`;
    const reply = await upload(sent(), { id });
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    expect(clinic.upstream.store.writes).toBe(before);
    const rows = await loggedOf(clinic, id);
    expect(rows.map((row) => [row.status, row.reason, row.outcome])).toEqual([
      [100, 'intent', '0'],
      [status, reason, outcome],
    ]);
  });
});

describe('who may', () => {
  const DEAN: JWTPayload = { ...personaClaims('privacy-officer') };
  test.each<readonly [string, string | JWTPayload | undefined, number, number]>([
    ['a policy administrator', 'policy-admin', 200, 200],
    ['a privacy officer reads, and does not upload', DEAN, 200, 403],
    ['an auditor', 'auditor', 403, 403],
    ['the therapist', 'therapist', 403, 403],
    ['the patient', 'patient', 403, 403],
    ['nobody', undefined, 401, 401],
  ])('%s', async (_, who, reads, writes) => {
    expect((await clinic.ask(who, ELENA)).status).toBe(reads);
    const body = JSON.stringify(restriction('who-may'));
    const reply = await clinic.ask(who, '/admin/consents?dryRun=true', {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body,
    });
    expect(reply.status).toBe(writes);
  });

  test.each([
    ['no patient', '/admin/consents', 400],
    ['no reference', '/admin/consents?patient=elena', 400],
    ['a patient who is not there', '/admin/consents?patient=Patient/nobody', 404],
    ['an unknown parameter', `${ELENA}&_count=1`, 400],
  ])('a list for %s', async (_, url, status) => {
    const reply = await clinic.ask('policy-admin', url);
    expect(reply.status).toBe(status);
    expect(answerProblems('GET', url, reply)).toEqual([]);
  });
});

test('everything is told of every patient of the demo', async () => {
  for (const patient of ['maria', 'james', 'robert', 'aisha', 'lily']) {
    const url = `/admin/consents?patient=Patient/${patient}`;
    const reply = await clinic.ask('privacy-officer', url);
    expect([reply.status, answerProblems('GET', url, reply)]).toEqual([200, []]);
  }
});
