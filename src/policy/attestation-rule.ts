/** What an attestation or determination is, and who may make it (policies/attestations.yaml; design.md 4.3). */
import type { Role } from '../requester/requester.ts';
import type { Recipient } from './question.ts';

export interface AttestationRule {
  /** Rule id (`PN-14`), or the fact that it establishes (`access-denied-524`). */
  readonly kind: string;
  readonly title: string;
  readonly citation: string;
  /** The sentence that the person stands for. */
  readonly wording: string;
  /** Roles that may assert it in their own request (`X-Attestation`). */
  readonly asserts: readonly Role[];
  /** Roles that may record it beforehand (`/admin/attestations`). */
  readonly records: readonly Role[];
  /** The person must have authored what is released. */
  readonly originator: boolean;
  /** Recipients for whom it counts; `*` = anyone. */
  readonly recipients: readonly (Recipient | '*')[];
  /** Rests on a paper that must be referred to. */
  readonly document: boolean;
  /** Longest validity in days; absent = until withdrawn. */
  readonly maxDays?: number;
  /** Longest validity in days of what rests on no document (an oral statement); where it is set, recipient and end must be named. */
  readonly oralDays?: number;
}

export type AttestationRules = ReadonlyMap<string, AttestationRule>;
