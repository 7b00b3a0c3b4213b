/**
 * A record as the database can hold it: contexts by id, like decisions in one, each subject once, the instant in UTC, and no character that
 * PostgreSQL's text can't keep (NUL, unpaired surrogates), so that what is hashed is what can be read back.
 */
import { canonicalRecord } from './canonical-record.ts';
import type { LoggedRecord } from './logged-record.ts';
import type { AuditDecision, AuditRecord, StoredDecision, StoredRecord } from './record.ts';

const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/**
 * @param contextId id (SHA-256, hex) of a context's text
 * @throws RangeError where `recordedAt` is no instant
 */
export function storeRecord(
  record: AuditRecord,
  contextId: (text: string) => string,
): { readonly stored: StoredRecord; readonly canonical: string } {
  const stored: StoredRecord = {
    ...record,
    id: record.id.toLowerCase(),
    recordedAt: new Date(record.recordedAt).toISOString(),
    subjects: [...new Set(record.subjects)],
    decisions: groupDecisions(record.decisions, contextId),
  };
  const canonical = canonicalRecord(stored);
  // JSON.stringify escapes just these characters; a match may be an innocent backslash, then cleaning changes nothing.
  if (!UNSTORABLE.test(canonical)) return { stored, canonical };
  const clean = JSON.parse(canonical, (_, value) => (typeof value === 'string' ? storableText(value) : value)) as StoredRecord;
  return { stored: clean, canonical: canonicalRecord(clean) };
}

/** A page of a hundred resources is mostly a few decisions, each about many of them. */
function groupDecisions(decisions: readonly AuditDecision[], contextId: (text: string) => string): readonly StoredDecision[] {
  const groups = new Map<string, Group>();
  let last: { readonly decision: AuditDecision; readonly group: Group } | undefined;
  for (const decision of decisions) {
    if (last === undefined || !isAlike(last.decision, decision)) {
      const { reference: _, versionId: __, context, ...common } = decision;
      const id = contextId(context);
      const key = JSON.stringify([id, common.subject, common.effect, common.labels, common.reviews, common.basis]);
      const group = groups.get(key) ?? { ...common, contextId: id, references: [], versionIds: [] };
      groups.set(key, group);
      last = { decision, group };
    }
    last.group.references.push(decision.reference);
    last.group.versionIds.push(decision.versionId ?? '');
  }
  return [...groups.values()];
}

type Group = StoredDecision & { readonly references: string[]; readonly versionIds: string[] };

/** Without a look inside: the same decision came with the same parts. */
function isAlike(one: AuditDecision, other: AuditDecision): boolean {
  return (
    one.context === other.context &&
    one.basis === other.basis &&
    one.labels === other.labels &&
    one.subject === other.subject &&
    one.effect === other.effect &&
    one.reviews === other.reviews
  );
}

/** The record with one decision for each resource again, as AuditEvents are made from it. */
export function loggedRecord(stored: StoredRecord): LoggedRecord {
  const decisions = stored.decisions.flatMap(({ references, versionIds, ...common }) =>
    references.map((reference, index) => ({ ...common, reference, ...(versionIds[index] ? { versionId: versionIds[index] } : {}) })),
  );
  return { ...stored, decisions };
}

export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
