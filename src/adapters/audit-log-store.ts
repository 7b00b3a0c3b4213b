/**
 * The connection of the log to its database: one, of its own, thrown away after any doubt. Sends a group of records as one
 * statement, which is one transaction and one round trip, and says for sure what became of it, or that it can't.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import type { Sql } from 'postgres';
import type { AuditRows } from './audit-log-rows.ts';
import type { Connection, Database } from './database.ts';

/** What is in force where it differs from what some of the group was decided under; then nothing of the group was stored. */
export interface Changed {
  readonly policy: string | null;
  readonly epochs: readonly { readonly subject: string; readonly epoch: string }[];
}

export interface Group extends AuditRows {
  readonly contexts: string | null;
  readonly policies: string | null;
  readonly epochs: string | null;
}

/** `refused`: rolled back because of these rows' values. `failed`: rolled back. `unknown`: committed or not. */
export class StoreError extends Error {
  readonly outcome: 'refused' | 'failed' | 'unknown';
  constructor(outcome: StoreError['outcome'], cause: unknown) {
    super(`audit store: ${outcome}`, { cause });
    this.name = 'StoreError';
    this.outcome = outcome;
  }
}

export interface AuditStore {
  /** @throws StoreError */
  openChain(chain: string): Promise<void>;
  /** Makes the partition of this month (`2026-11`) and of the next. @throws StoreError */
  openMonth(month: string): Promise<void>;
  /** @returns `undefined` once committed. @throws StoreError */
  append(group: Group): Promise<Changed | undefined>;
  close(): Promise<void>;
}

interface Client {
  readonly sql: Sql;
  readonly sockets: Set<Socket>;
}

/** @param deadlineMs a call that takes longer is given up, with its connection */
export function openAuditStore(database: Database, deadlineMs: number): AuditStore {
  let client: Client | undefined;
  let hosts = 0;

  const open = (): Client => {
    const sockets = new Set<Socket>();
    // The socket is ours, so that a connection that hangs can be destroyed; postgres.js only ends it politely.
    const socket: Connection['socket'] = (target) => {
      const turn = hosts++ % target.host.length;
      const made = target.path ? connectSocket(target.path) : connectSocket(target.port[turn] ?? 5432, target.host[turn]);
      sockets.add(made);
      made.setNoDelay(true);
      made.once('close', () => sockets.delete(made));
      return made;
    };
    const settings = { statement_timeout: deadlineMs, lock_timeout: deadlineMs, synchronous_commit: 'on' };
    const sql = database.connect({ max: 1, max_lifetime: null, socket, connection: settings });
    return { sql, sockets };
  };

  const discard = () => {
    const old = client;
    client = undefined;
    if (old === undefined) return;
    for (const socket of old.sockets) socket.destroy();
    old.sql.end({ timeout: 0 }).catch(() => undefined);
  };

  const call = async <T>(query: (sql: Sql) => Promise<T>): Promise<T> => {
    client ??= open();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    });
    try {
      return await Promise.race([query(client.sql), late]);
    } catch (cause) {
      const outcome = outcomeOf(cause);
      if (outcome === 'unknown') discard();
      throw new StoreError(outcome, cause);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async openChain(chain) {
      await call((sql) => sql`insert into chain (id) values (${chain}) on conflict do nothing`);
    },
    async openMonth(month) {
      const first = `${month}-01T00:00:00Z`;
      await call((sql) => sql`select ensure_partitions(${first}::text::timestamptz, ${first}::text::timestamptz + interval '1 month')`);
    },
    async append({ policies, epochs, events, subjects, decisions, contexts, reviews }) {
      const [row] = await call(
        (sql) => sql<{ changed: Changed | null }[]>`select append_events(${policies}::text::json, ${epochs}::text::json,
          ${events}::text::json, ${subjects}::text::json, ${decisions}::text::json, ${contexts}::text::json,
          ${reviews}::text::json) as changed`,
      );
      return row?.changed ?? undefined;
    },
    async close() {
      const old = client;
      client = undefined;
      await old?.sql.end({ timeout: 2 });
    },
  };
}

/** Without an answer of the server about this statement alone, nobody knows. SQLSTATE classes 22, 23, 54: the values are at fault. */
function outcomeOf(cause: unknown): StoreError['outcome'] {
  const { code = '', severity } = cause as { code?: string; severity?: string };
  if (severity !== 'ERROR' || !/^[0-9A-Z]{5}$/.test(code)) return 'unknown';
  return /^(22|23|54)/.test(code) ? 'refused' : 'failed';
}
