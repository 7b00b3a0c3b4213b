/** The log in other forms: everything that matches, streamed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

const READS = 40;
let clinic: TestGateway;
const lines = (text: string, end: string) => text.split(end).filter((line) => line !== '');

beforeAll(async () => {
  clinic = await startClinic();
  for (let i = 0; i < READS; i++) await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes');
  await clinic.ask('family-physician', '/fhir/Condition?patient=james');
});
afterAll(() => clinic?.close());

describe('NDJSON', () => {
  test('holds the events that pages hold, in their order', async () => {
    const paged: Resource[] = [];
    for (let url: string | undefined = '/audit/AuditEvent?patient=maria&_count=7'; url !== undefined; ) {
      const page = await clinic.ask('auditor', url);
      paged.push(...page.resources);
      url = (page.body.link as { relation: string; url: string }[]).find(({ relation }) => relation === 'next')?.url;
    }
    const before = paged.filter(({ type }) => (type as { code: string }).code !== '110101');
    const streamed = await clinic.ask('auditor', '/audit/AuditEvent?patient=maria&type=rest,110113&_format=ndjson');
    expect(streamed.headers.get('content-type')).toBe('application/x-ndjson');
    expect(before.length).toBeGreaterThanOrEqual(READS);
    expect(lines(streamed.text, '\n').map((line) => JSON.parse(line))).toEqual(before);
  });

  test('of nothing is empty', async () => {
    const reply = await clinic.ask('auditor', '/audit/AuditEvent?patient=nobody', { headers: { accept: 'application/x-ndjson' } });
    expect([reply.status, reply.text]).toEqual([200, '']);
  });
});

test('CSV holds a line for each event', async () => {
  const reply = await clinic.ask('auditor', '/audit/AuditEvent?patient=james&type=rest', { headers: { accept: 'text/csv' } });
  expect(reply.headers.get('content-type')).toContain('text/csv');
  const [head, ...rows] = lines(reply.text, '\r\n');
  expect(head).toBe('id,recorded,type,subtype,action,outcome,reason,agent,purpose,patient,entity,label');
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatch(/^[0-9a-f-]{36},\d{4}-[^,]*,rest,search-type,E,0,,Practitioner\/bennett,TREAT,Patient\/james,/);
});

test('a stream is in the log before it flows', async () => {
  await clinic.ask('auditor', '/audit/AuditEvent?label=SUD&_format=csv');
  const { resources } = await clinic.ask('auditor', '/audit/AuditEvent?type=110101&_count=1');
  const query = ((resources[0]?.entity ?? []) as { query?: string }[]).find((entity) => entity.query !== undefined)?.query ?? '';
  expect(Buffer.from(query, 'base64').toString()).toBe('AuditEvent?label&_format');
});

test.each([
  ['?_format=ndjson&_count=5', 400],
  ['?_format=csv&_page=1_019ab4d1-0000-7000-8000-000000000000_0', 400],
  ['?_format=xml', 406],
  ['?type=111', 400],
  ['?label=%27', 400],
  ['?policy=a%20b', 400],
])('%s is refused', async (query, status) => {
  expect((await clinic.ask('auditor', `/audit/AuditEvent${query}`)).status).toBe(status);
});
