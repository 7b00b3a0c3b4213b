/**
 * Memory is bounded whatever flows (design.md sections 5 and 7): a gateway in a process of its own gives a long export to a caller
 * who takes it slowly at first. `EXPORT_MB=1024` for the bar of design.md section 7.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryDirectory } from '../support/database.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const MEGABYTES = Number(process.env.EXPORT_MB ?? 48);
const LIMIT = 300;
const ROOT = path.resolve(import.meta.dirname, '../..');
/** As `npm start` starts it: `node … src/main.ts serve`. */
const START = (packageJson.scripts.start as string).split(' ').slice(1);
const PSYTHPN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };
const SERVICE = { sub: 'warehouse', client_id: 'warehouse', scope: 'system/*.rs', roles: ['treating-provider'], purpose_of_use: 'TREAT' };

const dataDir = temporaryDirectory();
let upstream: Server;
let issuer: TestIssuer;
let gateway: ChildProcess;
let base = '';
let sent = 0;

/** About 2.5 KB; one in ten is a psychotherapy note. */
const line = (n: number) =>
  `${JSON.stringify({
    resourceType: 'Observation',
    id: `o${n}`,
    meta: { versionId: '1', lastUpdated: '2026-01-01T00:00:00.000Z', ...(n % 10 === 0 ? { security: [PSYTHPN] } : {}) },
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
    subject: { reference: `Patient/p${n % 500}` },
    note: [{ text: 'lorem ipsum dolor sit amet '.repeat(82) }],
  })}\n`;

/** As fast as it is taken, as servers do. */
async function sendLines(response: ServerResponse): Promise<void> {
  response.setMaxListeners(0);
  response.writeHead(200, { 'content-type': 'application/fhir+ndjson' });
  for (let n = 0; sent < MEGABYTES * 1_048_576 && !response.destroyed; n += 1) {
    const text = line(n);
    sent += text.length;
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

beforeAll(async () => {
  upstream = createHttpServer((request, response) => {
    const { port } = upstream.address() as AddressInfo;
    const here = `http://127.0.0.1:${port}/fhir`;
    const url = new URL(request.url ?? '', here);
    const json = (value: object) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname.endsWith('/$export')) response.writeHead(202, { 'content-location': `${here}/status` }).end();
    else if (url.pathname.endsWith('/status'))
      json({ transactionTime: '2026-11-23T00:00:00Z', output: [{ type: 'Observation', url: `${here}/file` }] });
    else if (url.pathname.endsWith('/file')) void sendLines(response);
    else if (url.pathname.endsWith('/Patient'))
      json({
        resourceType: 'Bundle',
        type: 'searchset',
        entry: (url.searchParams.get('_id') ?? '').split(',').map((id) => ({ resource: { resourceType: 'Patient', id } })),
      });
    else if (/\/Patient\/p\d+$/.test(url.pathname)) json({ resourceType: 'Patient', id: url.pathname.split('/').at(-1) });
    else json({ resourceType: 'Bundle', type: 'searchset' });
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  base = `http://127.0.0.1:${port}`;
  issuer = await startIssuer(`${base}/fhir`);
  const configFile = path.join(dataDir, 'privity.yaml');
  writeFileSync(
    configFile,
    stringify({
      server: { port, publicUrl: base },
      upstream: { url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/fhir` },
      identity: { issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, algorithms: ['ES256'] }] },
      database: { dataDir: path.join(dataDir, 'data') },
      log: { level: 'silent' },
    }),
  );
  gateway = spawn(process.execPath, START, { cwd: ROOT, env: { PATH: process.env.PATH, PRIVITY_CONFIG: configFile }, stdio: 'ignore' });
  for (let n = 0; n < 300; n += 1) {
    if ((await fetch(`${base}/livez`).catch(() => undefined))?.status === 200) return;
    await sleep(50);
  }
  throw new Error('the gateway does not start');
});
afterAll(async () => {
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
  await issuer.close();
  upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Megabytes: the most that the process ever held. */
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) / 1024;

test(
  `an export of ${MEGABYTES} MB flows through less than ${LIMIT} MB of memory, at the caller's pace, without its notes`,
  async () => {
    const token = await issuer.sign({ ...SERVICE, exp: Math.floor(Date.now() / 1000) + 7200 });
    const headers = { authorization: `Bearer ${token}` };
    const begun = await fetch(`${base}/fhir/$export?_type=Observation`, { headers: { ...headers, prefer: 'respond-async' } });
    const status = await fetch(begun.headers.get('content-location') ?? '', { headers });
    const { output } = (await status.json()) as { output: { url: string }[] };
    const file = await fetch(output[0]?.url ?? '', { headers });
    expect(file.status).toBe(200);
    const reader = (file.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await sleep(2000);
    // Nobody takes it: what is read ahead is a few buffers.
    const ahead = sent;
    expect(ahead).toBeLessThan(24 * 1_048_576);
    const started = performance.now();
    let lines = 0;
    let bytes = 0;
    let notes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      const text = Buffer.from(part.value).toString('latin1');
      lines += text.split('\n').length - 1;
      notes += text.includes('PSYTHPN') ? 1 : 0;
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(`${MEGABYTES} MB, ${lines} lines given, peak ${peak().toFixed(0)} MB, ${(bytes / 1_048_576 / seconds).toFixed(1)} MB/s`);
    expect(bytes).toBeGreaterThan(MEGABYTES * 1_048_576 * 0.8);
    expect(bytes).toBeLessThan(MEGABYTES * 1_048_576 * 0.95);
    expect(notes).toBe(0);
    expect(peak()).toBeLessThan(LIMIT);
  },
  60_000 + MEGABYTES * 2_000,
);
