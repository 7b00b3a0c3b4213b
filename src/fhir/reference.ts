/** Literal references: relative, absolute, versioned, contained (FHIR R4 section 2.3.0.1). */
import { RESOURCE_TYPES } from './definitions.ts';
import { createSlot } from './per-resource.ts';
import type { Resource } from './resource.ts';

export interface LiteralReference {
  readonly type: string;
  readonly id: string;
  readonly version?: string;
  /** Base URL of an absolute reference. */
  readonly base?: string;
  /** `Patient/p1`. */
  readonly local: string;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

export function isId(text: string): boolean {
  return ID.test(text);
}

/** The base URL of a server: what ends a path, or parts a query, is not in it. */
const BASE = /^https?:\/\/[^\s/?#&,|\\<>"][^\s?#&,|\\<>"]*$/;

/** The same references come again and again; beyond, the memory starts anew. */
const REMEMBERED = 50_000;
const MOST = 256;
let remembered = new Map<string, LiteralReference | undefined>();

/** @returns `undefined` for `#contained`, `urn:…` and whatever is no literal reference to a resource. */
export function parseReference(text: string): LiteralReference | undefined {
  const known = remembered.get(text);
  if (known !== undefined || remembered.has(text)) return known;
  const parsed = parse(text);
  if (text.length > MOST) return parsed;
  if (remembered.size >= REMEMBERED) remembered = new Map();
  remembered.set(text, parsed);
  return parsed;
}

function parse(text: string): LiteralReference | undefined {
  const parts = text.split('/');
  const history = parts.length >= 4 && parts.at(-2) === '_history' ? parts.at(-1) : undefined;
  if (history !== undefined) parts.splice(-2);
  const id = parts.pop();
  const type = parts.pop();
  if (id === undefined || type === undefined || !ID.test(id) || !RESOURCE_TYPES.has(type)) return undefined;
  if (history !== undefined && !ID.test(history)) return undefined;
  const base = parts.join('/');
  if (base !== '' && !BASE.test(base)) return undefined;
  return { type, id, local: `${type}/${id}`, ...(history === undefined ? {} : { version: history }), ...(base === '' ? {} : { base }) };
}

/**
 * A reference as the upstream would write it relative to its own base, without version: `Patient/p1`. A reference to
 * another server stays absolute.
 * @returns `undefined` where the text is no literal reference
 */
export function localReference(text: string, base: string): string | undefined {
  const parsed = parseReference(text);
  if (parsed === undefined) return undefined;
  return parsed.base === undefined || parsed.base === base ? parsed.local : `${parsed.base}/${parsed.local}`;
}

/** Without the fragment of a reference, or the version of a canonical. */
export function withoutFragment(text: string): string {
  const end = text.search(FRAGMENT);
  return end === -1 ? text : text.slice(0, end);
}

const FRAGMENT = /[#|]/;

const names = createSlot<string>();

/** `Patient/p1`; of a resource that has no id, as one that is to be created, its type. */
export function nameOf(resource: Resource): string {
  const known = names.get(resource);
  if (known !== undefined) return known;
  const { resourceType, id } = resource;
  const name = id === undefined ? resourceType : `${resourceType}/${id}`;
  names.set(resource, name);
  return name;
}
