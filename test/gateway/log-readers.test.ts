/** Exports and alerts of a whole gateway, with real processes and a real PostgreSQL: killed in the middle, they lose nothing. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type EventRow, readRecords } from '../../src/adapters/audit-query-records.ts';
import { startDatabase } from '../../src/adapters/database.ts';
import { loggedRecord } from '../../src/audit/store-record.ts';
import { toAuditEvents } from '../../src/audit/to-audit-event.ts';
import { createFhirServer, type FhirServer } from '../../src/demo/fhir-server/create-fhir-server.ts';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import { startRepository, type TestRepository } from '../adapters/audit-repository.ts';
import { temporaryDirectory } from '../support/database.ts';
import { personaClaims, type TestGateway } from '../support/gateway.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { startClinic } from './clinic.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.ts');

describe('a gateway that exports its log and is killed with -9', () => {
  const KILLS = Number(process.env.KILLS ?? 2);
  const dataDir = temporaryDirectory();
  const place = (name: string) => path.join(dataDir, name);
  const configFile = place('privity.yaml');
  const env = { PATH: process.env.PATH, PRIVITY_CONFIG: configFile };
  let upstream: FhirServer;
  let issuer: TestIssuer;
  let repository: TestRepository;
  let port: number;
  let gateway: ChildProcess | undefined;

  beforeAll(async () => {
    upstream = createFhirServer({ resources: demoResources() });
    repository = await startRepository();
    port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    issuer = await startIssuer(`${publicUrl}/fhir`);
    const config = {
      server: { port, publicUrl },
      upstream: { url: await upstream.listen() },
      identity: { issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, algorithms: ['ES256'] }] },
      database: { dataDir: place('data') },
      audit: {
        checkpointSeconds: 1,
        export: {
          folder: place('export'),
          fileBytes: 65_536,
          repository: { url: repository.url, batch: 5, auth: { type: 'bearer', token: 't' } },
        },
      },
      log: { level: 'silent' },
    };
    writeFileSync(configFile, stringify(config));
  });
  afterAll(async () => {
    gateway?.kill('SIGKILL');
    await issuer.close();
    await upstream.close();
    await repository.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    gateway = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: 'ignore' });
    for (let n = 0; n < 1200; n++) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready?.status === 200) return;
      await sleep(50);
    }
    throw new Error('the gateway does not start');
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const gone = new Promise<number | null>((resolve) => gateway?.once('exit', (code) => resolve(code)));
    gateway?.kill(signal);
    return gone;
  };
  const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const until = async (done: () => Promise<boolean>, what: string) => {
    for (let n = 0; n < 1200; n++) {
      if (await done()) return;
      await sleep(100);
    }
    throw new Error(`${what} never happens`);
  };

  test(
    'every record arrives in the repository, each event once; the folder is whole and verifies with the JWKS alone',
    async () => {
      const token = await issuer.sign(personaClaims('family-physician'));
      const urls = ['/fhir/Condition/maria-diabetes', '/fhir/Condition?patient=maria', '/fhir/DocumentReference/maria-nothing'];
      for (let kill = 0; kill < KILLS; kill++) {
        await start();
        let running = true;
        const clients = Array.from({ length: 2 }, async (_, client) => {
          for (let n = 0; running; n++) {
            const asked = fetch(`http://127.0.0.1:${port}${urls[(client + n) % urls.length]}`, {
              headers: { authorization: `Bearer ${token}` },
            });
            if ((await asked.then((response) => response.text()).catch(() => undefined)) === undefined) return;
          }
        });
        // In the middle of sending: after some batches of its own, and the store keeps what nobody reads the answer to.
        const before = repository.requests.length;
        repository.faults.push('store and cut', { status: 503 });
        await until(async () => repository.requests.length >= before + 8 + kill, 'an export');
        await end('SIGKILL');
        running = false;
        await Promise.all(clients);
      }
      await start();
      await until(async () => /_waiting\{reader="repository"\} 0\n/.test(await metrics()), 'the end of the export');
      await until(async () => /_waiting\{reader="folder"\} 0\n/.test(await metrics()), 'the end of the export to the folder');
      const jwks = await (await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)).text();
      expect(await end('SIGTERM')).toBe(0);
      writeFileSync(place('jwks.json'), jwks);

      const database = await startDatabase({ dataDir: place('data') });
      const rows = await readRecords(database.sql, await database.sql<EventRow[]>`select * from event`);
      await database.close();
      const observer = { url: `http://127.0.0.1:${port}`, name: 'Privity' };
      const events = rows.flatMap(({ stored }) => toAuditEvents(loggedRecord(stored), observer)).map(({ id }) => id ?? '');
      expect(rows.length).toBeGreaterThan(20);
      expect(new Set(repository.requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer t']));
      expect([...repository.stored].sort()).toEqual(events.sort());

      const verified = await promisify(execFile)(process.execPath, [MAIN, 'verify', place('export'), place('jwks.json')], { env: {} });
      expect(verified.stdout).toContain('SOUND');
      expect(verified.stdout).toContain(`rows         ${rows.length}`);
      expect(JSON.parse(readFileSync(place('export/manifest.json'), 'utf8')).files.length).toBeGreaterThan(0);
      const sent = repository.requests.reduce((sum, request) => sum + request.events, 0);
      console.info(
        `kill -9 × ${KILLS} in the middle of an export: ${rows.length} records, ${events.length} events stored once each (${sent} sent); folder sound`,
      );
    },
    120_000 + KILLS * 60_000,
  );
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

describe('a gateway', () => {
  let clinic: TestGateway;
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await startRepository();
    const kin = [
      {
        resourceType: 'Person',
        id: 'bennett',
        link: [{ target: { reference: 'Practitioner/bennett' } }, { target: { reference: 'RelatedPerson/bennett-sister' } }],
      },
      { resourceType: 'RelatedPerson', id: 'bennett-sister', patient: { reference: 'Patient/maria' } },
    ];
    clinic = await startClinic({
      resources: kin,
      config: { audit: { alertSeconds: 1, export: { repository: { url: repository.url, batch: 10 } } } },
    });
  });
  afterAll(async () => {
    await clinic?.close();
    await repository?.close();
  });
  const alerts = async (rule: string) => {
    for (let n = 0; n < 100; n++) {
      const { body } = await clinic.ask('privacy-officer', '/admin/reviews?kind=alert&_count=200');
      const found = (body.reviews as { alert: { rule: string } }[]).filter(({ alert }) => alert.rule === rule);
      if (found.length > 0) return found;
      await sleep(100);
    }
    return [];
  };

  test('opens a review where somebody reads the record of his own family', async () => {
    expect((await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes')).status).toBe(200);
    const [review, ...others] = await alerts('own-family-record');
    expect(others).toEqual([]);
    expect(review).toMatchObject({ kind: 'alert', state: 'open', alert: { severity: 'high', count: 1 } });
    expect(JSON.stringify(review)).not.toMatch(/maria/);
    const [event = ''] = (review as unknown as { alert: { events: string[] } }).alert.events;
    expect((await clinic.ask('privacy-officer', `/audit/AuditEvent/${event}`)).text).toContain('Patient/maria');
    expect(await (await fetch(`${clinic.gateway.url}/metrics`)).text()).toContain(
      'privity_alerts_total{rule="own-family-record",severity="high"} 1',
    );
  });

  test('opens one where somebody is refused again and again, and it is closed like others', async () => {
    for (let n = 0; n < 9; n++) expect((await clinic.ask('billing', '/admin/reviews')).status).toBe(403);
    await sleep(2500);
    const { body } = await clinic.ask('privacy-officer', '/admin/reviews?kind=alert');
    expect((body.reviews as { alert: { rule: string } }[]).map(({ alert }) => alert.rule)).not.toContain('repeated-denials');
    expect((await clinic.ask('billing', '/admin/reviews')).status).toBe(403);
    const [review] = (await alerts('repeated-denials')) as unknown as { id: string; alert: object }[];
    expect(review?.alert).toMatchObject({ count: 10, citation: expect.stringContaining('164.308(a)(1)(ii)(D)') });
    const closed = await clinic.ask('privacy-officer', `/admin/reviews/${review?.id}/close`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': '"1"' },
      body: JSON.stringify({ outcome: 'justified', note: 'a wrong bookmark' }),
    });
    expect([closed.status, closed.body.outcome]).toEqual([200, 'justified']);
  });

  test('tells how its export does, has refused events sent again, and stays ready while the repository is away', async () => {
    const post = (who: string, path: string) =>
      clinic.ask(who, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    repository.judge = () => 422;
    await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes');
    const state = async () => (await clinic.ask('auditor', '/audit/export')).body.targets[0];
    for (let n = 0; n < 100 && (await state()).parkedCount === 0; n++) await sleep(100);
    const { parkedCount, parked } = await state();
    expect(parkedCount).toBeGreaterThan(0);
    expect(parked[0]).toMatchObject({ status: 422, code: 'invariant' });
    expect(await (await fetch(`${clinic.gateway.url}/metrics`)).text()).toMatch(/privity_export_parked\{reader="repository"\} [1-9]/);
    expect((await fetch(`${clinic.gateway.url}/readyz`)).status).toBe(200);

    repository.judge = () => undefined;
    expect((await post('billing', '/audit/export/repository/retry')).status).toBe(403);
    expect((await post('auditor', '/audit/export/folder/retry')).status).toBe(404);
    const retried = await post('auditor', '/audit/export/repository/retry');
    expect([retried.status, retried.body.target]).toEqual([202, 'repository']);
    for (let n = 0; n < 100 && (await state()).parkedCount > 0; n++) await sleep(100);
    expect((await state()).parkedCount).toBe(0);
    expect(repository.stored).toContain(parked[0].id);
  });
});
