/**
 * The desk of the administrator's tour: sends one request to a running gateway as one of the personas, and prints it as the curl
 * line that does the same, with what came back.
 */
import { readFileSync } from 'node:fs';
import { variableOf } from '../banner-text.ts';

export interface TourRequest {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form: what is said about a set, and files of this folder. */
  readonly form?: { readonly metadata: unknown; readonly files: readonly string[] };
}

export interface TourAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Carries a request to the gateway with the token of a persona. */
export type TourSend = (persona: string, path: string, init: SentInit) => Promise<TourAnswer>;

export interface SentInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TourDesk {
  say(line: string): void;
  /** Asked between two steps, and not printed. */
  look(persona: string, path: string): Promise<TourAnswer>;
  ask(persona: string, path: string, request?: TourRequest): Promise<TourAnswer>;
}

const FOLDER = 'src/demo/admin-tour';

/** @param url of the gateway, for the lines that are printed */
export function tourDesk(url: string, send: TourSend, say: (line: string) => void): TourDesk {
  return {
    say,
    look: (persona, path) => send(persona, path, { method: 'GET', headers: {} }),
    async ask(persona, path, request = {}) {
      say(`  $ ${curlLine(url, persona, path, request)}`);
      const answer = await send(persona, path, await initOf(request));
      say(`    ${answer.status}`);
      return answer;
    },
  };
}

async function initOf({ method = 'POST', headers = {}, json, form }: TourRequest): Promise<SentInit> {
  if (form !== undefined) {
    const data = new FormData();
    data.append('metadata', JSON.stringify(form.metadata));
    for (const file of form.files) data.append('files', new Blob([readFileSync(new URL(file, import.meta.url))]), file);
    const whole = new Response(data);
    return { method, headers: { ...headers, 'content-type': whole.headers.get('content-type') ?? '' }, body: await whole.text() };
  }
  if (json !== undefined) return { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) };
  return { method: 'GET', headers };
}

function curlLine(url: string, persona: string, path: string, { headers = {}, json, form }: TourRequest): string {
  const named = json === undefined ? headers : { ...headers, 'Content-Type': 'application/json' };
  return [
    `curl -s${headers.Accept === 'text/event-stream' ? 'N' : ''} "${url}${path}" -H "Authorization: Bearer $${variableOf(persona)}"`,
    ...Object.entries(named).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(form === undefined
      ? []
      : [`-F 'metadata=${JSON.stringify(form.metadata)}'`, ...form.files.map((file) => `-F files=@${FOLDER}/${file}`)]),
    ...(json === undefined ? [] : [`-d '${JSON.stringify(json)}'`]),
  ].join(' \\\n      ');
}
