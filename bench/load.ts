/** The load: so many connections, each with one request under way at any time, for so long; every answer read to its end. */
import { createHistogram, performance } from 'node:perf_hooks';
import { Client } from 'undici';
import { argument, serveParent } from './children.ts';

export interface LoadAsked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

/** Latencies in milliseconds. */
export interface LoadSeen {
  readonly requests: number;
  readonly failed: number;
  /** With 429 or 503: the contestant protected itself. */
  readonly refused: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
}

async function load({ url, headers, connections, seconds }: LoadAsked): Promise<LoadSeen> {
  const { origin, pathname, search } = new URL(url);
  const latencies = createHistogram();
  let failed = 0;
  let refused = 0;
  let bytes = 0;
  const started = performance.now();
  const until = started + seconds * 1000;
  const once = (client: Client) =>
    new Promise<void>((resolve, reject) => {
      const sent = performance.now();
      client.dispatch(
        { origin, path: pathname + search, method: 'GET', headers },
        {
          onRequestStart() {},
          onResponseStart(_controller, status) {
            if (status === 429 || status === 503) refused += 1;
            else if (status !== 200) failed += 1;
          },
          onResponseData(_controller, chunk) {
            bytes += chunk.length;
          },
          onResponseEnd() {
            latencies.record(Math.max(1, Math.round((performance.now() - sent) * 1000)));
            resolve();
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  const clients = Array.from({ length: connections }, () => new Client(origin));
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) await once(client);
      await client.close();
    }),
  );
  return {
    requests: latencies.count,
    failed,
    refused,
    seconds: (performance.now() - started) / 1000,
    p50: latencies.percentile(50) / 1000,
    p99: latencies.percentile(99) / 1000,
    bytes,
  };
}

argument();
serveParent('', async () => undefined, load);
