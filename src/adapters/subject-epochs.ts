/**
 * The epoch of a subject: a number that grows whenever something changes that decisions about the subject rest on. The
 * log's commit compares it (audit-log.ts), so that a revocation is in force from its own commit on; what is kept here is
 * only a short-cut, kept warm by NOTIFY, and a stale one costs a second decision (design.md section 5).
 */
import { LRUCache } from 'lru-cache';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

export interface SubjectEpochs {
  /**
   * @param subjects `Patient/p1`
   * @returns the epoch of each, `0` where nothing has changed yet
   * @throws PrivityError `audit-unavailable`
   */
  epochsOf(subjects: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Resolves when the change is in force everywhere. @throws PrivityError `audit-unavailable` */
  bump(subjects: readonly string[]): Promise<void>;
  /** Reads these anew, after a commit said that they are stale. */
  forget(subjects: readonly string[]): void;
  /** Calls `listener` with each subject that changes anywhere; with `undefined` when changes may have been missed. */
  onChange(listener: (subject: string | undefined) => void): void;
}

const MAX_SUBJECTS = 100_000;
/** A notification may be lost with its connection; what is kept is not older than this. */
const KEEP_MS = 30_000;

/** Listens on a connection of the database's own; it ends with the database. */
export async function createSubjectEpochs(database: Database): Promise<SubjectEpochs> {
  const { sql } = database;
  const kept = new LRUCache<string, string>({ max: MAX_SUBJECTS, ttl: KEEP_MS });
  const listeners: ((subject: string | undefined) => void)[] = [];
  let changes = 0;

  const change = (subject: string | undefined) => {
    changes += 1;
    if (subject === undefined) kept.clear();
    else kept.delete(subject);
    for (const listener of listeners) listener(subject);
  };
  // An empty payload stands for a name too long to send. After every (re)connection, anything may have been missed.
  await sql.listen(
    'privity_epoch',
    (payload) => change(payload === '' ? undefined : payload),
    () => change(undefined),
  );

  const read = async (subjects: readonly string[]) => {
    const before = changes;
    const rows = await sql<{ subject: string; epoch: string }[]>`
      select subject, epoch from consent_epoch where subject = any(${subjects as string[]}::text[])`;
    const found = new Map(rows.map(({ subject, epoch }) => [subject, epoch]));
    for (const subject of subjects) if (before === changes) kept.set(subject, found.get(subject) ?? '0');
    return found;
  };

  return {
    async epochsOf(subjects) {
      const epochs = new Map<string, string>();
      const missing: string[] = [];
      for (const subject of new Set(subjects)) {
        const epoch = kept.get(subject);
        if (epoch === undefined) missing.push(subject);
        else epochs.set(subject, epoch);
      }
      if (missing.length === 0) return epochs;
      const found = await withinDeadline(read(missing), 'epochs');
      for (const subject of missing) epochs.set(subject, found.get(subject) ?? '0');
      return epochs;
    },
    async bump(subjects) {
      if (subjects.length === 0) return;
      await withinDeadline(sql`select from bump_epochs(${subjects as string[]}::text[])`, 'epochs');
      for (const subject of subjects) change(subject);
    },
    forget(subjects) {
      changes += 1;
      for (const subject of subjects) kept.delete(subject);
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
