/** Token search: codes, identifiers, flags, contact points (FHIR R4 section 3.1.1.4.10). Codes are compared case-sensitively. */
import type { Coding, Identifier } from '../resource.ts';
import type { TypedValue } from './compile-expression.ts';
import { normalizeText } from './match-string.ts';
import type { SearchValue, TokenValue } from './search-query.ts';

export interface Token {
  readonly system?: string;
  readonly code?: string;
  /** The element has a code without a system of its own (`code`, `boolean`, `id`): any system that is asked for is its own. */
  readonly implicit?: boolean;
  /** What `:text` searches. */
  readonly text?: string;
}

interface Concept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

const ofCoding = ({ system, code, display }: Coding): Token => ({ system, code, text: display });

/** The tokens of one value; none for types that have none. */
export function tokensOf({ value, type }: TypedValue): readonly Token[] {
  switch (type) {
    case 'Coding':
      return [ofCoding(value as Coding)];
    case 'CodeableConcept': {
      const { coding = [], text } = value as Concept;
      return text === undefined ? coding.map(ofCoding) : [...coding.map(ofCoding), { text }];
    }
    case 'Identifier': {
      const identifier = value as Identifier & { readonly type?: Concept };
      return [{ system: identifier.system, code: identifier.value, text: identifier.type?.text }];
    }
    case 'ContactPoint': {
      const contact = value as { readonly system?: string; readonly value?: string };
      return [{ system: contact.system, code: contact.value }];
    }
    case 'code':
    case 'boolean':
    case 'id':
    case 'string':
    case 'uri':
      return [{ code: String(value), implicit: true }];
    default:
      return [];
  }
}

export function isToken(asked: TokenValue, token: Token): boolean {
  if (token.code === undefined && token.system === undefined) return false;
  if (asked.code !== undefined && asked.code !== token.code) return false;
  if (asked.system === undefined || token.implicit === true) return true;
  return asked.system === (token.system ?? '');
}

function isOfType(asked: Extract<SearchValue, { kind: 'of-type' }>, value: unknown): boolean {
  const identifier = value as Identifier & { readonly type?: Concept };
  const typed = identifier.type?.coding?.some(({ system, code }) => system === asked.system && code === asked.code);
  return typed === true && identifier.value === asked.value;
}

/** Whether one value of the resource satisfies one value of the search; `:not` is for the caller to turn round. */
export function matchToken(asked: SearchValue, value: TypedValue): boolean {
  if (asked.kind === 'token') return tokensOf(value).some((token) => isToken(asked, token));
  if (asked.kind === 'of-type') return value.type === 'Identifier' && isOfType(asked, value.value);
  if (asked.kind !== 'text') return false;
  const start = normalizeText(asked.text);
  return tokensOf(value).some(({ text }) => text !== undefined && normalizeText(text).startsWith(start));
}
