/** Who may make an attestation, and for whom it counts (design.md 4.3). From anyone else it is refused: unknown kinds too. */
import type { Role } from '../requester/requester.ts';
import type { AttestationRules } from './attestation-rule.ts';
import type { Recipient } from './question.ts';

/** May somebody with these roles assert this kind in a request of their own (`X-Attestation`)? */
export function mayAssert(rules: AttestationRules, kind: string, roles: readonly Role[]): boolean {
  return rules.get(kind)?.asserts.some((role) => roles.includes(role)) ?? false;
}

/** May somebody with these roles record this kind beforehand (`/admin/attestations`)? Authorship is asked apart. */
export function mayRecord(rules: AttestationRules, kind: string, roles: readonly Role[]): boolean {
  return rules.get(kind)?.records.some((role) => roles.includes(role)) ?? false;
}

/** Does this kind mean anything for this recipient class? */
export function countsFor(rules: AttestationRules, kind: string, recipient: Recipient): boolean {
  return rules.get(kind)?.recipients.some((one) => one === '*' || one === recipient) ?? false;
}
