/**
 * JSON text -> FHIR resource, as JSON.parse does it, in pieces: the resources in a Bundle's entries are parsed each by itself, and
 * not at all where the same text was parsed before. Each remembers its text (source-text.ts), so that what leaves unchanged leaves
 * as it came.
 *
 * Why the pieces make the whole: a value of a JSON text can be exchanged for another value without any effect on the rest. So
 * where each piece is one JSON value, and the text with `[0]`, `[1]`, … in place of the pieces is JSON, the text itself is JSON
 * and means the rest with the pieces put in. Whatever is in doubt is parsed as one.
 */
import type { Bundle, Resource } from './resource.ts';
import { type ScannedJson, scanJson } from './scan-json.ts';
import { keepSource } from './source-text.ts';

/** Resources by the text that they were parsed from; an implementation is bounded, and forgets. */
export interface KnownTexts {
  get(text: string): Resource | undefined;
  set(text: string, resource: Resource): void;
}

/** A resource that is found again must be small enough that many are. */
const MOST = 65_536;

/**
 * @param limit levels of arrays and objects
 * @param known never changed by anyone: the same object is given out again
 * @returns what JSON.parse returns
 * @throws SyntaxError where it is no JSON; RangeError where it nests too deep
 */
export function parseFhir(text: string, limit: number, known?: KnownTexts): unknown {
  const found = text.length <= MOST ? known?.get(text) : undefined;
  if (found !== undefined) return found;
  const scanned = scanJson(text, limit);
  if (scanned === undefined) throw new RangeError('nested too deeply');
  return scanned.slices.length > 0 ? inPieces(text, scanned, known) : asOne(text, scanned.members, known);
}

function asOne(text: string, members: number, known: KnownTexts | undefined): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return value;
  const resource = value as Resource;
  // A page of a search is no record: none comes twice, and its entries are kept by themselves.
  if (resource.resourceType === 'Bundle') return resource;
  if (keepSource(resource, text, members) && text.length <= MOST) known?.set(text, resource);
  return resource;
}

function inPieces(text: string, { slices }: ScannedJson, known: KnownTexts | undefined): unknown {
  let rest = '';
  let last = 0;
  for (const [at, { start, end }] of slices.entries()) {
    if (text.charCodeAt(start) !== 0x7b) return JSON.parse(text);
    rest += `${text.slice(last, start)}[${at}]`;
    last = end;
  }
  rest += text.slice(last);
  // An escape could write `resource` so that the scan does not see it.
  if (rest.includes('\\')) return JSON.parse(text);
  const bundle = JSON.parse(rest) as Bundle & { entry?: { resource?: unknown }[] };
  const pieces = slices.map(({ start, end, members }) => piece(text.slice(start, end), members, known));
  for (const entry of Array.isArray(bundle.entry) ? bundle.entry : []) {
    const place: unknown = (entry as { resource?: unknown } | null)?.resource;
    if (Array.isArray(place)) (entry as { resource?: unknown }).resource = pieces[place[0] as number];
  }
  return bundle;
}

function piece(slice: string, members: number, known: KnownTexts | undefined): Resource {
  const found = slice.length <= MOST ? known?.get(slice) : undefined;
  if (found !== undefined) return found;
  // A slice would hold on to the whole text that it is from.
  const text = ` ${slice}`.slice(1);
  const resource = JSON.parse(text) as Resource;
  if (keepSource(resource, text, members) && text.length <= MOST) known?.set(text, resource);
  return resource;
}
