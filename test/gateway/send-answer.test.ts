/** Large answers leave in pieces, at the caller's pace, over real sockets: how much waits in the gateway for one who does not read. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { sendAnswer } from '../../src/gateway/send-answer.ts';
import type { Answer } from '../../src/pipeline/answer.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function bundleOf(entries: number): Resource {
  const entry = Array.from({ length: entries }, (_, at) => ({
    resource: { resourceType: 'Basic', id: `b${at}`, text: 'é'.repeat(5_000) },
  }));
  return { resourceType: 'Bundle', type: 'searchset', entry };
}

const LARGE = bundleOf(4_000);
const LARGE_BYTES = Buffer.byteLength(JSON.stringify(LARGE));

async function serve(answer: Answer, stalledMs?: number) {
  const app = Fastify();
  app.all('/', (request, reply) => {
    sendAnswer(request, reply, answer, stalledMs);
    return reply;
  });
  const sockets: Socket[] = [];
  app.server.on('connection', (socket) => sockets.push(socket));
  await app.listen({ host: '127.0.0.1', port: 0 });
  closing.push(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, port, sockets };
}

/** Asks and does not read. */
async function ask(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
  return socket;
}

/** @returns bytes that were there to be read */
async function take(caller: Socket): Promise<number> {
  let taken = 0;
  caller.on('data', (chunk) => {
    taken += chunk.length;
  });
  caller.on('error', () => undefined);
  caller.resume();
  await once(caller, 'close');
  return taken;
}

async function settled(measure: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = measure();
    if (now > 0 && now === before) return now;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a large resource', () => {
  it('arrives whole, with its length', async () => {
    const { url } = await serve({ status: 200, headers: {}, resource: LARGE });
    const reply = await fetch(url);
    expect([reply.status, reply.headers.get('content-length')]).toEqual([200, String(LARGE_BYTES)]);
    expect(reply.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(await reply.json()).toEqual(LARGE);
  });

  it('has the same headers for HEAD, and no body', async () => {
    const { url } = await serve({ status: 200, headers: {}, resource: LARGE });
    const reply = await fetch(url, { method: 'HEAD' });
    expect([reply.status, reply.headers.get('content-length')]).toEqual([200, String(LARGE_BYTES)]);
    expect(await reply.text()).toBe('');
  });

  it('is made at the pace of the caller: what he does not take is not made', async () => {
    const { port, sockets } = await serve({ status: 200, headers: {}, resource: LARGE });
    const caller = await ask(port);
    const waiting = await settled(() => sockets[0]?.writableLength ?? 0);
    expect(waiting).toBeLessThan(1_000_000);
    expect((sockets[0]?.bytesWritten ?? 0) + waiting).toBeLessThan(LARGE_BYTES);
    expect(await take(caller)).toBeGreaterThan(LARGE_BYTES);
  });

  it('is not kept for a caller who takes nothing for long', async () => {
    const { port, sockets } = await serve({ status: 200, headers: {}, resource: LARGE }, 300);
    const caller = await ask(port);
    await expect.poll(() => sockets[0]?.destroyed).toBe(true);
    expect(await take(caller)).toBeLessThan(LARGE_BYTES);
  });
});

describe('a file', () => {
  const slow = (pieces: number, ms: number) => {
    const seen = { closed: 0 };
    async function* chunks() {
      for (let at = 0; at < pieces; at += 1) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        yield `${at}\n`;
      }
    }
    const stream = { type: 'application/fhir+ndjson', chunks: chunks(), close: () => (seen.closed += 1) };
    return { answer: { status: 200, headers: {}, stream } as Answer, seen };
  };

  it('that takes the gateway long is waited for', async () => {
    const { answer, seen } = slow(3, 400);
    const { url } = await serve(answer, 150);
    expect(await (await fetch(url)).text()).toBe('0\n1\n2\n');
    expect(seen.closed).toBe(1);
  });

  it('is not read for HEAD', async () => {
    const { answer, seen } = slow(3, 400);
    const { url } = await serve(answer);
    expect(await (await fetch(url, { method: 'HEAD' })).text()).toBe('');
    expect(seen.closed).toBe(1);
  });
});

describe('what the caller has', () => {
  const resource: Resource = { resourceType: 'Basic', id: 'b1' };
  it.each([
    ['W/"2"', 304],
    ['"2"', 304],
    ['"1", W/"2"', 304],
    ['W/"1"', 200],
    ['*', 200],
  ])('If-None-Match: %s', async (known, status) => {
    const { url } = await serve({ status: 200, headers: { etag: 'W/"2"' }, resource });
    const reply = await fetch(url, { headers: { 'if-none-match': known } });
    expect(reply.status).toBe(status);
    expect(await reply.text()).toBe(status === 304 ? '' : JSON.stringify(resource));
  });
});
