/** Nothing of a patient, a token or a caller's words in any log line, metric or row (threats.md 48). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { rawRequest } from './raw-request.ts';

/** What a careless line would hold: names, codes, ids of others, bodies, tokens, errors of the record server. */
const PLANTED = {
  name: 'Plantagenet',
  code: 'PLANT-99',
  body: 'PlantedBody',
  fault: 'PlantedFault',
  header: 'PlantedHeader',
  token: 'PlantedTokenPayload',
  type: 'PlantedType',
} as const;

const lines: string[] = [];
let clinic: TestGateway;
let token: string;

beforeAll(async () => {
  clinic = await startClinic({
    log: { write: (line) => void lines.push(line) },
    config: { upstream: { timeoutMs: 300, breaker: { failures: 1_000, openSeconds: 1 } } },
    resources: [
      { resourceType: 'Patient', id: 'planted', name: [{ family: PLANTED.name }], identifier: [{ value: PLANTED.code }] },
      {
        resourceType: 'Condition',
        id: 'planted',
        code: { coding: [{ system: 'urn:x', code: PLANTED.code, display: PLANTED.name }] },
        subject: { reference: 'Patient/planted', display: PLANTED.name },
        note: [{ text: PLANTED.body }],
      },
      // What nothing expects: the gateway stumbles, and must not say over what.
      { resourceType: 'Condition', id: 'broken', subject: { reference: { [PLANTED.body]: 1 } }, code: PLANTED.name },
    ],
  });
  token = await clinic.issuer.sign({ ...personaClaims('family-physician'), planted: PLANTED.token, sub: 'physician-1' });
  await requests();
});
afterAll(() => clinic?.close());

async function requests(): Promise<void> {
  const bearer = [`Authorization: Bearer ${token}`];
  const send = (path: string, headers: readonly string[] = bearer, method = 'GET', body = '') =>
    rawRequest(clinic.gateway.url, { path, headers, method, body });
  const form = [...bearer, 'Content-Type: application/x-www-form-urlencoded'];
  const json = [...bearer, 'Content-Type: application/fhir+json'];
  await send('/fhir/Patient/planted');
  await send('/fhir/Condition/planted');
  await send('/fhir/Condition/broken');
  await send('/fhir/Condition?_id=broken,planted');
  await send(`/fhir/Patient?name=${PLANTED.name}`);
  await send(`/fhir/Patient?${PLANTED.name}=x`);
  await send(`/fhir/Patient?name:${PLANTED.name}=x`);
  await send(`/fhir/Condition?code=${PLANTED.code}&_sort=${PLANTED.name}`);
  await send(`/fhir/${PLANTED.type}/x`);
  await send(`/fhir/Patient/x/$${PLANTED.name.toLowerCase()}`);
  await send(`/fhir/Patient?_page=${PLANTED.code}`);
  await send('/fhir/Patient/_search', form, 'POST', `name=${PLANTED.name}&birthdate=${PLANTED.code}`);
  await send('/fhir/Patient', json, 'POST', `{"resourceType":"Patient","name":[{"family":"${PLANTED.body}"`);
  await send('/fhir/Patient', json, 'POST', `{"resourceType":"Patient","${PLANTED.body}":1}`);
  await send('/fhir/Patient/planted', [...bearer, `X-Purpose-Of-Use: ${PLANTED.header}`]);
  await send('/fhir/Patient/planted', [...bearer, `Accept: ${PLANTED.header}/x`]);
  await send('/fhir/Patient/planted', [
    ...bearer,
    `X-Request-Id: ${PLANTED.header} <>`,
    `Traceparent: ${PLANTED.header}`,
    `User-Agent: ${PLANTED.header}`,
  ]);
  await send(`/fhir/Patient/planted?access_token=${PLANTED.token}`, []);
  await send('/fhir/Patient/planted', [`Authorization: Bearer ${PLANTED.token}`]);
  await send('/fhir/Patient/planted', [`Authorization: Bearer a.${PLANTED.token}.c`]);
  await send(`/${PLANTED.name}`);
  await send(`/audit/AuditEvent?patient=Patient/planted&${PLANTED.name}=1`);
  for (const fault of [
    { status: 500, garbage: PLANTED.fault },
    { garbage: `{"resourceType":"${PLANTED.fault}` },
    { garbage: `{"resourceType":"Patient","id":"${PLANTED.fault}"}` },
    { status: 302, headers: { location: `http://127.0.0.1:1/${PLANTED.fault}` }, garbage: '' },
    { delayMs: 900 },
    { drop: true },
    { cut: true },
  ]) {
    clinic.upstream.faults = [fault];
    await send(`/fhir/Patient/planted?_elements=${PLANTED.name}`);
    await send(`/fhir/Patient?name=${PLANTED.name}`);
  }
  clinic.upstream.faults = [];
}

const planted = Object.entries(PLANTED);

test('there are log lines to look at, and failures among them', () => {
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.some((line) => line.includes('"code":"upstream-invalid"'))).toBe(true);
  expect(lines.some((line) => line.includes('"code":"upstream-timeout"'))).toBe(true);
});

test.each(planted)('%s is in no log line', (_, text) => {
  expect(lines.filter((line) => line.toLowerCase().includes(text.toLowerCase()))).toEqual([]);
});

test('no token, no claim and no key is in a log line', () => {
  const secrets = [token, token.split('.')[1] ?? '', token.split('.')[2] ?? '', 'physician-1', 'Bearer '];
  expect(lines.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
});

test.each(planted)('%s is in no metric', async (_, text) => {
  expect((await clinic.ask(undefined, '/metrics')).text.toLowerCase().includes(text.toLowerCase())).toBe(false);
});

test('no planted text is in any row of the log', async () => {
  const owner = ownerOf(clinic.dataDir);
  try {
    for (const table of ['event', 'event_subject', 'decision', 'context', 'review']) {
      const rows = await owner.unsafe<{ row: string }[]>(`select to_jsonb(t)::text as row from ${table} t`);
      for (const [, text] of planted) {
        expect(
          rows.filter(({ row }) => row.toLowerCase().includes(text.toLowerCase())).map(({ row }) => `${table}: ${row.slice(0, 300)}`),
        ).toEqual([]);
      }
    }
  } finally {
    await owner.end({ timeout: 1 });
  }
});

test('what was asked for is there by name: type, id, parameters', async () => {
  const { text } = await clinic.ask('auditor', '/audit/AuditEvent?agent=physician-1&_count=1000');
  const targets = [...text.matchAll(/"query":"([^"]+)"/g)].map(([, query]) => Buffer.from(query ?? '', 'base64').toString());
  expect(targets).toEqual(expect.arrayContaining(['Patient?name', 'Patient?unknown', 'Patient?name&birthdate']));
});
