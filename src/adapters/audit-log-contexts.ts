/**
 * The dictionary of contexts (design.md section 5): a question that was asked a thousand times is stored once. Remembers
 * which texts the database has, so that they are hashed and sent once by this process too.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AuditRecord } from '../audit/record.ts';
import { storableText } from '../audit/store-record.ts';

/** SHA-256 of the text's UTF-8 bytes, lower-case hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

interface Entry {
  readonly id: string;
  stored: boolean;
}

export interface Contexts {
  idOf(text: string): string;
  /** Rows of the texts that the database may not have; call `sent` once they are committed. */
  unsent(records: readonly AuditRecord[]): { readonly rows: string | null; sent(): void };
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
    idOf: (text) => entryOf(text).id,
    unsent(records) {
      const fresh = new Map<string, { readonly entry: Entry; readonly text: string }>();
      for (const { decisions } of records) {
        for (const { context } of decisions) {
          const entry = entryOf(context);
          if (!entry.stored && !fresh.has(entry.id)) fresh.set(entry.id, { entry, text: storableText(context) });
        }
      }
      const rows = [...fresh].map(([id, { text }]) => ({ id, text }));
      return {
        rows: rows.length === 0 ? null : JSON.stringify(rows),
        sent() {
          for (const { entry } of fresh.values()) entry.stored = true;
        },
      };
    },
    clear: () => known.clear(),
  };
}
