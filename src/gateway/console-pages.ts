/**
 * `/console/`: the page as Vite built it (dist/console), under a policy without exceptions (CSP Level 3): scripts and
 * connections of this origin alone; style sheets made in the page carry a nonce that is new in every answer.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PrivityError } from '../errors.ts';
import { problem } from './problem.ts';

const BUILT = fileURLToPath(new URL('../../dist/console/', import.meta.url));
/** As vite.config.ts writes it. */
const NONCE = 'PRIVITY_NONCE';
const NOT_BUILT = `The console is not built. It is built by "npm ci" where the development dependencies are installed,
and by "npm run build:console". Everything else of the gateway works without it.
`;

function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export async function consolePages(app: FastifyInstance, built: string = BUILT): Promise<void> {
  if (!existsSync(`${built}index.html`)) {
    for (const path of ['/console', '/console/*']) {
      app.get(path, (_request, reply) => reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
    }
    return;
  }
  const page = readFileSync(`${built}index.html`, 'utf8');
  await app.register(fastifyStatic, {
    root: `${built}assets`,
    prefix: '/console/assets/',
    immutable: true,
    maxAge: '365d',
    preCompressed: true,
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
  });
  app.get('/console', (_request, reply) => reply.redirect('/console/', 308));
  app.get('/console/*', (request: FastifyRequest, reply: FastifyReply) => {
    const path = (request.params as { '*': string })['*'];
    if (path.startsWith('api/')) return problem(request, reply, new PrivityError('not-found'));
    const nonce = randomBytes(18).toString('base64');
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policyOf(nonce)).send(page.replaceAll(NONCE, nonce));
  });
}
