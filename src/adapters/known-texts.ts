/**
 * Resources that were read lately, by their text: what the upstream gives again is not parsed again. Found by how they begin
 * (type, id and version stand first, as a rule), then compared to the end. Bounded by size; and only what came twice is kept, so
 * that records which are read once cost nothing beyond.
 */
import { LRUCache } from 'lru-cache';
import type { KnownText, KnownTexts } from '../fhir/parse-fhir.ts';

/** Characters of JSON; parsed, they take about five times as many bytes. */
const MAX_CHARACTERS = 8_000_000;
const BEGINNING = 128;
/** Beginnings of what came once. */
const MAX_ONCE = 50_000;

export function createKnownTexts(): KnownTexts {
  const kept = new LRUCache<string, KnownText>({ maxSize: MAX_CHARACTERS, sizeCalculation: ({ text }) => text.length });
  let once = new Set<string>();
  return {
    at(text, start) {
      const known = kept.get(text.slice(start, start + BEGINNING));
      // Two strings are compared far quicker than a place in one with another.
      return known !== undefined && text.slice(start, start + known.text.length) === known.text ? known : undefined;
    },
    // The beginning of a short text would be another, with what follows it: it is just not found.
    add({ text, resource }) {
      // Copies: a slice would hold on to the whole text.
      const beginning = copyOf(text.slice(0, BEGINNING));
      if (kept.has(beginning) || once.delete(beginning)) {
        const copy = copyOf(text);
        kept.set(beginning, { text: copy, resource });
        return copy;
      }
      if (once.size >= MAX_ONCE) once = new Set();
      once.add(beginning);
      return undefined;
    },
  };
}

function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}
