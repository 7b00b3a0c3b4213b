import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { startUpstream, type TestUpstream } from '../../support/upstream.ts';
import { clientOf, idsOf, linkOf, ward } from './ward.ts';

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await startUpstream(ward);
});
afterEach(() => upstream.close());
const ask = clientOf(() => upstream.url);

const newPatient = { resourceType: 'Patient', name: [{ family: 'Elm' }] };

describe('read', () => {
  it('keeps version and time that a loaded resource came with', async () => {
    const { headers, body } = await ask('/Patient/p1');
    expect(headers.get('etag')).toBe('W/"7"');
    expect(headers.get('last-modified')).toBe('Wed, 01 May 2024 10:00:00 GMT');
    expect(body.meta).toMatchObject({ versionId: '7', lastUpdated: '2024-05-01T10:00:00.000Z' });
  });

  it.each([
    ['absent', '/Patient/nobody', {}, 404],
    ['a version that never was', '/Patient/p1/_history/99', {}, 404],
    ['a version', '/Patient/p1/_history/7', {}, 200],
    ['unchanged by tag', '/Patient/p1', { 'if-none-match': 'W/"7"' }, 304],
    ['changed by tag', '/Patient/p1', { 'if-none-match': 'W/"6"' }, 200],
    ['unchanged by time', '/Patient/p1', { 'if-modified-since': 'Wed, 01 May 2024 10:00:00 GMT' }, 304],
    ['changed by time', '/Patient/p1', { 'if-modified-since': 'Wed, 01 May 2024 09:00:00 GMT' }, 200],
    ['an unknown operation', '/Patient/p1/$nothing', {}, 400],
    ['$meta', '/Patient/p1/$meta', {}, 200],
    ['the capabilities', '/metadata', {}, 200],
    ['nothing below another root', '/../Patient/p1', {}, 404],
  ])('%s', async (_name, path, headers, status) => {
    expect((await ask(path, { headers: headers as Record<string, string> })).status).toBe(status);
  });

  it('a Binary as it is, unless FHIR is asked for', async () => {
    const raw = await ask('/Binary/b1', { headers: { accept: '*/*' } });
    expect([raw.headers.get('content-type'), raw.headers.get('x-security-context'), raw.text]).toEqual([
      'text/plain',
      'Patient/p1',
      'hello',
    ]);
    expect((await ask('/Binary/b1', { headers: { accept: 'application/fhir+json' } })).body).toMatchObject({
      resourceType: 'Binary',
      data: 'aGVsbG8=',
    });
    expect((await ask('/Binary/b1?_format=json')).body.resourceType).toBe('Binary');
  });
});

describe('create', () => {
  it('gives an id, a version and a location', async () => {
    const { status, headers, body } = await ask('/Patient', { body: { ...newPatient, id: 'mine' } });
    expect(status).toBe(201);
    expect(body.id).not.toBe('mine');
    expect(headers.get('location')).toBe(`${upstream.url}/Patient/${body.id}/_history/1`);
    expect(headers.get('etag')).toBe('W/"1"');
    expect((await ask(`/Patient/${body.id}`)).body).toEqual(body);
  });

  it.each([
    ['minimal', 'return=minimal', undefined],
    ['representation', 'return=representation', 'Patient'],
    ['OperationOutcome', 'return=OperationOutcome', 'OperationOutcome'],
  ])('returns %s', async (_name, prefer, type) => {
    expect((await ask('/Patient', { body: newPatient, headers: { prefer } })).body.resourceType).toBe(type);
  });

  it.each([
    ['no match: created', 'identifier=urn:mrn|9', 201],
    ['one match: that one', 'identifier=urn:mrn|1', 200],
    ['several: refused', 'identifier=urn:mrn|', 412],
    ['no criteria: refused', '_count=1', 400],
    ['an unknown parameter: refused', 'favourite=tea', 400],
  ])('conditional, %s', async (_name, criteria, status) => {
    expect((await ask('/Patient', { body: newPatient, headers: { 'if-none-exist': criteria } })).status).toBe(status);
  });

  it.each([
    ['of another type', { resourceType: 'Group' }],
    ['that is a list', []],
    ['that is no JSON', '{'],
    ['of no type', {}],
  ])('refuses a body %s', async (_name, body) => {
    expect((await ask('/Patient', { body })).status).toBe(400);
  });

  it('a Binary from its own bytes', async () => {
    const headers = { 'content-type': 'text/plain', 'x-security-context': 'Patient/p1' };
    const { body } = await ask('/Binary', { method: 'POST', body: 'note', headers });
    expect(body).toMatchObject({ contentType: 'text/plain', data: 'bm90ZQ==', securityContext: { reference: 'Patient/p1' } });
  });
});

describe('update', () => {
  it('counts versions from the one that is there', async () => {
    const { status, headers } = await ask('/Patient/p1', { method: 'PUT', body: { ...newPatient, id: 'p1' } });
    expect([status, headers.get('etag')]).toEqual([200, 'W/"8"']);
    expect((await ask('/Patient/p1/_history/7')).body.name[0].family).toBe('Alder');
    expect(idsOf((await ask('/Patient?family=elm')).body)).toEqual(['p1']);
    expect(idsOf((await ask('/Patient?family=alder')).body)).toEqual([]);
  });

  it.each([
    ['an id that is new', '/Patient/px', { id: 'px' }, {}, 201],
    ['another id in the body', '/Patient/p1', { id: 'p2' }, {}, 400],
    ['no id in the body', '/Patient/p1', {}, {}, 400],
    ['the current version', '/Patient/p1', { id: 'p1' }, { 'if-match': 'W/"7"' }, 200],
    ['an old version', '/Patient/p1', { id: 'p1' }, { 'if-match': 'W/"6"' }, 412],
    ['a version of what is not there', '/Patient/px', { id: 'px' }, { 'if-match': 'W/"1"' }, 412],
    ['criteria with one match', '/Patient?identifier=urn:mrn|1', {}, {}, 200],
    ['criteria without a match', '/Patient?identifier=urn:mrn|9', {}, {}, 201],
    ['criteria with several', '/Patient?identifier=urn:mrn|', {}, {}, 412],
    ['criteria without a match, an id that is taken', '/Patient?identifier=urn:mrn|9', { id: 'p1' }, {}, 409],
    ['no criteria', '/Patient', {}, {}, 400],
  ])('%s', async (_name, path, extra, headers, status) => {
    const reply = await ask(path, { method: 'PUT', body: { ...newPatient, ...extra }, headers: headers as Record<string, string> });
    expect(reply.status).toBe(status);
  });
});

describe('patch', () => {
  const json = { 'content-type': 'application/json-patch+json' };
  const patch = (body: unknown, path = '/Patient/p1', headers = {}) =>
    ask(path, { method: 'PATCH', body, headers: { ...json, ...headers } });

  it('changes what it names', async () => {
    const { status, body } = await patch([{ op: 'replace', path: '/name/0/family', value: 'Oak' }]);
    expect([status, body.name[0].family, body.meta?.versionId]).toEqual([200, 'Oak', '8']);
  });

  it.each([
    ['by criteria', '/Patient?identifier=urn:mrn|1', {}, 200],
    ['by criteria without a match', '/Patient?identifier=urn:mrn|9', {}, 404],
    ['of an old version', '/Patient/p1', { 'if-match': 'W/"6"' }, 412],
    ['of nothing', '/Patient/nobody', {}, 404],
  ])('%s', async (_name, path, headers, status) => {
    expect((await patch([{ op: 'add', path: '/active', value: false }], path, headers)).status).toBe(status);
  });

  it('can not change the id', async () => {
    expect((await patch([{ op: 'replace', path: '/id', value: 'p9' }])).status).toBe(422);
  });
});

describe('delete', () => {
  it('leaves a version behind and a resource that is gone', async () => {
    expect((await ask('/Observation/hiv', { method: 'DELETE' })).status).toBe(200);
    expect((await ask('/Observation/hiv')).status).toBe(410);
    expect((await ask('/Observation/hiv/_history/1')).status).toBe(200);
    expect((await ask('/Observation/hiv/_history/2')).status).toBe(410);
    expect(idsOf((await ask('/Observation?code=7917-8')).body)).toEqual([]);
    expect((await ask('/Observation/hiv', { method: 'PUT', body: { resourceType: 'Observation', id: 'hiv' } })).status).toBe(201);
    expect((await ask('/Observation/hiv')).headers.get('etag')).toBe('W/"3"');
  });

  it.each([
    ['what is not there', '/Patient/nobody', 200],
    ['by criteria', '/Patient?identifier=urn:mrn|2', 200],
    ['by criteria with several matches', '/Patient?identifier=urn:mrn|', 412],
    ['everything at once', '/Patient', 400],
  ])('%s', async (_name, path, status) => {
    expect((await ask(path, { method: 'DELETE' })).status).toBe(status);
  });
});

describe('history', () => {
  beforeEach(async () => {
    await ask('/Patient/p1', { method: 'PUT', body: { ...newPatient, id: 'p1' } });
    await ask('/Patient/p2', { method: 'DELETE' });
    await ask('/Patient', { body: newPatient });
  });

  it('of an instance, newest first, the same each time', async () => {
    const read = async () => (await ask('/Patient/p1/_history')).body;
    const { type, total, entry } = await read();
    expect([type, total]).toEqual(['history', 2]);
    expect(entry.map((each: { resource: Resource }) => each.resource.meta?.versionId)).toEqual(['8', '7']);
    expect((await read()).entry).toEqual(entry);
  });

  it('of a type, with deletes', async () => {
    const { entry } = (await ask('/Patient/_history?_count=3')).body;
    expect(entry.map((each: { request: { method: string } }) => each.request.method)).toEqual(['POST', 'DELETE', 'PUT']);
    expect(entry[1]).toMatchObject({
      fullUrl: `${upstream.url}/Patient/p2`,
      request: { url: 'Patient/p2' },
      response: { status: '204 No Content' },
    });
    expect(entry[1].resource).toBeUndefined();
  });

  it('of the system, in pages', async () => {
    const { body } = await ask('/_history?_count=2');
    expect(body.total).toBe(ward.length + 3);
    const next = (await ask(linkOf(body, 'next') ?? '')).body;
    expect(next.type).toBe('history');
    expect(next.entry[0].resource.id).toBe('p1');
  });

  it('since a time', async () => {
    expect((await ask('/Patient/p1/_history?_since=2024-06-01')).body.total).toBe(1);
  });

  it('of what never was is not found, of what was deleted is there', async () => {
    expect((await ask('/Patient/nobody/_history')).status).toBe(404);
    expect((await ask('/Patient/p2/_history')).body.total).toBe(2);
  });
});

describe('referential integrity, switched on', () => {
  it('refuses to refer to nothing, and to delete what is referred to', async () => {
    const strict = await startUpstream(ward, { referentialIntegrity: true });
    const askStrict = clientOf(() => strict.url);
    const orphan = { resourceType: 'Observation', id: 'x', status: 'final', subject: { reference: 'Patient/nobody' } };
    expect((await askStrict('/Observation/x', { method: 'PUT', body: orphan })).status).toBe(400);
    expect((await askStrict('/Observation/x')).status).toBe(404);
    expect((await askStrict('/Patient/p1', { method: 'DELETE' })).status).toBe(409);
    expect((await askStrict('/Patient/p1')).status).toBe(200);
    expect((await askStrict('/Observation/hiv', { method: 'DELETE' })).status).toBe(200);
    await strict.close();
  });
});
