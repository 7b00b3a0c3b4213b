/**
 * Prometheus metrics counted in plain numbers: prom-client's own make and hash an object for every observation, which together
 * would be among the dearest parts of a short request. It still names and writes them.
 */
import type { Counter, Registry } from 'prom-client';

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Observations that fall in each bucket, and beyond the last. */
  readonly counts: number[];
  sum: number;
}

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds, in seconds, ascending. */
  readonly buckets: readonly number[];
}

/** @returns takes an observation in seconds; values of the labels in the order of their names, out of closed sets */
export function histogramOf(
  registry: Registry,
  { name, help, labelNames, buckets }: HistogramOptions,
): (values: readonly string[], seconds: number) => void {
  const series = new Map<string, Series>();

  const told = () =>
    [...series.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const rows = counts.map((count, index) => {
        total += count;
        return { metricName: `${name}_bucket`, labels: { le: buckets[index] ?? '+Inf', ...labels }, value: total };
      });
      return [...rows, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: total }];
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

  return (values, seconds) => {
    const key = values.length === 1 ? (values[0] as string) : values.join('\n');
    let known = series.get(key);
    if (known === undefined) {
      const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? '']));
      known = { labels, counts: new Array(buckets.length + 1).fill(0), sum: 0 };
      series.set(key, known);
    }
    let index = 0;
    while (index < buckets.length && seconds > (buckets[index] as number)) index += 1;
    known.counts[index] = (known.counts[index] ?? 0) + 1;
    known.sum += seconds;
  };
}

/** @returns counts one; values of the labels in the order of their names, out of closed sets */
export function countBy<Label extends string>(counter: Counter<Label>, labelNames: readonly Label[]): (values: readonly string[]) => void {
  const children = new Map<string, Counter.Internal>();
  return (values) => {
    const key = values.join('\n');
    let child = children.get(key);
    if (child === undefined) {
      const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ''])) as Record<Label, string>;
      child = counter.labels(labels);
      children.set(key, child);
    }
    child.inc();
  };
}
