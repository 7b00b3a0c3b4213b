/** Faults around the gateway (design.md section 5; threats.md 47, 49): each a 502 or 503 with its reason, nothing leaked, and well again by itself. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/demo/fhir-server/create-fhir-server.ts';
import type { Reply, TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { loggedOf, rawOf } from './gateway-case.ts';

const READ = '/fhir/Condition/maria-diabetes';
const SEARCH = '/fhir/Condition?patient=maria';
const CANARY = 'CANARY-of-the-record-server';

let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic({
    config: {
      upstream: { timeoutMs: 400, connectTimeoutMs: 300, maxResponseBytes: 200_000, breaker: { failures: 1_000, openSeconds: 1 } },
    },
  });
});
afterAll(() => clinic?.close());
afterEach(async () => {
  clinic.upstream.faults = [];
  expect((await clinic.ask('family-physician', READ)).status).toBe(200);
});

const only = (text: string) => (request: { url: string }) => request.url.includes(text);
const bundle = (more: object) => JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...more });
const condition = { resourceType: 'Condition', id: 'maria-diabetes', subject: { reference: 'Patient/maria' } };

describe('the record server', () => {
  const rows: readonly (readonly [string, string, Fault, number, string])[] = [
    ['hangs up', READ, { drop: true }, 503, 'upstream-unavailable'],
    ['hangs up in the middle of its answer', READ, { cut: true }, 503, 'upstream-unavailable'],
    ['is slow', READ, { delayMs: 1_500 }, 503, 'upstream-timeout'],
    ['is slow in a search', SEARCH, { delayMs: 1_500 }, 503, 'upstream-timeout'],
    [
      'fails with a stack trace',
      READ,
      { status: 500, garbage: `java.lang.NullPointerException: ${CANARY}\n\tat ca.uhn.fhir.Foo(Foo.java:12)` },
      502,
      'upstream-invalid',
    ],
    ['fails with an OperationOutcome', READ, { status: 500 }, 502, 'upstream-invalid'],
    ['answers with a page', READ, { garbage: `<html>${CANARY}</html>`, headers: { 'content-type': 'text/html' } }, 502, 'upstream-invalid'],
    ['answers with half a resource', READ, { garbage: `{"resourceType":"Condition","id":"${CANARY}` }, 502, 'upstream-invalid'],
    ['answers with nothing', READ, { garbage: '' }, 502, 'upstream-invalid'],
    ['answers with a list', READ, { garbage: `["${CANARY}"]` }, 502, 'upstream-invalid'],
    ['answers with null', READ, { garbage: 'null' }, 502, 'upstream-invalid'],
    [
      'answers with another type',
      READ,
      { garbage: `{"resourceType":"Patient","id":"maria-diabetes","x":"${CANARY}"}` },
      502,
      'upstream-invalid',
    ],
    ['answers with another id', READ, { garbage: JSON.stringify({ ...condition, id: CANARY }) }, 502, 'upstream-invalid'],
    ['answers a read with a Bundle', READ, { garbage: bundle({ id: CANARY }) }, 502, 'upstream-invalid'],
    ['answers a search with a resource', SEARCH, { garbage: JSON.stringify(condition) }, 502, 'upstream-invalid'],
    [
      'answers without end',
      READ,
      { garbage: JSON.stringify({ ...condition, note: [{ text: CANARY.repeat(20_000) }] }) },
      502,
      'upstream-invalid',
    ],
    ['sends elsewhere', READ, { status: 302, headers: { location: `http://127.0.0.1:1/${CANARY}` }, garbage: '' }, 502, 'upstream-invalid'],
    ['refuses the gateway', READ, { status: 401 }, 503, 'upstream-unavailable'],
    [
      'links to another host',
      SEARCH,
      { garbage: bundle({ link: [{ relation: 'next', url: `http://127.0.0.1:1/fhir/${CANARY}` }], entry: [{ resource: condition }] }) },
      502,
      'upstream-invalid',
    ],
    [
      'links to a path outside',
      SEARCH,
      { garbage: bundle({ link: [{ relation: 'next', url: `../${CANARY}` }], entry: [{ resource: condition }] }) },
      502,
      'upstream-invalid',
    ],
    ['does not give the consents', READ, { match: only('/Consent?'), status: 500 }, 502, 'upstream-invalid'],
    ['is slow with the consents', READ, { match: only('/Consent?'), delayMs: 1_500 }, 503, 'upstream-timeout'],
  ];
  test.each(rows)('%s', async (_, url, fault, status, reason) => {
    clinic.upstream.faults = [{ match: only('/Condition'), ...fault }];
    const id = `fault-${crypto.randomUUID()}`;
    const reply = await clinic.ask('family-physician', url, { headers: { 'x-request-id': id } });
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
    expect(status === 503 ? reply.headers.get('retry-after') : '5').toBe('5');
    expectNothing(reply);
    clinic.upstream.faults = [];
    expect(await loggedOf(clinic, id)).toMatchObject({ outcome: status < 500 ? '4' : '8', reason, purpose: 'TREAT' });
  });

  test('is down: 503; it comes back: 200, in the same process', async () => {
    const port = Number(new URL(clinic.upstream.url).port);
    await clinic.upstream.close();
    const reply = await clinic.ask('family-physician', READ);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 503, reason: 'upstream-unavailable' });
    expectNothing(reply);
    expect((await clinic.ask(undefined, '/readyz')).status).toBe(503);
    expect((await clinic.ask(undefined, '/livez')).status).toBe(200);
    // The same server does not listen twice: what comes back is another one, on the same port.
    const { createFhirServer } = await import('../../src/demo/fhir-server/create-fhir-server.ts');
    const again = createFhirServer({
      resources: [...clinic.upstream.store.types()].flatMap((type) => [...clinic.upstream.store.ofType(type)]),
    });
    await again.listen({ port });
    Object.assign(clinic, { upstream: again });
    expect((await clinic.ask(undefined, '/readyz')).status).toBe(200);
  });
});

describe('the log', () => {
  test('hangs: 503 and not a byte of a record; it goes on: 200', async () => {
    const processes = postgres(clinic.dataDir);
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    try {
      const replies = await Promise.all(
        [READ, SEARCH, '/fhir/Patient/maria/$everything'].map((url) => clinic.ask('family-physician', url)),
      );
      for (const reply of replies) {
        expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 503, reason: 'audit-unavailable' });
        expectNothing(reply);
      }
      expect((await clinic.ask(undefined, '/readyz')).status).toBe(503);
    } finally {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    }
    await untilWell();
  });

  test('is killed under load: every record that left has its row, and it comes back by itself', async () => {
    const [postmaster] = postgres(clinic.dataDir);
    const ids = Array.from({ length: 60 }, () => `kill-${crypto.randomUUID()}`);
    const replies = ids.map(async (id, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 20));
      if (index === 15) process.kill(postmaster as number, 'SIGKILL');
      return { id, reply: await clinic.ask('family-physician', READ, { headers: { 'x-request-id': id } }) };
    });
    const answered = await Promise.all(replies);
    await untilWell();
    for (const { reply } of answered) if (reply.status !== 200) expectNothing(reply);
    const given = answered.filter(({ reply }) => reply.status === 200).map(({ id }) => id);
    expect(given.length).toBeGreaterThan(0);
    const { text } = await clinic.ask('auditor', '/audit/AuditEvent?_count=1000');
    expect(given.filter((id) => !text.includes(id))).toEqual([]);
  });
});

function expectNothing(reply: Reply): void {
  const raw = rawOf(reply);
  expect(raw.includes(CANARY) || /E11\.9|diabetes|Alvarez/i.test(raw), 'a record').toBe(false);
  expect(/at .*\.(ts|java)|NullPointer|HAPI|ECONN|ETIMEDOUT|127\.0\.0\.1/.test(raw), 'an inner error').toBe(false);
  expect(reply.body.resourceType).toBe('OperationOutcome');
}

async function untilWell(): Promise<void> {
  const end = Date.now() + 20_000;
  while ((await clinic.ask('family-physician', READ)).status !== 200) {
    if (Date.now() > end) throw new Error('not well again');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The embedded server's processes, its first one first. */
function postgres(dataDir: string): readonly number[] {
  const first = Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(first)], { encoding: 'utf8' });
  return [first, ...children.trim().split(/\s+/).map(Number)];
}
