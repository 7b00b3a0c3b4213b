/** `name=value` pairs of a query or a form (application/x-www-form-urlencoded), decoded strictly and written back. */
import { PrivityError } from '../errors.ts';

export type Pairs = readonly (readonly [name: string, value: string])[];

/** @throws PrivityError `invalid-parameter`: a broken escape is refused, not guessed */
export function readPairs(text: string): [string, string][] {
  if (text === '') return [];
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=');
      return [decode(cut < 0 ? part : part.slice(0, cut)), decode(cut < 0 ? '' : part.slice(cut + 1))];
    });
}

function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    if (decoded.includes('\0')) throw new URIError('NUL');
    return decoded;
  } catch (cause) {
    throw new PrivityError('invalid-parameter', 'percent-encoding', { cause });
  }
}

/** Pairs as a query that decodes to the same pairs. */
export function queryText(pairs: Pairs): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}
