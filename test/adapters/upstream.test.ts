/** The upstream client against a real server that misbehaves in every way (design.md section 5; threats.md 41, 45, 46). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream, type UpstreamClient } from '../../src/adapters/upstream.ts';
import { toConfig } from '../../src/config.ts';
import { PrivityError } from '../../src/errors.ts';
import { json, startServer, type TestServer } from '../support/http-server.ts';

const clock = { time: 0, now: () => clock.time };
const FHIR = 'application/fhir+json; charset=utf-8';
const patient = { resourceType: 'Patient', id: 'p1' };
const issuers = [{ issuer: 'https://idp.example', jwksUri: 'https://idp.example/jwks' }];

let server: TestServer;
let upstream: UpstreamClient;

function upstreamWith(settings: object = {}): UpstreamClient {
  const { upstream: config } = toConfig({ upstream: { url: `${server.url}/fhir`, ...settings }, identity: { issuers } });
  return createUpstream(config, { clock });
}

beforeEach(async () => {
  clock.time = Date.UTC(2026, 0, 15);
  server = await startServer((_request, response) => json(response, patient, 200, FHIR));
  upstream = upstreamWith();
});
afterEach(async () => {
  await upstream.close();
  await server.goDown();
});

async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error('there was an answer'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PrivityError)) throw error;
  return error.code;
}

describe('a request', () => {
  it('carries the path below the base, what the gateway wants, and nothing else', async () => {
    await upstream.get('Observation?code=http://loinc.org|1-8&_count=2');
    const [seen] = server.requests;
    expect([seen?.method, seen?.url]).toEqual(['GET', '/fhir/Observation?code=http://loinc.org%7C1-8&_count=2']);
    const { host, connection, ...headers } = seen?.headers ?? {};
    expect(host).toBe(server.url.slice('http://'.length));
    expect(connection).toBe('keep-alive');
    expect(headers).toEqual({ accept: 'application/fhir+json', 'accept-encoding': 'identity', prefer: 'handling=strict' });
  });

  it('asks for a fresh answer where told to', async () => {
    await upstream.get('Consent?patient=p1', undefined, { noCache: true });
    expect(server.requests[0]?.headers['cache-control']).toBe('no-cache');
  });

  it.each([
    ['', '/fhir'],
    ['?_getpages=abc', '/fhir?_getpages=abc'],
    ['Patient/p.1-x/_history/2', '/fhir/Patient/p.1-x/_history/2'],
    ['Patient/$match', '/fhir/Patient/$match'],
  ])('to %j goes to %j', async (path, expected) => {
    await upstream.get(path);
    expect(server.requests[0]?.url).toBe(expected);
  });

  it.each([
    '/Patient/p1',
    '//evil.example/Patient',
    'https://evil.example/Patient',
    '../admin',
    'Patient/../../admin',
    'Patient/..',
    'Patient/./p1',
    'Patient//p1',
    'Patient/p1/',
    'Patient/%2e%2e/x',
    'Patient%2fp1',
    'Patient\\p1',
    'Patient/p1#x',
    'Patient?a=b#c',
    'Patient?a=b c',
    'Patient?a=b\r\nX-Evil: 1',
    'Patient?a=ü',
  ])('to %j is not made', async (path) => {
    expect(await failure(upstream.get(path))).toBe('invalid-url');
    expect(server.requests).toEqual([]);
  });

  it('of a long search goes as a form', async () => {
    const form = [
      ['code', 'a|b&c'],
      ['_id', 'x,y'],
    ] as const;
    await upstream.search('Observation', form, undefined, { noCache: true });
    const [seen] = server.requests;
    expect([seen?.method, seen?.url, seen?.body]).toEqual(['POST', '/fhir/Observation/_search', 'code=a%7Cb%26c&_id=x%2Cy']);
    expect(seen?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });
});

describe('an answer', () => {
  it('keeps the resource and four headers', async () => {
    server.answerWith((_request, response) => {
      response.setHeader('etag', 'W/"3"');
      response.setHeader('last-modified', 'Thu, 15 Jan 2026 00:00:00 GMT');
      response.setHeader('set-cookie', 'a=b');
      response.setHeader('x-powered-by', 'HAPI');
      json(response, patient, 200, FHIR);
    });
    expect(await upstream.get('Patient/p1')).toEqual({
      status: 200,
      headers: { etag: 'W/"3"', 'last-modified': 'Thu, 15 Jan 2026 00:00:00 GMT', 'content-type': FHIR },
      resource: patient,
    });
  });

  const deep = (levels: number) => `{"resourceType":"Basic","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  const CASES: readonly (readonly [name: string, status: number, type: string | undefined, body: string, expected: string | object])[] = [
    ['a resource as plain JSON', 200, 'application/json', JSON.stringify(patient), { status: 200, resource: patient }],
    [
      'gone, with an OperationOutcome',
      410,
      FHIR,
      '{"resourceType":"OperationOutcome"}',
      { status: 410, resource: { resourceType: 'OperationOutcome' } },
    ],
    ['absent, with a page of HTML', 404, 'text/html', '<p>CANARY', { status: 404 }],
    ['absent, with nothing', 404, undefined, '', { status: 404 }],
    ['an error of the server, with HTML', 500, 'text/html', '<p>', { status: 500 }],
    ['no content', 204, undefined, '', { status: 204 }],
    ['brackets within strings', 200, FHIR, `{"resourceType":"Basic","x":"\\\\\\"${'['.repeat(500)}"}`, { status: 200 }],
    ['nesting at the bound', 200, FHIR, deep(100), { status: 200 }],
    ['nesting beyond the bound', 200, FHIR, deep(101), 'upstream-invalid'],
    ['nesting that would end a recursive walk', 200, FHIR, deep(200_000), 'upstream-invalid'],
    ['XML', 200, 'application/fhir+xml', '<Patient/>', 'upstream-invalid'],
    ['no content type', 200, undefined, JSON.stringify(patient), 'upstream-invalid'],
    ['another charset', 200, 'application/fhir+json; charset=utf-16', JSON.stringify(patient), 'upstream-invalid'],
    ['broken JSON', 200, FHIR, '{"resourceType":"Patient"', 'upstream-invalid'],
    ['an empty body', 200, FHIR, '', 'upstream-invalid'],
    ['an array', 200, FHIR, '[]', 'upstream-invalid'],
    ['null', 200, FHIR, 'null', 'upstream-invalid'],
    ['no resource type', 200, FHIR, '{"id":"p1"}', 'upstream-invalid'],
    ['a bad gateway', 502, 'text/html', '<p>', 'upstream-unavailable'],
    ['too many requests', 429, FHIR, '{"resourceType":"OperationOutcome"}', 'upstream-unavailable'],
    ['the gateway is not let in', 401, FHIR, '{"resourceType":"OperationOutcome"}', 'upstream-unavailable'],
  ];
  it.each(CASES)('%s', async (_name, status, type, body, expected) => {
    server.answerWith((_request, response) => response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body));
    const answer = upstream.get('Patient/p1');
    if (typeof expected === 'string') expect(await failure(answer)).toBe(expected);
    else expect(await answer).toMatchObject(expected);
  });

  it('that names no resource where it needs none leaves it out', async () => {
    server.answerWith((_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>'));
    expect(await upstream.get('Patient/p1')).not.toHaveProperty('resource');
  });

  it('elsewhere is not followed', async () => {
    server.answerWith((_request, response) => response.writeHead(302, { location: `${server.url}/fhir/Patient/p2` }).end());
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-invalid');
    expect(server.requests.length).toBe(1);
  });

  it('compressed although not asked for is refused', async () => {
    server.answerWith((_request, response) => response.writeHead(200, { 'content-type': FHIR, 'content-encoding': 'gzip' }).end('x'));
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-invalid');
  });

  it('larger than the bound is cut off', async () => {
    await upstream.close();
    upstream = upstreamWith({ maxResponseBytes: 2048 });
    server.answerWith((_request, response) => json(response, { ...patient, filler: 'x'.repeat(4096) }, 200, FHIR));
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-invalid');
  });

  it('of duplicate names means its last one, in what is decided and in what is sent', async () => {
    server.answerWith((_request, response) =>
      response.writeHead(200, { 'content-type': FHIR }).end('{"resourceType":"Patient","id":"p1","id":"p2"}'),
    );
    expect(JSON.stringify((await upstream.get('Patient/p2')).resource)).toBe('{"resourceType":"Patient","id":"p2"}');
  });
});

describe('faults', () => {
  const slow = { timeoutMs: 200 };

  it.each<[string, Parameters<TestServer['answerWith']>[0]]>([
    ['says nothing', () => undefined],
    ['starts and stops', (_request, response) => response.writeHead(200, { 'content-type': FHIR }).write('{')],
    [
      'drips for ever',
      (_request, response) => {
        response.writeHead(200, { 'content-type': FHIR });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('an upstream that %s is a timeout', async (_name, listener) => {
    await upstream.close();
    upstream = upstreamWith(slow);
    server.answerWith(listener);
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-timeout');
  });

  it('a cut connection is tried once more', async () => {
    server.answerWith((request, response) =>
      server.requests.length === 1 ? request.socket.destroy() : json(response, patient, 200, FHIR),
    );
    expect((await upstream.get('Patient/p1')).resource).toEqual(patient);
    expect(server.requests.length).toBe(2);
  });

  it('a connection that is cut every time is unavailable after two', async () => {
    server.answerWith((request) => request.socket.destroy());
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-unavailable');
    expect(server.requests.length).toBe(2);
  });

  it('the caller going away ends the request', async () => {
    const caller = new AbortController();
    let closed = false;
    const started = new Promise<void>((resolve) => {
      server.answerWith((_request, response) => {
        response.on('close', () => {
          closed = true;
        });
        resolve();
      });
    });
    const answer = failure(upstream.get('Patient/p1', caller.signal));
    await started;
    caller.abort();
    expect(await answer).toBe('upstream-unavailable');
    await expect.poll(() => closed).toBe(true);
  });

  it('a caller that is gone already asks nothing', async () => {
    expect(await failure(upstream.get('Patient/p1', AbortSignal.abort()))).toBe('upstream-unavailable');
    expect(server.requests).toEqual([]);
  });
});

describe('the circuit', () => {
  const settings = { breaker: { failures: 3, openSeconds: 10 } };
  const down = (_request: unknown, response: import('node:http').ServerResponse) => response.writeHead(503).end();

  beforeEach(async () => {
    await upstream.close();
    upstream = upstreamWith(settings);
  });

  async function fail(times: number): Promise<void> {
    for (let index = 0; index < times; index += 1) await failure(upstream.get('Patient/p1'));
  }

  it('opens after failures in a row, and closes when a probe is answered', async () => {
    server.answerWith(down);
    await fail(5);
    expect(server.requests.length).toBe(3);
    clock.time += 10_000;
    await fail(2);
    expect(server.requests.length).toBe(4);
    server.answerWith((_request, response) => json(response, patient, 200, FHIR));
    clock.time += 10_000;
    expect((await upstream.get('Patient/p1')).status).toBe(200);
    expect((await upstream.get('Patient/p1')).status).toBe(200);
  });

  it('lets one request try, not all', async () => {
    server.answerWith(down);
    await fail(3);
    clock.time += 10_000;
    await Promise.all([1, 2, 3].map(() => failure(upstream.get('Patient/p1'))));
    expect(server.requests.length).toBe(4);
  });

  it('counts failures in a row only', async () => {
    for (const listener of [down, down, undefined, down, down, undefined]) {
      server.answerWith(listener ?? ((_request, response) => json(response, patient, 200, FHIR)));
      await upstream.get('Patient/p1').catch((error: PrivityError) => expect(error.code).toBe('upstream-unavailable'));
    }
    expect(server.requests.length).toBe(6);
  });

  it('does not count what the upstream answers, nor callers who leave', async () => {
    server.answerWith((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end());
    await fail(4);
    expect(server.requests.length).toBe(4);
    for (let index = 0; index < 4; index += 1) await failure(upstream.get('Patient/p1', AbortSignal.abort()));
    await fail(1);
    expect(server.requests.length).toBe(5);
  });
});

describe('credentials', () => {
  it('a fixed bearer token', async () => {
    await upstream.close();
    upstream = upstreamWith({ auth: { type: 'bearer', token: 'abc' } });
    await upstream.get('Patient/p1');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer abc');
  });

  it('client credentials: one token for many requests, another before it expires, another when it is refused', async () => {
    let tokens = 0;
    const issuer = await startServer((_request, response) => {
      tokens += 1;
      json(response, { access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 300 });
    });
    await upstream.close();
    const auth = {
      type: 'client-credentials',
      tokenUrl: `${issuer.url}/token`,
      clientId: 'privity',
      clientSecret: 'secret',
      scope: 'system/*.rs',
    };
    upstream = upstreamWith({ auth });
    await Promise.all([upstream.get('Patient/p1'), upstream.get('Patient/p2')]);
    expect(issuer.requests.map(({ body }) => body)).toEqual(['grant_type=client_credentials&scope=system%2F*.rs']);
    clock.time += 270_000;
    await upstream.get('Patient/p1');
    server.answerWith((request, response) => json(response, patient, request.headers.authorization === 'Bearer t2' ? 401 : 200, FHIR));
    expect((await upstream.get('Patient/p1')).status).toBe(200);
    const used = server.requests.map(({ headers }) => headers.authorization);
    expect(used).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2', 'Bearer t2', 'Bearer t3']);
    server.answerWith((_request, response) => json(response, patient, 401, FHIR));
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-unavailable');
    await issuer.goDown();
  });

  it('no token, no request', async () => {
    const issuer = await startServer((_request, response) => json(response, { error: 'invalid_client' }, 401));
    await upstream.close();
    upstream = upstreamWith({ auth: { type: 'client-credentials', tokenUrl: issuer.url, clientId: 'privity', clientSecret: 'secret' } });
    expect(await failure(upstream.get('Patient/p1'))).toBe('upstream-unavailable');
    expect(server.requests).toEqual([]);
    await issuer.goDown();
  });
});
