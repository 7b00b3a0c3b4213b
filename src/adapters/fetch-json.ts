/**
 * A small bounded JSON exchange with an issuer (keys, introspection, tokens): one deadline, one size limit, no redirects
 * (a redirect would let whoever answers choose the source of keys), no relayed headers.
 */
import { Agent, type Dispatcher, request } from 'undici';

export interface JsonExchange {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For tests; default an agent of this module with the limits above. */
  readonly dispatcher?: Dispatcher;
}

const TIMEOUT_MS = 5000;
const MAX_BYTES = 262_144;
const agent = new Agent({ connections: 8, maxResponseSize: MAX_BYTES, allowH2: false, connect: { timeout: TIMEOUT_MS } });

/**
 * @returns the parsed object of a 200 answer
 * @throws Error of any kind where there is none; whoever asks decides what that means
 */
export async function fetchJson({
  url,
  method = 'GET',
  headers,
  body,
  dispatcher = agent,
}: JsonExchange): Promise<Readonly<Record<string, unknown>>> {
  const answer = await request(url, {
    method,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    ...(body === undefined ? {} : { body }),
    dispatcher,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${new URL(url).origin} answered ${answer.statusCode}`);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${new URL(url).origin} answered no JSON object`);
  return value as Readonly<Record<string, unknown>>;
}

/** HTTP Basic with the encoding of RFC 6749 section 2.3.1. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`;
}
