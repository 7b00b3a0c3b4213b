/** Policy sets as the database keeps them (migrations/0003_admin.sql) and as administrators read them. */
import type { PolicyFile, PolicySetMode } from '../policy/policy-set.ts';

export interface Citation {
  readonly citation: string;
  readonly url?: string;
}

/** What an administrator says about one version of a set; it never changes. */
export interface PolicySetDraft {
  readonly name: string;
  readonly mode: PolicySetMode;
  readonly title: string;
  /** What it is for, in the administrator's words. */
  readonly purpose: string;
  readonly author: string;
  /** Days, `2026-01-31`; it can be put in force from the first to the last. */
  readonly effective: { readonly from?: string; readonly until?: string };
  /** What the set as a whole rests on; each policy has its own @citation. */
  readonly citations?: readonly Citation[];
  /** Cedar. */
  readonly files: readonly PolicyFile[];
}

export interface PolicySetVersion extends PolicySetDraft {
  readonly version: number;
  /** SHA-256 of mode and files, hex. */
  readonly digest: string;
  readonly uploadedBy: string;
  readonly uploadedAt: string;
}

/** An act that waits for a second person. */
export interface PendingAct {
  readonly kind: ActKind;
  /** Absent: no version shall be in force. */
  readonly version?: number;
  readonly by: string;
  readonly at: string;
  /** In the words of whoever asked. */
  readonly reason?: string;
}

export type ActKind = 'activate' | 'deactivate' | 'rollback';

export interface PolicySetState {
  readonly name: string;
  readonly latest: number;
  /** Version in force; absent: none. */
  readonly active?: number;
  /** Grows with every act on the set. */
  readonly revision: number;
  readonly pending?: PendingAct;
}

/** The act that was the last to change what is in force. */
export function lastActOf(history: readonly ActivationEntry[]): ActivationEntry | undefined {
  return history.findLast(({ kind }) => kind !== 'withdraw');
}

/** What was in force when. */
export interface ActivationEntry {
  readonly kind: ActKind | 'withdraw' | 'seed';
  readonly version?: number;
  /** Of `withdraw`, which changes nothing of what is in force: the act that no longer waits. */
  readonly withdrawn?: PendingAct;
  /** One person, or two where a second is asked for. */
  readonly by: readonly string[];
  readonly at: string;
  /** In the words of whoever did it; of two persons, a line each. */
  readonly reason?: string;
  readonly policyVersion: string;
}

export interface StateRow {
  readonly name: string;
  readonly latest: number;
  readonly active: number | null;
  readonly revision: number;
  readonly pending: PendingAct | null;
}

export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly mode: PolicySetMode;
  readonly title: string;
  readonly purpose: string;
  readonly author: string;
  readonly effective_from: string | null;
  readonly effective_until: string | null;
  readonly citations: readonly Citation[];
  readonly files: readonly PolicyFile[];
  readonly digest: string;
  readonly uploaded_by: string;
  readonly uploaded_at: Date;
}

export interface ActivationRow {
  readonly kind: ActivationEntry['kind'];
  readonly version: number | null;
  readonly acted_by: string[];
  readonly acted_at: Date;
  readonly reason: string | null;
  readonly withdrawn: PendingAct | null;
  readonly policy_version: string;
}

/** Dates as text: a day has no time zone. */
export const VERSION_COLUMNS = `name, version, mode, title, purpose, author, effective_from::text, effective_until::text, citations, files, digest,
  uploaded_by, uploaded_at`;

export function stateOf({ name, latest, active, revision, pending }: StateRow): PolicySetState {
  return { name, latest, ...(active === null ? {} : { active }), revision, ...(pending === null ? {} : { pending }) };
}

export function versionOf(row: VersionRow): PolicySetVersion {
  const { name, version, mode, title, purpose, author, citations, files, digest } = row;
  const effective = {
    ...(row.effective_from === null ? {} : { from: row.effective_from }),
    ...(row.effective_until === null ? {} : { until: row.effective_until }),
  };
  const uploaded = { uploadedBy: row.uploaded_by, uploadedAt: row.uploaded_at.toISOString() };
  return { name, version, mode, title, purpose, author, effective, citations, files, digest, ...uploaded };
}

export function activationOf({ kind, version, acted_by, acted_at, reason, withdrawn, policy_version }: ActivationRow): ActivationEntry {
  const said = {
    ...(version === null ? {} : { version }),
    ...(reason === null ? {} : { reason }),
    ...(withdrawn === null ? {} : { withdrawn }),
  };
  return { kind, ...said, by: acted_by, at: acted_at.toISOString(), policyVersion: policy_version };
}
