/** What AuditEvents are made from (to-audit-event.ts): a record of the log and the gateway that observed it. */
import type { AuditDecision, AuditRecord } from './record.ts';

/** A record as it came or as it is stored. */
export type LoggedRecord = Omit<AuditRecord, 'decisions'> & {
  readonly decisions: readonly (Omit<AuditDecision, 'context'> & { readonly contextId?: string })[];
};

/** The gateway that observed the event. */
export interface Observer {
  /** Base URL under which callers know it. */
  readonly url: string;
  readonly name: string;
}

/** Part of a FHIR resource. */
export type Element = Readonly<Record<string, unknown>>;
