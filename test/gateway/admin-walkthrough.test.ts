/**
 * An administrator's day at the real gateway, as `npm run demo:admin-tour` takes it: a draft with a mistake, its correction, the
 * preview, the activation, a denied request explained, the roll-back; and both acts of two persons where the installation
 * wants that. The log has each of them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeAdminTour } from '../../src/demo/admin-tour/take-admin-tour.ts';
import type { TourAnswer } from '../../src/demo/admin-tour/tour-desk.ts';
import { ownerOf } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { answerProblems, requestProblems } from '../support/openapi-schema.ts';
import { startClinic } from './clinic.ts';

/** What the steps' answers hold, as far as it is looked at. */
interface Body {
  readonly total?: number;
  readonly problems?: readonly { readonly column: number }[];
  readonly version?: { readonly citations: readonly object[] };
  readonly matrix?: { readonly changes: readonly { readonly row: string; readonly to: string }[] };
  readonly effects?: object;
  readonly changed?: number;
  readonly byRole?: object;
  readonly effect?: string;
  readonly questions?: readonly { readonly sets: readonly { readonly set: string; readonly missed: readonly object[] }[] }[];
  readonly changes?: readonly object[];
}

interface Step {
  readonly who: string;
  readonly did: string;
  readonly status: number;
  readonly body: Body;
}

/** Takes the tour at a clinic; every answer outside of /fhir is held to openapi.yaml. */
async function tourOf(clinic: TestGateway, second?: string) {
  const steps: Step[] = [];
  const lines: string[] = [];
  const send = async (
    who: string,
    path: string,
    init: { method: string; headers: Readonly<Record<string, string>>; body?: string },
  ): Promise<TourAnswer> => {
    const claims = who === 'second' ? { ...personaClaims('policy-admin'), sub: 'second' } : who;
    const reply = await clinic.ask(claims, path, init);
    const events = reply.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!path.startsWith('/fhir')) expect(answerProblems(init.method, path, reply)).toEqual([]);
    if (init.headers['content-type'] === 'application/json') expect(requestProblems(init.method, path, init.body ?? '')).toEqual([]);
    const text = events ? (reply.text.split('data: ').at(-1) ?? '') : reply.text;
    steps.push({ who, did: `${init.method} ${path.split('?')[0]}`, status: reply.status, body: JSON.parse(text) });
    return reply;
  };
  await takeAdminTour({ url: 'http://gateway', send, say: (line) => lines.push(line), ...(second === undefined ? {} : { second }) });
  return { steps: steps.filter(({ did }) => did !== 'GET /admin/policies/payer-authorization'), text: lines.join('\n') };
}

describe('one administrator', () => {
  let clinic: TestGateway;
  let tour: Awaited<ReturnType<typeof tourOf>>;
  beforeAll(async () => {
    clinic = await startClinic();
    tour = await tourOf(clinic);
  });
  afterAll(() => clinic?.close());

  test('does and is answered, step by step', () => {
    expect(tour.steps.map(({ who, did, status }) => [who, did, status])).toEqual([
      ['payer', 'GET /fhir/Claim', 200],
      ['policy-admin', 'POST /admin/policies', 422],
      ['policy-admin', 'POST /admin/policies', 201],
      ['policy-admin', 'POST /admin/policies/payer-authorization/preview', 200],
      ['policy-admin', 'POST /admin/policies/payer-authorization/activate', 200],
      ['payer', 'GET /fhir/Claim', 200],
      ['policy-admin', 'POST /admin/explain', 200],
      ['policy-admin', 'POST /admin/policies/payer-authorization/rollback', 200],
      ['payer', 'GET /fhir/Claim', 200],
      ['auditor', 'GET /audit/AuditEvent', 200],
    ]);
  });

  const answer = (step: number): Body => tour.steps[step]?.body ?? {};

  test('is told the mistake with file, line and column, and what was meant', () => {
    const [problem] = answer(1).problems ?? [];
    const meant = expect.stringContaining('Recipient::"payer"');
    expect(problem).toMatchObject({ severity: 'error', file: 'draft.cedar', line: 12, policy: 'payer-authorized', suggestion: meant });
    expect(problem?.column).toBeGreaterThan(1);
  });

  test('is told what the corrected set narrows, and which of its policies is idle', () => {
    const { matrix, effects, version } = answer(2);
    expect(matrix?.changes.length).toBeGreaterThan(3);
    for (const { row, to } of matrix?.changes ?? []) expect([row.includes('payer'), to]).toEqual([true, 'deny']);
    const idle = { policy: 'payer-payment', flaw: 'shadowed', by: ['payer-authorized'], file: 'corrected.cedar', line: 15 };
    expect(effects).toMatchObject({ findings: [idle], unjudged: [] });
    expect(version?.citations).toHaveLength(1);
  });

  test('sees what was recorded change before it does', () => {
    const { total } = answer(0);
    expect(total).toBeGreaterThan(0);
    expect([answer(3).changed, answer(3).byRole]).toEqual([total, { payer: total }]);
  });

  test('denies, explains with the clause that failed and the change that would turn it, and permits again', () => {
    expect([answer(5).total, answer(8).total]).toEqual([0, answer(0).total]);
    const { effect, questions, changes } = answer(6);
    expect(effect).toBe('withhold');
    expect(questions?.[0]?.sets.find(({ set }) => set === 'payer-authorization')?.missed[0]).toMatchObject({
      policy: 'payer-authorized',
      failed: ['context.authorizations.contains(AuthorizationType::"hipaa-508")'],
    });
    expect(changes).toContainEqual(expect.objectContaining({ kind: 'authorization', value: 'hipaa-508', how: 'with' }));
  });

  test('is in the log, act by act', async () => {
    const sql = ownerOf(clinic.dataDir);
    const rows =
      await sql`select interaction, target, status from event where door = 'admin' and interaction <> 'read' order by recorded_at, seq`;
    await sql.end();
    expect(rows.map(({ interaction, target, status }) => [interaction, target, status])).toEqual([
      ['upload', 'refused', 422],
      ['upload', 'policies/payer-authorization', 100],
      ['upload', 'policies/payer-authorization', 201],
      ['preview', 'policies/payer-authorization', 200],
      ['activate', 'policies/payer-authorization/versions/1', 100],
      ['activate', 'policies/payer-authorization/versions/1', 200],
      ['explain', 'explain', 200],
      ['rollback', 'policies/payer-authorization', 100],
      ['rollback', 'policies/payer-authorization', 200],
    ]);
  });

  test('reads it all on a terminal', () => {
    for (const words of [
      'draft.cedar:12:',
      'did you mean Recipient::"payer"?',
      'payer-payment: Without the policy every answer is the same',
      'would change',
      '-F files=@src/demo/admin-tour/corrected.cedar',
      'not so: context.authorizations.contains',
      'with authorization hipaa-508',
      'in force: no version',
      'activate policies/payer-authorization/versions/1 done',
    ])
      expect(tour.text).toContain(words);
    if (process.env.SHOW_TOUR !== undefined) process.stdout.write(`${tour.text}\n`);
  });

  test('can do it all again: the version is there already', async () => {
    const again = await tourOf(clinic);
    expect(again.steps.map(({ status }) => status)).toEqual([200, 422, 200, 200, 200, 200, 200, 200, 200, 200]);
  });
});

test('two administrators, where the installation wants a second person for each act', async () => {
  const clinic = await startClinic({ config: { policy: { twoPersonActivation: true } } });
  try {
    const { steps } = await tourOf(clinic, 'second');
    const acts = steps.filter(({ did }) => /activate|rollback/.test(did)).map(({ who, status }) => [who, status]);
    expect(acts).toEqual([
      ['policy-admin', 202],
      ['second', 200],
      ['policy-admin', 202],
      ['second', 200],
    ]);
  } finally {
    await clinic.close();
  }
});
