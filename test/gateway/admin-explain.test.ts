/** Explanations: the whole trace of a decision now, and of a past one as it was then, by the code that enforces. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainText } from '../../src/decide/explain-text.ts';
import type { Explanation, PastExplanation } from '../../src/decide/explanation.ts';
import { personas } from '../../src/demo/personas.ts';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

async function explain(body: unknown, who = 'policy-admin', id: string = crypto.randomUUID()) {
  const headers = { 'content-type': 'application/json', 'x-request-id': id };
  return clinic.ask(who, '/admin/explain', { method: 'POST', headers, body: JSON.stringify(body) });
}

const SAMPLED = [
  'Encounter/maria-session-12',
  'DocumentReference/maria-therapy-note-12',
  'DocumentReference/maria-counseling-misfiled',
  'Condition/james-opioid-use',
  'Observation/aisha-hark',
];

/** A persona, described instead of authenticated. */
function described(id: string) {
  const claims = personas.find((persona) => persona.id === id)?.claims;
  if (claims === undefined) throw new Error(id);
  const { roles, fhirUser, organization, patient, purpose_of_use } = claims;
  return {
    requester: { roles, fhirUser, organization, ...(patient === undefined ? {} : { patient: `Patient/${patient}` }) },
    purpose: purpose_of_use?.[0] ?? 'TREAT',
  };
}

const now = async (who: string, more: object) => {
  const reply = await explain({ ...described(who), ...more });
  expect(reply.status).toBe(200);
  return reply.body as unknown as Explanation;
};

/** A bill for two illnesses. */
function claimWith(patient: string, codes: readonly string[]) {
  const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
  return {
    resourceType: 'Claim',
    id: 'two-illnesses',
    status: 'active',
    type: coded('http://terminology.hl7.org/CodeSystem/claim-type', 'professional'),
    use: 'claim',
    patient: { reference: patient },
    created: '2026-10-01',
    provider: { reference: 'Organization/lakeside-family-practice' },
    priority: coded('http://terminology.hl7.org/CodeSystem/processpriority', 'normal'),
    diagnosis: codes.map((code, index) => ({
      sequence: index + 1,
      diagnosisCodeableConcept: coded('http://hl7.org/fhir/sid/icd-10-cm', code),
    })),
    insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/none' } }],
  };
}

describe('a decision now', () => {
  test('withheld: labels with evidence, the clause that failed, what would turn it', async () => {
    const told = await now('family-physician', { reference: 'DocumentReference/maria-therapy-note-12' });
    expect(told).toMatchObject({ effect: 'withhold', recipient: 'other-treating-provider', subjects: ['Patient/maria'] });
    expect(told.labels).toContainEqual(
      expect.objectContaining({
        code: 'PSYTHPN',
        on: 'resource',
        evidence: expect.arrayContaining([expect.objectContaining({ source: 'declared' })]),
      }),
    );
    expect(told.policies).toContainEqual(
      expect.objectContaining({ set: 'law', effect: 'default-deny', citation: expect.stringMatching(/164\.508/) }),
    );
    const law = told.questions.find(({ question }) => question.category === 'psychotherapy-notes')?.sets[0];
    expect(law).toMatchObject({ set: 'law', permitted: false, matched: [] });
    expect(law?.missed[0]).toMatchObject({
      policy: 'PN-28',
      failed: ['context.authorizations.contains(AuthorizationType::"hipaa-508-psychotherapy-notes")'],
      wants: ['there is a HIPAA authorization of psychotherapy notes alone'],
    });
    expect(told.changes).toContainEqual({ kind: 'authorization', value: 'hipaa-508-psychotherapy-notes', how: 'with', effect: 'permit' });
    expect(told.changes.some(({ kind, value }) => kind === 'authorization' && value === 'hipaa-508')).toBe(false);
  });

  test('permitted: the policy that permits, the consent and its provision', async () => {
    const told = await now('psychiatrist', { reference: 'DocumentReference/maria-therapy-note-12' });
    expect(told.effect).not.toBe('withhold');
    expect(told.policies).toContainEqual(expect.objectContaining({ policy: 'PN-28', effect: 'permit' }));
    expect(told.consents).toContainEqual(expect.objectContaining({ consent: expect.stringMatching(/^Consent\//), says: 'permit' }));
  });

  test('a directive that denies is named, and what would turn it', async () => {
    const told = await now('family-physician', { reference: 'Condition/aisha-asthma' });
    expect(told.effect).toBe('withhold');
    expect(told.consents).toContainEqual(expect.objectContaining({ says: 'deny' }));
    expect(told.changes).toContainEqual({ kind: 'directive', value: 'deny', how: 'without', effect: 'permit' });
  });

  test.each(['family-physician', 'billing', 'payer', 'patient', 'spouse', 'therapist', 'part2-counselor'])(
    'is the decision that the gateway makes: %s',
    async (who) => {
      for (const reference of SAMPLED) {
        const { status, body } = await clinic.ask(who, `/fhir/${reference}`);
        const marks = (body.meta?.security ?? []).map(({ code }) => code);
        const cut = marks.includes('REDACTED') || marks.includes('SUBSETTED') || (body.meta?.tag ?? []).length > 0;
        const given = status !== 200 ? 'withhold' : cut ? 'redact' : 'permit';
        expect([reference, (await now(who, { reference })).effect]).toEqual([reference, given]);
      }
    },
  );

  test('of a resource that is sent along', async () => {
    const resource = {
      resourceType: 'Condition',
      subject: { reference: 'Patient/maria' },
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F33.1' }] },
    };
    const told = await now('payer', { resource, purpose: 'HMARKT' });
    expect(told).toMatchObject({ effect: 'withhold', reference: 'Condition' });
    expect(told.labels.map(({ code }) => code)).toContain('MH');
    expect(told.changes).toContainEqual({ kind: 'authorization', value: 'hipaa-508', how: 'with', effect: 'permit' });
  });

  test('two changes together, where none alone gives it; those that make no sense together are no pair', async () => {
    const told = await now('psychiatrist', { reference: 'DocumentReference/james-counseling-note' });
    expect(told.effect).toBe('withhold');
    expect(told.changes.filter(({ effect }) => effect !== 'withhold')).toEqual([]);
    expect(told.pairs).toContainEqual({
      changes: [
        { kind: 'authorization', value: 'hipaa-508-psychotherapy-notes', how: 'with' },
        { kind: 'authorization', value: 'part2-2.31b-scn', how: 'with' },
      ],
      effect: 'permit',
    });
    expect(told.pairs.every(({ changes }) => changes.filter(({ kind }) => kind === 'purpose').length < 2)).toBe(true);
    expect(told.tried.pairs).toBeGreaterThan(500);
    expect(told.tried.pairs).toBeLessThan(3000);
  });

  test('pairs are not looked for where one change gives more', async () => {
    const told = await now('family-physician', { reference: 'DocumentReference/maria-therapy-note-12' });
    expect([told.pairs, told.tried.pairs]).toEqual([[], 0]);
    expect(told.changes.map(({ value }) => value)).not.toContain('deceased');
  });

  test('where nothing would turn it, that is said', async () => {
    const resource = {
      resourceType: 'Condition',
      subject: { reference: 'Group/nobody' },
      code: { text: 'something' },
    };
    const told = await now('family-physician', { resource });
    expect(told).toMatchObject({ effect: 'withhold', changes: [], pairs: [] });
    expect(explainText(told)).toMatch(/nothing would turn it: \d+ changes tried alone, \d+ in pairs/);
  });

  test('a directive that is not in force and an authorization that was revoked are named, with what is wanting', async () => {
    const told = await now('psychiatrist', { reference: 'DocumentReference/elena-therapy-note-30' });
    expect(told.without).toContainEqual(
      expect.objectContaining({
        kind: 'authorization',
        reason: 'defective',
        missing: expect.arrayContaining([expect.objectContaining({ id: 'AV-01', citation: '45 CFR 164.508(b)(2)(iii), (b)(5)' })]),
      }),
    );
    expect(explainText(told)).toContain('lacks AV-01, 45 CFR 164.508(b)(2)(iii), (b)(5): not active');
  });

  test('an authorization for others is out of reach', async () => {
    const told = await now('family-physician', { reference: 'DocumentReference/maria-therapy-note-12' });
    expect(told.without).toContainEqual({
      consent: 'Consent/maria-authorization-lindqvist',
      version: '1',
      kind: 'authorization',
      reason: 'out-of-reach',
      missing: [],
    });
    const heard = await now('psychiatrist', { reference: 'DocumentReference/maria-therapy-note-12' });
    expect(heard.without.map(({ consent }) => consent)).not.toContain('Consent/maria-authorization-lindqvist');
  });

  test('both sides of a resource that is sent along: what is missing and why, what was added', async () => {
    // Robert's directive keeps HIV from payment.
    const resource = claimWith('Patient/robert', ['E11.9', 'B20']);
    const { effect, sides, changes } = await now('billing', { resource });
    expect([effect, sides?.content]).toEqual(['redact', 'values']);
    expect(sides?.original).toEqual(resource);
    expect(JSON.stringify(sides?.released)).not.toContain('B20');
    expect(sides?.differences).toContainEqual({ change: 'removed', path: ['diagnosis', 1], why: 'label' });
    expect(sides?.differences).toContainEqual({ change: 'added', path: ['meta'] });
    // The view would still apply; that the directive falls gives a part more all the same.
    expect(changes).toContainEqual({ kind: 'directive', value: 'deny', how: 'without', effect: 'redact', removed: 0 });
    const { released } = (await now('payer', { resource, purpose: 'HMARKT' })).sides ?? {};
    expect(released).toBeUndefined();
  });

  test.each(['policy-admin', 'privacy-officer'])('as %s nobody reads the record by having it explained', async (who) => {
    const references = [
      'Encounter/mixed-visit',
      'Condition/maria-depression',
      'DocumentReference/maria-therapy-note-12',
      'Claim/mixed-visit-claim',
    ];
    for (const reference of references) {
      const { text, body } = await explain({ ...described('billing'), reference }, who);
      const { sides } = body as unknown as Explanation;
      expect([reference, sides?.content]).toEqual([reference, 'structure']);
      expect(sides?.original).toMatchObject({ resourceType: reference.split('/')[0], id: reference.split('/')[1] });
      // Codes, words, dates and references of the record, each of them in one of these.
      expect(text).not.toMatch(/F33|370143000|E11\.9|44054006|Major|99214|finished|2\d{3}-\d{2}-\d{2}T|Practitioner\/okafor|episode/);
    }
    const { sides } = await now('billing', { reference: 'Encounter/mixed-visit' });
    expect(sides?.differences).toContainEqual({ change: 'removed', path: ['reasonCode'], why: 'view' });
    expect(sides?.original.reasonCode[1]).toMatchObject({ coding: [{ code: '…' }, { code: '…' }], text: '…' });
  });

  test('a view leaves out what the requester does not need, and says so', async () => {
    const resource = (await clinic.ask('therapist', '/fhir/Condition/maria-diabetes')).body;
    const { sides, view } = await now('billing', { resource });
    expect(view?.citation).toMatch(/164\.514/);
    expect(sides?.differences).toContainEqual(expect.objectContaining({ change: 'removed', why: 'view' }));
  });

  test('what it can be asked with: who asked lately, with names of staff only; attestations', async () => {
    for (const who of ['billing', 'patient']) await clinic.ask(who, '/fhir/Encounter?patient=maria');
    const reply = await clinic.ask('policy-admin', '/admin/explain/choices');
    expect(answerProblems('GET', '/admin/explain/choices', reply)).toEqual([]);
    const { requesters, attestations } = reply.body as unknown as {
      requesters: { id: string }[];
      attestations: unknown[];
    };
    expect(requesters).toContainEqual(
      expect.objectContaining({
        id: 'billing',
        name: 'Luc Moreau',
        roles: ['workforce'],
        fhirUser: 'Practitioner/moreau',
        organizationName: 'Lakeside Health',
        purposes: expect.arrayContaining(['HPAYMT']),
      }),
    );
    expect(requesters.find(({ id }) => id === 'patient')).not.toHaveProperty('name');
    expect(attestations).toContainEqual(expect.objectContaining({ kind: 'PN-14', citation: '45 CFR 164.512(j)(1)(i), (4)' }));
    for (const who of ['therapist', 'auditor']) expect((await clinic.ask(who, '/admin/explain/choices')).status).toBe(403);
  });

  test('what the door itself would refuse is said so', async () => {
    const asked = {
      requester: { roles: ['treating-provider'], fhirUser: 'Practitioner/osei' },
      purpose: 'BTG',
      reference: 'Condition/maria-depression',
    };
    expect((await explain(asked)).body).toMatchObject({ effect: 'refused', reason: 'forbidden' });
    const attested = { ...described('payer'), reference: 'Condition/maria-depression' };
    const reply = await explain({ ...attested, requester: { ...attested.requester, attestations: [{ kind: 'PN-14', text: 'no' }] } });
    expect(reply.body).toMatchObject({ effect: 'refused', reason: 'attestation-not-entitled' });
  });

  test.each([
    ['nothing to decide about', {}, 422],
    ['an unknown field', { reference: 'Condition/maria-depression', colour: 'red' }, 422],
    ['an unknown role', { requester: { roles: ['nurs'] }, reference: 'Condition/maria-depression' }, 422],
    ['no purpose of HL7', { purpose: 'FUN', reference: 'Condition/maria-depression' }, 422],
    ['both a resource and a reference', { reference: 'Condition/maria-depression', resource: { resourceType: 'Basic' } }, 422],
    ['a resource that is not there', { reference: 'Condition/nobody' }, 404],
    ['a Binary', { reference: 'Binary/some' }, 409],
  ])('with %s is refused', async (_, more, status) => {
    expect((await explain({ ...described('payer'), ...more })).status).toBe(status);
  });

  test('is for administrators and privacy officers, and the log says about whom they asked', async () => {
    const asked = { ...described('payer'), reference: 'Condition/maria-depression' };
    for (const who of ['therapist', 'auditor', 'patient']) expect((await explain(asked, who)).reason).toBe('forbidden');
    expect((await explain(asked, 'privacy-officer', 'explained-1')).status).toBe(200);
    expect(await loggedOf(clinic, 'explained-1')).toMatchObject([
      { door: 'admin', interaction: 'explain', outcome: '0', subjects: ['Patient/maria'] },
    ]);
  });
});

test('privity explain prints it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'privity-explain-'));
  const file = path.join(folder, 'question.json');
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const run = async (what: string, who: string) => {
    const env = { ...process.env, PRIVITY_GATEWAY: clinic.gateway.url, PRIVITY_TOKEN: await clinic.issuer.sign(personaClaims(who)) };
    return promisify(execFile)(process.execPath, [main, 'explain', what], { env }).catch((error) => error);
  };
  writeFileSync(file, JSON.stringify({ ...described('family-physician'), reference: 'DocumentReference/maria-therapy-note-12' }));
  const { stdout } = await run(file, 'policy-admin');
  for (const line of [
    'for other-treating-provider: withhold',
    'PSYTHPN on resource: declared',
    'PN-28 would permit, but for: context.authorizations',
    'with authorization hipaa-508-psychotherapy-notes: permit',
  ]) {
    expect(stdout).toContain(line);
  }
  expect(await run(file, 'therapist')).toMatchObject({ code: 1, stderr: expect.stringContaining('403') });
  rmSync(folder, { recursive: true });
});

describe('a past decision', () => {
  const FORBID = '@id("night") @citation("manual 9") forbid (principal == Recipient::"payer", action, resource);';
  const act = async (kind: string, body: unknown) => {
    const { headers } = await clinic.ask('policy-admin', '/admin/policies/past');
    const reply = await clinic.ask('policy-admin', kind === '' ? '/admin/policies' : `/admin/policies/past/${kind}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(headers.has('etag') ? { 'if-match': headers.get('etag') ?? '' } : {}) },
      body: JSON.stringify(body),
    });
    expect(reply.status).toBeLessThan(300);
  };
  const ask = async (who: string, path: string) => {
    const id = crypto.randomUUID();
    await clinic.ask(who, path, { headers: { 'x-request-id': id } });
    const sql = ownerOf(clinic.dataDir);
    const [row] = await sql`select id from event where request_id = ${id}`;
    await sql.end();
    return String(row?.id);
  };
  const past = async (event: string) => (await explain({ event })).body as unknown as PastExplanation;

  test('is explained as it was then, whatever is in force now', async () => {
    const before = await ask('payer', '/fhir/Claim?patient=maria');
    const then = await past(before);
    await act('', { name: 'past', title: 't', purpose: 'p', author: 'a', files: [{ path: 'a.cedar', text: FORBID }] });
    await act('activate', { version: 1 });
    const during = await ask('payer', '/fhir/Claim?patient=maria');
    await act('deactivate', {});
    expect(await past(before)).toEqual(then);
    expect(then.decisions.length).toBeGreaterThan(0);
    expect(then.decisions.every(({ identical, effect }) => identical && effect !== 'withhold')).toBe(true);
    const denied = await past(during);
    expect(denied.sets).toEqual([{ name: 'past', version: 1 }]);
    expect(denied.decisions.length).toBeGreaterThan(0);
    for (const { identical, effect, questions } of denied.decisions) {
      expect([identical, effect]).toEqual([true, 'withhold']);
      const own = questions.flatMap(({ sets }) => sets).find(({ set }) => set === 'past');
      expect(own?.matched).toContainEqual(expect.objectContaining({ policy: 'night', effect: 'forbid', citation: 'manual 9' }));
    }
  });

  test('every one of the clinic’s is the same when asked again', async () => {
    for (const [who, path] of [
      ['family-physician', '/fhir/Patient/maria/$everything'],
      ['billing', '/fhir/Encounter?patient=maria'],
      ['psychiatrist', '/fhir/DocumentReference?patient=maria'],
      ['patient', '/fhir/DocumentReference?patient=maria'],
      ['spouse', '/fhir/Condition?patient=maria'],
      ['part2-counselor', '/fhir/Condition?patient=james'],
      ['researcher', '/fhir/Condition?patient=robert'],
      ['family-physician', '/fhir/Condition?patient=aisha'],
    ] as const) {
      const { decisions } = await past(await ask(who, path));
      expect([who, decisions.filter(({ identical }) => !identical)]).toEqual([who, []]);
      expect(decisions.length).toBeGreaterThan(0);
    }
  });

  test('tells who asked, and what was written of an emergency only to readers of the log', async () => {
    const id = crypto.randomUUID();
    const headers = { 'x-request-id': id, 'x-purpose-of-use': 'BTG', 'x-break-glass': 'found unconscious at the lake' };
    await clinic.ask('emergency-physician', '/fhir/Condition/maria-depression', { headers });
    const sql = ownerOf(clinic.dataDir);
    const [row] = await sql`select id from event where request_id = ${id}`;
    await sql.end();
    const told = { roles: ['treating-provider'], fhirUser: 'Practitioner/osei', organization: 'Organization/lakeside-hospital' };
    const { event } = await past(String(row?.id));
    expect(event).toMatchObject({ requester: 'emergency-physician', ...told });
    expect(event).not.toHaveProperty('breakGlassReason');
    const officer = (await explain({ event: row?.id }, 'privacy-officer')).body as unknown as PastExplanation;
    expect(officer.event.breakGlassReason).toBe('found unconscious at the lake');
  });

  test('that never was, or in which nothing was decided', async () => {
    expect((await explain({ event: crypto.randomUUID() })).status).toBe(404);
    expect((await explain({ event: await ask('payer', '/fhir/Claim?nonsense=1') })).status).toBe(409);
  });
});
