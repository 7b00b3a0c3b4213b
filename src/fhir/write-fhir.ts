/**
 * Resource -> the bytes of its JSON (UTF-8), as JSON.stringify writes it, but for resources that are as they came, alone or in a
 * Bundle: those are copied, which also keeps decimals as precise as they were written (FHIR R4 section 2.24.0.1).
 */
import { createSlot } from './per-resource.ts';
import type { Resource } from './resource.ts';
import { sourceText } from './source-text.ts';

/** Text, or bytes of text. */
type Part = string | Buffer;

/** JSON that is not put together yet. */
export interface WrittenFhir {
  /** Bytes. */
  readonly size: number;
  whole(): Buffer;
  /** The same bytes, in pieces that are made when they are asked for: of about `PIECE` bytes, or one resource where that is more. */
  pieces(): Iterable<Buffer>;
}

const PIECE = 128_000;
/** Characters, of which each is three bytes at most. */
const TEXT = 16_000;

/** What is written so far: bytes that are copied, and the text between them as one. */
class Parts {
  readonly done: Part[] = [];
  #text = '';

  text(more: string): void {
    this.#text += more;
  }

  /** Text of a resource that is long stands by itself, so that it can be a piece. */
  add(part: Part): void {
    if (typeof part !== 'string' || this.#text.length + part.length > TEXT) this.end();
    if (typeof part === 'string') this.#text += part;
    else this.done.push(part);
  }

  end(): readonly Part[] {
    if (this.#text !== '') this.done.push(this.#text);
    this.#text = '';
    return this.done;
  }
}

export function writeFhir(resource: Resource): WrittenFhir {
  const written = new Parts();
  writeResource(written, resource);
  const parts = written.end();
  const sizes = parts.map((part) => (typeof part === 'string' ? Buffer.byteLength(part) : part.length));
  const size = sizes.reduce((sum, next) => sum + next, 0);
  return { size, whole: () => join(parts, size), pieces: () => piecesOf(parts, sizes) };
}

function* piecesOf(parts: readonly Part[], sizes: readonly number[]): Iterable<Buffer> {
  let from = 0;
  let size = 0;
  for (const [at, next] of sizes.entries()) {
    if (size > 0 && size + next > PIECE) {
      yield join(parts.slice(from, at), size);
      from = at;
      size = 0;
    }
    size += next;
  }
  if (size > 0) yield join(parts.slice(from), size);
}

/** What was written before. */
const written = createSlot<Buffer | 'once'>();

/** Resources never change: one that leaves for the second time is kept as bytes, and copied from then on. */
function bytesOf(resource: Resource): Part {
  const known = written.get(resource);
  if (known !== undefined && known !== 'once') return known;
  const text = sourceText(resource) ?? JSON.stringify(resource);
  const kept = known === 'once' ? Buffer.from(text) : undefined;
  written.set(resource, kept ?? 'once');
  return kept ?? text;
}

function writeResource(parts: Parts, resource: Resource): void {
  if (resource.resourceType !== 'Bundle' || !Array.isArray(resource.entry) || sourceText(resource) !== undefined) {
    parts.add(bytesOf(resource));
    return;
  }
  writeObject(parts, resource, 'entry', (entries) => {
    let separator = '[';
    for (const entry of entries as readonly unknown[]) {
      parts.text(separator);
      separator = ',';
      writeEntry(parts, entry);
    }
    parts.text(separator === '[' ? '[]' : ']');
  });
}

const MATCH = ',"search":{"mode":"match"}}';

/** Of a page of a search most entries are of one shape, for which no general writer is needed. */
interface Matched {
  readonly fullUrl: string;
  readonly resource: Resource;
  readonly search: { readonly mode: 'match' };
}

function writeEntry(parts: Parts, entry: unknown): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) parts.text(JSON.stringify(entry) ?? 'null');
  else if (isMatched(entry)) {
    parts.text(`{"fullUrl":"${entry.fullUrl}","resource":`);
    writeResource(parts, entry.resource);
    parts.text(MATCH);
  } else
    writeObject(parts, entry, 'resource', (resource) => {
      if (isResource(resource)) writeResource(parts, resource);
      else parts.text(JSON.stringify(resource));
    });
}

/** A URL of these characters needs no escape. */
const PLAIN = /^[\w:/.%~-]+$/;

function isMatched(entry: object): entry is Matched {
  const [first, second, third, ...more] = Object.keys(entry);
  if (first !== 'fullUrl' || second !== 'resource' || third !== 'search' || more.length > 0) return false;
  const { fullUrl, resource, search } = entry as { fullUrl: unknown; resource: unknown; search: unknown };
  return typeof fullUrl === 'string' && PLAIN.test(fullUrl) && isResource(resource) && isMatch(search);
}

function isMatch(search: unknown): boolean {
  if (typeof search !== 'object' || search === null || (search as { mode?: unknown }).mode !== 'match') return false;
  return Object.keys(search).length === 1;
}

/** @param write the value of the member `special`, which has JSON */
function writeObject(parts: Parts, value: object, special: string, write: (child: unknown) => void): void {
  parts.text('{');
  let separator = '';
  for (const name of Object.keys(value)) {
    const child: unknown = (value as Record<string, unknown>)[name];
    const isSpecial = name === special && typeof child === 'object' && child !== null;
    const json = isSpecial ? '' : JSON.stringify(child);
    // As JSON.stringify: no member for what has no JSON.
    if (json === undefined) continue;
    parts.text(`${separator}${JSON.stringify(name)}:${json}`);
    separator = ',';
    if (isSpecial) write(child);
  }
  parts.text('}');
}

function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';
}

/** One copy of each part, with no text in between that would have to be put together first. */
function join(parts: readonly Part[], size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) at += typeof part === 'string' ? bytes.write(part, at) : part.copy(bytes, at);
  return bytes;
}
