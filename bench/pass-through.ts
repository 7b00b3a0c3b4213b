/** Doing nothing at all: Fastify in front, undici behind; with `json`, the body is parsed and written anew in between. */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { Pool } from 'undici';
import { argument, serveParent } from './children.ts';

const { upstream, json = false } = argument<{ upstream: string; json?: boolean }>();
const pool = new Pool(new URL(upstream).origin, { connections: 64 });
const app = fastify({ logger: false });
app.get('/*', async (request, reply) => {
  const { statusCode, headers, body } = await pool.request({ method: 'GET', path: request.raw.url ?? '/' });
  reply.code(statusCode).header('content-type', headers['content-type']);
  if (headers.etag !== undefined) reply.header('etag', headers.etag);
  // Buffered: at these sizes it is faster than handing the stream on.
  return reply.send(json ? JSON.stringify(JSON.parse(await body.text())) : Buffer.from(await body.arrayBuffer()));
});
await app.listen({ host: '127.0.0.1', port: 0 });
serveParent(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/fhir`, () => app.close());
