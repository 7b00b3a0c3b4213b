/** Export to a folder: what is in it verifies with the published keys alone, whatever happened while it was written; what was tampered with is found. */
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startCheckpoints } from '../../src/adapters/audit-checkpoints.ts';
import { startFolderExport } from '../../src/adapters/audit-export-folder.ts';
import { readTargets, registerTargets } from '../../src/adapters/audit-export-targets.ts';
import type { Turns } from '../../src/adapters/audit-export-turns.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { purgeAuditLog } from '../../src/adapters/audit-purge.ts';
import { loadSigningKeys, type SigningKeys } from '../../src/adapters/audit-signing-key.ts';
import { verifySliceFile } from '../../src/adapters/audit-verify-installation.ts';
import { sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const macKey = Buffer.alloc(32, 7);

let store: TestDatabase;
let keys: SigningKeys;
let jwks: string;
let folder: string;
let now = 0;
const failures: string[] = [];
const running: Turns[] = [];

beforeAll(async () => {
  store = await startTestDatabase();
  keys = await loadSigningKeys(path.join(store.dataDir, 'signing.json'));
  jwks = path.join(store.dataDir, 'jwks.json');
  await writeFile(jwks, JSON.stringify(keys.jwks));
});
afterAll(() => store.stop());
beforeEach(async () => {
  await store.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`truncate event, event_subject, decision, context, chain, checkpoint, checkpoint_head, purged_record, log_position, log_target, log_parked`;
  });
  now = Date.parse('2026-11-23T20:00:00.000Z');
  folder = path.join(store.dataDir, `export-${Math.random()}`);
  failures.length = 0;
  await registerTargets(store.database.sql, ['folder']);
});
afterEach(async () => {
  for (const turns of running.splice(0)) await turns.close();
});

/** A checkpoint over everything. */
async function sign() {
  const clock = { now: () => now };
  const checkpoints = startCheckpoints({ database: store.database, keys, macKey, clock, seconds: 3600, onFailure: () => undefined });
  await checkpoints.close();
}

function exporter(fileBytes = 1_000_000, into = folder): Turns {
  const { database } = store;
  const onFailure = (error: unknown) => failures.push((error as Error).message);
  const turns = startFolderExport({ database, folder: into, fileBytes, keys, seconds: 3600, onFailure });
  running.push(turns);
  return turns;
}

/** Some records by a process of its own, under a checkpoint. @returns their ids */
async function log(count: number, at = now, signed = true): Promise<string[]> {
  const audit = createAuditLog({ database: store.database, macKey });
  const records = Array.from({ length: count }, (_, n) =>
    sampleRecord({
      recordedAt: new Date(at).toISOString(),
      decisions: [sampleDecision({ context: `{"n":${n % 3},"text":"line\u2028end"}` })],
    }),
  );
  for (const record of records) await audit.append(record);
  await audit.close();
  if (signed) await sign();
  return records.map(({ id }) => id);
}
const drain = async (turns: Turns) => {
  while (await turns.now()) now += 0;
};
const verify = (place = folder) => verifySliceFile(place, jwks);
const exported = async () => {
  const files = (await readdir(folder)).filter((name) => name.startsWith('log-')).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.join('').match(/(?<="record":\{"id":")[^"]+/g) ?? [];
};

/** Each line that holds a record, by itself left out: the file alone tells. Not of its first checkpoint, which could be begun from. */
async function eachLeftOut(name: string): Promise<readonly boolean[]> {
  const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
  const alone = path.join(store.dataDir, name);
  const found: boolean[] = [];
  for (const [n, line] of lines.entries()) {
    if (!line.includes('"record"')) continue;
    await writeFile(alone, `${lines.toSpliced(n, 1).join('\n')}\n`);
    found.push(!(await verify(alone)).sound);
  }
  return found;
}

describe('an exported log', () => {
  test('is whole, verifies with the public keys alone, file by file and together, and says what is not exported yet', async () => {
    const ids = [...(await log(5)), ...(await log(3)), ...(await log(4))];
    const unsigned = await log(2, now, false);
    const turns = exporter(4000);
    await drain(turns);
    expect(await exported()).toEqual(ids);
    expect(await verify()).toMatchObject({ sound: true, faults: [], rows: 12, chains: 3, tail: { rows: 0 } });
    expect(await readTargets(store.database.sql)).toMatchObject([{ target: 'folder', waiting: 2, failures: 0 }]);
    await sign();
    await drain(turns);
    expect(await exported()).toEqual([...ids, ...unsigned]);
    expect(await readTargets(store.database.sql)).toMatchObject([{ waiting: 0 }]);

    const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
    const finished = (await readdir(folder)).filter((name) => name.endsWith('.ndjson')).sort();
    expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(finished);
    expect(finished.length).toBeGreaterThan(1);
    for (const name of finished) {
      expect(await verify(path.join(folder, name))).toMatchObject({ sound: true, faults: [] });
      const found = await eachLeftOut(name);
      expect(found.length).toBeGreaterThan(0);
      expect(found).not.toContain(false);
    }
    expect(failures).toEqual([]);
  });

  test('file by file: all of a chain, or all of its records, left out of a file is found in that file alone', async () => {
    await log(2, now, false);
    await log(3);
    const turns = exporter();
    await drain(turns);
    now += 86_400_000;
    await log(1);
    await drain(turns);
    const name = 'log-000001.ndjson';
    const lines = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
    const chainOf = (line: string) => (JSON.parse(line) as { link?: { chain: string } }).link?.chain;
    const chains = [...new Set(lines.map(chainOf).filter((chain) => chain !== undefined))];
    const alone = async (held: readonly string[]) => {
      await writeFile(path.join(store.dataDir, name), held.map((line) => `${line}\n`).join(''));
      return verify(path.join(store.dataDir, name));
    };
    expect(chains).toHaveLength(2);
    expect(await alone(lines)).toMatchObject({ sound: true, rows: 5 });
    for (const chain of chains) {
      const { sound, faults } = await alone(lines.filter((line) => chainOf(line) !== chain));
      expect([sound, faults]).toEqual([false, [{ chain, seq: 1, kind: 'truncated' }]]);
    }
    expect((await alone(lines.filter((line) => chainOf(line) === undefined))).faults).toHaveLength(2);
    expect((await alone(lines.filter((line) => !line.startsWith('{"checkpoint"')))).faults).toEqual([{ kind: 'file', id: name }]);
    expect((await alone([])).faults).toEqual([{ kind: 'file', id: name }]);
  });

  test('grows by whole days', async () => {
    const turns = exporter();
    for (let day = 0; day < 3; day++) {
      now += 86_400_000;
      await log(2);
      await drain(turns);
    }
    expect((await readdir(folder)).sort()).toEqual(['log-000001.ndjson', 'log-000002.ndjson', 'log-000003.ndjson.part', 'manifest.json']);
    expect(await verify()).toMatchObject({ sound: true, rows: 6 });
  });

  test('goes on where it was, by whichever replica', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) {
      ids.push(...(await log(3)));
      await Promise.all([drain(exporter(5000)), drain(exporter(5000))]);
    }
    await drain(exporter(5000));
    expect(await exported()).toEqual(ids);
    expect(await verify()).toMatchObject({ sound: true, rows: 12 });
  });

  test('of a log that was purged before the export began', async () => {
    await log(2, Date.parse('2020-09-30T10:00:00.000Z'));
    const chain = createAuditLog({ database: store.database, macKey });
    for (const at of ['2020-10-31T23:59:59.000Z', '2020-11-01T00:00:00.100Z', '2020-10-31T23:59:59.900Z', '2026-11-23T10:00:00.000Z']) {
      await chain.append(sampleRecord({ recordedAt: at, decisions: [] }));
    }
    await chain.close();
    await sign();
    await registerTargets(store.database.sql, []);
    const purge = () => purgeAuditLog(store.owner, { keys, macKey, anchors: [], years: 6, now });
    expect(await purge()).toMatchObject({ months: ['2020-09', '2020-10'], rows: 4 });
    await registerTargets(store.database.sql, ['folder']);
    await log(2);
    await drain(exporter());
    expect(await verify()).toMatchObject({ sound: true, faults: [], rows: 4 });
  });

  test('keeps what is purged after it was exported', async () => {
    await log(2, Date.parse('2020-09-30T10:00:00.000Z'));
    await log(2);
    const turns = exporter();
    const purge = () => purgeAuditLog(store.owner, { keys, macKey, anchors: [], years: 6, now });
    expect(await purge()).toEqual({ months: [], rows: 0, unexported: '2020-09' });
    await drain(turns);
    expect(await purge()).toMatchObject({ rows: 2 });
    await log(1);
    await drain(turns);
    expect(await verify()).toMatchObject({ sound: true, faults: [], rows: 5 });
  });
});

describe('after a crash', () => {
  test('what was written and not committed is cut off and written again', async () => {
    await log(3);
    const turns = exporter();
    await drain(turns);
    const part = path.join(folder, 'log-000001.ndjson.part');
    await appendFile(part, '{"link":{"chain":"half a li');
    const ids = await log(2);
    await drain(exporter());
    expect((await exported()).slice(3)).toEqual(ids);
    expect(await verify()).toMatchObject({ sound: true, rows: 5 });
  });

  test('a file that was given its name, and nobody noted it, is noted', async () => {
    await log(3);
    await drain(exporter());
    const part = path.join(folder, 'log-000001.ndjson.part');
    await rename(part, part.replace('.part', ''));
    await log(2);
    await drain(exporter(1));
    expect(await verify()).toMatchObject({ sound: true, rows: 5 });
    expect(failures).toEqual([]);
  });

  test('a folder that lost something is told, and nothing is written over it', async () => {
    await log(3);
    await drain(exporter());
    await log(1);
    await truncate(path.join(folder, 'log-000001.ndjson.part'), 10);
    await expect(exporter().now()).rejects.toThrow('log-000001.ndjson.part is shorter than what was written to it');
    await expect(exporter(1_000_000, `${folder}-other`).now()).rejects.toThrow('shorter');
    expect(await readTargets(store.database.sql)).toMatchObject([{ waiting: 1 }]);
  });

  test('a disk that takes nothing moves nothing', async () => {
    await log(3);
    await writeFile(folder, 'a file where a folder should be');
    await expect(exporter().now()).rejects.toThrow('EEXIST');
    expect(await readTargets(store.database.sql)).toMatchObject([{ waiting: 3 }]);
    await rm(folder);
    await drain(exporter());
    expect(await verify()).toMatchObject({ sound: true, rows: 3 });
  });
});

describe('whoever changes an exported log is found', () => {
  let original: string;
  const first = 'log-000001.ndjson';
  beforeEach(async () => {
    for (let n = 0; n < 4; n++) await log(4);
    await drain(exporter(6000));
    original = `${folder}-original`;
    await cp(folder, original, { recursive: true });
    expect(await verify()).toMatchObject({ sound: true, rows: 16 });
  });
  const edit = async (name: string, change: (lines: string[]) => string[]) => {
    const file = path.join(folder, name);
    await writeFile(file, change((await readFile(file, 'utf8')).split('\n')).join('\n'));
    // Whoever changes a file can change the manifest.
    if (existsSync(path.join(folder, 'manifest.json'))) await rm(path.join(folder, 'manifest.json'));
  };
  const isRecord = (line: string) => line.includes('"record"');

  const mutations: Record<string, { readonly change: () => Promise<unknown>; readonly kinds: readonly string[] }> = {
    'a record is changed': {
      change: () => edit(first, (lines) => lines.map((line) => line.replace('"outcome":"0"', '"outcome":"4"'))),
      kinds: ['content'],
    },
    'a record is gone': { change: () => edit(first, (lines) => lines.toSpliced(lines.findIndex(isRecord), 1)), kinds: ['gap'] },
    'two records are exchanged': {
      change: () =>
        edit(first, (lines) => {
          const [a, b] = lines.flatMap((line, n) => (isRecord(line) ? [n] : [])) as [number, number];
          return lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '');
        }),
      kinds: ['gap'],
    },
    'a question is changed': {
      change: () => edit(first, (lines) => lines.map((line) => line.replace('\\"n\\":0', '\\"n\\":9'))),
      kinds: ['context'],
    },
    'a question is gone': {
      change: () => edit(first, (lines) => lines.filter((line) => !line.startsWith('{"context"'))),
      kinds: ['context'],
    },
    'a checkpoint is gone': {
      change: () =>
        edit(first, (lines) =>
          lines.toSpliced(
            lines.findIndex((line) => line.startsWith('{"checkpoint"')),
            1,
          ),
        ),
      kinds: ['sequence'],
    },
    'a checkpoint is forged': {
      change: () => edit(first, (lines) => lines.map((line) => line.replace(/("checkpoint":"[^.]+\.)(.)/, '$1A'))),
      kinds: ['signature'],
    },
    'a file is gone': { change: () => rm(path.join(folder, first)), kinds: ['file'] },
    'a file is gone, and the manifest too': { change: () => edit(first, () => []), kinds: ['sequence', 'gap', 'truncated'] },
    'a file is put in': { change: () => cp(path.join(folder, first), path.join(folder, 'log-000099.ndjson')), kinds: ['file', 'gap'] },
    'a byte is added that changes no record': { change: () => appendFile(path.join(folder, first), '\n\n'), kinds: ['file'] },
    'all but the rows': {
      change: async () => {
        await rm(folder, { recursive: true });
        await mkdir(folder);
        await writeFile(
          path.join(folder, first),
          (await readFile(path.join(original, first), 'utf8')).split('\n').filter(isRecord).join('\n'),
        );
      },
      kinds: ['file'],
    },
  };
  test.each(Object.entries(mutations))('%s', async (_, { change, kinds }) => {
    await change();
    const report = await verify();
    expect(report.sound).toBe(false);
    expect(report.faults.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds.slice(0, 1)));
    expect(report.faults.some(({ kind }) => kinds.includes(kind))).toBe(true);
  });
});
