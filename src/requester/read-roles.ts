/**
 * Token values -> Privity's roles, by the issuer's own table (design.md section 6). Where a table is configured, only
 * what it lists counts: a realm role that happens to be called `auditor` must not open the disclosure log. Without a
 * table a plain string that is a role's own name is that role. Unknown values are ignored: every realm has some.
 */
import type { Claims } from '../ports.ts';
import { claimAt } from './claim-at.ts';
import { type CodedValue, readCodedClaim } from './read-coded-claim.ts';
import { ROLES, type Role } from './requester.ts';
import type { IssuerRules } from './requester-rules.ts';

const PLACES = ['roles', 'extensions.ihe_iua.subject_role', 'extensions.hl7-b2b.subject_role'];

function roleOf({ system, code }: CodedValue, table: IssuerRules['roles']): Role | undefined {
  if (Object.keys(table).length === 0) return system === undefined ? ROLES.find((role) => role === code) : undefined;
  const names = system === undefined ? [code] : [`${system}|${code}`, `${system}#${code}`, code];
  const listed = names.find((name) => Object.hasOwn(table, name));
  return listed === undefined ? undefined : table[listed];
}

/** @returns roles in the order of ROLES, each once */
export function readRoles(claims: Claims, rules: IssuerRules): readonly Role[] {
  const places = rules.claims.roles === undefined ? PLACES : [rules.claims.roles];
  const claim = places.map((place) => claimAt(claims, place)).find((found) => found !== undefined);
  const found = new Set(readCodedClaim(claim).map((value) => roleOf(value, rules.roles)));
  return ROLES.filter((role) => found.has(role));
}
