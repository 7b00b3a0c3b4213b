/** String search: any part of a name or address, without regard to case and accents (FHIR R4 section 3.1.1.4.8). */
import type { TypedValue } from './compile-expression.ts';
import type { Modifier } from './search-query.ts';

const PARTS = new Map([
  ['HumanName', ['text', 'family', 'given', 'prefix', 'suffix']],
  ['Address', ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']],
]);

/** Lower case, without combining marks, white space collapsed: `Müller ` is `muller`. */
export function normalizeText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLowerCase();
}

/** The texts that a string parameter searches in one value. */
export function stringsOf({ value, type }: TypedValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const parts = (PARTS.get(type) ?? []).flatMap((part) => (value as Record<string, unknown>)[part] ?? []);
  return parts.filter((part) => typeof part === 'string');
}

export function matchString(asked: string, modifier: Modifier | undefined, value: TypedValue): boolean {
  const texts = stringsOf(value);
  if (modifier === 'exact') return texts.includes(asked);
  const text = normalizeText(asked);
  return texts.some((each) => (modifier === 'contains' ? normalizeText(each).includes(text) : normalizeText(each).startsWith(text)));
}
