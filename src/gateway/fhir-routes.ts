/**
 * `/fhir/*`: HTTP to a FhirRequest and its Answer back to HTTP. Decides nothing about data; every refusal after a valid
 * token is in the log before it leaves.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PrivityError } from '../errors.ts';
import { type Interaction, readInteraction } from '../fhir/interaction.ts';
import { readPairs } from '../fhir/query-pairs.ts';
import type { Answer } from '../pipeline/answer.ts';
import { isExport } from '../pipeline/export/answer-export.ts';
import type { PipelineDeps } from '../pipeline/session.ts';
import { answer } from '../pipeline.ts';
import type { Clock, TakeTime } from '../ports.ts';
import type { Requester } from '../requester/requester.ts';
import { type Authentication, requesterOf, type Verified, verifyToken } from './authenticate.ts';
import { callerGone } from './caller-gone.ts';
import { capabilityStatement } from './capability-statement.ts';
import { eventId } from './event-id.ts';
import type { Metrics } from './metrics.ts';
import { negotiate } from './negotiate.ts';
import { operationOutcome } from './operation-outcome.ts';
import { refusalRecord } from './refusal-record.ts';
import { FHIR_JSON, sendAnswer } from './send-answer.ts';
import { type SmartIssuer, smartConfiguration } from './smart-configuration.ts';
import type { Watch } from './watch-requests.ts';

export interface FhirRoutesOptions {
  readonly pipeline: PipelineDeps;
  readonly authentication: Authentication;
  readonly issuers: readonly SmartIssuer[];
  readonly release: { readonly version: string; readonly date: string };
  readonly metrics: Metrics;
  /** By the caller's traceparent; absent, or without an answer: nobody wants to know. */
  readonly watch?: (traceparent: unknown) => Watch | undefined;
}

export function fhirRoutes(app: FastifyInstance, options: FhirRoutesOptions): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const started = performance.now();
    const watch = options.watch?.(request.headers.traceparent);
    try {
      const given = await (watch === undefined ? handle(options, request, reply) : watched(options, request, reply, watch));
      sendAnswer(request, reply, given);
    } catch (error) {
      refuse(request, reply, error);
    }
    options.metrics.observe(request.method, reply.statusCode, (performance.now() - started) / 1000);
    watch?.end(request.method, reply.statusCode);
    return reply;
  };
  for (const url of ['/fhir', '/fhir/*']) app.all(url, handler);
}

function watched(options: FhirRoutesOptions, request: FastifyRequest, reply: FastifyReply, watch: Watch): Promise<Answer> {
  const { pipeline, traceId, run } = watch;
  if (traceId !== undefined) originOf(pipeline.clock, request, traceId);
  return run(() => handle({ ...options, pipeline }, request, reply));
}

const untimed: TakeTime = (_, step) => step();

async function handle(options: FhirRoutesOptions, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
  const open = openDoor(options, request);
  if (open !== undefined) return open;
  const { timed = untimed } = options.pipeline;
  const verified = await timed('authenticate', () => verifyToken(options.authentication, request.raw));
  const admitted = await timed('gate', () => admit(options, request, verified));
  return answer(options.pipeline, { ...admitted, ...originOf(options.pipeline.clock, request), signal: callerGone(reply.raw) });
}

/** What anyone may know: that this is a FHIR server, and where its tokens come from. */
function openDoor({ pipeline, release, issuers }: FhirRoutesOptions, request: FastifyRequest): Answer | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const [path, query = ''] = (request.raw.url ?? '').split('?');
  if (path === '/fhir/metadata') {
    negotiate(request.headers.accept, readPairs(query), false);
    return {
      status: 200,
      headers: {},
      resource: capabilityStatement({
        publicBase: pipeline.publicBase,
        refusedWrites: pipeline.writes.rights.refused,
        ...release,
      }),
    };
  }
  if (path !== '/fhir/.well-known/smart-configuration') return undefined;
  const bytes = Buffer.from(JSON.stringify(smartConfiguration(issuers)));
  return { status: 200, headers: {}, content: { type: 'application/json', bytes } };
}

interface Admitted {
  readonly requester: Requester;
  readonly interaction: Interaction;
  readonly raw: boolean;
  readonly respondAsync: boolean;
  readonly prefer?: 'minimal' | 'representation' | 'OperationOutcome';
}

/** From here on the caller is known: what is refused is logged as theirs (threats.md 49). */
async function admit(options: FhirRoutesOptions, request: FastifyRequest, verified: Verified): Promise<Admitted> {
  let requester: Requester | undefined;
  try {
    requester = requesterOf(options.authentication, verified, request.raw.headersDistinct);
    const interaction = interactionOf(request);
    const binary = interaction.kind === 'read' && interaction.type === 'Binary';
    // A file of an export is lines of FHIR JSON, whatever its name is where it is asked for.
    const lines = interaction.kind === 'operation' && isExport(interaction);
    const { named } = negotiate(request.headers.accept, 'parameters' in interaction ? interaction.parameters : [], binary || lines);
    const wishes = String(request.headers.prefer ?? '');
    const prefer = /(?:^|[,;\s])return=(minimal|representation|OperationOutcome)\b/.exec(wishes)?.[1];
    const respondAsync = /(?:^|[,;\s])respond-async\b/.test(wishes);
    return {
      requester,
      interaction,
      raw: binary && !named,
      respondAsync,
      ...(prefer === undefined ? {} : { prefer: prefer as 'minimal' }),
    };
  } catch (error) {
    const refused = error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
    await options.pipeline.audit.append(
      refusalRecord(options.pipeline.clock, originOf(options.pipeline.clock, request), verified, requester, refused),
    );
    throw refused;
  }
}

function interactionOf(request: FastifyRequest): Interaction {
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [contentType, ifMatch, ifNoneExist] = [header('content-type'), header('if-match'), header('if-none-exist')];
  return readInteraction({
    method: request.method,
    url: (request.raw.url ?? '').slice('/fhir'.length),
    ...(contentType === undefined ? {} : { contentType }),
    ...(typeof request.body === 'string' ? { body: request.body } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  });
}

interface Origin {
  readonly id: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly address: string;
}

const origins = new WeakMap<FastifyRequest, Origin>();

/** @param traced id of the trace that the gateway itself takes part in; else the one that the caller named */
function originOf(clock: Clock, request: FastifyRequest, traced?: string): Origin {
  const known = origins.get(request);
  if (known !== undefined) return known;
  const trace = traced ?? /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(String(request.headers.traceparent ?? ''))?.[1];
  const origin: Origin = {
    id: eventId(clock),
    requestId: request.id,
    address: request.ip,
    ...(trace === undefined ? {} : { traceId: trace }),
  };
  origins.set(request, origin);
  return origin;
}

/** The caller reads a code and a public text; the cause goes to the log of operations, as a code and a class name. */
export function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
  const refused = error instanceof PrivityError ? error : new PrivityError('internal', undefined, { cause: error });
  if (refused.kind.status >= 500) request.log.error({ code: refused.code, cause: causeName(refused) }, 'refused');
  if (refused.code === 'login') reply.header('www-authenticate', 'Bearer realm="fhir", error="invalid_token"');
  if (refused.kind.status === 503 || refused.kind.status === 429) reply.header('retry-after', '5');
  reply
    .code(refused.kind.status)
    .type(FHIR_JSON)
    .send(JSON.stringify(operationOutcome(refused)));
}

/** Class and code only: messages of libraries quote what they could not read. */
function causeName(error: PrivityError): string | undefined {
  const cause = error.cause;
  if (!(cause instanceof Error)) return undefined;
  const place = cause.stack
    ?.split('\n')
    .find((line) => line.includes('/src/'))
    ?.trim();
  return [cause.name, (cause as { code?: string }).code, place].filter(Boolean).join(' ');
}
