/**
 * `server.workers`: real processes behind one port, on a PostgreSQL that they share. Whichever worker answers, what was decided,
 * logged, counted and put in force is the same.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createFhirServer, type FhirServer } from '../../src/demo/fhir-server/create-fhir-server.ts';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import { type FaultyNetwork, faultyNetwork, startTestDatabase, type TestDatabase, temporaryDirectory } from '../support/database.ts';
import { personaClaims } from '../support/gateway.ts';
import { freePort } from '../support/http-server.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.ts');
const WORKERS = 2;

describe('several workers', () => {
  const directory = temporaryDirectory();
  const configFile = path.join(directory, 'privity.yaml');
  let store: TestDatabase;
  let network: FaultyNetwork;
  let upstream: FhirServer;
  let issuer: TestIssuer;
  let port: number;
  let gateway: ChildProcess;
  let log = '';
  let permitted = 0;
  let ended: Promise<number | null>;

  const start = (changes: object = {}) => {
    const publicUrl = `http://127.0.0.1:${port}`;
    const config = {
      server: { port, publicUrl, workers: WORKERS },
      upstream: { url: upstream.url },
      identity: { issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, algorithms: ['ES256'] }] },
      database: { url: `postgres://workers:secret@127.0.0.1:${network.port}/privity`, dataDir: path.join(directory, 'data') },
      log: { level: 'error' },
      ...changes,
    };
    writeFileSync(configFile, stringify(config));
    const child = spawn(process.execPath, [MAIN, 'serve'], { env: { PATH: process.env.PATH, PRIVITY_CONFIG: configFile } });
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const hear = (chunk: Buffer) => {
      log += chunk.toString();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    return { child, exit };
  };

  beforeAll(async () => {
    store = await startTestDatabase();
    await store.owner.unsafe(`create role workers login superuser password 'secret'`);
    network = await faultyNetwork(path.join(store.dataDir, 'postgres', '.s.PGSQL.5432'));
    upstream = createFhirServer({ resources: demoResources() });
    await upstream.listen();
    port = await freePort();
    issuer = await startIssuer(`http://127.0.0.1:${port}/fhir`);
    const started = start();
    gateway = started.child;
    ended = started.exit;
    await ready();
  });
  afterAll(async () => {
    gateway?.kill('SIGKILL');
    await issuer?.close();
    await upstream?.close();
    await network?.stop();
    await store?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const ready = async () => {
    for (let n = 0; n < 600; n += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (answer?.status === 200) return;
      await sleep(50);
    }
    throw new Error(`the gateway does not start: ${log}`);
  };

  /** On a connection of its own: connections go to the workers in turn. */
  const get = (url: string, token?: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      request(`http://127.0.0.1:${port}${url}`, { agent: new Agent({ keepAlive: false }), headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      })
        .on('error', reject)
        .end();
    });

  const statuses = async (count: number, url: string, token: string) => {
    const found: number[] = [];
    for (let n = 0; n < count; n += 1) found.push((await get(url, token)).status);
    return found;
  };

  const pids = async () => {
    const { stdout } = spawn('ps', ['-o', 'pid=', '--ppid', String(gateway.pid)]);
    let text = '';
    for await (const chunk of stdout ?? []) text += chunk;
    return text.split(/\s+/).filter(Boolean).map(Number);
  };

  test('each answers alike, and logs in a chain of its own', async () => {
    const physician = await issuer.sign(personaClaims('family-physician'));
    const payer = await issuer.sign(personaClaims('payer'));
    const rows = () => store.owner<{ chain: string; n: number }[]>`select chain, count(*)::int as n from event group by chain`;
    // The first that listens makes the gateway ready; the others follow.
    for (let n = 0; n < 100 && (await rows()).length < WORKERS; n += 1) {
      expect(await statuses(1, '/fhir/Condition/maria-diabetes', physician)).toEqual([200]);
      permitted += 1;
      await sleep(20);
    }
    expect(new Set(await statuses(6, '/fhir/DocumentReference/maria-therapy-note-11', payer))).toEqual(new Set([404]));
    expect((await rows()).reduce((sum, { n }) => sum + n, 0)).toBe(permitted + 6);
    expect((await rows()).length).toBeGreaterThanOrEqual(WORKERS);
  });

  test('/metrics is of all of them, whichever is asked', async () => {
    const pattern = /^privity_interactions_total\{.*interaction="read".*decision="permitted"\} (\d+)$/m;
    const seen = new Set<string | undefined>();
    for (let n = 0; n < 4; n += 1) seen.add(pattern.exec((await get('/metrics')).text)?.[1]);
    expect(seen).toEqual(new Set([String(permitted)]));
  });

  test('a worker that is killed is replaced, and the others answer meanwhile', async () => {
    const before = await pids();
    expect(before).toHaveLength(WORKERS);
    process.kill(before[0] as number, 'SIGKILL');
    const physician = await issuer.sign(personaClaims('family-physician'));
    for (let n = 0; n < 200 && (await pids()).filter((pid) => !before.includes(pid)).length === 0; n += 1) await sleep(50);
    expect(await pids()).toHaveLength(WORKERS);
    expect(new Set(await statuses(4, '/fhir/Condition/maria-diabetes', physician))).toEqual(new Set([200]));
    expect(log).toContain('"code":"SIGKILL","msg":"a worker ended"');
  });

  test('told to stop, all of them end, and so does the first process', async () => {
    const before = await pids();
    gateway.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow();
  });

  test('what no worker can start with ends the start, with the reason', async () => {
    log = '';
    const { exit } = start({ policy: { directory: path.join(directory, 'nothing') } });
    expect(await exit).toBe(1);
    expect(log).toContain('a worker could not start');
  });
});
