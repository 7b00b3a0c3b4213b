/**
 * What somebody has to look at (design.md sections 4.1 and 4.4): break-glass uses and other approvals, psychotherapy-note
 * candidates, contradicting labels, alerts. The log and its alerts open reviews; here they are assigned, discussed and closed. What is found about
 * a resource is kept for classification, in force at every replica from its own commit on.
 */
import type { Sql, TransactionSql } from 'postgres';
import { isFinding, outcomesOf } from '../audit/review-outcomes.ts';
import { PrivityError } from '../errors.ts';
import type { ReviewedAlert } from './alert-reviews.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import type { PoliciesInForce } from './policy-store-in-force.ts';

export interface Review {
  readonly id: string;
  readonly kind: string;
  readonly state: 'open' | 'closed';
  readonly revision: number;
  readonly openedAt: string;
  /** Audit event that opened it. */
  readonly event?: string;
  readonly subject?: string;
  readonly reference?: string;
  /** What the requester gave as a reason. */
  readonly reason?: string;
  readonly requester?: string;
  readonly purpose?: string;
  /** Of kind `alert`: the rule, its window, how many, and which records (audit events). */
  readonly alert?: ReviewedAlert;
  readonly assignedTo?: string;
  readonly closedAt?: string;
  readonly closedBy?: string;
  readonly outcome?: string;
  readonly note?: string;
}

export interface ReviewComment {
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

export interface ReviewFilter {
  readonly state?: Review['state'];
  readonly kind?: string;
  readonly assignedTo?: string;
  readonly subject?: string;
  /** At most this many, oldest first. */
  readonly count: number;
  /** Id of the review after which to go on. */
  readonly after?: string;
}

/** Who acts, having seen which revision, when (ISO 8601). */
export interface ReviewAct {
  readonly id: string;
  readonly seen: number;
  readonly by: string;
  readonly at: string;
}

export interface ReviewQueue {
  list(filter: ReviewFilter): Promise<readonly Review[]>;
  read(id: string): Promise<(Review & { readonly comments: readonly ReviewComment[] }) | undefined>;
  /** @throws PrivityError `not-found`, `version-mismatch`, `not-possible` */
  assign(act: ReviewAct, assignee: string): Promise<Review>;
  /** @throws PrivityError `not-found` */
  comment(id: string, comment: ReviewComment): Promise<Review>;
  /** @param outcome one of `outcomesOf(kind)`. @throws as `assign` */
  close(act: ReviewAct, outcome: string, note: string): Promise<Review>;
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly state: Review['state'];
  readonly revision: number;
  readonly opened_at: Date;
  readonly event_id: string | null;
  readonly subject: string | null;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly requester_id: string | null;
  readonly purpose: string | null;
  readonly alert: ReviewedAlert | null;
  readonly assigned_to: string | null;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly outcome: string | null;
  readonly note: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** With who did what opened it. */
const FROM = `select r.*, e.requester_id, e.purpose from review r left join event e on e.id = r.event_id`;

export function createReviewQueue({ sql }: Database, inForce: PoliciesInForce): ReviewQueue {
  const timely = <T>(answer: Promise<T>) => withinDeadline(answer, 'reviews');
  const change = async (act: ReviewAct, then: (tx: TransactionSql, row: Row) => Promise<unknown>) => {
    const done = sql.begin(async (tx) => {
      const row = await readRow(tx, act.id, true);
      if (row === undefined) throw new PrivityError('not-found');
      if (row.revision !== act.seen) throw new PrivityError('version-mismatch');
      if (row.state === 'closed') throw new PrivityError('not-possible', 'the review is closed');
      await then(tx, row);
      return (await readRow(tx, act.id)) as Row;
    });
    return reviewOf((await timely(done)) as Row);
  };
  return {
    async list({ state = null, kind = null, assignedTo = null, subject = null, count, after = null }) {
      const from = after !== null && UUID.test(after) ? after : null;
      const rows = sql<Row[]>`${sql.unsafe(FROM)}
        where (${state}::text is null or r.state = ${state}) and (${kind}::text is null or r.kind = ${kind})
          and (${assignedTo}::text is null or r.assigned_to = ${assignedTo}) and (${subject}::text is null or r.subject = ${subject})
          and (${from}::uuid is null or (r.opened_at, r.id) > (select opened_at, id from review where id = ${from}))
        order by r.opened_at, r.id limit ${count}`;
      return (await timely(rows)).map(reviewOf);
    },
    async read(id) {
      const row = await timely(readRow(sql, id));
      if (row === undefined) return undefined;
      const comments = sql<{ written_by: string; written_at: Date; text: string }[]>`
        select written_by, written_at, text from review_comment where review = ${id} order by id`;
      const told = (await timely(comments)).map(({ written_by, written_at, text }) => ({
        by: written_by,
        at: written_at.toISOString(),
        text,
      }));
      return { ...reviewOf(row), comments: told };
    },
    assign: (act, assignee) =>
      change(act, (tx) => tx`update review set assigned_to = ${assignee}, revision = revision + 1 where id = ${act.id}`),
    async comment(id, { by, at, text }) {
      const row = await timely(readRow(sql, id));
      if (row === undefined) throw new PrivityError('not-found');
      await timely(
        sql`insert into review_comment (review, written_by, written_at, text) values (${id}, ${by}, ${at}::text::timestamptz, ${text})`,
      );
      return reviewOf(row);
    },
    async close(act, outcome, note) {
      const closed = await change(act, async (tx, row) => {
        if (!outcomesOf(row.kind).includes(outcome)) throw new PrivityError('not-possible', `outcome: ${outcomesOf(row.kind).join(', ')}`);
        await tx`update review set state = 'closed', outcome = ${outcome}, note = ${note}, closed_by = ${act.by},
          closed_at = ${act.at}::text::timestamptz, revision = revision + 1 where id = ${act.id}`;
        if (row.reference !== null && isFinding(row.kind)) await keepFinding(tx, row, row.reference, outcome, act, inForce);
      });
      await inForce.refresh();
      return closed;
    },
  };
}

async function readRow(sql: Sql | TransactionSql, id: string, lock = false): Promise<Row | undefined> {
  if (!UUID.test(id)) return undefined;
  const [row] = await sql<Row[]>`${sql.unsafe(FROM)} where r.id = ${id} ${lock ? sql`for update of r` : sql``}`;
  return row;
}

/** One act at a time on what is in force, everywhere (policy-store.ts). */
async function keepFinding(
  tx: TransactionSql,
  row: Row,
  reference: string,
  outcome: string,
  { by, at }: ReviewAct,
  inForce: PoliciesInForce,
) {
  await tx`select pg_advisory_xact_lock(7704, 1)`;
  await tx`insert into review_finding (reference, kind, outcome, version_id, review, found_by, found_at)
    values (${reference}, ${row.kind}, ${outcome},
      (select nullif(version_ids[array_position(refs, ${reference}::text)], '') from decision
        where event_id = ${row.event_id} and refs @> array[${reference}::text] limit 1),
      ${row.id}, ${by}, ${at}::text::timestamptz)
    on conflict (reference, kind) do update set outcome = excluded.outcome, version_id = excluded.version_id, review = excluded.review,
      found_by = excluded.found_by, found_at = excluded.found_at`;
  await inForce.announce(tx);
}

function reviewOf(row: Row): Review {
  const present = {
    event: row.event_id,
    subject: row.subject,
    reference: row.reference,
    reason: row.reason,
    requester: row.requester_id,
    purpose: row.purpose,
    alert: row.alert,
    assignedTo: row.assigned_to,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
    outcome: row.outcome,
    note: row.note,
  };
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    revision: row.revision,
    openedAt: row.opened_at.toISOString(),
    ...Object.fromEntries(Object.entries(present).filter(([, value]) => value !== null)),
  };
}
