/**
 * Attestations, determinations and restrictions that entitled staff recorded beforehand (design.md 4.3): who may record
 * which kind is decided before (policies/attestations.yaml). Each change is in force from its own commit on: it bumps the
 * subject's epoch in the same transaction.
 */
import type { RecordedAttestation } from '../decide/decision.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

/** With its document (a reference to the paper that it rests on) and its end. */
export interface AttestationEntry extends RecordedAttestation {
  readonly document?: string;
  readonly withdrawnAt?: string;
  readonly withdrawnBy?: string;
}

export type NewAttestation = Omit<AttestationEntry, 'id' | 'withdrawnAt' | 'withdrawnBy'>;

export interface RecordedAttestations {
  /**
   * Those of these subjects that stand at a moment: not withdrawn, not past their end.
   * @param at ISO 8601
   * @throws PrivityError `audit-unavailable`
   */
  recordedOf(subjects: readonly string[], at: string): Promise<readonly RecordedAttestation[]>;
  /** All of a subject, newest first, with those that ended. @throws PrivityError `audit-unavailable` */
  historyOf(subject: string): Promise<readonly AttestationEntry[]>;
  /** Whatever became of it. @throws PrivityError `audit-unavailable` */
  find(id: string): Promise<AttestationEntry | undefined>;
  /** @throws PrivityError `audit-unavailable` */
  record(attestation: NewAttestation): Promise<AttestationEntry>;
  /** @returns the entry, or `undefined` where none of this id stands. @throws PrivityError `audit-unavailable` */
  withdraw(id: string, by: string, at: string): Promise<AttestationEntry | undefined>;
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly recipient: string | null;
  readonly document: string | null;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly until: Date | null;
  readonly withdrawn_at: Date | null;
  readonly withdrawn_by: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createRecordedAttestations({ sql }: Database): RecordedAttestations {
  return {
    async recordedOf(subjects, at) {
      const rows = sql<Row[]>`select * from attestation where subject = any(${subjects as string[]}::text[])
        and withdrawn_at is null and (until is null or until > ${at}::text::timestamptz) order by recorded_at, id`;
      return (await withinDeadline(rows, 'attestations')).map(entryOf);
    },
    async historyOf(subject) {
      const rows = sql<Row[]>`select * from attestation where subject = ${subject} order by recorded_at desc, id desc`;
      return (await withinDeadline(rows, 'attestations')).map(entryOf);
    },
    async find(id) {
      if (!UUID.test(id)) return undefined;
      const [row] = await withinDeadline(sql<Row[]>`select * from attestation where id = ${id}`, 'attestations');
      return row && entryOf(row);
    },
    async record({ kind, subject, recipient, document, recordedBy, recordedAt, until }) {
      const added = sql.begin(async (tx) => {
        const [row] = await tx<Row[]>`
          insert into attestation (kind, subject, recipient, document, recorded_by, recorded_at, until)
          values (${kind}, ${subject}, ${recipient ?? null}, ${document ?? null}, ${recordedBy},
            ${recordedAt}::text::timestamptz, ${until ?? null}::text::timestamptz) returning *`;
        await tx`select from bump_epochs(${[subject]}::text[])`;
        return row as Row;
      });
      return entryOf(await withinDeadline(added, 'attestations'));
    },
    async withdraw(id, by, at) {
      if (!UUID.test(id)) return undefined;
      const withdrawn = sql.begin(async (tx) => {
        const [row] = await tx<Row[]>`update attestation set withdrawn_at = ${at}::text::timestamptz, withdrawn_by = ${by}
          where id = ${id} and withdrawn_at is null returning *`;
        if (row !== undefined) await tx`select from bump_epochs(${[row.subject]}::text[])`;
        return row;
      });
      const row = await withinDeadline(withdrawn, 'attestations');
      return row && entryOf(row);
    },
  };
}

function entryOf(row: Row): AttestationEntry {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    ...(row.recipient === null ? {} : { recipient: row.recipient }),
    ...(row.document === null ? {} : { document: row.document }),
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at.toISOString(),
    ...(row.until === null ? {} : { until: row.until.toISOString() }),
    ...(row.withdrawn_at === null ? {} : { withdrawnAt: row.withdrawn_at.toISOString() }),
    ...(row.withdrawn_by === null ? {} : { withdrawnBy: row.withdrawn_by }),
  };
}
