/** Filling a FHIR server with the demo's patients: waits, writes history once, says what went wrong. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import { loadIntoFhirServer } from '../../src/demo/patients/load-into-fhir-server.ts';
import type { Bundle } from '../../src/fhir/resource.ts';

interface Upstream {
  base: string;
  transactions: Bundle[];
  /** How often /metadata answers 503 before it answers 200. */
  booting: number;
  refuses: boolean;
}
let server: Server | undefined;
afterEach(() => server?.close());

async function start(booting = 0, refuses = false): Promise<Upstream> {
  const upstream: Upstream = { base: '', transactions: [], booting, refuses };
  server = createServer(async (request, response) => {
    if (request.url === '/fhir/metadata') return response.writeHead(upstream.booting-- > 0 ? 503 : 200).end('{}');
    if (request.method === 'GET') return response.writeHead(upstream.transactions.length > 0 ? 200 : 404).end('{}');
    let body = '';
    for await (const chunk of request) body += chunk;
    upstream.transactions.push(JSON.parse(body) as Bundle);
    return response.writeHead(upstream.refuses ? 422 : 200).end('{"resourceType":"OperationOutcome"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  return upstream;
}

const statusOf = (bundle: Bundle | undefined) =>
  bundle?.entry?.find((entry) => entry.resource?.id === 'elena-authorization-revoked')?.resource?.status;

it('waits until the server answers, then writes each resource under its own id, the revoked consent twice', async () => {
  const upstream = await start(2);
  expect(await loadIntoFhirServer(upstream.base, 10_000, 5)).toBe(demoResources().length);
  expect(upstream.booting).toBe(-1);
  expect(upstream.transactions.map((bundle) => [bundle.type, bundle.entry?.length, statusOf(bundle)])).toEqual([
    ['transaction', demoResources().length, 'active'],
    ['transaction', demoResources().length, 'inactive'],
  ]);
  const urls = upstream.transactions[1]?.entry?.map((entry) => `${entry.request?.method} ${entry.request?.url}`);
  expect(urls).toContain('PUT Patient/maria');
  expect(new Set(urls).size).toBe(demoResources().length);
});

it('does not revise the past of a server that knows the patients', async () => {
  const upstream = await start();
  await loadIntoFhirServer(upstream.base, 10_000, 5);
  await loadIntoFhirServer(upstream.base, 10_000, 5);
  expect(upstream.transactions.map(statusOf)).toEqual(['active', 'inactive', 'inactive']);
});

it('gives up on a server that never answers', async () => {
  const upstream = await start(1_000);
  await expect(loadIntoFhirServer(upstream.base, 20, 5)).rejects.toThrow('does not answer');
});

it('says that the server refused, and stops', async () => {
  const upstream = await start(0, true);
  await expect(loadIntoFhirServer(upstream.base, 10_000, 5)).rejects.toThrow('refused');
  expect(upstream.transactions.length).toBe(1);
});
