/** What a code set would change, shown before it does: the resources that were seen, read again and labelled by the code that enforces. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import type { CodeSetPreview } from '../../src/gateway/admin-code-set-preview.ts';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { startClinic } from './clinic.ts';

const LOCAL = 'https://clinic.example/codes';
const ROBERT = { reference: 'Patient/robert' };
const coded = (code: string) => ({ coding: [{ system: LOCAL, code }] });
const observation = (id: string, more: object = {}): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: coded('WT-1'),
  subject: ROBERT,
  ...more,
});
/** A visit to the HIV clinic, by a code that only this house knows; what was measured there inherits it. */
const RECORDS: readonly Resource[] = [
  {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    type: [coded('V-1')],
    subject: ROBERT,
  },
  observation('at-visit', { encounter: { reference: 'Encounter/visit' } }),
  observation('elsewhere'),
  observation('labelled', {
    code: coded('VL-1'),
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] },
  }),
  observation('gone'),
];
const SEEN = RECORDS.map(({ resourceType, id }) => `${resourceType}/${id}`);

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic({ resources: RECORDS });
  for (const place of SEEN) await clinic.ask('therapist', `/fhir/${place}`);
  clinic.upstream.store.delete('Observation', 'gone');
  await post('', {
    name: 'local',
    title: 't',
    purpose: 'p',
    author: 'a',
    labels: ['HIV'],
    valueSet: {
      resourceType: 'ValueSet',
      status: 'active',
      compose: { include: [{ system: LOCAL, concept: [{ code: 'V-1' }, { code: 'VL-1' }] }] },
    },
  });
});
afterAll(() => clinic?.close());

async function post(place: string, body: unknown, seen?: string) {
  const headers = { 'content-type': 'application/json', ...(seen === undefined ? {} : { 'if-match': seen }) };
  const reply = await clinic.ask('policy-admin', `/admin/code-sets${place}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answerProblems('POST', `/admin/code-sets${place}`, reply)).toEqual([]);
  return reply;
}

async function preview(more: object = {}): Promise<CodeSetPreview> {
  const reply = await post('/local/preview', { version: 1, ...more });
  expect(reply.status).toBe(200);
  return reply.body as unknown as CodeSetPreview;
}

describe('a preview', () => {
  test('counts what gains a label by itself and through its visit, and what can not be read; it is so after the activation', async () => {
    const reads = async () => {
      const given: Record<string, string> = {};
      for (const place of SEEN) {
        const { status, text } = await clinic.ask('researcher', `/fhir/${place}`);
        given[place] = status === 200 && !text.includes('REDACTED') ? 'whole' : `${status}`;
      }
      return given;
    };
    const before = await reads();
    const shown = await preview();
    expect(shown).toMatchObject({
      window: { total: 5, sampled: 5 },
      read: 4,
      unread: { absent: 1, failed: 0 },
      changed: 2,
      moved: 0,
      gained: { HIV: 2 },
      lost: {},
      byType: { Encounter: { gained: { HIV: 1 } }, Observation: { gained: { HIV: 1 } } },
    });
    const places = shown.examples.map(({ reference }) => reference).sort();
    expect(places).toEqual(['Encounter/visit', 'Observation/at-visit']);
    const read = await clinic.ask('policy-admin', '/admin/code-sets/local');
    await post('/local/activate', { version: 1 }, read.headers.get('etag') ?? '');
    const after = await reads();
    expect(SEEN.filter((place) => before[place] === 'whole' && after[place] !== 'whole').sort()).toEqual(places);
    expect(await preview()).toMatchObject({ changed: 0, moved: 0 });
    expect(await preview({ version: null })).toMatchObject({ changed: 2, lost: { HIV: 2 } });
  });

  test('looks at the latest seen of a sample, and says so', async () => {
    await clinic.ask('therapist', '/fhir/Observation/at-visit');
    const { window, read } = await preview({ sample: 1 });
    expect([window.total, window.sampled, read]).toEqual([5, 1, 1]);
    expect((await preview({ until: '2020-01-01T00:00:00Z' })).window).toMatchObject({ total: 0, sampled: 0 });
  });

  test('counts what the record server does not give, and says what it can', async () => {
    const fault = { match: ({ url }: { url: string }) => url.includes('/Encounter'), status: 500 };
    clinic.upstream.faults = [fault as (typeof clinic.upstream.faults)[number]];
    const { read, unread } = await preview();
    clinic.upstream.faults = [];
    expect(read + unread.absent + unread.failed).toBe(5);
    expect(unread.failed).toBeGreaterThan(0);
  });

  test('as events: resources read so far, then what JSON would be', async () => {
    const reply = await clinic.ask('policy-admin', '/admin/code-sets/local/preview', {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ version: null }),
    });
    expect(reply.headers.get('content-type')).toContain('text/event-stream');
    const events = [...reply.text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name, data = '']) => [name, JSON.parse(data)]);
    // Those that follow at once are left out.
    expect(events[0]).toEqual(['progress', { done: 0, total: 5 }]);
    const [last, result] = events.at(-1) ?? [];
    const { window: _, ...json } = await preview({ version: null });
    expect([last, result]).toMatchObject(['result', json]);
  });

  test('says nothing of a record but ids and labels', async () => {
    const text = JSON.stringify(await preview({ version: null }));
    expect(text).not.toContain('VL-1');
    expect(text).not.toContain('Hayes');
  });

  /** The newest row of a preview. */
  async function logged() {
    const sql = ownerOf(clinic.dataDir);
    try {
      const [row] = await sql`select id, reason, (select array_agg(subject) from event_subject where event_id = event.id) as subjects
        from event where interaction = 'preview' order by recorded_at desc, seq desc limit 1`;
      return row;
    } finally {
      await sql.end();
    }
  }

  test('is in the log as an act about those whose resources it names', async () => {
    expect((await preview({ version: null })).examples).toHaveLength(2);
    expect(await logged()).toMatchObject({ reason: null, subjects: ['Patient/robert'] });
  });

  test('ends when nobody waits for it any more', async () => {
    const before = await logged();
    const gone = new AbortController();
    clinic.upstream.faults = [{ times: 1, delayMs: 800, match: () => true }];
    const token = await clinic.issuer.sign(personaClaims('policy-admin'));
    const asked = fetch(`${clinic.gateway.url}/admin/code-sets/local/preview`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: 1 }),
      signal: gone.signal,
    });
    setTimeout(() => gone.abort(), 300);
    await expect(asked).rejects.toThrow();
    await expect.poll(async () => (await logged())?.id, { timeout: 5000 }).not.toBe(before?.id);
    clinic.upstream.faults = [];
    expect(await logged()).toMatchObject({ reason: 'not-possible', subjects: null });
  });

  test.each([
    ['a window that ends before it begins', { from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }, 422],
    ['a sample of none', { sample: 0 }, 422],
    ['a sample beyond the bound', { sample: 10_001 }, 422],
    ['an unknown field', { colour: 'red' }, 422],
    ['a version that there is not', { version: 9 }, 404],
    ['no version', { version: undefined }, 422],
  ])('%s is refused', async (_, more, status) => {
    expect((await post('/local/preview', { version: 1, ...more })).status).toBe(status);
  });

  test('of a set that there is not', async () => {
    expect((await post('/nothing/preview', { version: null })).status).toBe(404);
  });
});
