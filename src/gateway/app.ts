/**
 * The HTTP shell: one Fastify application with its doors (`/fhir`, `/audit`, `/admin`, `/docs`, health, metrics). It bounds and
 * cleans what comes in and never says more than a public text when something fails.
 */

import { randomUUID } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { PrivityError } from '../errors.ts';
import { type AdminRoutesOptions, adminRoutes } from './admin-routes.ts';
import { type AuditRoutesOptions, auditRoutes } from './audit-routes.ts';
import { type ConsoleRoutesOptions, consoleRoutes } from './console-routes.ts';
import { describeRoutes } from './describe-routes.ts';
import { type FhirRoutesOptions, fhirRoutes, refuse } from './fhir-routes.ts';
import { type OperationsOptions, operationsRoutes } from './operations-routes.ts';
import { problem } from './problem.ts';
import { securityHeaders } from './security-headers.ts';
import { createShedLoad } from './shed-load.ts';

export interface AppOptions {
  readonly fhir: FhirRoutesOptions;
  readonly audit: AuditRoutesOptions;
  readonly admin: AdminRoutesOptions;
  readonly console: ConsoleRoutesOptions;
  readonly operations: OperationsOptions;
  readonly logger: Logger;
  /** Told of every answer that a token was missing from. */
  readonly onUnauthenticated: () => void;
  readonly limits: { readonly bodyBytes: number; readonly requestsPerMinute: number };
  /** Addresses whose X-Forwarded-For is believed; none by default (threats.md 46). */
  readonly trustedProxies: readonly string[];
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    // URLs hold names and codes of patients: no line a request (threats.md 48).
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    bodyLimit: options.limits.bodyBytes,
    requestTimeout: 120_000,
    routerOptions: { maxParamLength: 8_192 },
    genReqId: (request) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    frameworkErrors: (error, request, reply) => refuseByDoor(request, reply as FastifyReply, frameworkError(error)),
    return503OnClosing: true,
  }) as unknown as FastifyInstance;
  const ofEveryAnswer = {
    ...(await securityHeaders()),
    'cache-control': 'private, no-store',
    vary: 'Authorization, Accept, X-Purpose-Of-Use',
  };
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(ofEveryAnswer).header('x-request-id', request.id);
    done();
  });
  if (options.limits.requestsPerMinute > 0) {
    await app.register(rateLimit, {
      max: options.limits.requestsPerMinute,
      timeWindow: '1 minute',
      errorResponseBuilder: () => new PrivityError('too-many-requests'),
    });
  }
  const isTooMuch = createShedLoad();
  await app.register(underPressure, {
    maxEventLoopDelay: 2_000,
    exposeStatusRoute: false,
    pressureHandler: (_request, _reply, _type, delay) => {
      if (isTooMuch(Number(delay))) throw new PrivityError('too-many-requests');
    },
  });
  acceptBodies(app);
  app.addHook('onResponse', (_request, reply, done) => {
    if (reply.statusCode === 401) options.onUnauthenticated();
    done();
  });
  app.setErrorHandler((error, request, reply) => refuseByDoor(request, reply, frameworkError(error)));
  app.setNotFoundHandler((request, reply) => refuseByDoor(request, reply, new PrivityError('not-found')));
  fhirRoutes(app, options.fhir);
  auditRoutes(app, options.audit);
  adminRoutes(app, options.admin);
  await consoleRoutes(app, options.console);
  operationsRoutes(app, options.operations);
  await describeRoutes(app);
  return app;
}

/** Bodies arrive as text, whatever they claim to be; who needs one parses it himself. Nothing is coerced or dropped. */
function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

function frameworkError(error: unknown): PrivityError {
  if (error instanceof PrivityError) return error;
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode === 413) return new PrivityError('too-large', undefined, { cause: error });
  if (statusCode === 415) return new PrivityError('unsupported-media-type', undefined, { cause: error });
  if (statusCode === 429) return new PrivityError('too-many-requests', undefined, { cause: error });
  if (statusCode === 503) return new PrivityError('shutting-down', undefined, { cause: error });
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH_EXCEEDED')
    return new PrivityError('invalid-url', undefined, { cause: error });
  if (statusCode !== undefined && statusCode < 500) return new PrivityError('invalid-request', undefined, { cause: error });
  return new PrivityError('internal', undefined, { cause: error });
}

function refuseByDoor(request: FastifyRequest, reply: FastifyReply, error: PrivityError): void {
  if ((request.raw.url ?? '').startsWith('/fhir')) refuse(request, reply, error);
  else problem(request, reply, error);
}
