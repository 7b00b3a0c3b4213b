/**
 * The gateway's API, as the console asks it: with the session's cookie and, beside it, the CSRF token that only this page has.
 * What is refused comes as an `ApiProblem` with the public text of RFC 9457.
 */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** JSON that is sent as it stands, instead of a body: what the gateway judges is what somebody wrote. */
  readonly text?: string;
  /** ETag of the state that was seen. */
  readonly ifMatch?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface Answered<T> {
  readonly data: T;
  readonly etag?: string;
}

/** One thing that is wrong with what was sent. */
export interface ContentProblem {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly path?: string;
  readonly [more: string]: unknown;
}

export class ApiProblem extends Error {
  readonly status: number;
  /** Code of src/errors.ts: `version-mismatch`; `network` where nobody answered. */
  readonly reason: string;
  readonly problems: readonly ContentProblem[];

  constructor(status: number, reason: string, message: string, problems: readonly ContentProblem[] = []) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.reason = reason;
    this.problems = problems;
  }
}

export const SIGNED_OUT = 'privity:signed-out';
let identity: { readonly csrf: string; readonly purpose?: string } | undefined;

/** Known to this page alone, for as long as it is open. */
export function setIdentity(given: typeof identity): void {
  identity = given;
}

/** @throws ApiProblem */
export async function api<T>(path: string, asked: Asked = {}): Promise<Answered<T>> {
  const response = await send(path, asked);
  const etag = response.headers.get('etag');
  return { data: (await response.json()) as T, ...(etag === null ? {} : { etag }) };
}

/** An answer that comes in lines of JSON, each told as it comes. @throws ApiProblem */
export async function apiLines(path: string, onLine: (line: unknown) => void, asked: Asked = {}): Promise<void> {
  const response = await send(path, { accept: 'application/x-ndjson', ...asked });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    const lines = `${rest}${part.value}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(JSON.parse(line));
  }
}

/**
 * An answer that comes as server-sent events: `progress` told as it comes, then the `result`.
 * @throws ApiProblem of the `problem` event too
 */
export async function apiEvents<T>(path: string, onProgress: (data: unknown) => void, asked: Asked = {}): Promise<T> {
  const response = await send(path, { accept: 'text/event-stream, application/json', ...asked });
  // What is done at once may come as JSON.
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return (await response.json()) as T;
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    const events = `${rest}${part.value}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name === 'progress') onProgress(JSON.parse(data));
      else if (name === 'result') return JSON.parse(data) as T;
      else if (name === 'problem') throw problemIn((JSON.parse(data) as { status?: number }).status ?? 500, data);
    }
  }
  throw new ApiProblem(0, 'network', 'The answer broke off. Please try again.');
}

async function send(path: string, { method = 'GET', body, text, ifMatch, accept = 'application/json', signal }: Asked): Promise<Response> {
  const headers: Record<string, string> = { accept };
  if (identity !== undefined) headers['x-csrf-token'] = identity.csrf;
  if (identity?.purpose !== undefined) headers['x-purpose-of-use'] = identity.purpose;
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  if (sent !== undefined) headers['content-type'] = 'application/json';
  if (ifMatch !== undefined) headers['if-match'] = ifMatch;
  const response = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(sent === undefined ? {} : { body: sent }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, 'network', 'The gateway does not answer.');
  });
  if (response.ok) return response;
  if (response.status === 401) dispatchEvent(new Event(SIGNED_OUT));
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<ApiProblem> {
  return problemIn(response.status, await response.text());
}

function problemIn(status: number, text: string): ApiProblem {
  try {
    const { type, title, detail, problems } = JSON.parse(text) as Record<string, unknown>;
    const told = [title, detail].filter((part) => typeof part === 'string' && part !== '').map((part) => sentence(String(part)));
    const listed = Array.isArray(problems) ? (problems as ContentProblem[]) : [];
    return new ApiProblem(
      status,
      String(type ?? '')
        .split(':')
        .at(-1) ?? '',
      told.join(' '),
      listed,
    );
  } catch {
    return new ApiProblem(status, 'unknown', `The gateway answered ${status}.`);
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}
