/** What a policy would change, shown before it does: on the law matrix and on recorded decisions, by the code that enforces. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/database.ts';
import { readDecisionWindow } from '../../src/adapters/policy-store-window.ts';
import { replayDecision } from '../../src/decide/replay-decision.ts';
import { personas } from '../../src/demo/personas.ts';
import type { Preview } from '../../src/gateway/admin-preview.ts';
import { shipped } from '../policy/shipped.ts';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { answerProblems } from '../support/openapi-schema.ts';
import { loggedOf } from './admin-log.ts';
import { startClinic } from './clinic.ts';

const NO_PAYER = '@id("no-payer") @citation("manual 1") forbid (principal == Recipient::"payer", action, resource);';
const NIGHT = '@id("night") @citation("manual 2") forbid (principal == Recipient::"payer", action, resource) when { context.hour >= 19 };';

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

const post = async (path: string, body: unknown) => {
  const set = await clinic.ask('policy-admin', '/admin/policies/clinic');
  const seen: Record<string, string> = set.status === 200 ? { 'if-match': set.headers.get('etag') ?? '' } : {};
  return clinic.ask('policy-admin', path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...seen },
    body: JSON.stringify(body),
  });
};
const upload = (text: string) =>
  post('/admin/policies', { name: 'clinic', title: 't', purpose: 'p', author: 'a', files: [{ path: 'a.cedar', text }] });
const preview = async (version: number, more: object = {}) => {
  const reply = await post('/admin/policies/clinic/preview', { version, ...more });
  expect(reply.status).toBe(200);
  expect(answerProblems('POST', '/admin/policies/clinic/preview', reply)).toEqual([]);
  return reply.body as unknown as Preview;
};

describe('an upload', () => {
  test('is told which rows of the matrix it narrows, and by which policy', async () => {
    const { matrix } = (await upload(NO_PAYER)).body as unknown as Preview;
    expect(matrix.changes.length).toBeGreaterThan(3);
    for (const { row, from, to, at, basis } of matrix.changes) {
      expect(row).toContain('payer');
      expect([from === 'deny', to, at, basis.map(({ policy }) => policy)]).toEqual([false, 'deny', undefined, ['no-payer']]);
    }
  });

  test('… and at which hour, where it is about hours', async () => {
    const { matrix } = (await upload(NIGHT)).body as unknown as Preview;
    expect(matrix.changes.length).toBeGreaterThan(3);
    expect(new Set(matrix.changes.map(({ at }) => at?.hour))).toEqual(new Set([19]));
  });
});

describe('a preview', () => {
  test('counts the decisions that would change, and they do', async () => {
    const before = await clinic.ask('payer', '/fhir/Claim?patient=maria');
    await clinic.ask('family-physician', '/fhir/Condition?patient=maria');
    expect(before.names.length).toBeGreaterThan(0);
    const shown = await preview(1);
    expect(shown.changed).toBe(before.names.length);
    expect(shown.byPurpose).toEqual({ HPAYMT: before.names.length });
    expect(shown.byRole).toEqual({ payer: before.names.length });
    expect(shown.byPatient).toEqual({ 'Patient/maria': before.names.length });
    expect(Object.keys(shown.changes).every((kind) => kind.endsWith('to withhold'))).toBe(true);
    expect(shown.examples[0]).toMatchObject({
      to: 'withhold',
      subject: 'Patient/maria',
      basis: [{ policy: 'no-payer', citation: 'manual 1' }],
    });
    expect(shown.opens).toEqual({ decisions: 0, byRole: {}, byPurpose: {}, byLabel: {}, byPatient: {} });
    expect(shown.examples[0]).toMatchObject({ purpose: 'HPAYMT', roles: ['payer'] });
    for (const { recipient, category, row } of shown.matrix.changes) {
      const cell = shown.matrix.cells.find((one) => one.recipient === recipient && one.category === category);
      expect([row.startsWith(`${category}.${recipient}.`), (cell?.rows ?? 0) > 0]).toEqual([true, true]);
    }
    expect(JSON.stringify(shown)).not.toMatch(/Alvarez|display/);
    expect(shown.matrix.changes.length).toBeGreaterThan(3);

    await post('/admin/policies/clinic/activate', { version: 1 });
    expect((await clinic.ask('payer', '/fhir/Claim?patient=maria')).names).toEqual([]);
    await upload(NO_PAYER.replace('resource)', 'resource == Category::"sud")'));
    const back = await preview(3);
    expect(back.changed).toBeGreaterThanOrEqual(before.names.length);
    expect(Object.keys(back.changes).every((kind) => kind.startsWith('withhold to'))).toBe(true);
    expect([back.opens.decisions, back.opens.byPatient]).toEqual([back.changed, back.byPatient]);
    await post('/admin/policies/clinic/deactivate', {});
  });

  test.each([
    ['a version that is not there', { version: 99 }, 404],
    ['an end before its begin', { version: 1, from: '2026-02-02T00:00:00Z', until: '2026-02-01T00:00:00Z' }, 422],
    ['an unknown field', { version: 1, colour: 'red' }, 422],
  ])('with %s is refused', async (_, body, status) => {
    expect((await post('/admin/policies/clinic/preview', body)).status).toBe(status);
  });

  test('asks again as the gateway decided: no live decision differs', async () => {
    for (const { id, claims } of personas) {
      for (const patient of ['maria', 'james', 'aisha', 'robert', 'lily']) {
        for (const purpose of claims.purpose_of_use ?? []) {
          const headers: Record<string, string> =
            purpose === 'BTG' ? { 'x-purpose-of-use': 'BTG', 'x-break-glass': 'unconscious and alone' } : { 'x-purpose-of-use': purpose };
          await clinic.ask(id, `/fhir/Patient/${patient}/$everything`, { headers });
          await clinic.ask(id, `/fhir/DocumentReference?patient=${patient}`, { headers });
        }
      }
    }
    const sql = ownerOf(clinic.dataDir);
    const window = await readDecisionWindow({ sql } as unknown as Database, '2026-01-01T00:00:00Z', '2100-01-01T00:00:00Z', 100_000);
    await sql.end();
    const { inForce } = (await clinic.ask('policy-admin', '/admin/policies')).body as unknown as {
      inForce: { version: string; sets: unknown[] };
    };
    expect(inForce.sets).toEqual([]);
    const law = window.groups.filter(({ policyVersion, asked }) => policyVersion === inForce.version && asked.length > 0);
    expect(law.length).toBeGreaterThan(30);
    const differing = law.filter((group) => replayDecision(group, shipped.evaluator, shipped.views).effect !== group.effect);
    expect(differing.map(({ reference, effect }) => [reference, effect])).toEqual([]);
    expect(new Set(law.map(({ effect }) => effect))).toEqual(new Set(['permit', 'redact', 'withhold']));
  });

  test('of 100,000 recorded decisions takes less than 10 seconds, and says how many it saw', async () => {
    const sql = ownerOf(clinic.dataDir);
    await sql`insert into context (id, text)
      select sha256(convert_to(text, 'UTF8')), text from (
        select jsonb_set(c.text::jsonb, '{0,question,context,organization}', to_jsonb('Organization/o' || n))::text as text
        from generate_series(1, 20000) n, (select text from context where text like '%HPAYMT%' limit 1) c) t on conflict do nothing`;
    await sql`insert into decision (event_id, recorded_at, ordinal, refs, version_ids, subject, effect, labels, basis, context_id)
      select e.id, e.recorded_at, 1000 + n, array['Claim/a' || n, 'Claim/b' || n], array['1', '1'], 'Patient/p' || n % 500, 'permit', '{}',
        '[]'::jsonb, c.id
      from generate_series(1, 60000) n
      cross join (select id, recorded_at from event where door = 'rest' and outcome = '0' and policy_version is not null limit 1) e
      join (select id, row_number() over () as number from context where text like '%Organization/o%') c on c.number = 1 + n % 20000`;
    await sql.end();
    const begun = performance.now();
    const shown = await preview(1);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(shown.window.total).toBeGreaterThan(120_000);
    expect(shown.window.sampled).toBeLessThanOrEqual(100_000);
    expect(shown.window.sampled).toBeGreaterThan(99_000);
  }, 60_000);

  const stream = async (signal?: AbortSignal, id = 'stream') => {
    const token = await clinic.issuer.sign(personaClaims('policy-admin'));
    return fetch(`${clinic.gateway.url}/admin/policies/clinic/preview`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
        'x-request-id': id,
      },
      body: JSON.stringify({ version: 1 }),
      ...(signal === undefined ? {} : { signal }),
    });
  };

  test('as events: progress, then what JSON would be, logged once', async () => {
    const response = await stream();
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text())
      .split('\n\n')
      .filter((text) => text.startsWith('event: '))
      .map((text) => [text.split('\n')[0]?.slice(7), JSON.parse(text.split('data: ')[1] ?? '')]);
    expect(events.length).toBeGreaterThan(1);
    const steps = events.slice(0, -1);
    expect(new Set(steps.map(([name]) => name))).toEqual(new Set(['progress']));
    expect(steps.map(([, { done }]) => done)).toEqual(steps.map(([, { done }]) => done).sort((a, b) => a - b));
    for (const [, { done, total }] of steps) expect(done).toBeLessThanOrEqual(total);
    const [last, result] = events.at(-1) ?? [];
    const json = await preview(1, { until: result.window.until, from: result.window.from });
    expect([last, result.changes, result.matrix, result.effects]).toEqual(['result', json.changes, json.matrix, json.effects]);
    expect(
      answerProblems('POST', '/admin/policies/clinic/preview', {
        status: 200,
        headers: new Headers({ 'content-type': 'application/json' }),
        text: JSON.stringify(result),
      }),
    ).toEqual([]);
    expect((await loggedOf(clinic, 'stream')).map(({ interaction, outcome }) => [interaction, outcome])).toEqual([['preview', '0']]);
  }, 60_000);

  test('as events, of a version that is not there, is the refusal that JSON gets', async () => {
    const reply = await clinic.ask('policy-admin', '/admin/policies/clinic/preview', {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ version: 99 }),
    });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  test('ends when nobody waits for it, and the log has that', async () => {
    const gone = new AbortController();
    const response = await stream(gone.signal, 'gone');
    await response.body?.getReader().read();
    gone.abort();
    await expect
      .poll(async () => (await loggedOf(clinic, 'gone')).map(({ interaction, outcome, reason }) => [interaction, outcome, reason]), {
        timeout: 20_000,
      })
      .toEqual([['preview', '4', 'not-possible']]);
  }, 60_000);
});
