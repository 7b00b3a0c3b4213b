/** The log in numbers: counted as it is, for those who may, within bounds; verification with progress, and remembered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerOf } from '../support/database.ts';
import type { TestGateway } from '../support/gateway.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
  await clinic.ask('therapist', '/fhir/DocumentReference?patient=maria');
  await clinic.ask('family-physician', '/fhir/DocumentReference?patient=maria');
  await clinic.ask('billing', '/fhir/Encounter/mixed-visit');
  await clinic.ask('psychiatrist', '/fhir/MedicationRequest/james-methadone');
  await clinic.ask('auditor', '/fhir/Condition/maria-depression');
});
afterAll(() => clinic?.close());

const now = () => Date.now();
const iso = (time: number) => new Date(time).toISOString();
const HOUR = 3_600_000;

describe('/audit/summary', () => {
  test('counts what the log has', async () => {
    const { status, body } = await clinic.ask('policy-admin', '/audit/summary');
    const owner = ownerOf(clinic.dataDir);
    const rows = await owner<{ effect: string; n: number }[]>`select effect, sum(cardinality(refs))::int as n from decision group by 1`;
    const [refused] = await owner<{ n: number }[]>`select count(*)::int as n from event e where door = 'rest' and outcome <> '0'
      and not exists (select from decision d where d.event_id = e.id and d.effect = 'withhold')`;
    await owner.end();
    const of = (effect: string) => rows.find((row) => row.effect === effect)?.n ?? 0;
    expect(status).toBe(200);
    expect(body.totals).toEqual({
      requests: 5,
      refused: refused?.n,
      given: of('permit'),
      redacted: of('redact'),
      withheld: of('withhold'),
    });
    expect(refused?.n).toBe(1);
    expect(of('permit') > 0 && of('redact') > 0 && of('withhold') > 0).toBe(true);
    const sum = (list: Record<string, number>[], name: string) => list.reduce((total, row) => total + (row[name] ?? 0), 0);
    for (const name of ['given', 'redacted', 'withheld']) {
      expect([name, sum(body.hours, name)]).toEqual([name, body.totals[name]]);
      expect([name, sum(body.purposes, name)]).toEqual([name, body.totals[name]]);
    }
    const codes = body.labels.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['MH', 'PSYTHPN']));
    expect(codes).not.toContain('R');
    expect(body.labels.find(({ code }: { code: string }) => code === 'PSYTHPN').withheld).toBeGreaterThan(0);
    expect(body.reviews.open).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toMatch(/maria|james|Practitioner|therapist/);
  });

  test('of an hour in which nothing happened is empty', async () => {
    const { body } = await clinic.ask('auditor', `/audit/summary?from=${iso(now() - 50 * HOUR)}&to=${iso(now() - 49 * HOUR)}`);
    expect([body.totals, body.hours, body.labels, body.purposes]).toEqual([
      { requests: 0, refused: 0, given: 0, redacted: 0, withheld: 0 },
      [],
      [],
      [],
    ]);
  });

  test.each([
    ['more than the bound', `?from=${iso(now() - 94 * 24 * HOUR)}`],
    ['an end before the beginning', `?from=${iso(now())}&to=${iso(now() - HOUR)}`],
    ['a day, not an instant', '?from=2026-11-01'],
    ['an unknown parameter', '?patient=maria'],
    ['two beginnings', `?from=${iso(now() - HOUR)}&from=${iso(now() - HOUR)}`],
    ['nonsense', '?to=2026-99-99T00:00:00Z'],
  ])('with %s is refused', async (_, query) => {
    expect((await clinic.ask('auditor', `/audit/summary${query}`)).reason).toBe('invalid-parameter');
  });

  test('is for the roles of the console, and leaves a line either way', async () => {
    for (const who of ['policy-admin', 'auditor', 'privacy-officer']) expect((await clinic.ask(who, '/audit/summary')).status).toBe(200);
    const reply = await clinic.ask('therapist', '/audit/summary', { headers: { 'x-request-id': 'summary-no' } });
    expect(reply.reason).toBe('forbidden');
    await clinic.ask('auditor', '/audit/summary', { headers: { 'x-request-id': 'summary-yes' } });
    expect(await loggedOf(clinic, 'summary-no')).toMatchObject([{ door: 'audit', outcome: '4', requester_id: 'therapist' }]);
    expect(await loggedOf(clinic, 'summary-yes')).toMatchObject([{ door: 'audit', interaction: 'summary', outcome: '0' }]);
  });
});

describe('/audit/verify as lines', () => {
  test('ends in the report, and the numbers remember it', async () => {
    expect((await clinic.ask('auditor', '/audit/summary')).body.log.verified).toBeUndefined();
    const { status, headers, text } = await clinic.ask('auditor', '/audit/verify', { headers: { accept: 'application/x-ndjson' } });
    const lines = text.trim().split('\n');
    const { report } = JSON.parse(lines.at(-1) ?? '{}');
    expect([status, headers.get('content-type'), report.sound]).toEqual([200, 'application/x-ndjson', true]);
    for (const line of lines.slice(0, -1)) expect(JSON.parse(line)).toEqual({ rows: expect.any(Number) });
    const { body } = await clinic.ask('policy-admin', '/audit/summary');
    expect(body.log.verified).toMatchObject({ sound: true, rows: report.rows, faults: 0 });
  });

  test('can be asked again at once: one that ended holds nobody up', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect((await clinic.ask('auditor', '/audit/verify', { headers: { accept: 'application/x-ndjson' } })).text).toContain('"report"');
    }
  });
});
