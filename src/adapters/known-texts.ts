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
/** `{"resourceType"` */
const SAME = 15;
/** Beginnings of what came once. */
const MAX_ONCE = 50_000;

/** A number for how a text begins (FNV-1a): different beginnings may share one, which costs a comparison, or a parse. */
function beginningOf(text: string, start: number): number {
  const end = Math.min(text.length, start + BEGINNING);
  let hash = 0x811c9dc5;
  for (let at = start + SAME; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

export function createKnownTexts(): KnownTexts {
  const kept = new LRUCache<number, KnownText>({ maxSize: MAX_CHARACTERS, sizeCalculation: ({ text }) => text.length });
  let once = new Set<number>();
  return {
    at(text, start) {
      const known = kept.get(beginningOf(text, start));
      // Two strings are compared far quicker than a place in one with another.
      return known !== undefined && text.slice(start, start + known.text.length) === known.text ? known : undefined;
    },
    // The beginning of a short text is another with what follows it: it is just not found.
    add({ text, resource }) {
      const beginning = beginningOf(text, 0);
      if (kept.has(beginning) || once.delete(beginning)) {
        // A slice would hold on to the whole text.
        const copy = ` ${text}`.slice(1);
        kept.set(beginning, { text: copy, resource });
        return copy;
      }
      if (once.size >= MAX_ONCE) once = new Set();
      once.add(beginning);
      return undefined;
    },
  };
}
