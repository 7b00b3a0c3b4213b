/** What the last verification of the log in this process found: reading every row is nothing to do for a glance. */
import type { AuditProof } from '../adapters/audit-proof.ts';
import type { Clock } from '../ports.ts';

export interface Verification {
  /** ISO instant. */
  readonly at: string;
  readonly sound: boolean;
  readonly rows: number;
  readonly faults: number;
}

export interface Verifications {
  last(): Verification | undefined;
}

/** The proof, and what it last found. */
export function rememberVerifications(
  proof: AuditProof,
  clock: Clock,
): { readonly proof: AuditProof; readonly verifications: Verifications } {
  let last: Verification | undefined;
  return {
    proof: {
      ...proof,
      async verify(...asked) {
        const report = await proof.verify(...asked);
        last = { at: new Date(clock.now()).toISOString(), sound: report.sound, rows: report.rows, faults: report.faults.length };
        return report;
      },
    },
    verifications: { last: () => last },
  };
}
