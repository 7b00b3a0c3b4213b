/** Which representation a caller gets (FHIR R4 section 3.1.0.1.10): FHIR JSON, or the content of a Binary (threats.md 41). */
import { PrivityError } from '../errors.ts';
import type { Pairs } from '../fhir/query-pairs.ts';

const FHIR_JSON = new Set(['application/fhir+json', 'application/json', 'text/json', 'json', 'application/json+fhir']);
const ANY = new Set(['*/*', 'application/*']);

export interface Negotiated {
  /** FHIR JSON is asked for by name, by `_format` or in Accept. */
  readonly named: boolean;
}

/**
 * @param accept the Accept header as it came
 * @param binary a Binary may be given in its own type
 * @throws PrivityError `not-acceptable`
 */
export function negotiate(accept: string | undefined, parameters: Pairs, binary: boolean): Negotiated {
  const format = parameters.filter(([name]) => name === '_format').map(([, value]) => mediaType(value));
  if (format.length > 0) {
    if (!format.every((value) => FHIR_JSON.has(value))) throw new PrivityError('not-acceptable');
    return { named: true };
  }
  const ranges = (accept ?? '*/*').split(',').filter(isWanted).map(mediaType);
  const named = ranges.some((range) => FHIR_JSON.has(range));
  if (!named && !binary && !ranges.some((range) => ANY.has(range))) throw new PrivityError('not-acceptable');
  return { named };
}

function isWanted(range: string): boolean {
  return !/;\s*q=0(\.0+)?\s*(;|$)/.test(range);
}

/** `application/fhir+json; fhirVersion=4.0` names its type; a space that was a plus in a URL counts as one. */
function mediaType(text: string): string {
  const type = (text.split(';')[0] ?? '').trim().toLowerCase();
  return type.replace(/^application\/fhir json$/, 'application/fhir+json');
}
