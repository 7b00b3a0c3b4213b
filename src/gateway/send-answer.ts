/**
 * An Answer to HTTP: 304 for what the caller has, small resources whole, large ones and files in pieces that are made at the pace
 * at which the caller takes them. An error on the way cuts the connection: what is incomplete must not look complete.
 */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PrivityError } from '../errors.ts';
import { type WrittenFhir, writeFhir } from '../fhir/write-fhir.ts';
import type { Answer } from '../pipeline/answer.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Bytes; more leaves in pieces. */
const STREAMED_ABOVE = 1_000_000;
/** A caller who takes nothing for this long is not waited for: what waits for him is memory. */
const STALLED_MS = 60_000;

export function sendAnswer(request: FastifyRequest, reply: FastifyReply, given: Answer, stalledMs = STALLED_MS): void {
  for (const [name, value] of Object.entries(given.headers)) reply.header(name, value);
  reply.code(given.status);
  if (isKnown(request, given.headers.etag)) reply.code(304).send();
  else if (given.stream !== undefined) sendStream(request, reply.type(given.stream.type), given.stream, stalledMs);
  else if (given.content !== undefined) sendContent(reply, given.content);
  else if (given.resource === undefined) reply.send();
  else sendResource(request, reply.type(FHIR_JSON), writeFhir(given.resource), stalledMs);
}

/** RFC 9110 section 13.1.2, compared weakly. */
function isKnown(request: FastifyRequest, etag: string | undefined): boolean {
  const asked = request.headers['if-none-match'];
  if (etag === undefined || asked === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const tags = asked.split(',').map((tag) => tag.trim());
  return tags.includes(etag) || tags.includes(etag.replace(/^W\//, ''));
}

function sendContent(reply: FastifyReply, { type, bytes }: NonNullable<Answer['content']>): void {
  if (type !== 'application/json') reply.header('content-disposition', 'attachment');
  reply.type(type).send(bytes);
}

function sendResource(request: FastifyRequest, reply: FastifyReply, written: WrittenFhir, stalledMs: number): void {
  if (written.size <= STREAMED_ABOVE) reply.send(written.whole());
  else sendPieces(request, reply.header('content-length', written.size), written.pieces(), stalledMs);
}

function sendStream(request: FastifyRequest, reply: FastifyReply, stream: NonNullable<Answer['stream']>, stalledMs: number): void {
  if (request.method === 'HEAD') {
    stream.close();
    reply.send();
  } else sendPieces(request, reply, stream.chunks, stalledMs).once('close', stream.close);
}

function sendPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: Iterable<Buffer> | AsyncIterable<string>,
  stalledMs: number,
): Readable {
  const body = Readable.from(request.method === 'HEAD' ? [] : pieces, { objectMode: false, highWaterMark: 65_536 });
  body.once('error', (error) => request.log.error({ code: error instanceof PrivityError ? error.code : error.name }, 'while streaming'));
  const { socket } = reply.raw;
  reply.raw.setTimeout(stalledMs, () => {
    // Nothing waits to be taken: it is the gateway that works.
    if (socket?.writableLength === 0) socket.setTimeout(stalledMs);
    else socket?.destroy();
  });
  reply.send(body);
  return body;
}
