/** Legal holds at the gateway's door, and the purge from the command line beside it. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LegalHold } from '../../src/adapters/audit-holds.ts';
import { temporaryDirectory } from '../support/database.ts';
import type { Reply, TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.ts');
let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic();
});
afterAll(() => clinic?.close());

const send = (who: string | undefined, url: string, body: unknown) =>
  clinic.ask(who, url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const holdOf = (reply: Reply) => reply.body as unknown as LegalHold;
const purge = (directory: string) =>
  promisify(execFile)(process.execPath, [MAIN, 'purge', directory]).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stderr }) => ({ code, text: stderr }),
  );

describe('a legal hold', () => {
  test('is recorded, listed and released by a privacy officer, and each is in the log', async () => {
    const made = await send('privacy-officer', '/audit/holds', { subject: 'Patient/maria', reason: 'Alvarez v. Lakeside' });
    expect(made.status).toBe(201);
    const { id } = holdOf(made);
    expect(made.headers.get('location')).toBe(`/audit/holds/${id}`);
    const listed = async () => (await clinic.ask('auditor', '/audit/holds')).body.holds as LegalHold[];
    expect(await listed()).toMatchObject([{ id, subject: 'Patient/maria', reason: 'Alvarez v. Lakeside' }]);
    const released = await send('privacy-officer', `/audit/holds/${id}/release`, {});
    expect([released.status, holdOf(released).releasedBy]).toEqual([200, holdOf(made).recordedBy]);
    expect((await send('privacy-officer', `/audit/holds/${id}/release`, {})).status).toBe(409);
    expect((await listed())[0]?.releasedAt).toBeDefined();
    const { resources } = await clinic.ask('auditor', '/audit/AuditEvent?patient=maria&action=C,U');
    expect(resources.length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    ['auditor', { reason: 'litigation' }, 403],
    ['family-physician', { reason: 'litigation' }, 403],
    ['patient', { reason: 'litigation' }, 403],
    [undefined, { reason: 'litigation' }, 401],
    ['privacy-officer', {}, 422],
    ['privacy-officer', { reason: 'litigation', subject: 'maria' }, 422],
    ['privacy-officer', { reason: 'litigation', until: '2027-01-01' }, 422],
  ])('%s sends %j: %i', async (who, body, status) => {
    expect((await send(who, '/audit/holds', body)).status).toBe(status);
  });

  test('that nobody recorded is not found', async () => {
    expect((await send('privacy-officer', '/audit/holds/nothing/release', {})).status).toBe(404);
  });
});

test('the command line purges beside the running gateway: nothing that is younger than six years', async () => {
  expect(await purge(clinic.dataDir)).toEqual({ code: 0, text: '0 months purged, 0 rows.\n' });
  expect(await purge(path.join(temporaryDirectory(), 'nowhere'))).toMatchObject({
    code: 1,
    text: expect.stringContaining('there is no log'),
  });
});
