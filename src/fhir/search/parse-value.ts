/** One value of a search parameter, read by the parameter's type and modifier (FHIR R4 sections 3.1.1.4.4 to 3.1.1.4.13). */
import { parseReference } from '../reference.ts';
import { dateRange } from './date-range.ts';
import { type SearchDefinition, searchDefinition } from './search-definition.ts';
import type { Modifier, NumberValue, Prefix, ReferenceValue, SearchValue } from './search-query.ts';
import { splitEscaped, unescapeValue } from './split-escaped.ts';

function splitPrefix(text: string): [Prefix, string] {
  const prefix = /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d.+-])/.exec(text)?.[0];
  return prefix === undefined ? ['eq', text] : [prefix as Prefix, text.slice(2)];
}

function parseDate(text: string): SearchValue | undefined {
  const [prefix, date] = splitPrefix(text);
  const range = dateRange(date);
  return range && { kind: 'date', prefix, ...range };
}

/** Half a unit of the last written digit each way; `1e2` counts as two digits, as R4's own example has it (95 up to 105). */
function parseNumber(text: string): NumberValue | undefined {
  const [prefix, digits] = splitPrefix(text);
  const [matched, , fraction, exponent] = /^[+-]?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(digits) ?? [];
  if (matched === undefined) return undefined;
  const value = Number(digits);
  const decimals = fraction?.length ?? (exponent === undefined ? 0 : 1);
  const half = 0.5 * 10 ** (Number(exponent ?? 0) - decimals);
  return Number.isFinite(value) ? { kind: 'number', prefix, value, low: value - half, high: value + half } : undefined;
}

function parseQuantity(text: string): SearchValue | undefined {
  const [digits = '', ...unit] = splitEscaped(text, '|').map(unescapeValue);
  const number = parseNumber(digits);
  const [system, code] = unit;
  if (number === undefined || unit.length === 1 || unit.length > 2) return undefined;
  return { ...number, kind: 'quantity', ...(system ? { system } : {}), ...(code ? { code } : {}) };
}

function parseToken(text: string): SearchValue | undefined {
  const parts = splitEscaped(text, '|').map(unescapeValue);
  const [first = '', second] = parts;
  if (parts.length > 2 || (first === '' && !second)) return undefined;
  if (second === undefined) return { kind: 'token', code: first };
  return { kind: 'token', system: first, ...(second === '' ? {} : { code: second }) };
}

function parseOfType(text: string): SearchValue | undefined {
  const [system, code, value, more] = splitEscaped(text, '|').map(unescapeValue);
  return system && code && value && more === undefined ? { kind: 'of-type', system, code, value } : undefined;
}

/** @param type the resource type given as a modifier: `subject:Patient=1` */
function parseReferenceValue(text: string, type: string | undefined): ReferenceValue | undefined {
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(text)) return { kind: 'reference', id: text, ...(type === undefined ? {} : { type }) };
  const literal = parseReference(text);
  if (literal === undefined) return { kind: 'reference', url: text, ...(type === undefined ? {} : { type }) };
  if (type !== undefined && literal.type !== type) return undefined;
  return {
    kind: 'reference',
    type: literal.type,
    id: literal.id,
    ...(literal.base === undefined ? {} : { base: literal.base }),
    url: text,
  };
}

function parseComposite(text: string, resourceType: string, definition: SearchDefinition): SearchValue | undefined {
  const texts = splitEscaped(text, '$');
  const components = definition.components ?? [];
  if (texts.length !== components.length) return undefined;
  const parts: SearchValue[] = [];
  for (const [index, component] of components.entries()) {
    const inner = searchDefinition(resourceType, component.code);
    const part = inner && parseValue(texts[index] ?? '', resourceType, inner, undefined);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { kind: 'composite', parts };
}

/**
 * @param text one value, escapes not yet resolved
 * @param targetType the type that a `:Type` modifier names
 * @returns `undefined` for a value that the parameter's type does not allow
 */
export function parseValue(
  text: string,
  resourceType: string,
  definition: SearchDefinition,
  modifier: Modifier | undefined,
  targetType?: string,
): SearchValue | undefined {
  if (modifier === 'missing') return text === 'true' || text === 'false' ? { kind: 'missing', missing: text === 'true' } : undefined;
  if (text === '') return undefined;
  if (modifier === 'text' || modifier === 'in' || modifier === 'not-in') return { kind: 'text', text: unescapeValue(text) };
  if (modifier === 'identifier') return parseToken(text);
  if (modifier === 'of-type') return parseOfType(text);
  switch (definition.type) {
    case 'token':
      return parseToken(text);
    case 'date':
      return parseDate(text);
    case 'number':
      return parseNumber(text);
    case 'quantity':
      return parseQuantity(text);
    case 'uri':
      return { kind: 'uri', uri: unescapeValue(text) };
    case 'reference':
      return parseReferenceValue(unescapeValue(text), targetType);
    case 'composite':
      return parseComposite(text, resourceType, definition);
    default:
      return { kind: 'text', text: unescapeValue(text) };
  }
}
