/**
 * Server-sent events (WHATWG HTML, 9.2) on one answer: named events with JSON data, comments as heartbeat so that nobody between
 * takes the connection for dead, and progress that is left out while the reader is slow. Nothing is kept in memory.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface EventStream {
  /** The head has left: what goes wrong from here on is an event. */
  readonly started: boolean;
  /** Of these the last one counts: at most ten a second are sent. */
  progress(data: unknown): void;
  /** The last event. */
  end(event: string, data: unknown): void;
}

const HEARTBEAT_MS = 15_000;
const PROGRESS_MS = 100;

export function wantsEvents({ headers }: FastifyRequest): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(headers.accept ?? '');
}

/** @param heartbeatMs between two comments */
export function eventStream(reply: FastifyReply, heartbeatMs: number = HEARTBEAT_MS): EventStream {
  const { raw } = reply;
  let heartbeat: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const start = () => {
    if (heartbeat !== undefined) return;
    reply.hijack();
    reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
    raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    heartbeat = setInterval(() => write(': still at it\n\n'), heartbeatMs);
    raw.once('close', () => clearInterval(heartbeat));
  };
  const write = (text: string) => {
    if (!raw.destroyed && !raw.writableEnded && !raw.writableNeedDrain) raw.write(text);
  };
  return {
    get started() {
      return heartbeat !== undefined;
    },
    progress(data) {
      start();
      const now = performance.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      write(textOf('progress', data));
    },
    end(event, data) {
      start();
      clearInterval(heartbeat);
      raw.end(textOf(event, data));
    },
  };
}

/** JSON has no line break. */
function textOf(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
