import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { startUpstream, type TestUpstream } from '../../support/upstream.ts';
import { clientOf, idsOf, ward } from './ward.ts';

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await startUpstream(ward);
});
afterEach(() => upstream.close());
const ask = clientOf(() => upstream.url);

const post = (type: string, entry: unknown[]) => ask('', { body: { resourceType: 'Bundle', type, entry } });
const statuses = ({ entry }: Resource): string[] =>
  entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3));

const create = (resource: object, fullUrl?: string) => ({ fullUrl, resource, request: { method: 'POST', url: 'Patient' } });
const elm = { resourceType: 'Patient', name: [{ family: 'Elm' }] };
const URN = 'urn:uuid:6f2ad8a3-1e1c-4a37-9f5c-0f9b3c1f0001';

describe('batch', () => {
  it('answers each entry by itself, in order', async () => {
    const { status, body } = await post('batch', [
      { request: { method: 'GET', url: 'Patient/p1' } },
      { request: { method: 'GET', url: 'Patient/nobody' } },
      create(elm),
      { request: { method: 'GET', url: 'Patient?family=elm' } },
      { request: { method: 'STEAL', url: 'Patient/p1' } },
      { request: { method: 'DELETE', url: '/Observation/hiv' } },
      { request: { method: 'GET', url: `${upstream.url}/Observation/hiv` } },
    ]);
    expect(status).toBe(200);
    expect(body.type).toBe('batch-response');
    expect(statuses(body)).toEqual(['200', '404', '201', '200', '400', '200', '410']);
    expect(body.entry[0].resource.id).toBe('p1');
    expect(body.entry[1].response.outcome.resourceType).toBe('OperationOutcome');
    expect(body.entry[2].response.location).toMatch(/^Patient\/[^/]+\/_history\/1$/);
    expect(idsOf(body.entry[3].resource)).toHaveLength(1);
  });
});

describe('transaction', () => {
  it('deletes, creates, updates and reads, and answers in the order of the request', async () => {
    const { body } = await post('transaction', [
      { request: { method: 'GET', url: 'Patient?family=elm' } },
      create(elm),
      { request: { method: 'DELETE', url: 'Observation/hiv' } },
      { request: { method: 'PUT', url: 'Patient/p3', ifMatch: 'W/"1"' }, resource: { ...elm, id: 'p3' } },
    ]);
    expect(body.type).toBe('transaction-response');
    expect(statuses(body)).toEqual(['200', '201', '200', '200']);
    expect(idsOf(body.entry[0].resource)).toHaveLength(2);
  });

  it('resolves references within the Bundle, both ways', async () => {
    const observation = { resourceType: 'Observation', status: 'final', subject: { reference: URN } };
    const { body } = await post('transaction', [
      { resource: observation, request: { method: 'POST', url: 'Observation' } },
      create(elm, URN),
    ]);
    expect(body.entry[0].resource.subject.reference).toBe(`Patient/${body.entry[1].resource.id}`);
  });

  it('resolves a reference to a conditional create that finds its resource', async () => {
    const found = { ...create(elm, URN), request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:mrn|1' } };
    const observation = { resourceType: 'Observation', status: 'final', subject: { reference: URN } };
    const { body } = await post('transaction', [{ resource: observation, request: { method: 'POST', url: 'Observation' } }, found]);
    expect(body.entry[0].resource.subject.reference).toBe('Patient/p1');
    expect(statuses(body)).toEqual(['201', '200']);
  });

  it('resolves references by criteria', async () => {
    const observation = { resourceType: 'Observation', status: 'final', subject: { reference: 'Patient?identifier=urn:mrn|2' } };
    const { body } = await post('transaction', [{ resource: observation, request: { method: 'POST', url: 'Observation' } }]);
    expect(body.entry[0].resource.subject.reference).toBe('Patient/p2');
  });

  it('patches with a Binary', async () => {
    const data = Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value: false }])).toString('base64');
    const entry = {
      resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
      request: { method: 'PATCH', url: 'Patient/p1' },
    };
    expect((await post('transaction', [entry])).body.entry[0].resource.active).toBe(false);
  });

  it('happens as a whole or not at all: versions, search, references and history are as before', async () => {
    const look = async () => {
      const paths = [
        '/Patient/p1',
        '/Patient?_sort=_id',
        '/Observation?patient=p2',
        '/Patient/p1/_history',
        '/_history?_count=1000',
        '/Observation/hiv',
      ];
      const replies = await Promise.all(paths.map((path) => ask(path)));
      return replies.map(({ status, headers, body }) => [status, headers.get('etag'), body.total, body.entry ?? body]);
    };
    const before = await look();
    const { status, body } = await post('transaction', [
      create(elm),
      { request: { method: 'DELETE', url: 'Observation/hiv' } },
      { request: { method: 'PUT', url: 'Patient/p1' }, resource: { ...elm, id: 'p1' } },
      {
        request: { method: 'PUT', url: 'Observation/w00' },
        resource: { resourceType: 'Observation', id: 'w00', subject: { reference: 'Patient/p3' } },
      },
      { request: { method: 'PUT', url: 'Patient/p2', ifMatch: 'W/"99"' }, resource: { ...elm, id: 'p2' } },
    ]);
    expect([status, body.resourceType]).toEqual([412, 'OperationOutcome']);
    expect(await look()).toEqual(before);
    expect((await ask('/Observation/hiv')).headers.get('etag')).toBe('W/"1"');
  });

  it.each([
    ['a read of nothing', [{ request: { method: 'GET', url: 'Patient/nobody' } }], 404],
    [
      'the same resource twice',
      [
        { request: { method: 'DELETE', url: 'Patient/p3' } },
        { request: { method: 'PUT', url: 'Patient/p3' }, resource: { ...elm, id: 'p3' } },
      ],
      400,
    ],
    [
      'a reference by criteria without a match',
      [
        {
          resource: { resourceType: 'Observation', subject: { reference: 'Patient?identifier=urn:mrn|9' } },
          request: { method: 'POST', url: 'Observation' },
        },
      ],
      412,
    ],
  ])('refused for %s', async (_name, entry, status) => {
    expect((await post('transaction', entry)).status).toBe(status);
  });

  it('checks references when all is written', async () => {
    const strict = await startUpstream(ward, { referentialIntegrity: true });
    const observation = { resourceType: 'Observation', id: 'n', status: 'final', subject: { reference: 'Patient/new' } };
    const entries = [
      { resource: observation, request: { method: 'PUT', url: 'Observation/n' } },
      { resource: { ...elm, id: 'new' }, request: { method: 'PUT', url: 'Patient/new' } },
    ];
    const send = (entry: unknown[]) => clientOf(() => strict.url)('', { body: { resourceType: 'Bundle', type: 'transaction', entry } });
    expect((await send(entries.slice(0, 1))).status).toBe(400);
    expect((await send(entries)).status).toBe(200);
    await strict.close();
  });
});

it.each([
  ['another resource', { resourceType: 'Patient' }],
  ['another type of Bundle', { resourceType: 'Bundle', type: 'collection' }],
])('%s is no batch', async (_name, body) => {
  expect((await ask('', { body })).status).toBe(400);
});
