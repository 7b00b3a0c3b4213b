/** `/livez`, `/readyz`, `/metrics`: for whoever runs the gateway. States and counts only. */
import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

export interface OperationsOptions {
  readonly metrics: Metrics;
  /** Each resolves when the part works. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
}

const CHECK_MS = 3_000;

export function operationsRoutes(app: FastifyInstance, { metrics, checks }: OperationsOptions): void {
  app.get('/livez', (_request, reply) => reply.type('application/json').send('{"status":"ok"}'));
  app.get('/readyz', async (_request, reply) => {
    const entries = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await isReady(check)] as const));
    const ready = entries.every(([, ok]) => ok);
    const parts = Object.fromEntries(entries.map(([name, ok]) => [name, ok ? 'ok' : 'unavailable']));
    return reply
      .code(ready ? 200 : 503)
      .type('application/json')
      .send(JSON.stringify({ status: ready ? 'ok' : 'unavailable', parts }));
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}

async function isReady(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS, false);
  });
  const done = check().then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([done, late]);
  clearTimeout(timer);
  return ready;
}
