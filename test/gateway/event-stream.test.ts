/** Server-sent events: in order, unbuffered, kept alive, and no work for somebody who has gone. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { eventStream, wantsEvents } from '../../src/gateway/event-stream.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function serve(work: (stream: ReturnType<typeof eventStream>, closed: Promise<void>) => Promise<void>, heartbeatMs?: number) {
  app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', async (_request, reply) => void reply.header('x-request-id', 'r1'));
  app.get('/', async (_request, reply) => {
    const closed = new Promise<void>((resolve) => reply.raw.once('close', resolve));
    await work(eventStream(reply, heartbeatMs), closed);
    return reply;
  });
  return app.listen({ host: '127.0.0.1', port: 0 });
}

test('progress, then the result, each as it happens', async () => {
  const told = Promise.withResolvers<void>();
  const url = await serve(async (stream) => {
    stream.progress({ done: 0, total: 2 });
    await told.promise;
    stream.end('result', { text: 'line\nbreak' });
  });
  const response = await fetch(url);
  expect([response.status, response.headers.get('content-type'), response.headers.get('x-request-id')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    'r1',
  ]);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('event: progress\ndata: {"done":0,"total":2}\n\n');
  told.resolve();
  expect((await reader?.read())?.value).toBe('event: result\ndata: {"text":"line\\nbreak"}\n\n');
  expect((await reader?.read())?.done).toBe(true);
});

test('a comment now and then, while nothing else is said', async () => {
  const said = Promise.withResolvers<void>();
  const url = await serve(async (stream) => {
    stream.progress({});
    await said.promise;
    stream.end('result', {});
  }, 20);
  let text = '';
  for await (const chunk of (await fetch(url)).body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if ((text.match(/^: /gm)?.length ?? 0) > 2) said.resolve();
  }
  expect(text).toMatch(/^event: progress\ndata: \{\}\n\n(: [a-z ]+\n\n){3,}event: result\ndata: \{\}\n\n$/);
});

test('of much progress a little', async () => {
  const url = await serve(async (stream) => {
    for (let done = 0; done < 10_000; done++) stream.progress({ done });
    stream.end('result', {});
  });
  const text = await (await fetch(url)).text();
  expect(text.match(/event: progress/g)?.length).toBeLessThan(10);
});

test('writes nothing more to who has gone', async () => {
  let after: boolean | undefined;
  const url = await serve(async (stream, closed) => {
    stream.progress({});
    await closed;
    stream.progress({});
    stream.end('result', {});
    after = stream.started;
  }, 10);
  const gone = new AbortController();
  await fetch(url, { signal: gone.signal });
  gone.abort();
  await expect.poll(() => after).toBe(true);
});

test.each([
  ['text/event-stream', true],
  ['application/json, text/event-stream;q=0.9', true],
  ['application/json', false],
  ['text/event-streams', false],
  [undefined, false],
])('%s asks for events: %s', (accept, wants) => {
  expect(wantsEvents({ headers: accept === undefined ? {} : { accept } } as Parameters<typeof wantsEvents>[0])).toBe(wants);
});
