/** One request to the embedded FHIR server and its answer, without HTTP: the entries of a batch are such requests too. */
import type { Resource } from '../../fhir/resource.ts';
import type { Pages } from './pages.ts';
import type { Store } from './store.ts';

export type Pair = readonly [string, string];

export interface Exchange {
  readonly method: string;
  /** Path below the base: `['Patient', 'p1']`. */
  readonly path: readonly string[];
  readonly query: readonly Pair[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as it came. */
  readonly raw?: Buffer;
  /** The body where it is a FHIR resource or a JSON Patch. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Resource;
  /** A Binary's content, instead of a resource. */
  readonly bytes?: Buffer;
}

export interface ServerContext {
  readonly store: Store;
  readonly pages: Pages;
  /** Base URL, without a slash at the end. */
  readonly base: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether references must point at something, and what is pointed at can't be deleted. */
  readonly referentialIntegrity: boolean;
  readonly newId: () => string;
}

export function prefers(exchange: Exchange, preference: string): boolean {
  return (exchange.headers.prefer ?? '').split(/[,;]/).some((part) => part.trim() === preference);
}

export const etagOf = (versionId: string) => `W/"${versionId}"`;
