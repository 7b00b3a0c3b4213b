/** What an installation may choose about decisions; the defaults are in config.ts and deny. */
import type { AttestationRules } from '../policy/attestation-rule.ts';
import type { Recipient } from '../policy/question.ts';

export interface DecideSettings {
  readonly consent: {
    readonly combine: 'deny-overrides' | 'most-recent';
    readonly implicit: 'hipaa' | 'basic-normal' | 'all-normal' | 'break-glass-only' | 'deny';
    readonly custodians: readonly string[];
    readonly approvedForms: readonly string[];
    /** States whose law on written consent is asked too: `policy.jurisdictions`. */
    readonly jurisdictions?: readonly string[];
  };
  readonly withheld: Readonly<Partial<Record<Recipient | 'default', 'hide' | 'announce'>>>;
  readonly candidates: 'release-for-treatment' | 'hold';
  readonly treatmentRelationship: 'asserted' | 'evidenced';
  /** Who may make which attestation, and for whom it counts. */
  readonly attestations: AttestationRules;
  /** Organization references whose records are under 42 CFR Part 2. */
  readonly part2Programs: readonly string[];
}
