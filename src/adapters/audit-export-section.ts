/**
 * What a checkpoint covers, as lines of an exported log: of each chain that moved the records since the head before, then the
 * checkpoint itself. With the questions that they were decided on, and the checkpoint that they go on from, each file can be
 * verified by itself (audit-export-verify.ts).
 */
import type { ISql } from 'postgres';
import type { ChainHead } from '../audit/checkpoint.ts';
import { readChain } from './audit-export-position.ts';
import type { LoggedEntry } from './audit-query-records.ts';
import { sliceRecord } from './audit-slice.ts';

/** What is in the file already; grows. */
export interface FileContent {
  readonly contexts: Set<string>;
  /** Numbers of checkpoints. */
  readonly checkpoints: Set<number>;
}

export interface Section {
  readonly chain: string;
  /** Records after this one, up to and with the last. */
  readonly after: string;
  readonly through: string;
}

const PORTION = 500;

/** Portions of lines. @returns the section of a chain that a head ends */
export async function* sectionLines(sql: ISql, { chain, after, through }: Section, content: FileContent): AsyncGenerator<string> {
  const stubs = await sql<{ seq: string; digest: Buffer }[]>`select seq, digest from purged_record
    where chain = ${chain} and seq > ${after} and seq <= ${through} order by seq`;
  const waiting = stubs.map(({ seq, digest }) => ({ link: { chain, seq: Number(seq) }, digest: digest.toString('hex') }));
  let first = true;
  for (let last = after; ; ) {
    const entries = await readChain(sql, { chain, after: last, through, count: PORTION });
    const next = entries.at(-1);
    const begin = Math.min(entries[0]?.link.seq ?? Number.POSITIVE_INFINITY, waiting[0]?.link.seq ?? Number.POSITIVE_INFINITY);
    const before = first && Number.isFinite(begin) ? await checkpointAt(sql, chain, begin - 1, content) : [];
    first = false;
    const lines: object[] = [...before, ...(await contextLines(sql, entries, content))];
    for (const entry of entries) {
      while (waiting[0] !== undefined && waiting[0].link.seq < entry.link.seq) lines.push(waiting.shift() ?? {});
      lines.push(sliceRecord(entry));
    }
    if (next === undefined) lines.push(...waiting);
    if (lines.length > 0) yield lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (next === undefined) return;
    last = String(next.link.seq);
  }
}

/** The checkpoint that names this place, where the file has it not yet. */
async function checkpointAt(sql: ISql, chain: string, seq: number, { checkpoints }: FileContent): Promise<readonly object[]> {
  if (seq === 0) return [];
  const [row] = await sql<{ number: string; jws: string }[]>`select number, jws from checkpoint
    where number = (select number from checkpoint_head where chain = ${chain} and seq = ${seq})`;
  if (row === undefined || checkpoints.has(Number(row.number))) return [];
  checkpoints.add(Number(row.number));
  return [{ checkpoint: row.jws }];
}

async function contextLines(sql: ISql, entries: readonly LoggedEntry[], { contexts }: FileContent): Promise<readonly object[]> {
  const asked = new Set(entries.flatMap(({ stored }) => stored.decisions.map(({ contextId }) => contextId)));
  const missing = [...asked].filter((id) => !contexts.has(id));
  if (missing.length === 0) return [];
  const rows = await sql<{ id: Buffer; text: string }[]>`select id, text from context
    where id in (select decode(h, 'hex') from unnest(${missing}::text[]) h)`;
  for (const id of missing) contexts.add(id);
  return rows.map(({ id, text }) => ({ context: { id: id.toString('hex'), text } }));
}

/** Of a checkpoint: which records of which chains it covers that are not in the export yet. */
export async function sectionsOf(sql: ISql, consumer: string, heads: readonly ChainHead[]): Promise<readonly Section[]> {
  const done = await sql<{ chain: string; seq: string }[]>`select chain, seq from log_position
    where consumer = ${consumer} and chain = any(${heads.map(({ chain }) => chain)}::uuid[])`;
  const places = new Map(done.map(({ chain, seq }) => [chain, seq]));
  return heads.flatMap(({ chain, seq }) => {
    const after = places.get(chain) ?? '0';
    return seq > Number(after) ? [{ chain, after, through: String(seq) }] : [];
  });
}
