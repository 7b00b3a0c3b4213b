/** The proof at the gateway's door, and from the command line beside it (design.md section 6). */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerOf } from '../support/database.ts';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

const run = promisify(execFile);
let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic({ config: { audit: { checkpointSeconds: 1 } } });
  expect((await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes')).status).toBe(200);
});
afterAll(() => clinic?.close());

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
const verifyCommand = (directory: string) =>
  run(process.execPath, [main, 'verify', directory]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }) => ({ code, stdout }),
  );

describe('an auditor', () => {
  test('gets checkpoints that verify under the published keys', async () => {
    await expect.poll(async () => (await clinic.ask('auditor', '/audit/checkpoints')).body.checkpoints).not.toEqual([]);
    const { body } = await clinic.ask('auditor', '/audit/checkpoints?_count=1');
    const [newest] = body.checkpoints as { number: number; jws: string }[];
    const published = await fetch(`${clinic.gateway.url}/.well-known/jwks.json`);
    expect(published.headers.get('content-type')).toContain('application/jwk-set+json');
    const keys = (await published.json()) as JSONWebKeySet;
    const { payload } = await compactVerify(newest?.jws ?? '', createLocalJWKSet(keys));
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ version: 1, number: newest?.number });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const before = await clinic.ask('auditor', `/audit/checkpoints?before=${newest?.number}`);
    expect((before.body.checkpoints as { number: number }[])[0]?.number).toBe((newest?.number ?? 0) - 1 || undefined);
  });

  test('verifies the log, and that is in the log', async () => {
    const { status, body } = await clinic.ask('auditor', '/audit/verify');
    expect(status).toBe(200);
    expect(body).toMatchObject({ sound: true, faults: [] });
    const { resources } = await clinic.ask('auditor', '/audit/AuditEvent?_count=5');
    expect(resources.some((event) => JSON.stringify(event).includes(Buffer.from('verify').toString('base64')))).toBe(true);
  });

  test.each([
    ['/audit/verify?deep=true', 400],
    ['/audit/checkpoints?_count=0', 400],
    ['/audit/checkpoints?_count=1&_count=2', 400],
    ['/audit/checkpoints?before=x', 400],
    ['/audit/checkpoints?number=1', 400],
  ])('%s is refused', async (url, status) => {
    expect((await clinic.ask('auditor', url)).status).toBe(status);
  });
});

test.each(['/audit/verify', '/audit/checkpoints'])('%s is for auditors', async (url) => {
  expect((await clinic.ask(undefined, url)).status).toBe(401);
  expect((await clinic.ask('family-physician', url)).status).toBe(403);
  expect((await clinic.ask('patient', url)).status).toBe(403);
});

test('the command line verifies beside the running gateway: exit 0 when sound; names the first bad record when not', async () => {
  const sound = await verifyCommand(clinic.dataDir);
  expect(sound.stdout).toMatch(/^chains {7}1\nrows {9}\d+, the newest \d+ s old\ncheckpoints {2}\d+, .*\nuncovered {4}\d+ rows/);
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining('\nSOUND') });
  const owner = ownerOf(clinic.dataDir);
  const [row] = await owner`select id from event where seq = 1`;
  await owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update event set purpose = 'HRESCH' where seq = 1`;
  });
  const changed = await verifyCommand(clinic.dataDir);
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain(`FIRST FAULT  record ${row?.id} at 1 of chain`);
  expect(changed.stdout).toContain('it was changed\nNOT SOUND.');
  expect((await clinic.ask('auditor', '/audit/verify')).body).toMatchObject({ sound: false, faults: [{ kind: 'content', id: row?.id }] });
  await owner.end();
});

test('the newest checkpoint is kept beside the database', async () => {
  const anchored = readFileSync(path.join(clinic.dataDir, 'audit.anchor'), 'utf8').trim();
  const { body } = await clinic.ask('auditor', '/audit/checkpoints');
  expect((body.checkpoints as { jws: string }[]).map(({ jws }) => jws)).toContain(anchored);
});
