/**
 * Export of the log to an audit record repository (IHE ITI-20, ATX: FHIR Feed). A chain's next records become events, the events
 * are delivered, and only then does the position move: whatever dies on the way, what was not acknowledged is sent again, and
 * what arrives twice is stored once. Memory holds one portion, however far behind the repository is.
 */
import type { TransactionSql } from 'postgres';
import { type SentEvent, toSentEvent } from '../audit/export-batch.ts';
import { type Pauses, pauseAfter } from '../audit/export-pause.ts';
import type { Observer } from '../audit/logged-record.ts';
import { loggedRecord } from '../audit/store-record.ts';
import { toAuditEvents } from '../audit/to-audit-event.ts';
import type { Clock } from '../ports.ts';
import { createRepositoryClient, type RepositoryConfig, RepositoryDown } from './audit-export-client.ts';
import { deliver, type RefusedEvent } from './audit-export-deliver.ts';
import { advance, type PendingChain, pendingChains, readChain } from './audit-export-position.ts';
import { startTurns, type Turns } from './audit-export-turns.ts';
import type { LoggedEntry } from './audit-query-records.ts';
import type { Database } from './database.ts';

export interface RepositoryExportOptions {
  readonly database: Database;
  readonly repository: RepositoryConfig & { readonly batch: number };
  readonly observer: Observer;
  readonly clock: Clock;
  /** Between looks for new records. Default 1. */
  readonly seconds?: number;
  readonly pauses?: Pauses;
  /** Events put aside at once: more that are refused are the repository's fault, or its configuration's. Default 1,000. */
  readonly maxParked?: number;
  /** Told of every attempt that failed; the next is the exporter's own matter. */
  readonly onFailure: (error: unknown) => void;
  /** Told of records that were acknowledged. */
  readonly onDone?: (rows: number) => void;
}

const TARGET = 'repository';
/** Records of one portion, and events: a record gives one or two for each patient in it. */
const ROWS = 100;
const EVENTS = 500;
const PAUSES: Pauses = { first: 1000, most: 300_000 };
/** Chains of processes that are long gone are looked for now and then. */
const RECENT_MS = 62 * 86_400_000;
const EVERYTHING_MS = 3_600_000;

export function startRepositoryExport(options: RepositoryExportOptions): Turns {
  const { database, repository, observer, clock, pauses = PAUSES, maxParked = 1000, onFailure, onDone = () => undefined } = options;
  const client = createRepositoryClient(repository, clock);
  const park = (tx: TransactionSql, refused: readonly RefusedEvent[], entries: readonly LoggedEntry[]) =>
    parkEvents(tx, { refused, entries, maxParked, now: clock.now() });
  const delivered = new Set<string>();
  let everythingAt = Number.NEGATIVE_INFINITY;

  const eventsOf = (entries: readonly LoggedEntry[]): readonly SentEvent[] =>
    entries.flatMap(({ stored }) => toAuditEvents(loggedRecord(stored), observer).map(toSentEvent));

  /** A portion of one chain. */
  const exportPortion = async (tx: TransactionSql, { chain, done }: PendingChain, failures: number, signal: AbortSignal) => {
    const entries = portionOf(await readChain(tx, { chain, after: done, count: ROWS }));
    const last = entries.at(-1);
    if (last === undefined) return;
    const refused = await deliver(eventsOf(entries), { client, batch: repository.batch, failures, delivered, signal });
    await park(tx, refused, entries);
    await advance(tx, TARGET, chain, last.link.seq);
    delivered.clear();
    onDone(entries.length);
  };

  const sendParked = async (tx: TransactionSql, failures: number, signal: AbortSignal): Promise<boolean> => {
    const rows = await tx<{ id: string; chain: string; seq: string }[]>`select id, chain, seq from log_parked
      where target = ${TARGET} and retry order by parked_at, id limit ${repository.batch}`;
    if (rows.length === 0) return false;
    const entries: LoggedEntry[] = [];
    for (const { chain, seq } of rows)
      entries.push(...(await readChain(tx, { chain, after: String(BigInt(seq) - 1n), through: seq, count: 1 })));
    const ids = rows.map(({ id }) => id);
    const events = new Map(eventsOf(entries).map((event) => [event.id, event]));
    const wanted = ids.flatMap((id) => events.get(id) ?? []);
    const refused = await deliver(wanted, { client, batch: repository.batch, failures, delivered: new Set(), signal });
    const again = refused.map(({ id }) => id);
    await tx`delete from log_parked where target = ${TARGET} and id = any(${ids.filter((id) => !again.includes(id))})`;
    await park(tx, refused, entries);
    return true;
  };

  const turn = async (tx: TransactionSql, signal: AbortSignal): Promise<boolean> => {
    const now = clock.now();
    const [state] = await tx<
      { failures: number; retry_at: Date | null }[]
    >`select failures, retry_at from log_target where name = ${TARGET}`;
    if (state === undefined || (state.retry_at !== null && state.retry_at.getTime() > now)) return false;
    const everything = now - everythingAt >= EVERYTHING_MS;
    let more = false;
    try {
      more = await sendParked(tx, state.failures, signal);
      const chains = await pendingChains(tx, TARGET, new Date(everything ? 0 : now - RECENT_MS));
      for (const chain of chains) await exportPortion(tx, chain, state.failures, signal);
      if (everything && chains.length === 0) everythingAt = now;
      more ||= chains.length > 0;
      await tx`update log_target set failures = 0, retry_at = null, error = null,
        acknowledged_at = ${more ? new Date(clock.now()) : tx`acknowledged_at`} where name = ${TARGET}`;
    } catch (error) {
      if (!(error instanceof RepositoryDown)) throw error;
      if (signal.aborted) return false;
      onFailure(error);
      const failures = state.failures + 1;
      const retryAt = new Date(clock.now() + pauseAfter(failures, Math.random(), pauses, error.askedMs));
      await tx`update log_target set failures = ${failures}, retry_at = ${retryAt}, error = ${error.message} where name = ${TARGET}`;
      return false;
    }
    return more;
  };

  const turns = startTurns({ database, worker: TARGET, seconds: options.seconds ?? 1, turn, onFailure });
  return {
    now: turns.now,
    async close() {
      await turns.close();
      await client.close();
    },
  };
}

/** As many as give not too many events, and one at least. */
function portionOf(entries: readonly LoggedEntry[]): readonly LoggedEntry[] {
  let events = 0;
  const over = entries.findIndex(({ stored }, index) => {
    events += Math.max(1, stored.subjects.length);
    return index > 0 && events > EVENTS;
  });
  return over === -1 ? entries : entries.slice(0, over);
}

/** @param entries the records that the events are of. @throws RepositoryDown where the repository refuses whatever it is sent */
async function parkEvents(
  tx: TransactionSql,
  {
    refused,
    entries,
    maxParked,
    now,
  }: { refused: readonly RefusedEvent[]; entries: readonly LoggedEntry[]; maxParked: number; now: number },
): Promise<void> {
  if (refused.length === 0) return;
  const [row] = await tx<{ count: number }[]>`select count(*)::integer as count from log_parked where target = ${TARGET} and not retry`;
  if ((row?.count ?? 0) + refused.length > maxParked) throw new RepositoryDown(refused[0]?.status ?? 0, 0);
  const byId = new Map(entries.map((entry) => [entry.stored.id, entry]));
  for (const { id, status, code } of refused) {
    const entry = byId.get(id.split('.')[0] ?? '');
    if (entry === undefined) continue;
    const { chain, seq } = entry.link;
    const parked = {
      target: TARGET,
      id,
      chain,
      seq,
      recorded_at: entry.stored.recordedAt,
      status,
      code: code ?? null,
      parked_at: new Date(now),
    };
    await tx`insert into log_parked ${tx(parked)} on conflict (target, id) do update
      set status = excluded.status, code = excluded.code, attempts = log_parked.attempts + 1, retry = false`;
  }
}
