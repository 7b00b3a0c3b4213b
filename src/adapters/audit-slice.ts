/**
 * A part of the log that can be verified elsewhere with the public key alone: one patient's records of a period, each with
 * what lies between it and the signed heads around it, records of others by their digests only. NDJSON: `{"slice": JWS}`, the
 * signed statement of what follows; `{"checkpoint": JWS}`, `{"link", "record"}`, `{"link", "digest"}`; in exports of the whole log
 * no statement, and `{"context": {"id", "text"}}` too.
 */
import type { Sql } from 'postgres';
import * as z from 'zod';
import { canonicalRecord } from '../audit/canonical-record.ts';
import type { ReadCheckpoint } from '../audit/cover-chains.ts';
import type { StoredRecord } from '../audit/record.ts';
import { parseSliceStatement, SLICE_TYPE, type SliceStatement } from '../audit/slice-statement.ts';
import type { ChainEntry } from '../audit/verify-chain.ts';
import type { DatabaseReport } from '../audit/verify-log.ts';
import { verifySlice } from '../audit/verify-slice.ts';
import { PrivityError } from '../errors.ts';
import { readCheckpoint } from './audit-checkpoints.ts';
import { sha256 } from './audit-log-contexts.ts';
import { type EventRow, type LoggedEntry, readRecords } from './audit-query-records.ts';
import type { CheckpointKeys, SigningKeys } from './audit-signing-key.ts';
import { withinDeadline } from './database-deadline.ts';

export interface SliceAsked {
  /** `Patient/p1`. */
  readonly patient: string;
  /** ISO instants; from is inclusive, before exclusive. */
  readonly from: string;
  readonly before: string;
}

/** What lies between two signed heads; where none came after, up to the last record that was asked for. */
interface Range {
  readonly chain: string;
  readonly low: string;
  readonly high: string;
  /** Checkpoints that name the heads. */
  readonly numbers: readonly string[];
}

const MAX_ROWS = 20_000;

/** @throws PrivityError `too-costly` where it spans too much; `audit-unavailable` */
export function readSlice(sql: Sql, keys: SigningKeys, asked: SliceAsked): Promise<string> {
  const read = async () => {
    const ranges = await rangesOf(sql, asked);
    const rows = ranges.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
    if (rows > MAX_ROWS) throw new PrivityError('too-costly', 'a shorter period');
    const numbers = [...new Set(ranges.flatMap((range) => range.numbers))];
    const checkpoints = await sql<{ jws: string }[]>`select jws from checkpoint where number = any(${numbers}::bigint[]) order by number`;
    const lines: object[] = checkpoints.map(({ jws }) => ({ checkpoint: jws }));
    for (const range of ranges) lines.push(...(await entriesOf(sql, range, asked)));
    const rest = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return `${JSON.stringify({ slice: await keys.signAs(SLICE_TYPE, statementOf(asked, ranges, rest)) })}\n${rest}`;
  };
  return withinDeadline(read(), 'slice');
}

function statementOf({ patient, from, before }: SliceAsked, ranges: readonly Range[], rest: string): SliceStatement {
  const all = ranges.map(({ chain, low, high }) => ({ chain, after: Number(low), through: Number(high) }));
  return { version: 1, patient, from, before, ranges: all, digest: sha256(rest) };
}

function rangesOf(sql: Sql, { patient, from, before }: SliceAsked): Promise<Range[]> {
  return sql<Range[]>`
    select e.chain, coalesce(l.seq, 0) as low, coalesce(h.seq, max(e.seq)) as high,
      array_remove(array[l.number, h.number], null)::text[] as numbers
    from event_subject s join event e on e.id = s.event_id and e.recorded_at = s.recorded_at
    left join lateral (select seq, number from checkpoint_head k where k.chain = e.chain and k.seq < e.seq order by seq desc limit 1) l on true
    left join lateral (select seq, number from checkpoint_head k where k.chain = e.chain and k.seq >= e.seq order by seq limit 1) h on true
    where s.subject = ${patient} and s.recorded_at >= ${from}::text::timestamptz and s.recorded_at < ${before}::text::timestamptz
    group by e.chain, l.seq, l.number, h.seq, h.number order by e.chain, 2`;
}

async function entriesOf(sql: Sql, { chain, low, high }: Range, { patient, from, before }: SliceAsked): Promise<readonly object[]> {
  const rows = await sql<EventRow[]>`select * from event where chain = ${chain} and seq > ${low} and seq <= ${high} order by seq`;
  const purged = await sql<{ seq: string; digest: Buffer }[]>`select seq, digest from purged_record
    where chain = ${chain} and seq > ${low} and seq <= ${high}`;
  const stubs = purged.map(({ seq, digest }) => ({ link: { chain, seq: Number(seq) }, digest: digest.toString('hex') }));
  const entries = (await readRecords(sql, rows)).map(({ stored, link }) => {
    const wanted = stored.subjects.includes(patient) && stored.recordedAt >= from && stored.recordedAt < before;
    return wanted ? sliceRecord({ stored, link }) : { link: { chain, seq: link.seq }, digest: sha256(canonicalRecord(stored)) };
  });
  return [...entries, ...stubs].sort((a, b) => a.link.seq - b.link.seq);
}

/** The line of a record. */
export function sliceRecord({ stored, link: { mac: _, ...place } }: LoggedEntry) {
  return { link: place, record: stored };
}

const link = z.strictObject({ chain: z.string(), seq: z.int() });
const statementLine = z.strictObject({ slice: z.string() });
const line = z.union([
  z.strictObject({ checkpoint: z.string() }),
  z.strictObject({ context: z.strictObject({ id: z.string(), text: z.string() }) }),
  z.strictObject({ link, digest: z.string() }),
  z.strictObject({ link: link.extend({ prevHash: z.string(), hash: z.string() }), record: z.custom<StoredRecord>(isRecord) }),
]);

/**
 * Everything that its statement says must be there, byte for byte; what is wrong is named by its place where it has one.
 * @param text as `readSlice` gives it
 * @throws PrivityError `invalid-body` for what is not a slice
 */
export async function verifySliceText(text: string, keys: CheckpointKeys): Promise<DatabaseReport> {
  const end = text.indexOf('\n') + 1;
  const [first, rest] = [text.slice(0, end), text.slice(end)];
  const stated = readStatement(first);
  const checkpoints: ReadCheckpoint[] = [];
  const entries: ChainEntry[] = [];
  for (const row of (stated === undefined ? text : rest).split('\n').filter((written) => written !== '')) {
    const read = readSliceLine(row);
    if ('checkpoint' in read) checkpoints.push(await readCheckpoint(read.checkpoint, keys));
    else if ('entry' in read) entries.push(read.entry);
  }
  const signed = stated === undefined ? undefined : await keys.open(stated, SLICE_TYPE);
  const statement = signed === undefined ? undefined : parseSliceStatement(signed);
  if (statement === undefined) return notAsStated(verifySlice([], [], [], sha256));
  const { patient, from, before, ranges, digest } = statement;
  const report = { ...verifySlice(ranges, checkpoints, entries, sha256), slice: { patient, from, before } };
  return report.sound && sha256(rest) !== digest ? notAsStated(report) : report;
}

function notAsStated(report: DatabaseReport): DatabaseReport {
  return { ...report, sound: false, faults: [...report.faults, { kind: 'slice', id: 'slice' }] };
}

/** @returns the JWS where the line is a statement */
function readStatement(text: string): string | undefined {
  try {
    return statementLine.safeParse(JSON.parse(text)).data?.slice;
  } catch {
    // What it is else is looked at with the other lines.
    return undefined;
  }
}

export type SliceLine =
  | { readonly checkpoint: string }
  | { readonly context: { readonly id: string; readonly text: string } }
  | { readonly entry: ChainEntry };

/** @throws PrivityError `invalid-body` */
export function readSliceLine(text: string): SliceLine {
  try {
    const read = line.parse(JSON.parse(text));
    if ('checkpoint' in read || 'context' in read) return read;
    if ('digest' in read) return { entry: read };
    return { entry: { link: { ...read.link, mac: '' }, stored: read.record } };
  } catch (cause) {
    throw new PrivityError('invalid-body', 'not a slice of a log', { cause });
  }
}

/** As far as hashing it needs; its hash shows the rest. */
function isRecord(value: unknown): boolean {
  const { attestations, decisions, recordedAt, id } = (value ?? {}) as Record<string, unknown>;
  const based = (row: unknown) => typeof row === 'object' && row !== null && Array.isArray((row as { basis?: unknown }).basis);
  return typeof recordedAt === 'string' && typeof id === 'string' && isList(attestations, () => true) && isList(decisions, based);
}

function isList(value: unknown, of: (row: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && of(row));
}
