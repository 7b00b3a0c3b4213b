/** Refusals of every door but `/fhir`: problem details (RFC 9457). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PrivityError } from '../errors.ts';
import { problemDetails } from './operation-outcome.ts';

export function problem(request: FastifyRequest, reply: FastifyReply, error: PrivityError): void {
  if (error.kind.status >= 500) request.log.error({ code: error.code }, 'refused');
  if (error.code === 'login') reply.header('www-authenticate', 'Bearer realm="privity"');
  if (error.kind.status === 503 || error.kind.status === 429) reply.header('retry-after', '5');
  reply
    .code(error.kind.status)
    .type('application/problem+json')
    .send(JSON.stringify(problemDetails(error)));
}
