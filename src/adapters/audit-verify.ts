/**
 * Verifies the whole log in its database (45 CFR 164.312(b), (c)): the checkpoints, then every record of every chain, then
 * what hangs on them. Reads in portions, so that it needs no memory and holds nobody up.
 */
import type { Sql } from 'postgres';
import { coverChains, type ReadCheckpoint } from '../audit/cover-chains.ts';
import type { ChainEntry } from '../audit/verify-chain.ts';
import { createLogVerifier, type DatabaseReport, type RowFault } from '../audit/verify-log.ts';
import { readCheckpoints } from './audit-checkpoints.ts';
import { sha256 } from './audit-log-contexts.ts';
import { macOf } from './audit-log-key.ts';
import { type EventRow, readRecords } from './audit-query-records.ts';
import type { CheckpointKeys } from './audit-signing-key.ts';

export interface VerifyOptions {
  readonly keys: CheckpointKeys;
  /** Absent = MACs are not looked at. */
  readonly macKey?: Uint8Array;
  readonly anchors?: readonly ReadCheckpoint[];
  readonly signal?: AbortSignal;
  /** Told now and then how many records were looked at. */
  readonly onProgress?: (rows: number) => void;
}

const PORTION = 500;

/** @param sql without a limit on how long statements may take */
export async function verifyAuditLog(sql: Sql, { keys, macKey, anchors = [], signal, onProgress }: VerifyOptions): Promise<DatabaseReport> {
  const cover = coverChains(await readCheckpoints(sql, keys), anchors);
  const verifier = createLogVerifier(cover, sha256, macKey && ((hash) => macOf(macKey, hash)));
  const chains = await sql<{ id: string }[]>`select id from chain union select distinct chain from event order by 1`;
  let rows = 0;
  for (const { id } of chains) {
    const chain = verifier.chain(id);
    for await (const entry of entriesOf(sql, id)) {
      signal?.throwIfAborted();
      chain.next(entry);
      rows += 1;
      if (rows % PORTION === 0) onProgress?.(rows);
    }
    chain.end();
  }
  const report = verifier.report();
  const faults = [...report.faults, ...(await rowFaults(sql))];
  return { ...report, sound: faults.length === 0, faults };
}

/** The chain's records, and where the purge left only the digest of one, that. */
async function* entriesOf(sql: Sql, chain: string): AsyncGenerator<ChainEntry> {
  const purged = await sql<{ seq: string; digest: Buffer }[]>`select seq, digest from purged_record where chain = ${chain} order by seq`;
  const stubs = purged.map(({ seq, digest }) => ({ link: { chain, seq: Number(seq) }, digest: digest.toString('hex') }));
  for (let rows = await portion(sql, chain); rows.length > 0; rows = await portion(sql, chain, rows.at(-1))) {
    for (const entry of await readRecords(sql, rows)) {
      while (stubs[0] !== undefined && stubs[0].link.seq < entry.link.seq) yield stubs.shift() as ChainEntry;
      yield entry;
    }
  }
  yield* stubs;
}

/** By seq and id: a record that is there twice is met twice. */
function portion(sql: Sql, chain: string, after?: EventRow): Promise<EventRow[]> {
  const rest = after === undefined ? sql`` : sql`and (seq, id) > (${after.seq}, ${after.id})`;
  return sql<EventRow[]>`select * from event where chain = ${chain} ${rest} order by seq, id limit ${PORTION}`;
}

/** The chain covers what belongs to an event, and the id of every context; this is about what belongs to none. */
async function rowFaults(sql: Sql): Promise<readonly RowFault[]> {
  const [orphans, contexts] = await Promise.all([
    sql<{ id: string }[]>`
      select event_id as id from event_subject s where not exists (select from event e where e.id = s.event_id and e.recorded_at = s.recorded_at)
      union select event_id from decision d where not exists (select from event e where e.id = d.event_id and e.recorded_at = d.recorded_at)
      limit 20`,
    sql<{ id: string }[]>`
      select encode(id, 'hex') as id from context where id <> sha256(convert_to(text, 'UTF8'))
      union select event_id::text from decision d where not exists (select from context c where c.id = d.context_id)
      limit 20`,
  ]);
  return [...orphans.map(({ id }) => ({ kind: 'orphan' as const, id })), ...contexts.map(({ id }) => ({ kind: 'context' as const, id }))];
}
