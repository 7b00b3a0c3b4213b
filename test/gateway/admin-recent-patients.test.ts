/** Whose records were asked for lately: to choose from, for those who may name any patient; references and nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerOf } from '../support/database.ts';
import type { TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

const patientsTold = async (who: string) => {
  const reply = await clinic.ask(who, '/admin/recent-patients', { headers: { 'x-request-id': `by-${who}` } });
  expect(answerProblems('GET', '/admin/recent-patients', reply)).toEqual([]);
  return (reply.body as unknown as { patients: readonly string[] }).patients;
};

test('the latest first, each once; who was only ruled or read about by the staff was not asked for', async () => {
  expect(await patientsTold('auditor')).toEqual([]);
  for (const patient of ['maria', 'james', 'maria', 'nobody']) await clinic.ask('family-physician', `/fhir/Condition?patient=${patient}`);
  await clinic.ask('privacy-officer', '/admin/consents?patient=Patient/aisha');
  for (const who of ['policy-admin', 'privacy-officer', 'auditor'])
    expect(await patientsTold(who)).toEqual(['Patient/maria', 'Patient/james']);
});

test('a request about very many patients pushes nobody else out', async () => {
  const subjects = Array.from({ length: 300 }, (_, n) => `Patient/many-${String(n).padStart(3, '0')}`);
  const sql = ownerOf(clinic.dataDir);
  try {
    const [latest] = await sql<{ id: string; recorded_at: Date }[]>`select id, recorded_at from event
      where door = 'rest' order by recorded_at desc, id desc limit 1`;
    await sql`insert into event_subject (event_id, recorded_at, ordinal, subject)
      select ${latest?.id ?? ''}, ${latest?.recorded_at ?? new Date()}, n + 1000, s from unnest(${subjects}::text[]) with ordinality as u (s, n)`;
  } finally {
    await sql.end();
  }
  const told = await patientsTold('auditor');
  expect(told).toHaveLength(22);
  expect(told.slice(-2)).toEqual(['Patient/maria', 'Patient/james']);
});

test('is for those who may name any patient, and in the log', async () => {
  for (const who of ['therapist', 'patient', 'payer']) expect((await clinic.ask(who, '/admin/recent-patients')).reason).toBe('forbidden');
  expect(await loggedOf(clinic, 'by-policy-admin')).toMatchObject([
    { door: 'admin', interaction: 'search', target: 'recent-patients', outcome: '0', subjects: null },
  ]);
});
