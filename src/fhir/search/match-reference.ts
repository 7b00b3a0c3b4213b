/** Reference and URI search (FHIR R4 sections 3.1.1.4.12 and 3.1.1.4.13): literal references without version, canonical URLs, `:below`. */
import { parseReference } from '../reference.ts';
import type { Reference, Resource } from '../resource.ts';
import type { TypedValue } from './compile-expression.ts';
import { isToken, tokensOf } from './match-token.ts';
import type { Modifier, ReferenceValue, SearchValue } from './search-query.ts';

export interface LocalTarget {
  readonly type: string;
  readonly id: string;
}

/**
 * What a reference value points at on this server.
 * @param base base URL of the server; absolute references that start with it are local
 */
export function localTarget({ value, type }: TypedValue, base: string | undefined): LocalTarget | undefined {
  if (type === 'Resource') {
    const { resourceType, id } = value as Resource;
    return id === undefined ? undefined : { type: resourceType, id };
  }
  const text = type === 'Reference' ? (value as Reference).reference : value;
  const literal = typeof text === 'string' ? parseReference(text) : undefined;
  return literal !== undefined && (literal.base === undefined || literal.base === base) ? literal : undefined;
}

const withoutVersion = (canonical: string) => canonical.replace(/\|.*$/, '');

/** A canonical or URI: a search without `|version` finds every version. */
function sameUrl(asked: string, text: string): boolean {
  return text === asked || (!asked.includes('|') && withoutVersion(text) === asked);
}

export function matchReference(asked: SearchValue, value: TypedValue, base: string | undefined): boolean {
  if (asked.kind === 'token') {
    const identifier = value.type === 'Reference' ? (value.value as Reference).identifier : undefined;
    return identifier !== undefined && tokensOf({ value: identifier, type: 'Identifier' }).some((token) => isToken(asked, token));
  }
  return asked.kind === 'reference' && isReference(asked, value, base);
}

function isReference(asked: ReferenceValue, value: TypedValue, base: string | undefined): boolean {
  const text = value.type === 'Reference' ? (value.value as Reference).reference : value.value;
  const written = asked.url ?? asked.id;
  if (typeof text === 'string' && written !== undefined && sameUrl(written, text)) return true;
  if (asked.id === undefined) return false;
  if (asked.base !== undefined && asked.base !== base) {
    const literal = typeof text === 'string' ? parseReference(text) : undefined;
    return literal?.base === asked.base && literal.type === asked.type && literal.id === asked.id;
  }
  const target = localTarget(value, base);
  return target?.id === asked.id && (asked.type === undefined || target.type === asked.type);
}

/** `:below` matches what lies under the URL asked for, `:above` what lies over it; both the URL itself. */
export function matchUri(asked: string, modifier: Modifier | undefined, { value }: TypedValue): boolean {
  if (typeof value !== 'string') return false;
  if (modifier === 'below') return value.startsWith(asked);
  if (modifier === 'above') return asked.startsWith(value);
  return sameUrl(asked, value);
}
