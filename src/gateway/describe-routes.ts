/** `/openapi.yaml` and `/docs`: the API described. The page is static text and style: no script, so the policy stays strict. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { describeApi } from './describe-api.ts';

const OPENAPI = new URL('../../openapi.yaml', import.meta.url);

export async function describeRoutes(app: FastifyInstance): Promise<void> {
  const yaml = await readFile(OPENAPI, 'utf8');
  const page = describeApi(yaml);
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml; charset=utf-8').send(yaml));
  app.get('/docs', (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .send(page),
  );
}
