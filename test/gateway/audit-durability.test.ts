/**
 * The log under real faults, with real processes and a real PostgreSQL (design.md sections 5 and 7): who received a response has
 * a row; a store that does not store gives 503 in time, and not a byte of a record.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { verifyInstallation } from '../../src/adapters/audit-verify-installation.ts';
import { startDatabase } from '../../src/adapters/database.ts';
import { createFhirServer, type FhirServer } from '../../src/demo/fhir-server/create-fhir-server.ts';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import { ownerOf, temporaryDirectory } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { freePort } from '../support/http-server.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { startClinic } from './clinic.ts';

const SERVICE = { 'lab-interface': { roles: ['treating-provider'], purposes: ['TREAT'] } };
const MAIN = path.resolve(import.meta.dirname, '../../src/main.ts');

describe('a gateway that is killed with -9 under load', () => {
  /** `KILLS=20` for a longer run. */
  const KILLS = Number(process.env.KILLS ?? 2);
  const TIMEOUT_MS = 60_000 + KILLS * 20_000;
  /** Answers received before each kill. */
  const ANSWERS = 25;
  const dataDir = temporaryDirectory();
  const configFile = path.join(dataDir, 'privity.yaml');
  let upstream: FhirServer;
  let issuer: TestIssuer;
  let port: number;
  let gateway: ChildProcess | undefined;

  beforeAll(async () => {
    upstream = createFhirServer({ resources: demoResources() });
    const url = await upstream.listen();
    port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    issuer = await startIssuer(`${publicUrl}/fhir`);
    const config = {
      server: { port, publicUrl },
      upstream: { url },
      identity: { issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, algorithms: ['ES256'], clients: SERVICE }] },
      database: { dataDir: path.join(dataDir, 'data') },
      audit: { checkpointSeconds: 1 },
      log: { level: 'silent' },
    };
    writeFileSync(configFile, stringify(config));
  });
  afterAll(async () => {
    gateway?.kill('SIGKILL');
    await issuer.close();
    await upstream.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    gateway = spawn(process.execPath, [MAIN, 'serve'], { env: { PATH: process.env.PATH, PRIVITY_CONFIG: configFile }, stdio: 'ignore' });
    for (let n = 0; n < 300; n++) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready?.status === 200) return;
      await sleep(50);
    }
    throw new Error('the gateway does not start');
  };
  const killed = async () => {
    const gone = new Promise((resolve) => gateway?.once('exit', resolve));
    gateway?.kill('SIGKILL');
    await gone;
  };

  test(
    'every response that a client received has its row, and the chains verify',
    async () => {
      const asked: readonly (readonly [token: string, url: string])[] = [
        [await issuer.sign(personaClaims('family-physician')), '/fhir/Condition/maria-diabetes'],
        [await issuer.sign(personaClaims('family-physician')), '/fhir/Condition?patient=maria'],
        [await issuer.sign({ sub: 'service', client_id: 'lab-interface', scope: 'system/*.rs' }), '/fhir/Observation?patient=maria'],
        [await issuer.sign(personaClaims('payer')), '/fhir/DocumentReference/maria-nothing'],
        [await issuer.sign(personaClaims('auditor')), '/audit/AuditEvent?_count=1'],
      ];
      const received: string[] = [];
      const statuses = new Map<number, number>();
      for (let kill = 0; kill < KILLS; kill++) {
        await start();
        const before = received.length;
        let running = true;
        const clients = Array.from({ length: 12 }, async (_, client) => {
          for (let n = 0; running; n++) {
            const [token = '', url = ''] = asked[(client + n) % asked.length] ?? [];
            const id = `kill-${kill}-${client}-${n}`;
            const headers = { authorization: `Bearer ${token}`, 'x-request-id': id };
            const status = await fetch(`http://127.0.0.1:${port}${url}`, { headers })
              .then((response) => response.text().then(() => response.status))
              .catch(() => undefined);
            if (status === undefined) return;
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            // A gateway that is pressed, or has no log, refuses: nothing of a record left it.
            if (status !== 429 && status !== 503) received.push(id);
          }
        });
        // In the middle of work, however slow the machine: after enough answers, and then at another moment each time.
        for (let waited = 0; waited < 30_000 && received.length < before + ANSWERS; waited += 50) await sleep(50);
        await sleep((kill % 5) * 170);
        await killed();
        running = false;
        await Promise.all(clients);
      }
      const data = path.join(dataDir, 'data');
      const database = await startDatabase({ dataDir: data });
      const rows = await database.sql<{ request_id: string }[]>`select request_id from event`;
      await database.close();
      const report = await verifyInstallation({ database: { dataDir: data }, audit: {} });

      const found = new Set(rows.map((row) => row.request_id));
      expect(received.filter((id) => !found.has(id))).toEqual([]);
      expect(received.length).toBeGreaterThanOrEqual(KILLS * ANSWERS);
      expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 404]));
      expect([...statuses.keys()].filter((status) => ![200, 404, 429, 503].includes(status))).toEqual([]);
      expect(report).toMatchObject({ sound: true, faults: [], rows: rows.length });
      // A process that doubts whether a commit was done begins another chain.
      expect(report.chains).toBeGreaterThanOrEqual(KILLS);
      console.info(
        `kill -9 × ${KILLS}: ${received.length} responses received, each with its row; ${rows.length} rows; chains sound, ${report.tail.rows} rows uncovered`,
      );
    },
    TIMEOUT_MS,
  );
});

describe('a store that does not store', () => {
  /** An append is answered within five seconds, one way or the other. */
  const DEADLINE_MS = 6500;
  let clinic: TestGateway;
  let owner: ReturnType<typeof ownerOf>;

  beforeAll(async () => {
    clinic = await startClinic();
    owner = ownerOf(clinic.dataDir);
    await owner.unsafe(`create function fault() returns trigger language plpgsql as $$
      begin
        if tg_argv[0] = 'slow' then perform pg_sleep(30); else raise exception 'no space left' using errcode = 'disk_full'; end if;
        return null;
      end $$; grant execute on function fault() to privity`);
  });
  afterAll(async () => {
    await owner?.end();
    await clinic?.close();
  });
  const cut = () => owner`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'privity'`;
  const trigger = (how: string) => () =>
    owner.unsafe(`create trigger fault before insert on event for each statement execute function fault('${how}')`);
  const unTrigger = () => owner.unsafe('drop trigger fault on event');

  const faults: Record<string, { begin: () => Promise<unknown>; end: () => Promise<unknown> }> = {
    'is full': { begin: trigger('full'), end: unTrigger },
    'is slow': { begin: trigger('slow'), end: () => cut().then(unTrigger) },
    'is read-only': {
      begin: () => owner.unsafe(`alter database privity set default_transaction_read_only = on`).then(cut),
      end: () =>
        owner
          .begin(async (tx) => {
            await tx`set transaction read write`;
            await tx.unsafe(`alter database privity reset default_transaction_read_only`);
          })
          .then(cut),
    },
    'refuses the gateway': {
      begin: () => owner.unsafe(`alter role privity nologin`).then(cut),
      end: () => owner.unsafe(`alter role privity login`),
    },
  };
  let end: (() => Promise<unknown>) | undefined;
  afterEach(async () => {
    await end?.();
    end = undefined;
  });

  test.each(Object.entries(faults))('%s: 503 in time, nothing of a record; then well again by itself', async (_, fault) => {
    await fault.begin();
    end = fault.end;
    const begun = performance.now();
    const urls = ['/fhir/Condition/maria-diabetes', '/fhir/Condition?patient=maria', '/fhir/Patient/maria'];
    const replies = await Promise.all([
      ...urls.map((url) => clinic.ask('family-physician', url)),
      ...['/audit/AuditEvent', '/audit/disclosures?patient=maria', '/audit/checkpoints'].map((url) => clinic.ask('auditor', url)),
    ]);
    expect(performance.now() - begun).toBeLessThan(DEADLINE_MS);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 503));
    for (const { text } of replies) expect(text).not.toMatch(/diabetes|E11|maria|Alvarez|no space|pg_/i);
    await end?.();
    end = undefined;
    await expect.poll(async () => (await clinic.ask('family-physician', urls[0] ?? '')).status, { timeout: 10_000 }).toBe(200);
    const report = await verifyInstallation({ database: { dataDir: clinic.dataDir }, audit: {} });
    expect(report).toMatchObject({ sound: true, faults: [] });
  });
});
