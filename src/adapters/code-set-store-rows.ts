/** Code sets as the database keeps them (migrations/0005_code-sets.sql) and as administrators read them. */
import type { AddedCodeSet } from '../classify/add-code-sets.ts';

/** The part of a version that labels. */
export interface CodeSetSystems {
  readonly title: string;
  /** v3-ActCode. */
  readonly labels: readonly string[];
  readonly systems: readonly { readonly system: string; readonly codes: readonly string[] }[];
}

/** What an administrator says about one version of a set; it never changes. */
export interface CodeSetDraft extends CodeSetSystems {
  readonly name: string;
  /** What it is for, in the administrator's words. */
  readonly purpose: string;
  readonly author: string;
  /** Days, `2026-01-31`; it can be put in force from the first to the last. */
  readonly effective: { readonly from?: string | undefined; readonly until?: string | undefined };
  /** FHIR R4, as it was uploaded. */
  readonly valueSet: unknown;
  /** Terminology server that expanded it; absent: it holds its codes itself. */
  readonly expandedBy?: string;
}

export interface CodeSetVersion extends CodeSetDraft {
  readonly version: number;
  readonly codes: number;
  /** SHA-256 of labels and systems, hex. */
  readonly digest: string;
  readonly uploadedBy: string;
  readonly uploadedAt: string;
}

/** Without its codes. */
export type CodeSetSummary = Omit<CodeSetVersion, 'valueSet' | 'systems'>;

export interface SummaryRow {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly labels: readonly string[];
  readonly purpose: string;
  readonly author: string;
  readonly effective_from: string | null;
  readonly effective_until: string | null;
  readonly expanded_by: string | null;
  readonly code_count: number;
  readonly digest: string;
  readonly uploaded_by: string;
  readonly uploaded_at: Date;
}

export interface CodeSetRow extends SummaryRow {
  readonly value_set: string;
  readonly systems: CodeSetSystems['systems'];
}

/** Dates as text: a day has no time zone. */
export const SUMMARY_COLUMNS = `name, version, title, purpose, author, effective_from::text, effective_until::text, labels, expanded_by,
  code_count, digest, uploaded_by, uploaded_at`;
export const CODE_SET_COLUMNS = `${SUMMARY_COLUMNS}, value_set, systems`;

/** No name of a shipped set has an `@`: evidence says which version of whose set put a label on. */
export function addedCodeSet({ name, version, title, labels, systems }: CodeSetSystems & { name: string; version: number }): AddedCodeSet {
  const source = { source: 'administrator', licence: 'as uploaded', version: String(version) };
  return { id: `${name}@${version}`, title, ...source, labels, systems };
}

export function summaryOf(row: SummaryRow): CodeSetSummary {
  const { name, version, title, purpose, author, labels, code_count: codes, digest } = row;
  const effective = {
    ...(row.effective_from === null ? {} : { from: row.effective_from }),
    ...(row.effective_until === null ? {} : { until: row.effective_until }),
  };
  const expanded = row.expanded_by === null ? {} : { expandedBy: row.expanded_by };
  const uploaded = { uploadedBy: row.uploaded_by, uploadedAt: row.uploaded_at.toISOString() };
  return { name, version, title, purpose, author, effective, labels, codes, ...expanded, digest, ...uploaded };
}

export function codeSetVersionOf(row: CodeSetRow): CodeSetVersion {
  return { ...summaryOf(row), systems: row.systems, valueSet: JSON.parse(row.value_set) as unknown };
}
