/** The proof at the gateway's door, and from the command line beside it (design.md section 6). */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { canonicalRecord } from '../../src/audit/canonical-record.ts';
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
    const { freshness } = body as unknown as { freshness: { newestRow: string; newestCheckpoint: { number: number }; uncovered: number } };
    expect(Date.now() - Date.parse(freshness.newestRow)).toBeLessThan(60_000);
    expect(freshness.newestCheckpoint.number).toBeGreaterThanOrEqual(newest?.number ?? 0);
    expect(freshness.uncovered).toBeGreaterThanOrEqual(0);
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

test.each(['/audit/verify', '/audit/checkpoints', '/audit/slice?patient=maria'])('%s is for auditors', async (url) => {
  expect((await clinic.ask(undefined, url)).status).toBe(401);
  expect((await clinic.ask('family-physician', url)).status).toBe(403);
  expect((await clinic.ask('patient', url)).status).toBe(403);
});

describe('a slice of the log', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'privity-slice-'));
  const [slice, keys] = [path.join(folder, 'slice.ndjson'), path.join(folder, 'keys.json')];
  const verifySlice = (text: string) => {
    writeFileSync(slice, text);
    return run(process.execPath, [main, 'verify', slice, keys], { env: {}, cwd: folder }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout, stderr }) => ({ code, stdout: `${stdout}${stderr}` }),
    );
  };
  let lines: string[];
  let james: string;

  beforeAll(async () => {
    for (const who of ['maria-diabetes', 'james-alcohol', 'maria-depression'])
      await clinic.ask('family-physician', `/fhir/Condition/${who}`);
    await clinic.ask('family-physician', '/fhir/Condition?patient=james');
    await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes');
    await vi.waitFor(
      async () => {
        const { body } = await clinic.ask('auditor', '/audit/verify');
        expect((body.tail as { rows: number }).rows).toBeLessThanOrEqual(1);
      },
      { timeout: 5000, interval: 500 },
    );
    const reply = await clinic.ask('auditor', '/audit/slice?patient=maria');
    expect(reply.headers.get('content-type')).toContain('application/x-ndjson');
    lines = reply.text.trimEnd().split('\n');
    james = (await clinic.ask('auditor', '/audit/slice?patient=james')).text;
    writeFileSync(keys, await (await fetch(`${clinic.gateway.url}/.well-known/jwks.json`)).text());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('verifies offline with the public key alone', async () => {
    const { code, stdout } = await verifySlice(`${lines.join('\n')}\n`);
    expect(stdout).toContain('SOUND: ');
    expect(stdout).toMatch(/^slice {8}Patient\/maria, from 20\d\d-/);
    expect(code).toBe(0);
    expect((await verifySlice(james)).code).toBe(0);
  });

  test('holds the records of its patient, and of others nothing but digests', () => {
    const records = lines.flatMap((line) => JSON.parse(line).record ?? []);
    expect(records.length).toBeGreaterThan(2);
    expect(lines.some((line) => 'digest' in JSON.parse(line))).toBe(true);
    for (const record of records) expect(record.subjects).toContain('Patient/maria');
    expect(lines.join()).not.toContain('james');
  });

  /** The chain holds as before. */
  const hidden = (line: string) => {
    const { link, record } = JSON.parse(line);
    const digest = createHash('sha256').update(canonicalRecord(record)).digest('hex');
    return JSON.stringify({ link: { chain: link.chain, seq: link.seq }, digest });
  };
  const at = (key: string) => lines.findIndex((line) => key in JSON.parse(line));
  const changes: Record<string, () => string[]> = {
    'a record is changed': () => lines.with(at('record'), (lines[at('record')] ?? '').replace('"purpose":"TREAT"', '"purpose":"HPAYMT"')),
    'a digest is changed': () => lines.with(at('digest'), (lines[at('digest')] ?? '').replace(/"digest":"./, '"digest":"_')),
    'a record is left out': () => lines.toSpliced(at('record'), 1),
    'the last record is left out': () =>
      lines.toSpliced(
        lines.findLastIndex((line) => 'record' in JSON.parse(line)),
        1,
      ),
    'all records are left out': () => lines.filter((line) => !('link' in JSON.parse(line))),
    'a record is hidden behind its digest': () => lines.with(at('record'), hidden(lines[at('record')] ?? '')),
    'its statement is left out': () => lines.toSpliced(at('slice'), 1),
    "its statement is another slice's": () => lines.with(at('slice'), james.split('\n')[0] ?? ''),
    'its statement is a checkpoint': () =>
      lines.with(at('slice'), JSON.stringify({ slice: JSON.parse(lines[at('checkpoint')] ?? '').checkpoint })),
    'nothing is left': () => [],
    'a checkpoint is changed': () => lines.with(at('checkpoint'), (lines[at('checkpoint')] ?? '').replace('ey', 'eY')),
  };
  test.each(Object.entries(changes))('%s: found', async (_, changed) => {
    expect(changed()).not.toEqual(lines);
    const { code, stdout } = await verifySlice(`${changed().join('\n')}\n`);
    expect(stdout).toContain('FIRST FAULT');
    expect(code).toBe(1);
  });

  test.each(['nonsense', '{}', '{"link":{"chain":"c","seq":1},"record":null}', '{"link":{"chain":"c","seq":1},"record":{"id":"1"}}'])(
    'what is none is refused: %s',
    async (text) => {
      expect(await verifySlice(text)).toMatchObject({ code: 1, stdout: expect.stringContaining('not a slice') });
    },
  );

  test.each(['', '?patient=', '?patient=Group/g1', '?patient=maria&patient=james', '?patient=maria&start=yesterday', '?patient=maria&x=1'])(
    'asked wrongly is refused: %j',
    async (query) => {
      expect((await clinic.ask('auditor', `/audit/slice${query}`)).status).toBe(400);
    },
  );
});

test('the newest checkpoint is kept beside the database', async () => {
  const anchored = readFileSync(path.join(clinic.dataDir, 'audit.anchor'), 'utf8').trim();
  const { body } = await clinic.ask('auditor', '/audit/checkpoints');
  expect((body.checkpoints as { jws: string }[]).map(({ jws }) => jws)).toContain(anchored);
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
