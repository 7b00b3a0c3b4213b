/**
 * Conditional writes with the same criteria happen one after the other, at all replicas (design.md 4.6): between the search
 * and the write nobody else creates what both would not find. PostgreSQL advisory locks on connections of their own, so that
 * who waits here never takes one from the audit log or the epochs.
 */
import { PrivityError } from '../errors.ts';
import type { WriteLock } from '../ports.ts';
import type { Database } from './database.ts';

const CONNECTIONS = 4;
const WAIT_MS = 10_000;

/** @returns the lock; `close` ends its connections */
export function createWriteLock(database: Database): WriteLock & { close(): Promise<void> } {
  const sql = database.connect({ max: CONNECTIONS, connection: { lock_timeout: WAIT_MS, idle_in_transaction_session_timeout: 120_000 } });
  return {
    async hold(keys, work) {
      let running: ReturnType<typeof work> | undefined;
      try {
        await sql.begin(async (tx) => {
          // In one order, so that nobody waits in a circle.
          for (const key of [...new Set(keys)].sort()) await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 7704))`;
          running = work();
          await running.catch(() => undefined);
        });
      } catch (cause) {
        // Once the work runs, its own outcome counts, whatever becomes of the lock.
        if (running === undefined) throw new PrivityError('too-many-requests', undefined, { cause });
      }
      if (running === undefined) throw new PrivityError('internal');
      return running;
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
