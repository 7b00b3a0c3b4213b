/** Bad input of every kind, byte for byte: the exact answer, nothing echoed, nothing half done, alive afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { startIssuer } from '../support/issuer.ts';
import { audit, type BadCase, bodies, headers, methods, negotiation, parameters, SECRET, urls } from './bad-input.cases.ts';
import { startClinic } from './clinic.ts';
import { loggedOf } from './gateway-case.ts';
import { type RawReply, rawRequest } from './raw-request.ts';

let clinic: TestGateway;
let token: string;
let auditor: string;

beforeAll(async () => {
  clinic = await startClinic();
  token = await clinic.issuer.sign(personaClaims('family-physician'));
  auditor = await clinic.issuer.sign(personaClaims('auditor'));
});
afterAll(() => clinic?.close());
afterEach(async () => {
  expect((await clinic.ask(undefined, '/livez')).status).toBe(200);
});

function check(reply: RawReply, row: Pick<BadCase, 'status' | 'reason'>): void {
  expect({ status: reply.status, reason: reply.reason }).toEqual({
    status: row.status,
    reason: row.reason === '' ? undefined : row.reason,
  });
  const raw = `${reply.head}\n${reply.body}`;
  expect(raw.includes(SECRET), 'its own words come back').toBe(false);
  expect(/\.ts:\d+|node_modules|\n\s+at |Error:/.test(raw), 'a stack trace').toBe(false);
  expect(raw.includes(clinic.upstream.url), 'where the record server is').toBe(false);
}

const topics: Readonly<Record<string, readonly BadCase[]>> = { urls, parameters, negotiation, bodies, methods, headers };
for (const [topic, rows] of Object.entries(topics)) {
  describe(topic, () => {
    test.each(rows)('$name', async (row) => {
      const reply = await rawRequest(clinic.gateway.url, { ...row, headers: [`Authorization: Bearer ${token}`, ...(row.headers ?? [])] });
      check(reply, row);
    });
  });
}

describe('the log, asked by an auditor', () => {
  test.each(audit)('$name', async (row) => {
    check(await rawRequest(clinic.gateway.url, { ...row, headers: [`Authorization: Bearer ${auditor}`] }), row);
  });

  test('a physician does not read it', async () => {
    const reply = await rawRequest(clinic.gateway.url, { path: '/audit/AuditEvent', headers: [`Authorization: Bearer ${token}`] });
    check(reply, { status: 403, reason: 'forbidden' });
  });
});

describe('tokens', () => {
  const now = Math.floor(Date.now() / 1000);
  const signed = (claims: Record<string, unknown>, header?: Record<string, unknown>) =>
    clinic.issuer.sign({ ...personaClaims('family-physician'), ...claims }, header);
  const rows: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ['none', async () => []],
    ['an empty one', async () => ['Authorization: Bearer ']],
    ['another scheme', async () => ['Authorization: Basic YWRhOmxvdmVsYWNl']],
    ['garbage', async () => [`Authorization: Bearer ${SECRET}`]],
    ['three parts of nothing', async () => ['Authorization: Bearer a.b.c']],
    ['two headers', async () => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
    ['expired', async () => [`Authorization: Bearer ${await signed({ exp: now - 3_600, iat: now - 7_200 })}`]],
    ['not yet valid', async () => [`Authorization: Bearer ${await signed({ nbf: now + 3_600 })}`]],
    ['for another audience', async () => [`Authorization: Bearer ${await signed({ aud: 'https://elsewhere.example' })}`]],
    ['of another issuer', async () => [`Authorization: Bearer ${await foreign()}`]],
    ['without an end', async () => [`Authorization: Bearer ${await signed({ exp: undefined })}`]],
    [
      'with a signature changed',
      async () => [`Authorization: Bearer ${token.slice(0, -30)}${token.at(-30) === 'A' ? 'B' : 'A'}${token.slice(-29)}`],
    ],
    ['in the query', async () => []],
  ];
  test.each(rows)('%s: 401, and nothing told', async (name, make) => {
    const path = name === 'in the query' ? `/fhir/Patient/maria?access_token=${token}` : '/fhir/Patient/maria';
    const reply = await rawRequest(clinic.gateway.url, { path, headers: await make() });
    check(reply, { status: 401, reason: 'login' });
    expect(reply.head).toMatch(/www-authenticate: Bearer/i);
    expect(reply.body).toBe(
      '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"login","details":{"coding":[{"system":"urn:privity:reason","code":"login"}],"text":"A valid access token of a trusted issuer is needed."}}]}',
    );
  });

  test('the log is closed to them too', async () => {
    check(await rawRequest(clinic.gateway.url, { path: '/audit/AuditEvent' }), { status: 401, reason: 'login' });
  });

  async function foreign(): Promise<string> {
    const other = await startIssuer('http://privity.test/fhir');
    const forged = await other.sign(personaClaims('family-physician'));
    await other.close();
    return forged;
  }
});

describe('the log of what was refused', () => {
  test('has a row for a bad request with a good token, without its words', async () => {
    const id = `bad-${crypto.randomUUID()}`;
    await rawRequest(clinic.gateway.url, {
      path: `/fhir/Patient?${SECRET}=${SECRET}`,
      headers: [`Authorization: Bearer ${token}`, `X-Request-Id: ${id}`],
    });
    expect(await loggedOf(clinic, id)).toMatchObject({ outcome: '4', reason: 'invalid-parameter', purpose: 'TREAT', decisions: {} });
    const { text } = await clinic.ask('auditor', '/audit/AuditEvent?_count=1000');
    expect(text.includes(SECRET)).toBe(false);
  });

  test('a request id that is none is replaced', async () => {
    const reply = await rawRequest(clinic.gateway.url, { path: '/livez', headers: [`X-Request-Id: <script>${SECRET}`] });
    expect(reply.head).toMatch(/x-request-id: [0-9a-f-]{36}/);
  });
});
