/** Which form of an answer of `/audit` is wanted: by `_format`, else by the first type of Accept that is offered (RFC 9110 section 12.5.1). */
import { PrivityError } from '../errors.ts';

export type AuditFormat = 'json' | 'fhir' | 'ndjson' | 'csv' | 'html';

const TYPES: ReadonlyMap<string, AuditFormat> = new Map([
  ['json', 'json'],
  ['application/json', 'json'],
  ['application/fhir+json', 'fhir'],
  ['ndjson', 'ndjson'],
  ['application/x-ndjson', 'ndjson'],
  ['application/fhir+ndjson', 'ndjson'],
  ['csv', 'csv'],
  ['text/csv', 'csv'],
  ['html', 'html'],
  ['text/html', 'html'],
]);

/**
 * @param offered the first is given to who takes anything
 * @throws PrivityError `not-acceptable`
 */
export function auditFormat(
  accept: string | undefined,
  pairs: readonly (readonly [string, string])[],
  offered: readonly AuditFormat[],
): AuditFormat {
  const asked = pairs.filter(([name]) => name === '_format').map(([, value]) => typeOf(value));
  const ranges = asked.length > 0 ? asked : (accept ?? '*/*').split(',').filter(isWanted).map(typeOf);
  for (const range of ranges) {
    const [first] = offered;
    if (first !== undefined && /^(\*|application)\/\*$/.test(range)) return first;
    const named = TYPES.get(range);
    // FHIR's own JSON and plain JSON are one to a caller who asks for the log.
    const format = named === 'json' && !offered.includes('json') ? 'fhir' : named === 'fhir' && !offered.includes('fhir') ? 'json' : named;
    if (format !== undefined && offered.includes(format)) return format;
  }
  throw new PrivityError('not-acceptable');
}

function isWanted(range: string): boolean {
  return !/;\s*q=0(\.0+)?\s*(;|$)/.test(range);
}

/** A space that was a plus in a URL counts as one. */
function typeOf(text: string): string {
  return (text.split(';')[0] ?? '').trim().toLowerCase().replace(' ', '+');
}
