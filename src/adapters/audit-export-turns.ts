/**
 * Work that goes through the log by itself, at one replica at a time (design.md section 5): turns, each one transaction that
 * holds the worker's advisory lock, so that where it stands and what it did there are committed together, and whoever loses the
 * database loses the turn. A replica that stops, or is killed, is followed by any other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';
import type { Database } from './database.ts';

/** Locks of the second key under 7705. */
const WORKERS = ['repository', 'folder', 'alerts', 'hours'] as const;

export interface TurnsOptions {
  readonly database: Database;
  readonly worker: (typeof WORKERS)[number];
  /** Between turns where there is nothing to do. */
  readonly seconds: number;
  /** @returns whether there is more to do right away. A turn that throws is undone, and tried again later. */
  readonly turn: (tx: TransactionSql, signal: AbortSignal) => Promise<boolean>;
  /** Told what a turn threw; the next one tries again. */
  readonly onFailure: (error: unknown) => void;
}

export interface Turns {
  /** One turn now, unless another replica is at it. @returns whether there is more to do */
  now(): Promise<boolean>;
  /** Ends the turn that runs, gives up what it waits for, and ends the connection. */
  close(): Promise<void>;
}

/** A turn that failed is not tried again at once: two seconds, doubled each time, up to this. */
const MAX_PAUSE_SECONDS = 60;

export function startTurns({ database, worker, seconds, turn, onFailure }: TurnsOptions): Turns {
  const sql: Sql = database.connect({ max: 1, connection: { statement_timeout: 60_000, idle_in_transaction_session_timeout: 600_000 } });
  const stop = new AbortController();
  const { signal } = stop;
  let running: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<boolean> => {
    if (signal.aborted) return false;
    return (await sql.begin(async (tx) => {
      const [row] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(7705, ${WORKERS.indexOf(worker)}) as mine`;
      return row?.mine === true && (await turn(tx, signal));
    })) as boolean;
  };
  /** One after the other. */
  const now = (): Promise<boolean> => {
    const next = running.then(take);
    running = next.catch(() => undefined);
    return next;
  };
  const loop = async () => {
    let failures = 0;
    let more = false;
    while (!signal.aborted) {
      const pause = failures > 0 ? Math.min(2 ** failures, MAX_PAUSE_SECONDS) : more ? 0 : seconds;
      await sleep(pause * 1000, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        more = await now();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!signal.aborted) onFailure(error);
      }
    }
  };
  const looping = loop();
  return {
    now,
    async close() {
      stop.abort();
      await Promise.all([looping, running]);
      await sql.end({ timeout: 5 });
    },
  };
}
