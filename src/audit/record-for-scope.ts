/**
 * What of a record an accounting rests on, by who it is for: staff have all of it; the individual, and who stands in that place, only
 * what is known to be about the patient; a parent of that only what is sure to be a parent's to know (45 CFR 164.502(g)(3)(i)).
 */
import type { AccountingScope } from './accounting.ts';
import type { StoredRecord } from './record.ts';

/** @param patient `Patient/p1` */
export function recordForScope(record: StoredRecord, patient: string, scope: AccountingScope): StoredRecord {
  if (scope === 'staff') return record;
  const own = record.decisions.filter(({ subject }) => subject === patient);
  // Who consented, the log can't tell: whatever carries a sensitivity may be the minor's own.
  return { ...record, decisions: scope === 'parent-of-minor' ? own.filter(({ labels }) => labels.length === 0) : own };
}
