/** Times by stage, what they are taken of, and traces that hold nobody up. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { timedDeps } from '../../src/adapters/telemetry-deps.ts';
import { createStageTimes } from '../../src/adapters/telemetry-stages.ts';
import { startTraces } from '../../src/adapters/telemetry-traces.ts';
import type { PipelineDeps } from '../../src/pipeline/session.ts';
import { sampleRecord } from '../audit/sample-record.ts';

describe('times by stage', () => {
  const clocked = () => {
    let at = 0;
    const stages = createStageTimes(() => at);
    return { ...stages, to: (time: number) => (at = time) };
  };

  test('of what is done at once, added up', () => {
    const { take, times, to } = clocked();
    expect(take('classify', () => to(2))).toBe(2);
    to(10);
    take('classify', () => to(13));
    expect(times()).toMatchObject([{ stage: 'classify', first: 0, last: 13, busy: 5, calls: 2 }]);
  });

  test('of a promise until it is settled, either way; the promise is the same', async () => {
    const { take, times, to } = clocked();
    const kept = Promise.resolve('kept').then((text) => {
      to(7);
      return text;
    });
    expect(take('audit', () => kept)).toBe(kept);
    await kept;
    const broken = take('upstream', async () => {
      to(9);
      throw new Error('gone');
    });
    await expect(broken).rejects.toThrow('gone');
    expect(times().map(({ stage, busy }) => [stage, busy])).toEqual([
      ['audit', 7],
      ['upstream', 2],
    ]);
  });

  test('of what overlaps, once', async () => {
    const { take, times, to } = clocked();
    const ends: (() => void)[] = [];
    const waits = [0, 1].map(() => take('upstream', () => new Promise<void>((resolve) => ends.push(resolve))));
    to(5);
    ends[0]?.();
    await waits[0];
    to(8);
    ends[1]?.();
    await waits[1];
    expect(times()).toMatchObject([{ stage: 'upstream', first: 0, last: 8, busy: 8, calls: 2 }]);
  });

  test('of what throws', () => {
    const { take, times, to } = clocked();
    const step = () => {
      to(4);
      throw new Error('no');
    };
    expect(() => take('decide', step)).toThrow('no');
    expect(times()).toMatchObject([{ stage: 'decide', busy: 4 }]);
  });
});

test('what the flow needs is timed, and stays what it was', async () => {
  const calls: string[] = [];
  const note = (name: string) => async () => {
    calls.push(name);
  };
  const deps = {
    upstream: { base: 'https://fhir.example', get: note('get'), write: note('write') },
    consents: { load: note('load'), forget: note('forget') },
    audit: { append: note('append') },
    classify: () => calls.push('classify'),
    policies: { current: () => ({ evaluator: 'e', views: 'v', classify: () => calls.push('classify-now') }), refresh: note('refresh') },
    publicBase: 'https://gateway.example/fhir',
  } as unknown as PipelineDeps;
  const stages: string[] = [];
  const records: string[] = [];
  const timed = timedDeps(
    deps,
    (stage, step) => {
      stages.push(stage);
      return step();
    },
    ({ id }) => records.push(id),
  );
  const record = sampleRecord();
  await timed.upstream.get('Patient/p1');
  await timed.upstream.write({ method: 'DELETE', path: 'Patient/p1' });
  await timed.consents.load([]);
  timed.consents.forget([]);
  await timed.audit.append(record);
  timed.classify({ resourceType: 'Patient' }, {});
  timed.policies.current().classify?.({ resourceType: 'Patient' }, {});
  await timed.policies.refresh?.();
  expect(calls).toEqual(['get', 'write', 'load', 'forget', 'append', 'classify', 'classify-now', 'refresh']);
  expect(stages).toEqual(['upstream', 'upstream', 'consent', 'audit', 'classify', 'classify']);
  expect(records).toEqual([record.id]);
  expect(timed.publicBase).toBe(deps.publicBase);
});

describe('a trace', () => {
  const hung = createServer();
  const start = async (samplePercent = 100) => {
    if (!hung.listening) await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
    return startTraces({ otlpUrl: `http://127.0.0.1:${(hung.address() as AddressInfo).port}/v1/traces`, samplePercent, version: '1' });
  };
  const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

  test.each<[string, unknown, boolean]>([
    ['is the caller’s', `00-${ID}-00f067aa0ba902b7-01`, true],
    ['is the caller’s, of a later version', `cc-${ID}-00f067aa0ba902b7-01-more`, true],
    ['begins anew without one', undefined, false],
    ['begins anew for no id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false],
    ['begins anew for no span', `00-${ID}-${'0'.repeat(16)}-01`, false],
    ['begins anew for what is none', `ff-${ID}-00f067aa0ba902b7-01`, false],
    ['begins anew for two', [`00-${ID}-00f067aa0ba902b7-01`, 'x'].join(','), false],
  ])('%s', async (_, traceparent, same) => {
    const traces = await start(0);
    const trace = traces.begin(traceparent);
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId === ID).toBe(same);
    const told = trace.run(() => traces.traceparent());
    expect(told).toMatch(new RegExp(`^00-${trace.traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-0${same ? 1 : 0}$`));
    expect(traces.traceparent()).toBeUndefined();
    await traces.close();
  });

  test('waits for no collector', async () => {
    const traces = await start();
    const begun = performance.now();
    traces.begin(undefined).end({ method: 'GET', status: 200 }, [], 0);
    expect(performance.now() - begun).toBeLessThan(500);
    await traces.close();
    expect(performance.now() - begun).toBeLessThan(6000);
    hung.closeAllConnections();
    hung.close();
  });
});
