/**
 * The dictionary of contexts (design.md section 5): a question that was asked a thousand times is stored once. Remembers
 * which texts the database has, so that they are hashed and sent once by this process too.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { storableText } from '../audit/store-record.ts';

/** SHA-256 of the text's UTF-8 bytes, lower-case hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

interface Entry {
  readonly id: string;
  stored: boolean;
}

/** Texts that the database may not have, by id. */
export type UnsentContexts = Map<string, string>;

export interface Contexts {
  /** The text's id; where the database may not have the text, it is added to `unsent`. */
  idOf(text: string, unsent: UnsentContexts): string;
  /** The database has these from now on. */
  sent(texts: Iterable<string>): void;
  /** The database may have lost what it had. */
  clear(): void;
}

const MAX_CHARACTERS = 32_000_000;

export function createContexts(): Contexts {
  const known = new LRUCache<string, Entry>({ maxSize: MAX_CHARACTERS, sizeCalculation: (_, text) => text.length + 200 });
  const entryOf = (text: string): Entry => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const entry = { id: sha256(storableText(text)), stored: false };
    known.set(text, entry);
    return entry;
  };
  return {
    idOf(text, unsent) {
      const { id, stored } = entryOf(text);
      if (!stored) unsent.set(id, text);
      return id;
    },
    sent(texts) {
      for (const text of texts) entryOf(text).stored = true;
    },
    clear: () => known.clear(),
  };
}

/** Rows for `append_events`; `null` where there are none. */
export function contextRows(unsent: UnsentContexts): string | null {
  if (unsent.size === 0) return null;
  return JSON.stringify([...unsent].map(([id, text]) => ({ id, text: storableText(text) })));
}
