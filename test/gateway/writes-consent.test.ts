/** A Consent written through the gateway is in force from its acknowledgement (design.md section 5; threats.md 25), whatever is kept. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { OFFICER, startWriteWorld, type WriteWorld, writer } from './writes-world.ts';

let world: WriteWorld;
beforeAll(async () => {
  world = await startWriteWorld({ consent: { cacheSeconds: 3600 } });
});
afterAll(() => world.close());

const PSYCHIATRIST = writer('psychiatrist');
const NOTE = 'DocumentReference/maria-therapy-note-12';
const CONSENT = 'Consent/maria-authorization-lindqvist';

const epochOf = async (subject: string) => {
  const [row] = await world.owner<{ epoch: string }[]>`select epoch from consent_epoch where subject = ${subject}`;
  return Number(row?.epoch ?? 0);
};
const reads = async () => (await world.send(PSYCHIATRIST, 'GET', NOTE)).status;
const seen = async (): Promise<Resource> => (await world.send(OFFICER, 'GET', CONSENT)).body;

describe('a Consent', () => {
  it('revoked is revoked at the next request, restored at the one after', async () => {
    expect([await reads(), await reads()]).toEqual([200, 200]);
    const before = await epochOf('Patient/maria');
    const revoked = await world.send(OFFICER, 'PUT', CONSENT, { ...(await seen()), status: 'inactive' });
    expect(revoked.status).toBe(200);
    expect(await epochOf('Patient/maria')).toBe(before + 2);
    expect(await reads()).toBe(404);
    expect((await world.send(OFFICER, 'PUT', CONSENT, { ...(await seen()), status: 'active' })).status).toBe(200);
    expect(await reads()).toBe(200);
  });

  it('patched is in force as well', async () => {
    const body = [{ op: 'replace', path: '/status', value: 'inactive' }];
    const patched = await world.send(OFFICER, 'PATCH', CONSENT, body, { 'content-type': 'application/json-patch+json' });
    expect(patched.status).toBe(200);
    expect(await reads()).toBe(404);
    await world.send(OFFICER, 'PUT', CONSENT, { ...(await seen()), status: 'active' });
    expect(await reads()).toBe(200);
  });

  it('in a transaction is in force as well', async () => {
    const entry = [{ resource: { ...(await seen()), status: 'inactive' }, request: { method: 'PUT', url: CONSENT } }];
    const reply = await world.send(OFFICER, 'POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
    expect(reply.status).toBe(200);
    expect(await reads()).toBe(404);
    await world.send(OFFICER, 'PUT', CONSENT, { ...(await seen()), status: 'active' });
    expect(await reads()).toBe(200);
  });

  it('whose write may or may not have happened makes what was kept stale', async () => {
    const before = await epochOf('Patient/maria');
    world.clinic.upstream.faults = [{ times: 1, drop: true, match: (request) => request.method === 'PUT' }];
    const reply = await world.send(OFFICER, 'PUT', CONSENT, { ...(await seen()), status: 'inactive' });
    expect([reply.status, reply.reason]).toEqual([503, 'write-unconfirmed']);
    expect(await epochOf('Patient/maria')).toBe(before + 2);
  });

  it('that is refused leaves everything as it was', async () => {
    const before = await epochOf('Patient/maria');
    const reply = await world.send(PSYCHIATRIST, 'PUT', CONSENT, { ...(await seen()), status: 'active' });
    expect([reply.status, reply.reason]).toEqual([403, 'right-needed']);
    expect(await epochOf('Patient/maria')).toBe(before);
  });

  it('whose actor changes touches everyone whose Consent names that actor', async () => {
    const before = await epochOf('Patient/maria');
    const admin = writer('therapist', { roles: ['workforce', 'policy-admin'] });
    const { body } = await world.send(admin, 'GET', 'Practitioner/lindqvist');
    expect((await world.send(admin, 'PUT', 'Practitioner/lindqvist', { ...body, active: true })).status).toBe(200);
    expect(await epochOf('Patient/maria')).toBe(before + 2);
  });

  it('an observation changes nothing that is kept', async () => {
    const before = await epochOf('Patient/maria');
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/maria' } };
    expect((await world.send(writer('therapist'), 'POST', 'Observation', observation)).status).toBe(201);
    expect(await epochOf('Patient/maria')).toBe(before);
  });
});
