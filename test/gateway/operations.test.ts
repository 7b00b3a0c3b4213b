/** What runs the gateway is told: metrics by interaction, decision and stage, traces, debug lines by a signal; and never of whom. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

let clinic: TestGateway;
let collector: Server;
const lines: string[] = [];
const bodies: string[] = [];
const CALLER = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${CALLER}-00f067aa0ba902b7-01`;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const spans = (): Span[] =>
  bodies.flatMap((body) => {
    const { resourceSpans = [] } = JSON.parse(body);
    return resourceSpans.flatMap((part: { scopeSpans: { spans: Span[] }[] }) => part.scopeSpans.flatMap((scope) => scope.spans));
  });
const metrics = async () => (await clinic.ask(undefined, '/metrics')).text;
const sample = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length) ?? 0,
  );

beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request
      .on('data', (chunk) => (body += chunk))
      .on('end', () => {
        bodies.push(body);
        response.setHeader('content-type', 'application/json').end('{}');
      });
  });
  clinic = await startClinic({
    log: { write: (line: string) => lines.push(line) },
    config: { telemetry: { otlpUrl: `${await listen(collector)}/v1/traces` }, log: { level: 'info' }, consent: { cacheSeconds: 60 } },
  });
  expect((await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes', { headers: { traceparent } })).status).toBe(200);
  expect((await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes')).status).toBe(200);
  expect((await clinic.ask('family-physician', '/fhir/Condition?patient=maria')).status).toBe(200);
  expect((await clinic.ask('family-physician', '/fhir/Condition/canary-nowhere')).status).toBe(404);
});
afterAll(async () => {
  await clinic?.close();
  collector?.close();
});

describe('/metrics', () => {
  test('counts by interaction and decision', async () => {
    const text = await metrics();
    expect(sample(text, 'privity_interactions_total{door="rest",interaction="read",decision="permitted"}')).toBe(2);
    expect(sample(text, 'privity_interactions_total{door="rest",interaction="read",decision="refused"}')).toBe(1);
    expect(text).toMatch(/privity_interactions_total\{door="rest",interaction="search-type",decision="(permitted|in-part|redacted)"\} 1/);
  });

  test('has the time of every stage, none longer than its request', async () => {
    const text = await metrics();
    for (const stage of ['authenticate', 'gate', 'upstream', 'classify', 'consent', 'decide', 'redact', 'audit']) {
      expect(sample(text, `privity_stage_seconds_count{stage="${stage}"}`), stage).toBeGreaterThanOrEqual(3);
      const whole = sample(text, 'privity_request_seconds_sum{method="GET"}');
      expect(sample(text, `privity_stage_seconds_sum{stage="${stage}"}`), stage).toBeLessThanOrEqual(whole);
    }
  });

  test('has caches, the upstream, the log and its freshness', async () => {
    const text = await metrics();
    for (const cache of ['token', 'consent', 'decision']) {
      const of = (result: string) => sample(text, `privity_cache_lookups_total{cache="${cache}",result="${result}"}`);
      expect(of('hit') + of('miss'), cache).toBeGreaterThan(0);
    }
    expect(sample(text, 'privity_cache_lookups_total{cache="consent",result="hit"}')).toBeGreaterThan(0);
    expect(sample(text, 'privity_upstream_seconds_count{method="GET",result="2xx"}')).toBeGreaterThan(0);
    expect(sample(text, 'privity_upstream_seconds_count{method="GET",result="4xx"}')).toBeGreaterThan(0);
    expect(sample(text, 'privity_audit_commit_seconds_count')).toBeGreaterThan(0);
    expect(sample(text, 'privity_audit_group_records_sum')).toBeGreaterThanOrEqual(4);
    expect(sample(text, 'privity_audit_newest_row_age_seconds')).toBeLessThan(60);
    expect(sample(text, 'privity_audit_uncovered_records')).toBeGreaterThanOrEqual(0);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });
});

describe('a trace', () => {
  const of = (traceId: string) => spans().filter((span) => span.traceId === traceId);
  beforeAll(() => vi.waitFor(() => expect(of(CALLER).length).toBeGreaterThan(5), { timeout: 10_000 }));

  test('goes on where the caller began, with a span for each stage', () => {
    const found = of(CALLER);
    const [root, ...more] = found.filter(({ name }) => name.startsWith('fhir'));
    expect(more).toEqual([]);
    expect(root).toMatchObject({ name: 'fhir read', parentSpanId: '00f067aa0ba902b7' });
    const stages = found.filter((span) => span !== root);
    expect(stages.map(({ name }) => name).sort()).toEqual(
      ['audit', 'authenticate', 'classify', 'consent', 'decide', 'gate', 'redact', 'upstream'].sort(),
    );
    for (const stage of stages) {
      expect(stage.parentSpanId).toBe(root?.spanId);
      expect(Number(stage.startTimeUnixNano)).toBeGreaterThanOrEqual(Number(root?.startTimeUnixNano) - 5e6);
      expect(Number(stage.endTimeUnixNano)).toBeLessThanOrEqual(Number(root?.endTimeUnixNano) + 5e6);
    }
  });

  test('is found from the audit event, whoever began it', async () => {
    const { resources } = await clinic.ask('auditor', '/audit/AuditEvent?patient=maria&action=R');
    const named = resources
      .flatMap(({ extension = [] }) => extension)
      .filter(({ url }: { url: string }) => url === 'urn:privity:audit:trace-id');
    const ids = named.map(({ valueString }: { valueString: string }) => valueString);
    expect(ids).toContain(CALLER);
    expect(new Set(ids).size).toBeGreaterThan(1);
    for (const id of ids) await vi.waitFor(() => expect(of(id).length).toBeGreaterThan(0), { timeout: 10_000 });
  });

  test('says nothing of whom', async () => {
    const text = `${bodies.join('\n')}\n${await metrics()}`;
    for (const name of ['maria', 'diabetes', 'canary', 'okafor', 'Patient/', 'Condition/', '/fhir/'])
      expect(text.toLowerCase()).not.toContain(name.toLowerCase());
  });
});

test('the upstream is told of the trace, and of nothing else that the caller sent', async () => {
  const seen: Record<string, unknown>[] = [];
  const upstream = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(404, { 'content-type': 'application/fhir+json' }).end('{"resourceType":"OperationOutcome","issue":[]}');
  });
  const url = await listen(upstream);
  const own = await startClinic({
    config: { upstream: { url: `${url}/r4` }, telemetry: { otlpUrl: `${await listen(createServer())}/v1/traces` } },
  });
  await own.ask('family-physician', '/fhir/Condition/c1', { headers: { traceparent, tracestate: 'canary=1', baggage: 'canary=1' } });
  expect(seen[0]?.traceparent).toMatch(new RegExp(`^00-${CALLER}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
  expect(JSON.stringify(seen)).not.toContain('canary');
  await own.close();
  upstream.close();
});

test('SIGUSR2 turns debug lines on, and off again; they name no one', async () => {
  const answered = () => lines.filter((line) => line.includes('"answered"'));
  expect(answered()).toEqual([]);
  process.emit('SIGUSR2');
  await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes', { headers: { 'x-request-id': 'canary-request' } });
  await vi.waitFor(() => expect(answered()).toHaveLength(1));
  expect(JSON.parse(answered()[0] ?? '')).toMatchObject({
    interaction: 'read',
    outcome: '0',
    status: 200,
    ms: { audit: expect.any(Number) },
  });
  expect(answered().join()).not.toMatch(/maria|canary|Condition/);
  process.emit('SIGUSR2');
  await clinic.ask('family-physician', '/fhir/Condition/maria-diabetes');
  expect(answered()).toHaveLength(1);
});
