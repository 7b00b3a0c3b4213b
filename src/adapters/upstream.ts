/**
 * The FHIR server behind the gateway (design.md section 5): pooled keep-alive connections, one deadline and one size limit
 * for every exchange, JSON only, no redirects, the gateway's own credentials. Nothing of the caller's request but the
 * path that the flow built reaches it (threats.md 31, 46), and what comes back is read or refused.
 */
import { type Dispatcher, Pool } from 'undici';
import type { UpstreamConfig } from '../config.ts';
import { PrivityError } from '../errors.ts';
import type { CallerSignal, Clock, Upstream, UpstreamAnswer } from '../ports.ts';
import { createKnownTexts } from './known-texts.ts';
import { readUpstreamAnswer } from './upstream-answer.ts';
import { createUpstreamCredentials } from './upstream-auth.ts';
import { createBreaker, type ExchangeOutcome } from './upstream-breaker.ts';
import { Cancel, type Exchanged, exchangeText } from './upstream-exchange.ts';
import { upstreamPath } from './upstream-path.ts';
import { createTurns } from './upstream-turns.ts';

export interface UpstreamOptions {
  /** Asks caches on the way for a fresh answer: for Consents (design.md section 5). */
  readonly noCache?: boolean;
}

export interface UpstreamClient extends Upstream {
  get(path: string, signal?: CallerSignal, options?: UpstreamOptions): Promise<UpstreamAnswer>;
  /** Search by POST, for queries longer than a URL may be. @param form decoded pairs */
  search(
    type: string,
    form: readonly (readonly [string, string])[],
    signal?: CallerSignal,
    options?: UpstreamOptions,
  ): Promise<UpstreamAnswer>;
  /** Lets requests in flight finish, then closes every connection. */
  close(): Promise<void>;
}

interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  /** Of the body. */
  readonly contentType?: string;
  readonly ifMatch?: string;
  /** Changes something: sent once, whatever happens. */
  readonly writes?: boolean;
  readonly options?: UpstreamOptions;
}

const RESET: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
const TIMEOUT: ReadonlySet<unknown> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/** A proxy's way to say that nobody is there: counts as a failure of the upstream. */
const ABSENT: ReadonlySet<number> = new Set([502, 503, 504]);
/** The upstream is there, and refuses the gateway: too many requests, or its credentials. */
const REFUSING: ReadonlySet<number> = new Set([401, 429]);

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** @param timedOut the gateway's own deadline passed */
function toPrivityError(error: unknown, timedOut: boolean): PrivityError {
  if (error instanceof PrivityError) return error;
  const code = codeOf(error);
  if (timedOut || TIMEOUT.has(code)) return new PrivityError('upstream-timeout', undefined, { cause: error });
  // The caller asked for nothing too large; and what is too large may be withheld.
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new PrivityError('upstream-invalid', undefined, { cause: error });
  return new PrivityError('upstream-unavailable', undefined, { cause: error });
}

/**
 * To HAPI FHIR, which otherwise adds the labels of a version to those of the next one: what was decided on is kept, no less and no
 * more. Others do not know it, and have nothing to change.
 */
const AS_SENT = 'TAG, PROFILE, SECURITY_LABEL';

export interface UpstreamDeps {
  readonly clock: Clock;
  /** Replaces the pool in tests. */
  readonly dispatcher?: Dispatcher;
  /** Trace that an exchange belongs to (W3C Trace Context); absent: none is told. */
  readonly traceparent?: () => string | undefined;
  /** Told of each exchange. @param result class of the status (`2xx`), or the code of what went wrong */
  readonly onExchange?: (method: string, result: string, seconds: number) => void;
}

/** @param config the `upstream` section */
export function createUpstream(config: UpstreamConfig, deps: UpstreamDeps): UpstreamClient {
  const { origin, pathname } = new URL(config.url);
  const basePath = pathname.replace(/\/+$/, '');
  const pool =
    deps.dispatcher ??
    new Pool(origin, {
      connections: config.connections,
      connect: { timeout: config.connectTimeoutMs },
      headersTimeout: config.timeoutMs,
      bodyTimeout: config.timeoutMs,
      keepAliveTimeout: 30_000,
      maxResponseSize: config.maxResponseBytes,
      allowH2: false,
    });
  const breaker = createBreaker(config.breaker, deps.clock);
  const credentials = createUpstreamCredentials(config.auth, { clock: deps.clock });
  const known = createKnownTexts();
  const turns = createTurns();

  async function send(
    { method, path, body, contentType = 'application/x-www-form-urlencoded', ifMatch, writes, options }: Exchange,
    cancel: Cancel,
  ): Promise<{ given: Exchanged; authorization: string | undefined }> {
    const authorization = await credentials.authorization();
    const headers: Record<string, string> = { accept: 'application/fhir+json', 'accept-encoding': 'identity', prefer: 'handling=strict' };
    if (authorization !== undefined) headers.authorization = authorization;
    if (options?.noCache === true) headers['cache-control'] = 'no-cache';
    if (body !== undefined) headers['content-type'] = contentType;
    if (writes === true && body !== undefined) headers['x-meta-snapshot-mode'] = AS_SENT;
    const traceparent = deps.traceparent?.();
    if (traceparent !== undefined) headers.traceparent = traceparent;
    if (ifMatch !== undefined) headers['if-match'] = `W/"${ifMatch}"`;
    const given = await exchangeText(pool, { origin, method, path, headers, ...(body === undefined ? {} : { body }) }, cancel);
    return { given, authorization };
  }

  /** Once more where the connection was cut and nothing was to be written, and once more with a new token. */
  async function sendTwiceAtMost(exchange: Exchange, cancel: Cancel): Promise<Exchanged> {
    let reply: Awaited<ReturnType<typeof send>>;
    try {
      reply = await send(exchange, cancel);
      if (reply.given.status === 401 && credentials.refused(reply.authorization)) reply = await send(exchange, cancel);
    } catch (error) {
      if (exchange.writes === true || cancel.reason !== undefined || !RESET.has(codeOf(error))) throw error;
      reply = await send(exchange, cancel);
    }
    return reply.given;
  }

  /** Its turn may come late, when the gateway has much to do: that is no matter of the upstream's. */
  async function read({ status, headers, text }: Exchanged, cancel: Cancel): Promise<UpstreamAnswer> {
    await turns(text.length);
    if (cancel.reason !== undefined) throw cancel.reason;
    return readUpstreamAnswer(status, headers, text, known);
  }

  async function exchange(what: Exchange, caller?: CallerSignal): Promise<UpstreamAnswer> {
    breaker.enter();
    const began = performance.now();
    let result = 'failed';
    let outcome: ExchangeOutcome = 'failed';
    let timedOut = false;
    const cancel = new Cancel();
    const abort = () => cancel.cancel(new Error('given up'));
    const timer = setTimeout(() => {
      timedOut = true;
      abort();
    }, config.timeoutMs);
    if (caller?.aborted === true) abort();
    caller?.addEventListener('abort', abort, { once: true });
    try {
      const given = await sendTwiceAtMost(what, cancel);
      clearTimeout(timer);
      const answer = await read(given, cancel);
      result = `${Math.floor(answer.status / 100)}xx`;
      if (ABSENT.has(answer.status)) throw new Error(`upstream answered ${answer.status}`);
      outcome = 'answered';
      if (REFUSING.has(answer.status)) throw new Error(`upstream answered ${answer.status}`);
      return answer;
    } catch (error) {
      const known = toPrivityError(error, timedOut);
      result = known.code;
      if (known.code === 'upstream-invalid') outcome = 'answered';
      else if (caller?.aborted === true && !timedOut) outcome = 'abandoned';
      throw known;
    } finally {
      clearTimeout(timer);
      caller?.removeEventListener('abort', abort);
      breaker.leave(outcome);
      deps.onExchange?.(what.method, result, (performance.now() - began) / 1000);
    }
  }

  return {
    base: config.url,
    async get(path, signal, options) {
      return exchange({ method: 'GET', path: upstreamPath(basePath, path), ...(options === undefined ? {} : { options }) }, signal);
    },
    async search(type, form, signal, options) {
      const path = upstreamPath(basePath, `${type}/_search`);
      const body = new URLSearchParams(form.map(([name, value]) => [name, value])).toString();
      return exchange({ method: 'POST', path, body, ...(options === undefined ? {} : { options }) }, signal);
    },
    write: ({ method, path, resource, ifMatch }) =>
      exchange({
        method,
        path: upstreamPath(basePath, path),
        writes: true,
        contentType: 'application/fhir+json',
        ...(resource === undefined ? {} : { body: JSON.stringify(resource) }),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      }),
    close: () => pool.close(),
  };
}
