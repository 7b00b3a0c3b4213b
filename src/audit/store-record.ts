/**
 * A record as the database can hold it: contexts by id, each subject once, the instant in UTC, and no character that
 * PostgreSQL's text can't keep (NUL, unpaired surrogates), so that what is hashed is what can be read back.
 */
import { canonicalRecord } from './canonical-record.ts';
import type { AuditRecord, StoredRecord } from './record.ts';

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
    decisions: record.decisions.map(({ context, ...decision }) => ({ ...decision, contextId: contextId(context) })),
  };
  const canonical = canonicalRecord(stored);
  // JSON.stringify escapes just these characters; a match may be an innocent backslash, then cleaning changes nothing.
  if (!UNSTORABLE.test(canonical)) return { stored, canonical };
  const clean = JSON.parse(canonical, (_, value) => (typeof value === 'string' ? storableText(value) : value)) as StoredRecord;
  return { stored: clean, canonical: canonicalRecord(clean) };
}

export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
