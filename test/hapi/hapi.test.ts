/**
 * In front of HAPI FHIR: what is asked of the demo's clinic is answered as before any other record server, what is withheld tells
 * no more, and what is written is there as it was decided on. `npm run test:hapi`; without HAPI FHIR or Java, skipped.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { bundle, signed } from '../gateway/admin-consents.build.ts';
import { clinicResources, startClinic } from '../gateway/clinic.ts';
import { TOPICS } from '../gateway/clinic-topics.ts';
import { checkCase } from '../gateway/gateway-case.ts';
import {
  document,
  JSON_BODY,
  JSON_PATCH,
  LABELS,
  observation,
  PHYSICIAN,
  RESOURCES,
  REVIEWER,
  THERAPIST,
} from '../gateway/writes-world.ts';
import { threats } from '../pipeline/search-threats.cases.ts';
import { nextOf, pages } from '../pipeline/twin-gateways.ts';
import { wards } from '../pipeline/ward.ts';
import { type Ask, type Reply, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type HapiServer, hapiMissing, startHapi } from './hapi-server.ts';

/** A Java server on a machine that others use as well. */
const START_MS = 300_000;
const missing = hapiMissing();
if (missing !== undefined) process.stdout.write(`${missing}: test/hapi is skipped\n`);

describe.skipIf(missing !== undefined)('in front of HAPI FHIR', () => {
  let hapi: HapiServer;
  beforeAll(async () => {
    hapi = await startHapi();
  }, START_MS);
  afterAll(() => hapi?.close());

  describe('the clinic', () => {
    let clinic: TestGateway;
    beforeAll(async () => {
      await hapi.fill(clinicResources());
      clinic = await startClinic({ upstreamUrl: hapi.url });
    }, START_MS);
    afterAll(() => clinic?.close());

    describe.each(TOPICS)('%s', (_, cases) => {
      test.each(cases)('$name', (row) => checkCase(clinic, row));
    });
  });

  describe('a search tells nothing of what is withheld', () => {
    const PHYSICIAN_ASKS = 'family-physician';
    const told = new Map<string, readonly Reply[]>();
    let hiding: TestGateway;
    beforeAll(async () => {
      const [plain, withHidden] = wards();
      await hapi.fill(plain);
      const gateway = await startTestGateway({ resources: [], upstreamUrl: hapi.url });
      for (const row of threats) told.set(row.name, await ask(gateway, row));
      await gateway.close();
      await hapi.fill(withHidden);
      hiding = await startTestGateway({ resources: [], upstreamUrl: hapi.url });
    }, START_MS);
    afterAll(() => hiding?.close());

    const ask = (gateway: TestGateway, { url, form }: (typeof threats)[number]) => {
      const byPost: Ask = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form ?? '' };
      return pages(gateway, PHYSICIAN_ASKS, encodeURI(url), form === undefined ? undefined : byPost);
    };
    /** When each ward was loaded, and what HAPI made up for it, is no answer. */
    const comparable = ({ status, text }: Reply) => [
      status,
      text.replaceAll(/_page=[\w.-]+/g, '_page=…').replaceAll(/"(lastUpdated|source|versionId)":"[^"]*"/g, '"$1":"…"'),
    ];

    test.each(threats)('threat $threat: $name', async (row) => {
      const replies = await ask(hiding, row);
      expect(replies.map(comparable)).toEqual(told.get(row.name)?.map(comparable));
      // Full text is not part of this HAPI: who searches by it is told so, in both wards alike.
      const refused = row.url.includes('_content=');
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => (refused ? 400 : (row.status ?? 200))));
      if (refused) return;
      if (row.names !== undefined) expect(replies.flatMap(({ names }) => names).sort()).toEqual([...row.names].sort());
      if (row.total !== undefined) expect(replies[0]?.body.total).toBe(row.total);
      expect(JSON.stringify(replies.map(({ body: { link: _, ...body } }) => body))).not.toMatch(
        /hidden|Hidden|unseen|F33\.1|F20\.0|fear of the sea/,
      );
    });

    test('a page link goes on behind what was given, whatever was written since', async () => {
      const first = await hiding.ask(PHYSICIAN_ASKS, '/fhir/Observation?patient=ada&_count=2');
      await put({
        resourceType: 'Observation',
        id: 'a-new-one',
        status: 'final',
        code: { text: 'Weight' },
        subject: { reference: 'Patient/ada' },
      });
      const others = await pages(hiding, PHYSICIAN_ASKS, nextOf(first) ?? '');
      const names = [first, ...others].flatMap((reply) => reply.names);
      expect(names.length).toBeGreaterThan(8);
      expect(new Set(names).size).toBe(names.length);
      expect(names.join()).not.toContain('hidden');
    });
  });

  describe('a write', () => {
    let clinic: TestGateway;
    beforeAll(async () => {
      await hapi.fill(clinicResources(RESOURCES));
      clinic = await startClinic({ upstreamUrl: hapi.url });
    }, START_MS);
    afterAll(() => clinic?.close());

    const send = (
      who: typeof THERAPIST,
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = JSON_BODY,
    ) => clinic.ask(who, `/fhir/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const kept = async (reference: string): Promise<Resource> => (await (await fetch(`${hapi.url}/${reference}`)).json()) as Resource;

    test('creates, and answers as a read', async () => {
      const reply = await send(THERAPIST, 'POST', 'Observation', observation({ note: [{ text: 'calm' }] }));
      const { id } = reply.body;
      expect(reply.status).toBe(201);
      expect(reply.headers.get('location')).toBe(`http://privity.test/fhir/Observation/${id}/_history/1`);
      expect((await kept(`Observation/${id}`)).note).toEqual([{ text: 'calm' }]);
      expect((await send(THERAPIST, 'GET', `Observation/${id}`)).body.note).toEqual([{ text: 'calm' }]);
    });

    test('updates the version that was decided on, and no other', async () => {
      const { body } = await send(THERAPIST, 'POST', 'Observation', observation());
      const path = `Observation/${body.id}`;
      const updated = await send(THERAPIST, 'PUT', path, { ...body, status: 'amended' }, { ...JSON_BODY, 'if-match': 'W/"1"' });
      expect([updated.status, updated.body.status, updated.headers.get('etag')]).toEqual([200, 'amended', 'W/"2"']);
      const stale = await send(THERAPIST, 'PUT', path, { ...body, status: 'cancelled' }, { ...JSON_BODY, 'if-match': 'W/"1"' });
      expect([stale.status, (await kept(path)).status]).toEqual([412, 'amended']);
      const old = await send(THERAPIST, 'GET', `${path}/_history/1`);
      expect([old.status, old.body.status]).toEqual([200, 'final']);
      expect((await send(THERAPIST, 'GET', `${path}/_history`)).body.total).toBe(2);
    });

    test('patches', async () => {
      const { body } = await send(THERAPIST, 'POST', 'Observation', observation());
      const patch = [{ op: 'add', path: '/note', value: [{ text: 'patched' }] }];
      const reply = await send(THERAPIST, 'PATCH', `Observation/${body.id}`, patch, JSON_PATCH);
      expect([reply.status, (await kept(`Observation/${body.id}`)).note]).toEqual([200, [{ text: 'patched' }]]);
    });

    test('takes a label away where whoever may says so: HAPI keeps labels unless it is told otherwise', async () => {
      const labeled = document({ meta: { security: [LABELS.psythpn] } });
      const made = await send(THERAPIST, 'POST', 'DocumentReference', labeled);
      const path = `DocumentReference/${made.body.id}`;
      expect(made.status).toBe(201);
      expect((await send(PHYSICIAN, 'GET', path)).status).toBe(404);
      const { meta: _, ...plain } = made.body;
      expect((await send(REVIEWER, 'PUT', path, plain)).status).toBe(200);
      expect((await kept(path)).meta?.security ?? []).toEqual([]);
      expect((await send(PHYSICIAN, 'GET', path)).status).toBe(200);
    });

    test('deletes: gone for everybody, as if it had never been', async () => {
      const { body } = await send(THERAPIST, 'POST', 'DocumentReference', document());
      const path = `DocumentReference/${body.id}`;
      expect((await send(THERAPIST, 'DELETE', path)).status).toBe(204);
      const after = await send(THERAPIST, 'GET', path);
      const never = await send(THERAPIST, 'GET', 'DocumentReference/never-was');
      expect([after.status, after.text]).toEqual([404, never.text]);
    });

    test('in a transaction is done whole, with its references', async () => {
      const one = 'urn:uuid:0b7c1e32-26f4-4b0c-9a3e-4f4b1f6a2a01';
      const entry = [
        { fullUrl: one, resource: observation(), request: { method: 'POST', url: 'Observation' } },
        { resource: observation({ hasMember: [{ reference: one }] }), request: { method: 'POST', url: 'Observation' } },
      ];
      const reply = await send(THERAPIST, 'POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
      expect(reply.status).toBe(200);
      const [first, second] = reply.names;
      expect((await kept(second ?? '')).hasMember).toEqual([{ reference: first }]);
    });

    test('in a transaction of which one entry is refused is not done at all', async () => {
      const before = (await (await fetch(`${hapi.url}/Observation?_summary=count`)).json()) as { total: number };
      const entry = [
        { resource: observation(), request: { method: 'POST', url: 'Observation' } },
        { resource: document({ id: 'session-note' }), request: { method: 'PUT', url: 'DocumentReference/never-was' } },
      ];
      const reply = await send(PHYSICIAN, 'POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
      const after = (await (await fetch(`${hapi.url}/Observation?_summary=count`)).json()) as { total: number };
      expect(reply.status).toBeGreaterThanOrEqual(400);
      expect(after.total).toBe(before.total);
    });

    test('of an authorization opens what it names from its acknowledgement on; its revocation closes it again', async () => {
      const sees = async () => (await clinic.ask('psychiatrist', '/fhir/DocumentReference/elena-therapy-note-30')).status;
      const post = (path: string, body: unknown, headers: Readonly<Record<string, string>>) =>
        clinic.ask('policy-admin', `/admin/consents${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(await sees()).toBe(404);
      const uploaded = await post('', bundle(signed('elena-third')), JSON_BODY);
      expect(uploaded.status).toBe(201);
      const [consent] = (uploaded.body.written as { reference: string }[]).map(({ reference }) => reference);
      expect(await sees()).toBe(200);
      const json = { 'content-type': 'application/json' };
      const revoked = await post(`/${consent?.replace('Consent/', '')}/revoke`, { reason: 'in writing' }, json);
      expect([revoked.status, (await kept(consent ?? '')).status, await sees()]).toEqual([200, 'inactive', 404]);
    });
  });

  const put = async (resource: Resource) => {
    const url = `${hapi.url}/${resource.resourceType}/${resource.id}`;
    await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(resource) });
  };
});
