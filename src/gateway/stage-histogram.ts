/**
 * Time by stage as a Prometheus histogram, counted in plain arrays: prom-client's own makes and hashes an object for every
 * observation, which would be the dearest part of a short request's eight.
 */
import type { Registry } from 'prom-client';
import type { StageTime } from '../adapters/telemetry-stages.ts';
import type { Stage } from '../ports.ts';

interface Series {
  /** Observations that fall in each bucket, and beyond the last. */
  readonly counts: number[];
  sum: number;
}

/** @param buckets upper bounds, in seconds, ascending */
export function stageHistogram(
  registry: Registry,
  name: string,
  help: string,
  buckets: readonly number[],
): (times: readonly StageTime[]) => void {
  const series = new Map<Stage, Series>();
  const milliseconds = buckets.map((seconds) => seconds * 1000);

  const told = () =>
    [...series].flatMap(([stage, { counts, sum }]) => {
      let total = 0;
      const rows = counts.map((count, index) => {
        total += count;
        return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf', stage }, value: total };
      });
      return [
        ...rows,
        { metricName: `${name}_sum`, labels: { stage }, value: sum / 1000 },
        { metricName: `${name}_count`, labels: { stage }, value: total },
      ];
    });
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: told() }),
    reset: () => series.clear(),
  };
  registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);

  return (times) => {
    for (const { stage, busy } of times) {
      let known = series.get(stage);
      if (known === undefined) {
        known = { counts: new Array(buckets.length + 1).fill(0), sum: 0 };
        series.set(stage, known);
      }
      let index = 0;
      while (index < milliseconds.length && busy > (milliseconds[index] as number)) index += 1;
      known.counts[index] = (known.counts[index] ?? 0) + 1;
      known.sum += busy;
    }
  };
}
