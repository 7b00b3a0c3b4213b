/**
 * URLs of the gateway in a search come back as what the record server knows (design.md 4.4): a client may ask for
 * `author=<gateway>/fhir/Practitioner/p1`, as it read it. A local reference is the same on both sides.
 */
import type { Pairs } from '../fhir/query-pairs.ts';
import { searchDefinition } from '../fhir/search/search-definition.ts';

/** @param publicBase FHIR base URL of the gateway, no trailing slash */
export function incomingUrls(type: string, pairs: Pairs, publicBase: string): Pairs {
  return pairs.map(([name, value]) => {
    const [base = ''] = name.split(':');
    if (searchDefinition(type, base)?.type !== 'reference') return [name, value];
    const local = value.split(',').map((part) => (part.startsWith(`${publicBase}/`) ? part.slice(publicBase.length + 1) : part));
    return [name, local.join(',')];
  });
}
