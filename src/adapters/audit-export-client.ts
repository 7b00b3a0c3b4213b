/**
 * The repository's side of the line (IHE ITI-20): sends events as one batch, or one by one, with credentials as the upstream's,
 * within a deadline and a size, following no redirect. Says of each event what became of it, or that nobody can know.
 */
import { Agent, request } from 'undici';
import { batchOf, type EventAnswer, issueCode, noneWithTag, readBatchAnswer, type SentEvent } from '../audit/export-batch.ts';
import { readRetryAfter } from '../audit/export-pause.ts';
import type { UpstreamAuth } from '../config.ts';
import type { Clock } from '../ports.ts';
import { createUpstreamCredentials } from './upstream-auth.ts';

/** The repository did not take it, for a reason that has nothing to do with what was sent, or that can't be told from one. */
export class RepositoryDown extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Milliseconds that it asked to be left alone for. */
  readonly askedMs: number;
  constructor(status: number, askedMs: number, cause?: unknown) {
    super(status === 0 ? codeOf(cause) : `answered ${status}`, { cause });
    this.name = 'RepositoryDown';
    this.status = status;
    this.askedMs = askedMs;
  }
}

export interface RepositoryConfig {
  readonly url: string;
  readonly auth: UpstreamAuth;
  readonly timeoutMs: number;
}

export interface RepositoryClient {
  /** @returns one for each. @throws RepositoryDown where the whole was not taken as a batch */
  sendBatch(events: readonly SentEvent[], signal: AbortSignal): Promise<readonly EventAnswer[]>;
  /** @throws RepositoryDown where there is no answer */
  sendOne(event: SentEvent, signal: AbortSignal): Promise<EventAnswer & { readonly askedMs: number }>;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly askedMs: number;
}

const MAX_BYTES = 16_777_216;

export function createRepositoryClient({ url, auth, timeoutMs }: RepositoryConfig, clock: Clock): RepositoryClient {
  const dispatcher = new Agent({ connections: 1, maxResponseSize: MAX_BYTES, allowH2: false, connect: { timeout: 5000 } });
  const credentials = createUpstreamCredentials(auth, { clock });

  const post = async (
    target: string,
    body: object,
    headers: Record<string, string>,
    signal: AbortSignal,
    again = true,
  ): Promise<Answer> => {
    let authorization: string | undefined;
    let status: number;
    let text: string;
    let asked: unknown;
    try {
      authorization = await credentials.authorization();
      const answer = await request(target, {
        method: 'POST',
        headers: {
          accept: 'application/fhir+json',
          'content-type': 'application/fhir+json; charset=utf-8',
          ...headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: JSON.stringify(body),
        dispatcher,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      status = answer.statusCode;
      asked = answer.headers['retry-after'];
      text = await answer.body.text();
    } catch (cause) {
      throw new RepositoryDown(0, 0, cause);
    }
    if (status === 401 && again && credentials.refused(authorization)) return post(target, body, headers, signal, false);
    return { status, body: parse(text), askedMs: readRetryAfter(asked, clock.now()) };
  };

  return {
    async sendBatch(events, signal) {
      const { status, body, askedMs } = await post(url, batchOf(events), {}, signal);
      const answers = status === 200 ? readBatchAnswer(body, events.length) : undefined;
      if (answers === undefined) throw new RepositoryDown(status, askedMs);
      return answers;
    },
    async sendOne({ id, resource }, signal) {
      const headers = { 'if-none-exist': noneWithTag(id), prefer: 'return=minimal' };
      const { status, body, askedMs } = await post(`${url}/AuditEvent`, resource, headers, signal);
      return { status, askedMs, ...issueCode(body) };
    },
    close: () => dispatcher.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Nothing that is no JSON acknowledges anything.
    return undefined;
  }
}

function codeOf(cause: unknown): string {
  const { code, name } = (cause ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'no answer');
}
