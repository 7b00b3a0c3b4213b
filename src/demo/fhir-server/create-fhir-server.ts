/**
 * An in-memory FHIR R4 server for the demo and the tests: the upstream behind the gateway. It gives whatever is asked for, as the
 * servers in use do; what the gateway withholds, it withholds itself. Faults can be switched on while it runs, and what was
 * asked of it can be read.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Resource } from '../../fhir/resource.ts';
import type { Answer, Exchange, ServerContext } from './exchange.ts';
import { FhirError, operationOutcome, outcomeOf } from './fhir-error.ts';
import { interact } from './interact.ts';
import { Pages } from './pages.ts';
import { Store } from './store.ts';

export interface FhirServerOptions {
  readonly resources?: Iterable<Resource>;
  /** Base URL for links and fullUrls; default: the address that it listens on, with `/fhir`. Its path is where requests are taken. */
  readonly base?: string;
  /** Entries on a page without and at most with `_count`. */
  readonly defaultCount?: number;
  readonly maxCount?: number;
  readonly referentialIntegrity?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly newId?: () => string;
}

/** What goes wrong, for the requests that `match` picks, at most `times` times. */
export interface Fault {
  readonly match?: (request: RecordedRequest) => boolean;
  readonly times?: number;
  readonly delayMs?: number;
  /** The connection is closed without an answer. */
  readonly drop?: boolean;
  /** The connection is closed in the middle of the answer. */
  readonly cut?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body instead of FHIR; with `status` 200 unless given. */
  readonly garbage?: string;
}

export interface RecordedRequest {
  readonly method: string;
  /** Path and query as they came: `/fhir/Patient?_id=1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface FhirServer {
  /** Base URL once it listens. */
  readonly url: string;
  readonly store: Store;
  /** The newest thousand. */
  readonly requests: RecordedRequest[];
  /** Change it at any time. */
  faults: Fault[];
  /** @returns the base URL; port 0 picks a free one */
  listen(address?: { port?: number; host?: string }): Promise<string>;
  close(): Promise<void>;
}

const FHIR_JSON = 'application/fhir+json; charset=utf-8';
const KEPT_REQUESTS = 1000;
const BODY_LIMIT = 64 * 1024 * 1024;

function parseBody(raw: Buffer | undefined, contentType: string): unknown {
  if (raw === undefined || raw.length === 0 || !/json/.test(contentType)) return undefined;
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new FhirError(400, 'structure', 'Failed to parse the body as JSON');
  }
}

function exchangeOf({ method, url, headers }: RecordedRequest, raw: Buffer | undefined, root: string): Exchange {
  const cut = url.indexOf('?');
  const pathname = cut < 0 ? url : url.slice(0, cut);
  if (pathname !== root && !pathname.startsWith(`${root}/`)) throw new FhirError(404, 'not-found', 'Nothing here');
  const path = pathname
    .slice(root.length)
    .split('/')
    .filter((step) => step !== '')
    .map(decodeURIComponent);
  const query = [...new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1))];
  const format = query.find(([name]) => name === '_format')?.[1] ?? headers.accept ?? '';
  if (/xml|turtle/.test(format) && !/json|\*\/\*|html/.test(format)) throw new FhirError(406, 'not-supported', 'Only JSON is given');
  return { method, path, query, headers, raw, body: parseBody(raw, headers['content-type'] ?? 'json') };
}

function send(reply: FastifyReply, { status, headers = {}, body, bytes }: Answer): FastifyReply {
  reply.code(status).headers(headers);
  if (bytes !== undefined) return reply.send(bytes);
  return body === undefined ? reply.send() : reply.header('content-type', FHIR_JSON).send(JSON.stringify(body));
}

/** What Fastify itself refuses: a malformed URL, a body that is too large. */
function refusalOf(error: FastifyError): Answer {
  return outcomeOf(new FhirError(error.statusCode ?? 400, 'invalid', error.message));
}

function sendFault(reply: FastifyReply, fault: Fault): FastifyReply {
  if (fault.drop === true || fault.cut === true) {
    reply.hijack();
    if (fault.cut === true)
      reply.raw.writeHead(200, { 'content-type': FHIR_JSON, 'content-length': '4096' }).write('{"resourceType":"Bundle",');
    setImmediate(() => reply.raw.destroy());
    return reply;
  }
  const status = fault.status ?? 200;
  const body =
    fault.garbage ?? JSON.stringify(operationOutcome('error', 'exception', `HAPI-0389: Failed to call access method (${status})`));
  return reply
    .code(status)
    .headers({ 'content-type': FHIR_JSON, ...fault.headers })
    .send(body);
}

class Server implements FhirServer {
  readonly store: Store;
  readonly requests: RecordedRequest[] = [];
  faults: Fault[] = [];
  readonly #app = Fastify({
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => send(reply, refusalOf(error)),
  });
  readonly #context: ServerContext;
  readonly #used = new WeakMap<Fault, number>();
  readonly #root: string;
  readonly #ownBase: boolean;
  #base: string;

  constructor(options: FhirServerOptions) {
    this.#base = options.base ?? 'http://127.0.0.1/fhir';
    this.#ownBase = options.base === undefined;
    this.#root = new URL(this.#base).pathname.replace(/\/$/, '');
    const base = () => this.#base;
    const now = options.now ?? Date.now;
    this.store = new Store(base, now);
    this.#context = {
      store: this.store,
      pages: new Pages(base, options.defaultCount ?? 20, options.maxCount ?? 1000),
      base,
      now,
      referentialIntegrity: options.referentialIntegrity ?? false,
      newId: options.newId ?? randomUUID,
    };
    for (const resource of options.resources ?? []) this.store.load(resource);
    this.#app.removeAllContentTypeParsers();
    this.#app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.#app.setErrorHandler<FastifyError>((error, _request, reply) => send(reply, refusalOf(error)));
    this.#app.all('/*', (request, reply) => this.#handle(request, reply));
  }

  get url(): string {
    return this.#base;
  }

  async listen({ port = 0, host = '127.0.0.1' } = {}): Promise<string> {
    const address = await this.#app.listen({ port, host });
    if (this.#ownBase) this.#base = `${address}${this.#root}`;
    return this.#base;
  }

  close(): Promise<void> {
    return this.#app.close();
  }

  async #handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const raw = request.body as Buffer | undefined;
    const headers = request.headers as Record<string, string | undefined>;
    const recorded: RecordedRequest = { method: request.method, url: request.raw.url ?? '/', headers, body: raw?.toString() ?? '' };
    this.requests.push(recorded);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
    const fault = this.#faultFor(recorded);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    const replaces = fault !== undefined && (fault.drop || fault.cut || fault.status !== undefined || fault.garbage !== undefined);
    if (replaces) return sendFault(reply, fault);
    try {
      return send(reply, interact(this.#context, exchangeOf(recorded, raw, this.#root)));
    } catch (error) {
      return send(reply, outcomeOf(error));
    }
  }

  #faultFor(request: RecordedRequest): Fault | undefined {
    const fault = this.faults.find(
      (each) => (this.#used.get(each) ?? 0) < (each.times ?? Number.POSITIVE_INFINITY) && (each.match?.(request) ?? true),
    );
    if (fault !== undefined) this.#used.set(fault, (this.#used.get(fault) ?? 0) + 1);
    return fault;
  }
}

export function createFhirServer(options: FhirServerOptions = {}): FhirServer {
  return new Server(options);
}
