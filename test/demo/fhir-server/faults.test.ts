import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFhirServer } from '../../../src/demo/fhir-server/create-fhir-server.ts';
import { loadExamples } from '../../../src/demo/fhir-server/load-examples.ts';
import { startUpstream, type TestUpstream } from '../../support/upstream.ts';
import { clientOf, linkOf, ward } from './ward.ts';

let upstream: TestUpstream;
beforeAll(async () => {
  upstream = await startUpstream(ward);
});
afterAll(() => upstream.close());
const ask = clientOf(() => upstream.url);

describe('faults', () => {
  beforeEach(() => {
    upstream.server.faults = [];
  });

  it('none: as ever', async () => {
    expect((await ask('/Patient/p1')).status).toBe(200);
  });

  it('a status, for a number of requests', async () => {
    upstream.server.faults = [{ status: 503, headers: { 'retry-after': '3' }, times: 2 }];
    const replies = [await ask('/Patient/p1'), await ask('/Patient/p1'), await ask('/Patient/p1')];
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(replies[0]?.headers.get('retry-after')).toBe('3');
  });

  it('only for some requests', async () => {
    upstream.server.faults = [{ status: 500, match: ({ url }) => url.includes('/Observation') }];
    expect((await ask('/Patient/p1')).status).toBe(200);
    expect((await ask('/Observation/hiv')).status).toBe(500);
  });

  it('what is no FHIR', async () => {
    upstream.server.faults = [{ garbage: '<html>' }];
    expect(await (await fetch(`${upstream.url}/Patient/p1`)).text()).toBe('<html>');
  });

  it.each([
    ['no answer', { drop: true }],
    ['half an answer', { cut: true }],
  ])('%s', async (_name, fault) => {
    upstream.server.faults = [fault];
    await expect(fetch(`${upstream.url}/Patient/p1`).then((response) => response.text())).rejects.toThrow();
  });

  it('delay, then the answer', async () => {
    upstream.server.faults = [{ delayMs: 80 }];
    const started = performance.now();
    expect((await ask('/Patient/p1')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(70);
  });
});

it('keeps what was asked of it', async () => {
  await ask('/Patient?family=alder', { headers: { 'cache-control': 'no-cache' } });
  const last = upstream.requests.at(-1);
  expect(last).toMatchObject({ method: 'GET', url: '/fhir/Patient?family=alder', body: '' });
  expect(last?.headers['cache-control']).toBe('no-cache');
});

it('links by the base that it is given', async () => {
  const server = createFhirServer({ resources: ward, base: 'https://ehr.example/r4' });
  await server.listen({ port: 0 });
  expect(server.url).toBe('https://ehr.example/r4');
  await server.close();
});

it('the base in links is where it listens', async () => {
  const { body } = await ask('/Observation?_count=1');
  expect(linkOf(body, 'next')?.startsWith(`${upstream.url}?_getpages=`)).toBe(true);
});

describe.skipIf(!existsSync(new URL('../../../node_modules/hl7.fhir.r4.examples/package.json', import.meta.url)))('HL7’s examples', () => {
  it('load within two seconds, without the definitions of FHIR itself', () => {
    const started = performance.now();
    const resources = loadExamples();
    expect(performance.now() - started).toBeLessThan(2000);
    expect(resources.length).toBeGreaterThan(600);
    expect(new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`)).size).toBe(resources.length);
    expect(resources.map(({ resourceType }) => resourceType)).not.toContain('StructureDefinition');
  });

  it('are found by patient', async () => {
    const examples = await startUpstream(loadExamples());
    const { body } = await clientOf(() => examples.url)('/Observation?patient=example&code=http://loinc.org|29463-7');
    expect(body.total).toBe(1);
    await examples.close();
  });
});
