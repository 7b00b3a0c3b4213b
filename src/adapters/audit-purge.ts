/**
 * Lets go of what no longer has to be kept (45 CFR 164.316(b)(2)(i), 164.530(j)(2)): whole months, the oldest first, up to the
 * first that a legal hold needs, or that an export still needs. In one transaction a checkpoint says where each chain begins from now on, and the months are
 * dropped, so that what is left verifies. Needs the owner of the tables: the gateway's own role can't.
 */
import type { Sql, TransactionSql } from 'postgres';
import { canonicalRecord } from '../audit/canonical-record.ts';
import type { ChainHead } from '../audit/checkpoint.ts';
import type { ReadCheckpoint } from '../audit/cover-chains.ts';
import { PrivityError } from '../errors.ts';
import { fileCheckpoint } from './audit-checkpoints.ts';
import { sha256 } from './audit-log-contexts.ts';
import { type EventRow, readRecords } from './audit-query-records.ts';
import type { SigningKeys } from './audit-signing-key.ts';
import { verifyAuditLog } from './audit-verify.ts';

export interface PurgeOptions {
  readonly keys: SigningKeys;
  readonly macKey: Uint8Array;
  readonly anchors: readonly ReadCheckpoint[];
  /** At least 6. */
  readonly years: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Purged {
  /** `2020-01`, … */
  readonly months: readonly string[];
  readonly rows: number;
  /** The first month that is old enough, and is kept because of a legal hold. */
  readonly held?: string;
  /** The first month that is old enough, and has records that a configured export has not delivered. */
  readonly unexported?: string;
}

/** @throws PrivityError `configuration-invalid`: a log in which something is wrong is evidence, and stays as it is */
export async function purgeAuditLog(sql: Sql, { keys, macKey, anchors, years, now }: PurgeOptions): Promise<Purged> {
  const { sound } = await verifyAuditLog(sql, { keys, macKey, anchors });
  if (!sound) throw new PrivityError('configuration-invalid', 'the log does not verify: nothing is purged (privity verify)');
  return sql.begin(async (tx) => {
    await tx`set local lock_timeout = '10s'`;
    await tx`select pg_advisory_xact_lock(7704, 1)`;
    const old = await oldMonths(tx, Math.max(years, 6), now);
    const held = await firstHeld(tx, old);
    const unexported = await firstUnexported(tx, old);
    const months = old.slice(
      0,
      Math.min(...[held, unexported].flatMap((month) => (month === undefined ? [] : old.indexOf(month))), old.length),
    );
    const kept = { ...(held === undefined ? {} : { held }), ...(unexported === undefined ? {} : { unexported }) };
    const last = months.at(-1);
    if (last === undefined) return { months, rows: 0, ...kept };
    const heads = await headsWithout(tx, firstAfter(last));
    const [{ rows = '0' } = {}] = await tx<{ rows: string }[]>`select count(*) as rows from event where recorded_at < ${firstAfter(last)}`;
    if (heads.length > 0) await fileCheckpoint(tx, keys, heads, now);
    for (const month of months) {
      for (const parent of ['event', 'event_subject', 'decision']) await tx`drop table if exists ${tx(partition(parent, month))}`;
    }
    return { months, rows: Number(rows), ...kept };
  }) as Promise<Purged>;
}

/** Months all of whose records are older than so many years, the oldest first. */
async function oldMonths(tx: TransactionSql, years: number, now: number): Promise<readonly string[]> {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() - years);
  const parts = await tx<{ name: string }[]>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'event'::regclass order by 1`;
  const months = parts.flatMap(({ name }) => {
    const [, year, month] = /^event_y(\d{4})m(\d{2})$/.exec(name) ?? [];
    return year === undefined ? [] : [`${year}-${month}`];
  });
  return months.filter((month) => firstAfter(month) <= limit);
}

async function firstHeld(tx: TransactionSql, months: readonly string[]): Promise<string | undefined> {
  for (const month of months) {
    const [hold] = await tx`select from legal_hold h where released_at is null and (subject is null
      or exists (select from ${tx(partition('event_subject', month))} s where s.subject = h.subject)) limit 1`;
    if (hold !== undefined) return month;
  }
  return undefined;
}

/** Records that a place has not received, and those of which it refused an event that is still put aside. */
async function firstUnexported(tx: TransactionSql, months: readonly string[]): Promise<string | undefined> {
  for (const month of months) {
    const [waiting] = await tx`select from log_target t where t.active and (
      exists (select from log_parked k where k.target = t.name and k.recorded_at >= ${`${month}-01T00:00:00Z`}::text::timestamptz
        and k.recorded_at < ${firstAfter(month)})
      or exists (select from (select chain, max(seq) as seq from ${tx(partition('event', month))} group by chain) e
        left join log_position p on p.consumer = t.name and p.chain = e.chain where e.seq > coalesce(p.seq, 0))) limit 1`;
    if (waiting !== undefined) return month;
  }
  return undefined;
}

/**
 * Where each chain that loses records begins, when everything before the instant is gone. Digests of records that the rest of
 * the chain still needs are put away.
 */
async function headsWithout(tx: TransactionSql, before: Date): Promise<readonly ChainHead[]> {
  const chains = await tx<{ chain: string; kept: string | null }[]>`
    select chain, (select min(seq) from event k where k.chain = e.chain and k.recorded_at >= ${before}) as kept
    from event e where recorded_at < ${before} group by chain order by chain`;
  const heads: ChainHead[] = [];
  for (const { chain, kept } of chains) {
    const [head] = await tx<EventRow[]>`select * from event where chain = ${chain} order by seq desc limit 1`;
    const [first] = kept === null ? [] : await tx<EventRow[]>`select * from event where chain = ${chain} and seq = ${kept}`;
    if (head === undefined) continue;
    const place = { seq: Number(head.seq), hash: head.hash.toString('hex') };
    const from = first === undefined ? place : { seq: Number(first.seq) - 1, hash: first.prev_hash.toString('hex') };
    if (kept !== null) await putAway(tx, chain, kept, before);
    await tx`delete from purged_record where chain = ${chain} and seq <= ${from.seq}`;
    heads.push({ chain, ...place, ...(from.seq === 0 ? {} : { from }) });
  }
  return heads;
}

async function putAway(tx: TransactionSql, chain: string, kept: string, before: Date): Promise<void> {
  const rows = await tx<EventRow[]>`select * from event where chain = ${chain} and seq > ${kept} and recorded_at < ${before}`;
  for (const { stored, link } of await readRecords(tx, rows)) {
    const digest = Buffer.from(sha256(canonicalRecord(stored)), 'hex');
    await tx`insert into purged_record ${tx({ chain, seq: link.seq, digest })}`;
  }
}

function firstAfter(month: string): Date {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 1);
  return date;
}

function partition(parent: string, month: string): string {
  return `${parent}_y${month.slice(0, 4)}m${month.slice(5)}`;
}
