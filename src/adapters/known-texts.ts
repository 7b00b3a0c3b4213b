/** Resources that were read lately, by their text: what the upstream gives again is not parsed again. Bounded by size. */
import { LRUCache } from 'lru-cache';
import type { KnownTexts } from '../fhir/parse-fhir.ts';
import type { Resource } from '../fhir/resource.ts';

/** Characters of JSON; parsed, they take about five times as many bytes. */
const MAX_CHARACTERS = 8_000_000;

export function createKnownTexts(): KnownTexts {
  return new LRUCache<string, Resource>({ maxSize: MAX_CHARACTERS, sizeCalculation: (_, text) => text.length });
}
