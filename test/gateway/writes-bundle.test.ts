/** batch and transaction (design.md 4.6; threats.md 31): every entry by its own rules, and a transaction whole or not at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import {
  document,
  JSON_BODY,
  LABELS,
  NURSE,
  observation,
  PHYSICIAN,
  startWriteWorld,
  THERAPIST,
  type WriteWorld,
  writer,
} from './writes-world.ts';

let world: WriteWorld;
beforeAll(async () => {
  world = await startWriteWorld({ limits: { maxEntries: 12 } });
});
afterAll(() => world.close());

interface Entry {
  readonly fullUrl?: string;
  readonly resource?: unknown;
  readonly request?: Record<string, unknown>;
}

const entry = (method: string, url: string, resource?: unknown, more: Record<string, unknown> = {}, fullUrl?: string): Entry => ({
  ...(fullUrl === undefined ? {} : { fullUrl }),
  ...(resource === undefined ? {} : { resource }),
  request: { method, url, ...more },
});
const bundle = (type: 'batch' | 'transaction', ...entries: readonly unknown[]) => ({ resourceType: 'Bundle', type, entry: entries });
const urn = (digit: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${digit}`;

type Given = { resource?: Resource; response: { status: string; location?: string; etag?: string; outcome?: Resource } };
const entriesOf = (resource: Resource) => (resource.entry ?? []) as Given[];
const statuses = (resource: Resource) => entriesOf(resource).map(({ response }) => response.status.slice(0, 3));
const reasons = (resource: Resource) => entriesOf(resource).map(({ response }) => response.outcome?.issue?.[0]?.details?.coding?.[0]?.code);
const send = (who: typeof THERAPIST, body: unknown, requestId: string = crypto.randomUUID()) =>
  world.send(who, 'POST', '', body, { ...JSON_BODY, 'x-request-id': requestId });

describe('batch', () => {
  it('answers each entry as a request of its own, in order; one refused does not stop the others', async () => {
    const requestId = crypto.randomUUID();
    const reply = await send(
      PHYSICIAN,
      bundle(
        'batch',
        entry('GET', 'Observation/weight'),
        entry('GET', 'DocumentReference/maria-therapy-note-11'),
        entry('POST', 'Observation', observation({ performer: [{ reference: 'Practitioner/bennett' }] })),
        entry('PUT', 'Observation/weight', { ...world.kept('Observation/weight'), meta: {} }),
        entry('GET', 'http://privity.test/fhir/DocumentReference?_id=maria-therapy-note-11,plain-letter'),
        entry('DELETE', 'Observation/never-was'),
        entry('GET', '../admin'),
        entry('POST', '', bundle('batch')),
        {},
      ),
      requestId,
    );
    expect(reply.status).toBe(200);
    expect(reply.body.type).toBe('batch-response');
    expect(statuses(reply.body)).toEqual(['200', '404', '201', '422', '200', '404', '400', '400', '400']);
    expect(entriesOf(reply.body)[0]?.resource?.id).toBe('weight');
    const found = entriesOf(reply.body)[4]?.resource;
    expect(entriesOf(found ?? { resourceType: '' }).map(({ resource }) => resource?.id)).toEqual(['plain-letter']);
    expect(reply.text).not.toContain('therapy-note-11-text');
    const rows = await world.logged(requestId);
    expect(rows.map((row) => `${row.interaction} ${row.status}`)).toEqual([
      'batch 200',
      'read 200',
      'read 404',
      'create 100',
      'create 201',
      'update 422',
      'search-type 200',
      'delete 404',
      'batch 400',
      'batch 400',
      'batch 400',
    ]);
  });

  it('says not modified to who has it', async () => {
    const reply = await send(PHYSICIAN, bundle('batch', entry('GET', 'Observation/weight', undefined, { ifNoneMatch: 'W/"1"' })));
    expect(entriesOf(reply.body)).toEqual([{ response: expect.objectContaining({ status: '304 Not Modified' }) }]);
  });

  it.each(['batch', 'transaction'] as const)('a %s of too many entries is refused before anything is done', async (type) => {
    const before = world.writes;
    const reply = await send(THERAPIST, bundle(type, ...Array.from({ length: 13 }, () => entry('POST', 'Observation', observation()))));
    expect([reply.status, reply.reason, world.writes]).toEqual([413, 'too-large', before]);
  });
});

describe('transaction', () => {
  it('writes resources that refer to one another, and answers with what they became', async () => {
    const requestId = crypto.randomUUID();
    const reply = await send(
      THERAPIST,
      bundle(
        'transaction',
        entry('POST', 'DocumentReference', document({ content: [{ attachment: { contentType: 'text/plain', url: urn(1) } }] }), {}, urn(2)),
        entry('POST', 'Binary', { resourceType: 'Binary', contentType: 'text/plain', data: 'U2Nhbg==' }, {}, urn(1)),
        entry('POST', 'Observation', observation({ derivedFrom: [{ reference: urn(2) }] })),
        entry('GET', 'Observation/weight'),
      ),
      requestId,
    );
    expect(reply.status).toBe(200);
    expect(reply.body.type).toBe('transaction-response');
    expect(statuses(reply.body)).toEqual(['201', '201', '201', '200']);
    const [letter, binary, pulse] = entriesOf(reply.body);
    const binaryId = /Binary\/([^/]+)/.exec(binary?.response.location ?? '')?.[1];
    expect(letter?.resource?.content[0].attachment.url).toBe(`Binary/${binaryId}`);
    expect(pulse?.resource?.derivedFrom).toEqual([{ reference: `DocumentReference/${letter?.resource?.id}` }]);
    const rows = await world.logged(requestId);
    expect(rows.map((row) => `${row.interaction} ${row.status}`)).toEqual(['transaction 100', 'transaction 200', 'read 200']);
    expect(rows[1]?.decisions).toEqual(
      expect.arrayContaining([`DocumentReference/${letter?.resource?.id} permit`, `Observation/${pulse?.resource?.id} permit`]),
    );
    expect(rows.map((row) => row.subjects)).toEqual([['Patient/maria'], ['Patient/maria'], ['Patient/maria']]);
  });

  it('registers a patient and what is about the patient at once', async () => {
    const requestId = crypto.randomUUID();
    const reply = await send(
      NURSE,
      bundle(
        'transaction',
        entry('POST', 'Patient', { resourceType: 'Patient', active: true }, {}, urn(1)),
        entry('POST', 'Observation', observation({ subject: { reference: urn(1) } })),
      ),
      requestId,
    );
    expect(statuses(reply.body), reply.text).toEqual(['201', '201']);
    const [patient, pulse] = entriesOf(reply.body);
    expect(pulse?.resource?.subject).toEqual({ reference: `Patient/${patient?.resource?.id}` });
    const rows = await world.logged(requestId);
    expect(rows.map((row) => row.subjects)).toEqual([[], [`Patient/${patient?.resource?.id}`]]);
  });

  it('resolves conditions as the caller’s searches, into plain writes', async () => {
    const identifier = [{ system: 'urn:test', value: 'tx' }];
    await world.send(THERAPIST, 'POST', 'Observation', observation({ identifier }));
    const before = world.clinic.upstream.requests.length;
    const reply = await send(
      THERAPIST,
      bundle(
        'transaction',
        entry('POST', 'Observation', observation({ identifier }), { ifNoneExist: 'identifier=urn:test|tx' }, urn(1)),
        entry('PUT', 'Observation?identifier=urn:test|new', observation({ identifier: [{ system: 'urn:test', value: 'new' }] })),
        entry('POST', 'Observation', observation({ derivedFrom: [{ reference: urn(1) }] })),
      ),
    );
    expect(statuses(reply.body)).toEqual(['200', '201', '201']);
    const [found, , pulse] = entriesOf(reply.body);
    expect(pulse?.resource?.derivedFrom).toEqual([{ reference: `Observation/${found?.resource?.id}` }]);
    const sent = world.clinic.upstream.requests.slice(before).filter((request) => request.method === 'POST');
    expect(sent).toHaveLength(1);
    expect(JSON.parse(sent[0]?.body ?? '').entry.map((row: Entry) => `${row.request?.method} ${row.request?.url}`)).toEqual([
      'POST Observation',
      'POST Observation',
    ]);
    expect(sent[0]?.body).not.toContain('ifNoneExist');
  });

  it('updates, patches and deletes under the versions that were decided on', async () => {
    const made = await Promise.all([1, 2, 3].map(() => world.send(THERAPIST, 'POST', 'DocumentReference', document())));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    const [first, second, third] = made.map((reply) => reply.body);
    const operations = btoa(JSON.stringify([{ op: 'replace', path: '/status', value: 'superseded' }]));
    const before = world.clinic.upstream.requests.length;
    const reply = await send(
      THERAPIST,
      bundle(
        'transaction',
        entry('PUT', `DocumentReference/${first?.id}`, { ...first, description: 'new' }, { ifMatch: 'W/"1"' }),
        entry('PATCH', `DocumentReference/${second?.id}`, {
          resourceType: 'Binary',
          contentType: 'application/json-patch+json',
          data: operations,
        }),
        entry('DELETE', `DocumentReference/${third?.id}`),
      ),
    );
    expect(statuses(reply.body), reply.text).toEqual(['200', '200', '204']);
    expect(entriesOf(reply.body)[1]?.resource?.status).toBe('superseded');
    expect(world.kept(`DocumentReference/${third?.id}`)).toBeUndefined();
    const sent = world.clinic.upstream.requests.slice(before).find((request) => request.method === 'POST');
    expect(JSON.parse(sent?.body ?? '').entry.map((row: Entry) => row.request?.ifMatch)).toEqual(['W/"1"', 'W/"1"', 'W/"1"']);
  });

  const good = () => entry('POST', 'Observation', observation({ performer: [{ reference: 'Practitioner/bennett' }] }));
  it.each([
    {
      name: 'an update of what is withheld',
      bad: () =>
        entry('PUT', 'DocumentReference/maria-therapy-note-11', document({ id: 'maria-therapy-note-11', author: [] as unknown[] })),
      status: 422,
      reason: 'invalid-resource',
    },
    {
      name: 'a delete of what is withheld',
      bad: () => entry('DELETE', 'DocumentReference/maria-therapy-note-11'),
      status: 404,
      reason: 'not-found',
    },
    {
      name: 'a reference to what is withheld',
      bad: () =>
        entry(
          'POST',
          'Observation',
          observation({
            performer: [{ reference: 'Practitioner/bennett' }],
            derivedFrom: [{ reference: 'DocumentReference/maria-therapy-note-11' }],
          }),
        ),
      status: 422,
      reason: 'reference-not-found',
    },
    {
      name: 'a name that no entry has',
      bad: () =>
        entry('POST', 'Observation', observation({ performer: [{ reference: 'Practitioner/bennett' }], subject: { reference: urn(9) } })),
      status: 403,
      reason: 'forbidden',
    },
    {
      name: 'a label taken away',
      bad: () => entry('PUT', 'Observation/weight', { ...world.kept('Observation/weight'), meta: undefined }),
      status: 403,
      reason: 'label-lowered',
    },
    {
      name: 'a Consent for oneself',
      bad: () => entry('POST', 'Consent', { resourceType: 'Consent' }),
      status: 403,
      reason: 'right-needed',
    },
    {
      name: 'a note in another’s name',
      bad: () => entry('POST', 'DocumentReference', document({ meta: { security: [LABELS.psythpn] } })),
      status: 403,
      reason: 'right-needed',
    },
    { name: 'an entry that is no request', bad: () => ({ resource: observation() }), status: 400, reason: 'invalid-body' },
    {
      name: 'criteria that match several',
      bad: () => entry('DELETE', 'Observation?patient=maria'),
      status: 412,
      reason: 'multiple-matches',
    },
  ])('with $name is refused as a whole', async ({ bad, status, reason }) => {
    const requestId = crypto.randomUUID();
    const before = world.writes;
    const reply = await send(PHYSICIAN, bundle('transaction', good(), bad()), requestId);
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    expect(reply.body.issue[0].diagnostics).toMatch(/^Bundle\.entry\[1\]/);
    expect(world.writes).toBe(before);
    const rows = await world.logged(requestId);
    expect(rows.map((row) => [row.interaction, row.outcome, row.status, row.reason])).toEqual([['transaction', '4', status, reason]]);
    expect(rows.flatMap((row) => row.decisions).every((row) => row.endsWith(' withhold'))).toBe(true);
  });

  it('that names a resource twice is refused', async () => {
    const { body } = await world.send(THERAPIST, 'POST', 'DocumentReference', document());
    const update = entry('PUT', `DocumentReference/${body.id}`, body);
    const reply = await send(THERAPIST, bundle('transaction', update, update));
    expect([reply.status, reply.reason, world.kept(`DocumentReference/${body.id}`)?.meta?.versionId]).toEqual([400, 'invalid-body', '1']);
  });

  it('which the record server refuses is refused in the gateway’s words, and nothing is there', async () => {
    world.clinic.upstream.faults = [{ times: 1, status: 412, match: (request) => request.method === 'POST' }];
    const requestId = crypto.randomUUID();
    const reply = await send(THERAPIST, bundle('transaction', entry('POST', 'Observation', observation())), requestId);
    expect([reply.status, reply.reason]).toEqual([409, 'conflict']);
    expect((await world.logged(requestId)).map((row) => [row.status, row.reason])).toEqual([
      [100, 'intent'],
      [409, 'conflict'],
    ]);
  });

  it('of a write-only caller says where things are, and no more', async () => {
    const reply = await send(
      writer('therapist', { scope: 'user/*.cud' }),
      bundle('transaction', entry('POST', 'Observation', observation({ note: [{ text: 'canary-90' }] }))),
    );
    expect(entriesOf(reply.body)).toEqual([
      { response: { status: '201 Created', location: expect.stringContaining('/Observation/'), etag: 'W/"1"' } },
    ]);
    expect(reply.text).not.toContain('canary-90');
  });

  it('creates once under a condition, however often it is sent at once', async () => {
    const identifier = [{ system: 'urn:test', value: 'tx-once' }];
    const ask = () =>
      send(
        THERAPIST,
        bundle('transaction', entry('POST', 'Observation', observation({ identifier }), { ifNoneExist: 'identifier=urn:test|tx-once' })),
      );
    const replies = await Promise.all([ask(), ask(), ask()]);
    expect(replies.map((reply) => statuses(reply.body)[0]).sort()).toEqual(['200', '200', '201']);
    expect(replies.map((reply) => reasons(reply.body)[0])).toEqual([undefined, undefined, undefined]);
  });
});
