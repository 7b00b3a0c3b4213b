/** A ValueSet that does not list its codes: expanded by the terminology server of the configuration, read as strictly as an upload. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { json, startServer, type TestServer } from '../support/http-server.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { startClinic } from './clinic.ts';

const LOCAL = 'https://clinic.example/codes';
const FILTERED = {
  resourceType: 'ValueSet',
  status: 'active',
  compose: { include: [{ system: LOCAL, filter: [{ property: 'concept', op: 'is-a', value: 'HIV' }] }] },
};
const LISTED = { resourceType: 'ValueSet', status: 'active', compose: { include: [{ system: LOCAL, concept: [{ code: 'VL-1' }] }] } };
const contains = [
  { system: LOCAL, code: 'VL-1' },
  { system: LOCAL, code: 'VL-2', inactive: true },
];
const expanded = (more: object) => ({ resourceType: 'ValueSet', status: 'active', expansion: { timestamp: '2026-11-01', ...more } });
const FHIR = 'application/fhir+json';

let server: TestServer;
let clinic: TestGateway;
beforeAll(async () => {
  server = await startServer((_, response) => json(response, {}, 500));
  clinic = await startClinic({ config: { classify: { terminologyServer: `${server.url}/r4` } } });
});
afterAll(async () => {
  await clinic?.close();
  await server?.goDown();
});

async function upload(name: string, valueSet: unknown) {
  const body = JSON.stringify({ name, title: 't', purpose: 'p', author: 'a', labels: ['HIV'], valueSet });
  const headers = { 'content-type': 'application/json' };
  const reply = await clinic.ask('policy-admin', '/admin/code-sets', { method: 'POST', headers, body });
  expect(answerProblems('POST', '/admin/code-sets', reply)).toEqual([]);
  return reply;
}

test('the codes are what the server says; it is told the ValueSet, and asked for inactive codes too', async () => {
  server.answerWith((_, response) => json(response, expanded({ total: 2, contains }), 200, FHIR));
  const reply = await upload('expanded', FILTERED);
  expect([reply.status, reply.body.summary.codes, reply.body.version.expandedBy]).toEqual([201, 2, `${server.url}/r4`]);
  const { method, url, headers, body } = server.requests.at(-1) ?? { body: '{}' };
  expect([method, url, headers?.authorization]).toEqual(['POST', '/r4/ValueSet/$expand', undefined]);
  expect(JSON.parse(body)).toEqual({
    resourceType: 'Parameters',
    parameter: [
      { name: 'valueSet', resource: FILTERED },
      { name: 'activeOnly', valueBoolean: false },
      { name: 'count', valueInteger: 50_001 },
    ],
  });
  const kept = await clinic.ask('policy-admin', '/admin/code-sets/expanded/versions/1');
  expect(kept.body).toMatchObject({ systems: [{ system: LOCAL, codes: ['VL-1', 'VL-2'] }], valueSet: FILTERED });
});

test('it is not asked about a ValueSet that lists its codes', async () => {
  const before = server.requests.length;
  expect((await upload('listed', LISTED)).status).toBe(201);
  expect(server.requests).toHaveLength(before);
});

describe('what is no whole answer is refused, and nothing is kept', () => {
  test.each([
    ['a page', 200, expanded({ total: 9, contains }), 422, 'It has 2 of 9 entries'],
    [
      'a page without a total',
      200,
      expanded({ parameter: [{ name: 'count', valueInteger: 2 }], contains }),
      422,
      'It ends where its page ends',
    ],
    ['no expansion', 200, { resourceType: 'ValueSet', status: 'active' }, 422, 'can not expand it'],
    ['another resource', 200, { resourceType: 'Bundle', type: 'searchset' }, 422, 'can not expand it'],
    ['that it does not know the system', 422, { resourceType: 'OperationOutcome', issue: [] }, 422, 'can not expand it'],
    ['an empty expansion', 200, expanded({ total: 0 }), 422, 'It lists no code'],
    ['a redirect', 302, {}, 503, ''],
    ['that it fails to', 500, { resourceType: 'OperationOutcome', issue: [] }, 422, 'can not expand it'],
    ['what is no FHIR', 500, {}, 503, ''],
    ['that it is overloaded', 503, {}, 503, ''],
  ])('%s', async (_, status, body, answered, says) => {
    server.answerWith((__, response) => json(response, body, status, FHIR));
    const reply = await upload('refused', FILTERED);
    expect([reply.status, reply.reason]).toEqual([answered, answered === 422 ? 'invalid-content' : 'terminology-unavailable']);
    expect(JSON.stringify(reply.body)).toContain(says);
    expect((await clinic.ask('policy-admin', '/admin/code-sets/refused')).status).toBe(404);
  });

  test('a server that is down; the record is not touched by that', async () => {
    await server.goDown();
    expect((await upload('refused', FILTERED)).reason).toBe('terminology-unavailable');
    expect((await clinic.ask('family-physician', '/fhir/Condition/maria-depression')).status).toBe(200);
    await server.comeBack();
  });
});
