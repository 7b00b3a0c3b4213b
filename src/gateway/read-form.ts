/**
 * A multipart/form-data body (RFC 7578) as an upload needs it: `metadata`, one JSON object, and text files under `files`. Bounded in
 * number and size while it is read; nothing is written to disk.
 */
import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { PrivityError } from '../errors.ts';

export interface UploadedForm {
  /** JSON, not yet judged. */
  readonly metadata: unknown;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

export interface FormLimits {
  readonly files: number;
  /** Of everything together. */
  readonly bytes: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws PrivityError `too-large`, `invalid-request` */
export async function readForm(request: FastifyRequest, { files: most, bytes }: FormLimits): Promise<UploadedForm> {
  const files: { path: string; text: string }[] = [];
  let metadata: string | undefined;
  let left = bytes;
  const take = (name: string, text: string) => {
    if (name !== 'metadata') throw new PrivityError('invalid-request', 'the form has parts `metadata` and `files`');
    if (metadata !== undefined) throw new PrivityError('invalid-request', '`metadata` stands twice');
    metadata = text;
  };
  try {
    const limits = { files: most + 1, fields: 1, parts: most + 2, fileSize: bytes, fieldSize: bytes, fieldNameSize: 100 };
    for await (const part of request.parts({ limits, preservePath: true })) {
      const content = await contentOf(part);
      left -= content.length;
      if (left < 0) throw new PrivityError('too-large');
      const text = decode(content);
      if (part.type === 'file' && part.fieldname === 'files') files.push({ path: part.filename, text });
      else take(part.fieldname, text);
    }
  } catch (error) {
    throw asRefusal(error);
  }
  if (metadata === undefined) throw new PrivityError('invalid-request', 'the form has no `metadata`');
  return { metadata: parse(metadata), files };
}

async function contentOf(part: Multipart): Promise<Uint8Array> {
  if (part.type === 'file') return part.toBuffer();
  if (part.valueTruncated) throw new PrivityError('too-large');
  // A field of type application/json arrives parsed.
  return Buffer.from(typeof part.value === 'string' ? part.value : JSON.stringify(part.value));
}

function decode(content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch (cause) {
    throw new PrivityError('invalid-request', 'a part is not UTF-8 text', { cause });
  }
}

function parse(metadata: string): unknown {
  try {
    return JSON.parse(metadata);
  } catch (cause) {
    throw new PrivityError('invalid-request', '`metadata` is not JSON', { cause });
  }
}

function asRefusal(cause: unknown): PrivityError {
  if (cause instanceof PrivityError) return cause;
  const { statusCode } = cause as { statusCode?: number };
  if (statusCode === 413) return new PrivityError('too-large', undefined, { cause });
  return new PrivityError('invalid-request', 'the form can not be read', { cause });
}
