/**
 * A HAPI FHIR server, the one that most installations know, as the record server of a test: fetched from Maven Central by
 * `npm run hapi:fetch`, started by the machine's Java (17 or later). Without either, its suite says so and is skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Resource } from '../../src/fhir/resource.ts';

const FOLDER = import.meta.dirname;
const LIBRARIES = process.env.PRIVITY_HAPI ?? path.join(FOLDER, '../../node_modules/.cache/hapi');
const START_MS = 240_000;
const HEADERS = { accept: 'application/fhir+json', 'content-type': 'application/fhir+json', prefer: 'return=minimal' };

export interface HapiServer {
  readonly url: string;
  /** Exactly these from now on; several versions of one id become its history. */
  fill(resources: Iterable<Resource>): Promise<void>;
  close(): Promise<void>;
}

/** Why there is none; `undefined` where there is one. */
export function hapiMissing(): string | undefined {
  if (!existsSync(LIBRARIES)) return 'HAPI FHIR is not fetched (npm run hapi:fetch)';
  return spawnSync('java', ['-version']).status === 0 ? undefined : 'no Java';
}

export async function startHapi(): Promise<HapiServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/fhir`;
  const server = spawn('java', ['-Xmx2g', '-cp', `${LIBRARIES}/*`, path.join(FOLDER, 'HapiServer.java'), String(port)]);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('HAPI FHIR does not start')), START_MS);
    server.stdout.on('data', (text) => {
      said = (said + text).slice(-4000);
      if (/^READY$/m.test(said)) {
        clearTimeout(late);
        resolve();
      }
    });
    server.stderr.on('data', (text) => {
      said = (said + text).slice(-4000);
    });
    server.once('exit', () => reject(new Error(`HAPI FHIR ended: ${said}`)));
  });
  return {
    url,
    async fill(resources) {
      await post(`${url}/$expunge`, { resourceType: 'Parameters', parameter: [{ name: 'expungeEverything', valueBoolean: true }] });
      for (const round of roundsOf(resources)) {
        const entry = round.map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } }));
        await post(url, { resourceType: 'Bundle', type: 'transaction', entry });
      }
    },
    async close() {
      server.stdin.end();
      await ended;
    },
  };
}

/** No transaction may name a resource twice. */
function roundsOf(resources: Iterable<Resource>): readonly (readonly Resource[])[] {
  const rounds: Resource[][] = [];
  const versions = new Map<string, number>();
  for (const resource of resources) {
    const name = `${resource.resourceType}/${resource.id}`;
    const version = versions.get(name) ?? 0;
    versions.set(name, version + 1);
    rounds[version] = [...(rounds[version] ?? []), resource];
  }
  return rounds;
}

async function post(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: HEADERS, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`HAPI FHIR: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
