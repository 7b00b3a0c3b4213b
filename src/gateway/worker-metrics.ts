/**
 * `/metrics` of several workers: whichever is asked, the answer is of all of them. A worker asks the first process, which asks every
 * worker and adds up (prom-client's aggregation).
 */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

interface Question {
  readonly type: 'privity:metrics';
  readonly id: number;
}

interface Answer {
  readonly type: 'privity:metrics-text';
  readonly id: number;
  /** Absent: not every worker answered in time. */
  readonly text?: string;
}

let asked = 0;

/** @returns what writes the metrics of all workers, or of this process where it is the only one */
export function metricsText(registry: Registry): () => Promise<string> {
  const { worker } = cluster;
  if (worker === undefined) return () => registry.metrics();
  AggregatorRegistry.setRegistries([registry]);
  // Makes this worker answer when it is asked for its own.
  void new AggregatorRegistry();
  return () =>
    new Promise((resolve, reject) => {
      asked += 1;
      const question: Question = { type: 'privity:metrics', id: asked };
      const heard = (message: Answer) => {
        if (message?.type !== 'privity:metrics-text' || message.id !== question.id) return;
        worker.off('message', heard);
        if (message.text === undefined) reject(new Error('a worker did not answer'));
        else resolve(message.text);
      };
      worker.on('message', heard);
      worker.send(question);
    });
}

/** In the first process. @returns what ends it */
export function answerMetrics(): () => void {
  const all = new AggregatorRegistry();
  const heard = async (worker: Worker, message: Question) => {
    if (message?.type !== 'privity:metrics') return;
    const text = await all.clusterMetrics().catch(() => undefined);
    const answer: Answer = { type: 'privity:metrics-text', id: message.id, ...(text === undefined ? {} : { text }) };
    if (worker.isConnected()) worker.send(answer);
  };
  cluster.on('message', heard);
  return () => cluster.off('message', heard);
}
