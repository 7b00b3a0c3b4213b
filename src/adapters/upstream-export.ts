/**
 * Bulk data of the upstream (HL7 Bulk Data Access 2.0): begun, asked after, read line by line at the caller's pace. Every URL that
 * the upstream names has to be its own, so that the gateway's credentials and its reach go nowhere else (threats.md 31).
 */
import { type Dispatcher, Pool } from 'undici';
import type { UpstreamConfig } from '../config.ts';
import { PrivityError } from '../errors.ts';
import type { Json } from '../fhir/resource.ts';
import type { BulkUpstream, ExportedLine, UpstreamManifest } from '../pipeline/export/export-deps.ts';
import type { CallerSignal, Clock } from '../ports.ts';
import { parseResource } from './upstream-answer.ts';
import { createUpstreamCredentials } from './upstream-auth.ts';
import { upstreamPath } from './upstream-path.ts';

const CONNECTIONS = 8;
const MAX_MANIFEST = 1_048_576;
const MAX_FILES = 10_000;
const NEWLINE = 0x0a;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
/** The upstream is there, and does no export: by HTTP, or by FHIR's word for it. */
const UNSUPPORTED: ReadonlySet<number> = new Set([400, 404, 405, 422, 501]);

export function createUpstreamExport(config: UpstreamConfig, deps: { readonly clock: Clock }): BulkUpstream & { close(): Promise<void> } {
  const { origin, pathname } = new URL(config.url);
  const basePath = pathname.replace(/\/+$/, '');
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    connect: { timeout: config.connectTimeoutMs },
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
    allowH2: false,
  });
  const credentials = createUpstreamCredentials(config.auth, { clock: deps.clock });

  async function ask(path: string, accept: string, more: Partial<Dispatcher.RequestOptions> & { headers?: Record<string, string> } = {}) {
    const once = async () => {
      const authorization = await credentials.authorization();
      const headers = { accept, 'accept-encoding': 'identity', ...(authorization === undefined ? {} : { authorization }), ...more.headers };
      return { authorization, answer: await pool.request({ origin, method: 'GET', path, ...more, headers }) };
    };
    try {
      const first = await once();
      if (first.answer.statusCode !== 401 || !credentials.refused(first.authorization)) return first.answer;
      await first.answer.body.dump();
      return (await once()).answer;
    } catch (cause) {
      throw new PrivityError('upstream-unavailable', undefined, { cause });
    }
  }

  /** Path and query of a URL of the upstream's. */
  function own(text: unknown): string {
    const url = typeof text === 'string' && URL.canParse(text, config.url) ? new URL(text, config.url) : undefined;
    if (url === undefined || url.origin !== origin || url.username !== '') throw new PrivityError('upstream-invalid', 'a file elsewhere');
    return `${url.pathname}${url.search}`;
  }

  return {
    async start(path, body) {
      const answer = await ask(upstreamPath(basePath, path), 'application/fhir+json', {
        method: body === undefined ? 'GET' : 'POST',
        headers: { prefer: 'respond-async', ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      await answer.body.dump();
      if (UNSUPPORTED.has(answer.statusCode)) throw new PrivityError('not-supported', 'the record server does no such export');
      if (answer.statusCode === 429) throw new PrivityError('too-many-requests');
      if (answer.statusCode >= 500) throw new PrivityError('upstream-unavailable');
      if (answer.statusCode !== 202) throw new PrivityError('upstream-invalid', 'kick-off');
      const place = answer.headers['content-location'];
      own(place);
      return new URL(String(place), config.url).href;
    },
    async poll(statusUrl) {
      const answer = await ask(own(statusUrl), 'application/json');
      if (answer.statusCode === 202) {
        await answer.body.dump();
        return undefined;
      }
      const text = await readBounded(answer.body, MAX_MANIFEST);
      if (answer.statusCode === 404 || answer.statusCode === 410) throw new PrivityError('not-found');
      if (answer.statusCode === 429 || answer.statusCode >= 502) throw new PrivityError('upstream-unavailable');
      if (answer.statusCode !== 200) throw new PrivityError('upstream-invalid', 'the export failed');
      const manifest = readManifest(text);
      for (const { url } of manifest.output) own(url);
      return manifest;
    },
    async cancel(statusUrl) {
      const answer = await ask(own(statusUrl), 'application/json', { method: 'DELETE' });
      await answer.body.dump();
    },
    async *read(fileUrl, signal) {
      const answer = await ask(own(fileUrl), 'application/fhir+ndjson', signal === undefined ? {} : { signal: abortedWith(signal) });
      if (answer.statusCode !== 200 || (answer.headers['content-encoding'] ?? 'identity') !== 'identity') {
        answer.body.destroy();
        throw new PrivityError(answer.statusCode >= 500 ? 'upstream-unavailable' : 'upstream-invalid', 'a file of the export');
      }
      yield* linesOf(answer.body, config.maxResponseBytes);
    },
    close: () => pool.close(),
  };
}

/** undici wants a whole AbortSignal. */
function abortedWith(caller: CallerSignal): AbortSignal {
  const controller = new AbortController();
  if (caller.aborted) controller.abort();
  caller.addEventListener('abort', () => controller.abort(), { once: true });
  return controller.signal;
}

async function readBounded(body: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new PrivityError('upstream-invalid', 'manifest too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readManifest(text: string): UpstreamManifest {
  let value: { transactionTime?: Json; output?: Json };
  try {
    value = JSON.parse(text);
  } catch {
    throw new PrivityError('upstream-invalid', 'manifest');
  }
  const { transactionTime, output } = value ?? {};
  if (typeof transactionTime !== 'string' || !INSTANT.test(transactionTime) || !Array.isArray(output) || output.length > MAX_FILES)
    throw new PrivityError('upstream-invalid', 'manifest');
  return {
    transactionTime,
    output: output.map((row) => {
      const { type, url } = (row ?? {}) as { type?: unknown; url?: unknown };
      if (typeof type !== 'string' || typeof url !== 'string') throw new PrivityError('upstream-invalid', 'manifest');
      return { type, url };
    }),
  };
}

/**
 * @param limit bytes of one line
 * @throws PrivityError `upstream-invalid` for a line that is too long or no FHIR resource, `upstream-unavailable` where it breaks off
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<ExportedLine> {
  let rest: Uint8Array[] = [];
  let held = 0;
  try {
    for await (const chunk of body) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const line = lineOf([...rest, chunk.subarray(start, end)]);
        if (line !== undefined) yield line;
        rest = [];
        held = 0;
        start = end + 1;
      }
      held += chunk.length - start;
      if (held > limit) throw new PrivityError('upstream-invalid', 'a line too long');
      if (start < chunk.length) rest.push(chunk.subarray(start));
    }
  } catch (cause) {
    throw cause instanceof PrivityError ? cause : new PrivityError('upstream-unavailable', undefined, { cause });
  }
  const last = lineOf(rest);
  if (last !== undefined) yield last;
}

/** @returns `undefined` for an empty line */
function lineOf(parts: readonly Uint8Array[]): ExportedLine | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
  } catch {
    throw new PrivityError('upstream-invalid', 'a line that is not UTF-8');
  }
  return text.trim() === '' ? undefined : { resource: parseResource(text), size: text.length };
}
