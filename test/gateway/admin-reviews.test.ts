/** Attestations recorded and withdrawn, reviews worked on and closed; a candidate's review ends in a label that stays. */
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toConfig } from '../../src/config.ts';
import type { WholeReview } from '../../src/gateway/admin-reviews.ts';
import { type Gateway, startGateway } from '../../src/gateway/start-gateway.ts';
import { AUDIENCE, PUBLIC, type TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

const CANDIDATE = 'DocumentReference/maria-counseling-misfiled';
const DAY = 86_400_000;

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

const post = (who: string | JWTPayload, path: string, body: unknown, headers: Record<string, string> = {}) =>
  clinic.ask(who, path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

describe('attestations', () => {
  const release = { kind: 'PN-17', subject: 'Patient/maria' };
  const note = '/fhir/DocumentReference/maria-therapy-note-12';

  test('the therapist gives her notes to the patient, and takes that back; each at once', async () => {
    expect((await clinic.ask('patient', note)).status).not.toBe(200);
    const made = await post('therapist', '/admin/attestations', release, { 'x-request-id': 'attest-1' });
    expect([made.status, made.body.recordedBy, made.body.kind]).toEqual([201, 'Practitioner/okafor', 'PN-17']);
    expect(made.body.wording).toContain('elect to give them to the patient');
    expect(Date.parse(made.body.until)).toBeGreaterThan(Date.now() + 29 * DAY);
    expect((await clinic.ask('patient', note)).status).toBe(200);
    expect((await post('psychiatrist', `/admin/attestations/${made.body.id}/withdraw`, {})).reason).toBe('forbidden');
    const taken = await post('therapist', `/admin/attestations/${made.body.id}/withdraw`, {});
    expect([taken.status, taken.body.withdrawnBy]).toEqual([200, 'Practitioner/okafor']);
    expect((await clinic.ask('patient', note)).status).not.toBe(200);
    expect((await post('privacy-officer', `/admin/attestations/${made.body.id}/withdraw`, {})).reason).toBe('not-possible');
    const { body } = await clinic.ask('privacy-officer', '/admin/attestations?subject=Patient/maria');
    expect(body.attestations[0]).toMatchObject({ id: made.body.id, withdrawnBy: 'Practitioner/okafor' });
    expect((await loggedOf(clinic, 'attest-1')).map(({ status, subjects }) => [status, subjects])).toEqual([
      [100, ['Patient/maria']],
      [201, ['Patient/maria']],
    ]);
  });

  test('only what one wrote oneself', async () => {
    const made = await post('psychiatrist', '/admin/attestations', release);
    expect(made.status).toBe(201);
    expect((await clinic.ask('patient', note)).status).not.toBe(200);
  });

  test('a restriction closes the record to who treats, and opens it again', async () => {
    const record = '/fhir/Condition/maria-diabetes';
    expect((await clinic.ask('family-physician', record)).status).toBe(200);
    const made = await post('privacy-officer', '/admin/attestations', {
      kind: 'restriction-agreed',
      subject: 'Patient/maria',
      recipient: 'Practitioner/bennett',
    });
    expect(made.status).toBe(201);
    expect((await clinic.ask('family-physician', record)).status).toBe(404);
    expect((await post('privacy-officer', `/admin/attestations/${made.body.id}/withdraw`, {})).status).toBe(200);
    expect((await clinic.ask('family-physician', record)).status).toBe(200);
  });

  test.each([
    ['a kind that is none', 'privacy-officer', { kind: 'PN-99' }, 'attestation-not-entitled'],
    ['somebody who may not', 'billing', {}, 'attestation-not-entitled'],
    ['no paper where one is needed', 'privacy-officer', { kind: 'PN-11' }, 'invalid-content'],
    ['longer than the kind holds', 'therapist', { until: inDays(31) }, 'invalid-content'],
    ['an end that has passed', 'therapist', { until: inDays(-1) }, 'invalid-content'],
    ['a patient who is not there', 'therapist', { subject: 'Patient/nobody' }, 'reference-not-found'],
    ['a subject that is no patient', 'therapist', { subject: 'Group/all' }, 'invalid-content'],
    ['an unknown field', 'therapist', { colour: 'red' }, 'invalid-content'],
  ])('with %s are refused', async (_, who, more, reason) => {
    expect((await post(who, '/admin/attestations', { ...release, ...more })).reason).toBe(reason);
  });

  test('kinds are told with their wording, to those who may record them', async () => {
    const { body } = await clinic.ask('therapist', '/admin/attestations/kinds');
    const kinds = body.kinds.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['PN-14', 'PN-17']));
    expect(kinds).not.toContain('PN-11');
    expect(body.kinds.every(({ wording }: { wording: string }) => wording.length > 20)).toBe(true);
    for (const who of ['auditor', 'payer']) expect((await clinic.ask(who, '/admin/attestations/kinds')).reason).toBe('forbidden');
    expect((await clinic.ask('therapist', '/admin/attestations?subject=Patient/maria')).reason).toBe('forbidden');
  });
});

async function open(kind: string) {
  const { body } = await clinic.ask('privacy-officer', `/admin/reviews?state=open&kind=${kind}`);
  return body.reviews as { id: string; reference?: string; reason?: string; requester?: string; revision: number; subject?: string }[];
}

async function act(name: string, id: string, body: unknown) {
  const { headers } = await clinic.ask('privacy-officer', `/admin/reviews/${id}`);
  return post('privacy-officer', `/admin/reviews/${id}/${name}`, body, { 'if-match': headers.get('etag') ?? '' });
}

describe('reviews', () => {
  test('a use of break-glass waits with its reason, is assigned, discussed, closed', async () => {
    await clinic.ask('emergency-physician', '/fhir/Condition?patient=maria', {
      headers: { 'x-purpose-of-use': 'BTG', 'x-break-glass': 'unconscious in the emergency room' },
    });
    const [use] = await open('break-glass');
    expect(use).toMatchObject({ reason: 'unconscious in the emergency room', requester: 'emergency-physician', subject: 'Patient/maria' });
    const id = use?.id ?? '';
    expect((await act('assign', id, { assignee: 'Practitioner/ferris' })).body).toMatchObject({
      assignedTo: 'Practitioner/ferris',
      revision: 2,
    });
    expect((await post('privacy-officer', `/admin/reviews/${id}/comment`, { text: 'Called the ward.' })).status).toBe(200);
    expect((await post('privacy-officer', `/admin/reviews/${id}/close`, { outcome: 'justified', note: 'n' })).status).toBe(428);
    const stale = await post('privacy-officer', `/admin/reviews/${id}/close`, { outcome: 'justified', note: 'n' }, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect((await act('close', id, { outcome: 'whatever', note: 'n' })).reason).toBe('not-possible');
    expect((await act('close', id, { outcome: 'justified', note: 'Confirmed by the ward.' })).body).toMatchObject({
      state: 'closed',
      outcome: 'justified',
    });
    expect((await act('close', id, { outcome: 'not-justified', note: 'n' })).reason).toBe('not-possible');
    const { body } = await clinic.ask('privacy-officer', `/admin/reviews/${id}`);
    expect(body.comments).toMatchObject([{ text: 'Called the ward.' }]);
    expect((await open('break-glass')).map((row) => row.id)).not.toContain(id);
  });

  const EMERGENCY = { 'x-purpose-of-use': 'BTG', 'x-break-glass': 'unconscious in the emergency room' };
  const NOTE = '/fhir/DocumentReference/maria-therapy-note-12';
  const lastOf = async (kind: string) => {
    const reply = await clinic.ask('privacy-officer', `/admin/reviews/${(await open(kind)).at(-1)?.id ?? ''}`);
    expect(answerProblems('GET', '/admin/reviews/{id}', reply)).toEqual([]);
    return reply.body as unknown as WholeReview;
  };

  test('of a judgment tell what was attested with the request, in its words, and the sentence that is stood for', async () => {
    const headers = { ...EMERGENCY, 'x-attestation': 'PN-14; said on the phone that she kills him tonight' };
    expect((await clinic.ask('emergency-physician', NOTE, { headers })).status).toBe(200);
    for (const kind of ['human-approval', 'break-glass']) {
      expect((await lastOf(kind)).attested).toEqual([
        {
          kind: 'PN-14',
          made: 'request',
          text: 'said on the phone that she kills him tonight',
          by: 'emergency-physician',
          at: expect.stringMatching(/^20.*Z$/),
          title: 'Serious and imminent threat',
          citation: '45 CFR 164.512(j)(1)(i), (4)',
          wording: expect.stringMatching(/^I believe in good faith/),
        },
      ]);
    }
    expect((await open('human-approval')).every((review) => !('attested' in review))).toBe(true);
  });

  test('of a judgment tell what was recorded beforehand, as it stood then, and nothing that was not put before the law', async () => {
    const threat = { kind: 'PN-14', subject: 'Patient/maria', document: 'call of 9:40' };
    const made = await post('therapist', '/admin/attestations', threat);
    expect(made.status).toBe(201);
    for (const other of [
      { ...threat, recipient: 'Practitioner/bennett' },
      { ...threat, subject: 'Patient/james' },
      { kind: 'PN-17', subject: 'Patient/maria' },
    ])
      expect((await post('therapist', '/admin/attestations', other)).status).toBe(201);
    expect((await clinic.ask('emergency-physician', NOTE, { headers: EMERGENCY })).status).toBe(200);
    expect((await post('therapist', `/admin/attestations/${made.body.id}/withdraw`, {})).status).toBe(200);
    expect((await lastOf('human-approval')).attested).toEqual([
      expect.objectContaining({
        kind: 'PN-14',
        made: 'record',
        by: 'Practitioner/okafor',
        document: 'call of 9:40',
        until: made.body.until,
        title: 'Serious and imminent threat',
      }),
    ]);
  });

  test('of an emergency that nobody attested anything for say so; of a candidate there is nothing to say', async () => {
    expect((await clinic.ask('emergency-physician', '/fhir/Condition?patient=aisha', { headers: EMERGENCY })).status).toBe(200);
    expect((await lastOf('break-glass')).attested).toEqual([]);
    await clinic.ask('family-physician', `/fhir/${CANDIDATE}`);
    expect(await lastOf('psychotherapy-note-candidate')).not.toHaveProperty('attested');
  });

  test('are for privacy officers', async () => {
    for (const who of ['policy-admin', 'auditor', 'therapist']) expect((await clinic.ask(who, '/admin/reviews')).reason).toBe('forbidden');
    expect((await clinic.ask('privacy-officer', '/admin/reviews/none')).status).toBe(404);
    expect((await clinic.ask('privacy-officer', '/admin/reviews?state=lost')).status).toBe(400);
  });

  test('are listed page by page', async () => {
    for (let use = 0; use < 3; use += 1) {
      await clinic.ask('emergency-physician', '/fhir/Condition?patient=maria', {
        headers: { 'x-purpose-of-use': 'BTG', 'x-break-glass': `unconscious, number ${use}` },
      });
    }
    const all = (await open('break-glass')).map(({ id }) => id);
    const seen: string[] = [];
    for (let after = ''; seen.length < 10; after = seen.at(-1) ?? '') {
      const { body } = await clinic.ask(
        'privacy-officer',
        `/admin/reviews?state=open&kind=break-glass&_count=2${after === '' ? '' : `&after=${after}`}`,
      );
      if (body.reviews.length === 0) break;
      seen.push(...body.reviews.map(({ id }: { id: string }) => id));
    }
    expect(seen).toEqual(all);
    expect(all.length).toBeGreaterThan(2);
  });
});

describe('a candidate', () => {
  const codes = (who: string) => clinic.ask(who, `/fhir/${CANDIDATE}`);

  test('that is no note is general mental health from then on, until it is written anew', async () => {
    expect((await codes('family-physician')).status).toBe(200);
    const [candidate] = (await open('psychotherapy-note-candidate')).filter(({ reference }) => reference === CANDIDATE);
    const closed = await act('close', candidate?.id ?? '', { outcome: 'not-psychotherapy-note', note: 'A progress note.' });
    expect(closed.body).toMatchObject({ state: 'closed', reference: CANDIDATE });
    await codes('family-physician');
    expect((await open('psychotherapy-note-candidate')).map(({ reference }) => reference)).not.toContain(CANDIDATE);
    const { store } = clinic.upstream;
    const { meta: _, ...current } = (await codes('therapist')).body;
    store.load({ ...current, description: 'written anew' });
    await codes('family-physician');
    expect((await open('psychotherapy-note-candidate')).map(({ reference }) => reference)).toContain(CANDIDATE);
  });

  test('that is a note is one for everybody, at other replicas and after a restart too', async () => {
    const [candidate] = (await open('psychotherapy-note-candidate')).filter(({ reference }) => reference === CANDIDATE);
    expect((await codes('family-physician')).status).toBe(200);
    await act('close', candidate?.id ?? '', { outcome: 'psychotherapy-note', note: 'Counseling narrative, kept apart from now on.' });
    expect((await codes('family-physician')).status).toBe(404);
    expect((await codes('therapist')).status).toBe(200);
    expect((await open('psychotherapy-note-candidate')).map(({ reference }) => reference)).not.toContain(CANDIDATE);
    await clinic.gateway.close();
    const again: Gateway = await startGateway(
      toConfig({
        server: { port: 0, publicUrl: PUBLIC },
        upstream: { url: clinic.upstream.url },
        identity: {
          issuers: [{ issuer: clinic.issuer.issuer, jwksUri: clinic.issuer.jwksUri, audience: AUDIENCE, algorithms: ['ES256'] }],
        },
        consent: { cacheSeconds: 0 },
        database: { dataDir: clinic.dataDir },
        log: { level: 'silent' },
      }),
    );
    const token = await clinic.issuer.sign({
      sub: 'x',
      fhirUser: 'Practitioner/bennett',
      roles: ['treating-provider'],
      purpose_of_use: ['TREAT'],
      scope: 'user/*.rs',
      client_id: 'test',
    });
    const reply = await fetch(`${again.url}/fhir/${CANDIDATE}`, { headers: { authorization: `Bearer ${token}` } });
    expect(reply.status).toBe(404);
    await again.close();
  });
});
