/**
 * What watching costs (issue 6, point 5): one read of 2 KB through the whole flow in one process, upstream and log of memory, with
 * nothing watched, with times by stage, with traces. Microseconds a request, medians of alternating rounds, the ratio to nothing.
 * `node bench/telemetry.ts`
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createStageTimes } from '../src/adapters/telemetry-stages.ts';
import { startTraces } from '../src/adapters/telemetry-traces.ts';
import { operationsMetrics } from '../src/gateway/operations-metrics.ts';
import { watchRequests } from '../src/gateway/watch-requests.ts';
import type { PipelineDeps } from '../src/pipeline/session.ts';
import type { Stage, TakeTime } from '../src/ports.ts';

const untimed: TakeTime = (_, step) => step();
const STAGES: readonly Stage[] = ['authenticate', 'gate', 'upstream', 'classify', 'consent', 'decide', 'redact', 'audit'];
const deps = {
  upstream: { base: '', get: async () => ({ status: 200, headers: {} }), write: async () => ({ status: 200, headers: {} }) },
  consents: { load: async () => new Map(), forget: () => undefined },
  audit: { append: async () => undefined },
  classify: () => ({}),
  policies: { current: () => ({}) },
} as unknown as PipelineDeps;

/** The calls that a read makes of what is watched, and nothing of what they do. */
async function flow(pipeline: PipelineDeps): Promise<void> {
  const { timed = untimed } = pipeline;
  await timed('authenticate', async () => undefined);
  await timed('gate', async () => undefined);
  await pipeline.upstream.get('Observation/o1');
  pipeline.classify({ resourceType: 'Observation' }, {});
  await pipeline.consents.load([]);
  if (pipeline.timed === undefined) untimed('decide', () => undefined);
  else pipeline.timed('decide', () => undefined);
  if (pipeline.timed === undefined) untimed('redact', () => undefined);
  else pipeline.timed('redact', () => undefined);
  await pipeline.audit.append({} as never);
}

const collector = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'));
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const traces = await startTraces({
  otlpUrl: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`,
  samplePercent: 100,
  version: '0',
});
const logger = pino({ level: 'silent' });
const { onStages } = operationsMetrics(new Registry());
const watchers = {
  nothing: undefined,
  off: watchRequests({ pipeline: deps, logger }),
  stages: watchRequests({ pipeline: deps, logger, onStages }),
  traces: watchRequests({ pipeline: deps, logger, onStages, traces }),
};

async function round(watcher: (typeof watchers)[keyof typeof watchers], n: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < n; i++) {
    const watch = watcher?.(undefined);
    if (watch === undefined) await flow(deps);
    else {
      await watch.run(() => flow(watch.pipeline));
      watch.end('GET', 200);
    }
  }
  return ((performance.now() - started) * 1000) / n;
}

const times = new Map<string, number[]>();
for (let turn = 0; turn < 15; turn++) {
  for (const [name, watcher] of Object.entries(watchers)) {
    const micros = await round(watcher, name === 'traces' ? 2000 : 20_000);
    if (turn > 1) times.set(name, [...(times.get(name) ?? []), micros]);
  }
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const bare = createStageTimes(() => performance.now());
const began = performance.now();
for (let i = 0; i < 200_000; i++) for (const stage of STAGES) bare.take(stage, () => i);
process.stdout.write(`one stage: ${(((performance.now() - began) * 1000) / 200_000 / STAGES.length).toFixed(3)} µs\n`);
for (const [name, values] of times) process.stdout.write(`${name.padEnd(8)} ${median(values).toFixed(2)} µs a request\n`);
await traces.close();
collector.close();
