/** threats.md 45, 46, 48, 49, 60: what only a real server, its record server and its log can show. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readInteraction } from '../../src/fhir/interaction.ts';
import { type RawRequest, rawRequest } from '../gateway/raw-request.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { ownerOf } from '../support/database.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { CANARY, condition, note, observation, STANDING } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: TestGateway;
let owner: ReturnType<typeof ownerOf>;
let token: string;

beforeAll(async () => {
  gateway = await startTestGateway({ resources: [...STANDING, note('note'), condition('open'), observation('weight')] });
  owner = ownerOf(gateway.dataDir);
  token = await gateway.issuer.sign(REQUESTERS.physician?.claims ?? {});
});
afterAll(async () => {
  await owner?.end({ timeout: 1 });
  await gateway?.close();
});
beforeEach(() => {
  gateway.upstream.requests.length = 0;
});

const raw = (request: RawRequest) =>
  rawRequest(gateway.gateway.url, { ...request, headers: [`Authorization: Bearer ${token}`, ...(request.headers ?? [])] });

async function rowsOf(requestId: string) {
  return owner<{ status: number; outcome: string; interaction: string; address: string; target: string }[]>`
    select status, outcome, interaction, address, target from event where request_id = ${requestId}`;
}

describe('threat 45: one canonical URL is judged and asked', () => {
  const paths = [
    '/fhir/metadata/../DocumentReference/note',
    '/fhir/.well-known/../DocumentReference/note',
    '/fhir/public/../DocumentReference/note',
    '/fhir/Condition/..%2fDocumentReference/note',
    '/fhir/Condition/%2e%2e/DocumentReference/note',
    '/fhir/Condition/.%2e/DocumentReference/note',
    '/fhir/DocumentReference%2Fnote',
    '/fhir/DocumentReference/note%2f..%2fopen',
    '/fhir//DocumentReference/note',
    '/fhir/./DocumentReference/note',
    '/fhir/DocumentReference/note/.',
    '/fhir/%44ocumentReference/note',
    '/fhir/DocumentReference/note;v=1',
    '/fhir/DocumentReference/note%00',
    '/fhir/DocumentReference\\note',
    '/fhir/metadata?/../DocumentReference/note',
    '/FHIR/DocumentReference/note',
    '//fhir/DocumentReference/note',
    `http://127.0.0.1/fhir/DocumentReference/note`,
  ];
  test.each(paths)('threat 45: %s', async (path) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const reply = await raw({ path, method });
      expect(reply.body).not.toContain(CANARY);
      expect(reply.head).not.toContain(CANARY);
      if (path !== '/fhir/metadata?/../DocumentReference/note') expect(reply.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      const open = await rawRequest(gateway.gateway.url, { path, method });
      expect(`${open.head}${open.body}`).not.toContain(CANARY);
    }
    for (const { url } of gateway.upstream.requests) expect(url).not.toMatch(/\.\.|%2e|%2f|\/\/|;|%00|\\/i);
  });

  test('threat 45: dots are refused where the URL is read, before anything is asked', () => {
    for (const url of ['/Patient/..', '/Patient/.', '/../Patient', '/Patient/../DocumentReference/note', '/..', '/.well-known/..'])
      expect(() => readInteraction({ method: 'GET', url }), url).toThrow(expect.objectContaining({ code: 'invalid-url' }));
  });

  test('threat 45: without a token nothing but metadata and smart-configuration is open', async () => {
    const open = ['/fhir/metadata', '/fhir/.well-known/smart-configuration', '/livez', '/readyz'];
    for (const path of open) expect((await rawRequest(gateway.gateway.url, { path })).status, path).toBe(200);
    for (const path of ['/fhir', '/fhir/Patient', '/fhir/metadata/x', '/fhir/Patient/metadata', '/fhir/metadata.json', '/audit/AuditEvent'])
      expect([401, 404], path).toContain((await rawRequest(gateway.gateway.url, { path })).status);
    expect((await rawRequest(gateway.gateway.url, { path: '/fhir/metadata', method: 'POST' })).status).toBe(401);
  });
});

describe('threat 46: headers of the caller', () => {
  const forged = [
    'X-Forwarded-For: 198.51.100.7',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: gopher',
    'X-Forwarded-Prefix: /evil',
    'X-Real-IP: 198.51.100.7',
    'Forwarded: for=198.51.100.7;host=evil.example',
    'X-HTTP-Method-Override: DELETE',
    'X-HTTP-Method: DELETE',
    'X-Original-URL: /fhir/DocumentReference/note',
    'X-Rewrite-URL: /fhir/DocumentReference/note',
    'X-Privity-Requester: Practitioner/okafor',
    'X-Roles: mental-health-professional',
    'X-User: okafor',
    'Cookie: session=okafor',
    'Proxy-Authorization: Basic b2thZm9yOng=',
    'TE: trailers',
    'Prefer: handling=lenient, return=representation',
    'Cache-Control: only-if-cached',
    'Accept-Encoding: gzip',
    'Range: bytes=0-10',
  ];

  test('threat 46: none changes the answer, none reaches the record server, none names the caller in the log', async () => {
    const plain = await raw({ path: '/fhir/Condition?subject=Patient/p1' });
    const dressed = await raw({ path: '/fhir/Condition?subject=Patient/p1', headers: [...forged, 'X-Request-Id: forged-46'] });
    expect(plain.status).toBe(200);
    expect({ status: dressed.status, body: dressed.body }).toEqual({ status: plain.status, body: plain.body });
    expect(`${dressed.head}${dressed.body}`).not.toMatch(/evil|gopher|198\.51/);
    const names = new Set(gateway.upstream.requests.flatMap(({ headers }) => Object.keys(headers)));
    const allowed = ['accept', 'accept-encoding', 'cache-control', 'connection', 'content-length', 'content-type', 'host', 'prefer'];
    expect([...names].filter((name) => !allowed.includes(name))).toEqual([]);
    for (const { headers, method } of gateway.upstream.requests) {
      expect({ method, accept: headers.accept, prefer: headers.prefer, encoding: headers['accept-encoding'] }).toEqual({
        method: 'GET',
        accept: 'application/fhir+json',
        prefer: 'handling=strict',
        encoding: 'identity',
      });
      expect([undefined, 'no-cache']).toContain(headers['cache-control']);
    }
    expect(await rowsOf('forged-46')).toMatchObject([{ status: 200, interaction: 'search-type', address: '127.0.0.1' }]);
  });

  test('threat 46: a withheld note stays withheld under them', async () => {
    const reply = await raw({ path: '/fhir/DocumentReference/note', headers: forged });
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain(CANARY);
  });

  test('threat 46: two tokens are no token, and a token is read from nowhere else', async () => {
    const therapist = await gateway.issuer.sign(REQUESTERS.therapist?.claims ?? {});
    expect((await raw({ path: '/fhir/DocumentReference/note', headers: [`Authorization: Bearer ${therapist}`] })).status).toBe(401);
    for (const request of [
      { path: `/fhir/DocumentReference/note?access_token=${therapist}` },
      { path: '/fhir/DocumentReference/note', headers: [`X-Authorization: Bearer ${therapist}`] },
      { path: '/fhir/DocumentReference/note', headers: [`Cookie: access_token=${therapist}`] },
    ])
      expect((await rawRequest(gateway.gateway.url, request)).status).toBe(401);
  });
});

test('threat 48: rows of the log name parameters and codes, never values, and nothing of a name that FHIR does not know', async () => {
  await raw({ path: '/fhir/Condition?code=PLANTED-1&_id=PLANTED-2&PLANTED-3=x', headers: ['X-Request-Id: planted-48'] });
  await raw({ path: '/fhir/Condition?code=PLANTED-4&note-text:contains=PLANTED-5', headers: ['X-Request-Id: planted-48'] });
  await raw({ path: '/fhir/Condition?code=PLANTED-6&subject=Patient/p1', headers: ['X-Request-Id: planted-48'] });
  const rows = await owner<
    { row: string; target: string }[]
  >`select to_jsonb(event)::text as row, target from event where request_id = 'planted-48'`;
  expect(rows).toHaveLength(3);
  for (const { row } of rows) expect(row).not.toContain('PLANTED');
  expect(rows.map(({ target }) => target)).toContain('Condition?code&subject');
});

describe('threat 49: no row, no answer', () => {
  const requests: readonly (readonly [string, RawRequest, number, string])[] = [
    ['a read', { path: '/fhir/Condition/open' }, 200, '0'],
    ['a search', { path: '/fhir/Condition' }, 200, '0'],
    ['a withheld read', { path: '/fhir/DocumentReference/note' }, 404, '4'],
    ['a read of nothing', { path: '/fhir/Condition/never' }, 404, '4'],
    ['a refused parameter', { path: '/fhir/Condition?nonsense=1' }, 400, '4'],
    ['a refused operation', { path: '/fhir/Patient/p1/$nonsense' }, 400, '4'],
    ['a refused URL', { path: '/fhir/Nonsense' }, 400, '4'],
    ['a refused format', { path: '/fhir/Condition/open?_format=xml' }, 406, '4'],
    ['a refused purpose', { path: '/fhir/Condition/open', headers: ['X-Purpose-Of-Use: HPAYMT'] }, 403, '4'],
    ['a refused method', { path: '/fhir/Condition/open', method: 'OPTIONS' }, 405, '4'],
  ];
  test.each(requests)('threat 49: %s is in the log when its answer arrives', async (name, request, status, outcome) => {
    const id = `row-${name.replaceAll(' ', '-')}`;
    const reply = await raw({ ...request, headers: [...(request.headers ?? []), `X-Request-Id: ${id}`] });
    // Read without waiting: the commit comes before the first byte.
    const rows = await rowsOf(id);
    expect(reply.status).toBe(status);
    expect(rows.map((row) => ({ status: row.status, outcome: row.outcome }))).toEqual([{ status, outcome }]);
  });

  test('threat 49: while the log has not answered there is no byte; when it fails, a refusal', async () => {
    const small: SmallGateway = await smallGateway();
    small.put([condition('open', 'E11.9', { note: [{ text: CANARY }] })]);
    const { audit } = small.deps;
    const { append } = audit;
    const held = Promise.withResolvers<void>();
    Object.assign(audit, { append: () => held.promise });
    let answered = false;
    const pending = small.get('physician', '/fhir/Condition/open').finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(answered).toBe(false);
    held.resolve();
    expect((await pending).status).toBe(200);
    Object.assign(audit, { append: () => Promise.reject(new Error('disk')) });
    for (const url of [
      '/fhir/Condition/open',
      '/fhir/Condition',
      '/fhir/Condition/never',
      '/fhir/Condition?nonsense=1',
      '/fhir/Patient/p1/$everything',
    ]) {
      const reply = await small.get('physician', url);
      expect(reply.status, url).toBeGreaterThanOrEqual(500);
      expect(reply.text).not.toContain(CANARY);
    }
    Object.assign(audit, { append });
    await small.app.close();
  });
});

test('threat 60: requests without a token make no rows of their own, and are counted', async () => {
  const counted = async () => {
    const { text } = await gateway.ask(undefined, '/metrics');
    return Number(/^privity_unauthenticated_total (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const rows = async () => Number((await owner<{ count: string }[]>`select count(*) from event`)[0]?.count);
  const [before, counter] = [await rows(), await counted()];
  for (let index = 0; index < 40; index += 1)
    await rawRequest(gateway.gateway.url, { path: '/fhir/Patient', headers: index % 2 === 0 ? [] : ['Authorization: Bearer x.y.z'] });
  expect(await counted()).toBe(counter + 40);
  expect(await rows()).toBe(before);
});
