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
import { type ScannedJson, type Slice, scanJson } from './scan-json.ts';
import { keepSource } from './source-text.ts';

const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/** Resources that were parsed before; an implementation is bounded, and forgets. */
export interface KnownTexts {
  /** The one whose whole text stands in `text` from `start` on. */
  at(text: string, start: number): KnownText | undefined;
  /** @returns the text as it is kept from now on, where it is: a copy that holds on to nothing else */
  add(known: KnownText): string | undefined;
}

export interface KnownText {
  /** One JSON object, without space around it. */
  readonly text: string;
  readonly resource: Resource;
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
  const whole = known?.at(text, 0);
  if (whole?.text.length === text.length) return whole.resource;
  const found = new Map<number, Resource>();
  // A JSON object ends where its last bracket is: what begins as a known one, goes on as it, is it.
  const endOf = (start: number): number | undefined => {
    const one = known?.at(text, start);
    if (one === undefined) return undefined;
    found.set(start, one.resource);
    return start + one.text.length;
  };
  const scanned = scanJson(text, { limit, endOf });
  if (scanned === undefined) throw new RangeError('nested too deeply');
  if (scanned.slices.length === 0) return asOne(text, scanned.members, known);
  if (found.size === 0) return withSlices(text, scanned, known);
  return inPieces(text, scanned, ({ start, end, members }) => found.get(start) ?? piece(text.slice(start, end), members, known));
}

function asOne(text: string, members: number, known: KnownTexts | undefined): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return value;
  const resource = value as Resource;
  // A page of a search is no record: none comes twice, and its entries are kept by themselves.
  if (resource.resourceType !== 'Bundle') keep(text, resource, members, known);
  return resource;
}

/**
 * What JSON.parse can read is JSON, and of JSON the scan tells true: which resource stands where needs no second reading, as long
 * as no name around the resources is written twice or with an escape.
 */
function withSlices(text: string, { slices, members }: ScannedJson, known: KnownTexts | undefined): unknown {
  const value: unknown = JSON.parse(text);
  const { entry, ...around } = value as Bundle;
  if (!Array.isArray(entry)) return value;
  let inside = 0;
  let outside = 1 + countMembers(around);
  const resources: Resource[] = [];
  for (const one of entry as readonly unknown[]) {
    if (typeof one !== 'object' || one === null || !('resource' in one)) return value;
    const { resource, ...rest } = one as { resource: unknown };
    if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) return value;
    resources.push(resource as Resource);
    outside += 1 + countMembers(rest);
  }
  for (const slice of slices) inside += slice.members;
  if (resources.length !== slices.length || members !== inside + outside) return value;
  for (const [at, { start, end, members: own }] of slices.entries()) keep(text.slice(start, end), resources[at] as Resource, own, known);
  return value;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, child) => sum + countMembers(child), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}

function inPieces(text: string, { slices }: ScannedJson, pieceOf: (slice: Slice) => Resource): unknown {
  let rest = '';
  let last = 0;
  for (const [at, { start, end }] of slices.entries()) {
    if (text.charCodeAt(start) !== OPEN_OBJECT) return JSON.parse(text);
    rest += `${text.slice(last, start)}[${at}]`;
    last = end;
  }
  rest += text.slice(last);
  // An escape could write `resource` so that the scan does not see it.
  if (rest.includes('\\')) return JSON.parse(text);
  const bundle = JSON.parse(rest) as Bundle & { entry?: { resource?: unknown }[] };
  const pieces = slices.map(pieceOf);
  for (const entry of Array.isArray(bundle.entry) ? bundle.entry : []) {
    const place: unknown = (entry as { resource?: unknown } | null)?.resource;
    if (Array.isArray(place)) (entry as { resource?: unknown }).resource = pieces[place[0] as number];
  }
  return bundle;
}

function piece(slice: string, members: number, known: KnownTexts | undefined): Resource {
  // A slice would hold on to the whole text that it is from.
  const text = ` ${slice}`.slice(1);
  const resource = JSON.parse(text) as Resource;
  keep(text, resource, members, known);
  return resource;
}

function keep(text: string, resource: Resource, members: number, known: KnownTexts | undefined): void {
  if (!keepSource(resource, text, members) || text.length > MOST) return;
  if (text.charCodeAt(0) === OPEN_OBJECT && text.charCodeAt(text.length - 1) === CLOSE_OBJECT) {
    const copy = known?.add({ text, resource });
    if (copy !== undefined) keepSource(resource, copy, members);
  }
}
