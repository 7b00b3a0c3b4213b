/** The SMART scopes of a token: `scope` as a space-separated text (RFC 8693 section 4.2) or, as some issuers do, an array. */
import type { Claims } from '../ports.ts';
import { claimAt } from './claim-at.ts';
import { parseScope } from './parse-scope.ts';
import type { RefusedScope, Scope } from './requester.ts';

export interface HeldScopes {
  readonly scopes: readonly Scope[];
  readonly refused: readonly RefusedScope[];
}

/** @param path where the claim sits, if not in `scope` */
export function readScopes(claims: Claims, path: string | undefined): HeldScopes {
  const claim = claimAt(claims, path ?? 'scope');
  const texts = (Array.isArray(claim) ? claim : [claim]).flatMap((item) => (typeof item === 'string' ? item.split(/\s+/) : []));
  const scopes: Scope[] = [];
  const refused: RefusedScope[] = [];
  for (const text of new Set(texts)) {
    const reading = parseScope(text);
    if (reading.kind === 'access') scopes.push(reading.scope);
    else if (reading.kind === 'refused') refused.push({ scope: text, reason: reading.reason });
  }
  return { scopes, refused };
}
