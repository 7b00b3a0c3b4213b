/**
 * `server.workers`: several processes behind one port (Node's cluster), each a whole gateway, as replicas on several machines are.
 * The first process only keeps them running: one that ends is replaced, and the same that can't start is not tried for ever.
 */
import cluster, { type Worker } from 'node:cluster';
import { answerMetrics } from './worker-metrics.ts';

export interface WorkersOptions {
  readonly count: number;
  /** @param outcome for a log of operations: codes and counts only */
  readonly log: (message: string, outcome: { readonly worker: number; readonly code: number | string }) => void;
}

export interface Workers {
  /** Resolves when every worker listens. @throws Error where one can't start */
  readonly ready: Promise<void>;
  /** Resolves when the workers can't be kept running. */
  readonly failed: Promise<void>;
  /** Each finishes what is in flight, as a gateway alone does. */
  close(): Promise<void>;
}

/** A worker that ends so soon after it began to listen is replaced only after this pause. */
const PAUSE_MS = 1000;

export function startWorkers({ count, log }: WorkersOptions): Workers {
  let closing = false;
  let fail: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = cluster.fork();
      let listened: number | undefined;
      worker.once('listening', () => {
        listened = performance.now();
        resolve();
      });
      worker.once('exit', (code, signal) => {
        if (closing) return;
        log('a worker ended', { worker: worker.id, code: signal ?? code });
        if (listened === undefined) {
          reject(new Error(`a worker could not start (${signal ?? code})`));
          return;
        }
        const pause = performance.now() - listened < PAUSE_MS ? PAUSE_MS : 0;
        setTimeout(() => {
          if (!closing) start().catch(fail);
        }, pause);
      });
    });

  const stopAnswering = answerMetrics();
  const ready = Promise.all(Array.from({ length: count }, start)).then(() => undefined);
  return {
    ready,
    failed,
    async close() {
      closing = true;
      stopAnswering();
      await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => worker && ended(worker)));
    },
  };
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.isDead()) resolve();
    worker.once('exit', () => resolve());
    worker.process.kill('SIGTERM');
  });
}
