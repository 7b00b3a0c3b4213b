/**
 * The log behind every answer (design.md section 5): the commit is the moment of disclosure. Appends that wait together
 * are committed together, each checked against the policy and consents that it was decided under. Whatever goes wrong
 * with the store, nothing is acknowledged, and the next append finds its own way back.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { genesisHash, linkHash } from '../audit/hash-chain.ts';
import type { AuditRecord, DecidedUnder, StoredRecord } from '../audit/record.ts';
import { storeRecord } from '../audit/store-record.ts';
import { PrivityError } from '../errors.ts';
import type { AuditLog } from '../ports.ts';
import { contextRows, createContexts, sha256, type UnsentContexts } from './audit-log-contexts.ts';
import { auditRows, type LinkedRecord } from './audit-log-rows.ts';
import { type Changed, openAuditStore, StoreError } from './audit-log-store.ts';
import type { Database } from './database.ts';

export interface AuditLogOptions {
  readonly database: Database;
  /** 32 bytes that are not in the database (audit-log-key.ts). */
  readonly macKey: Uint8Array;
  /** An append is answered within this time, one way or the other. Default 5,000. */
  readonly deadlineMs?: number;
  /** Appends (and decisions in them) that may wait; more are refused. Default 20,000. */
  readonly maxQueued?: number;
}

interface Waiting {
  readonly stored: StoredRecord;
  readonly canonical: string;
  readonly unsent: UnsentContexts;
  readonly under: DecidedUnder | undefined;
  readonly weight: number;
  readonly settle: (error?: PrivityError) => void;
  readonly settled: () => boolean;
}

/** Rows of one commit: enough to fill a disk write, not so many that the first waits for the last. */
const GROUP_WEIGHT = 2000;

/**
 * Starts a chain of its own with the first append.
 * @returns the log; `close` commits what waits and ends the connection
 */
export function createAuditLog(options: AuditLogOptions): AuditLog & { close(): Promise<void> } {
  const { database, macKey, deadlineMs = 5000, maxQueued = 20_000 } = options;
  const store = openAuditStore(database, deadlineMs);
  const contexts = createContexts();
  const months = new Set<string>();
  let queue: Waiting[] = [];
  let queued = 0;
  let pumping: Promise<void> | undefined;
  let closed = false;
  let chain: { readonly id: string; seq: number; head: string } | undefined;

  const append = (record: AuditRecord, under?: DecidedUnder): Promise<void> => {
    const weight = 1 + record.decisions.length;
    if (closed || (queued + weight > maxQueued && queued > 0)) return Promise.reject(unavailable('the log is full or closed'));
    return new Promise((resolve, reject) => {
      const prepared = prepare(record);
      queued += weight;
      let done = false;
      const settle = (error?: PrivityError) => {
        if (done) return;
        done = true;
        queued -= weight;
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error);
      };
      const timer = setTimeout(() => settle(unavailable('not durable in time')), deadlineMs);
      queue.push({ ...prepared, under, weight, settle, settled: () => done });
      pumping ??= pump();
    });
  };

  const prepare = (record: AuditRecord) => {
    const unsent: UnsentContexts = new Map();
    try {
      return { ...storeRecord(record, (text) => contexts.idOf(text, unsent)), unsent };
    } catch (cause) {
      throw unavailable('not a record', cause);
    }
  };

  const pump = async () => {
    while (queue.length > 0) {
      // One turn of the event loop: requests that end together share a commit.
      await new Promise((resolve) => setImmediate(resolve));
      const group = take();
      try {
        await commit(group);
      } catch (cause) {
        const error = unavailable('not stored', cause);
        for (const waiting of group) waiting.settle(error);
      }
    }
    pumping = undefined;
  };

  const take = (): Waiting[] => {
    queue = queue.filter((waiting) => !waiting.settled());
    let weight = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || weight + (queue[count]?.weight ?? 0) <= GROUP_WEIGHT)) {
      weight += queue[count]?.weight ?? 0;
      count += 1;
    }
    return queue.splice(0, count);
  };

  const commit = async (group: readonly Waiting[]): Promise<void> => {
    let rest = group;
    while (rest.length > 0) {
      let changed: Changed | undefined;
      try {
        changed = await send(rest);
      } catch (error) {
        const alone = rest.length === 1;
        if (!(error instanceof StoreError) || error.outcome !== 'refused' || alone) throw error;
        // One record's values are at fault: it must not take the others with it.
        for (const waiting of rest) await commit([waiting]).catch((cause) => waiting.settle(unavailable('not stored', cause)));
        return;
      }
      const stale = changed === undefined ? [] : rest.filter(({ under }) => under !== undefined && isStale(under, changed));
      if (changed === undefined) for (const waiting of rest) waiting.settle();
      else if (stale.length === 0) throw new Error('the store refused a group in which nothing is stale');
      for (const waiting of stale) waiting.settle(new PrivityError('decision-stale'));
      rest = changed === undefined ? [] : rest.filter((waiting) => !stale.includes(waiting));
    }
  };

  const send = async (group: readonly Waiting[]): Promise<Changed | undefined> => {
    try {
      const current = chain ?? (await startChain());
      const records = link(group, current);
      for (const month of new Set(records.map(({ stored }) => stored.recordedAt.slice(0, 7)))) {
        if (!months.has(month)) await store.openMonth(month);
        months.add(month);
      }
      const unsent: UnsentContexts = new Map(group.flatMap((waiting) => [...waiting.unsent]));
      const changed = await store.append({ ...auditRows(records), ...asked(group), contexts: contextRows(unsent) });
      if (changed !== undefined) return changed;
      const last = records.at(-1)?.link;
      if (last !== undefined) Object.assign(current, { seq: last.seq, head: last.hash });
      contexts.sent(unsent.values());
      return undefined;
    } catch (error) {
      if (error instanceof StoreError && error.outcome === 'unknown') {
        // Whether the head moved can't be known: a new chain can't fork.
        chain = undefined;
        contexts.clear();
        months.clear();
      }
      throw error;
    }
  };

  const startChain = async () => {
    const id = randomUUID();
    await store.openChain(id);
    chain = { id, seq: 0, head: genesisHash(sha256, id) };
    return chain;
  };

  const link = (group: readonly Waiting[], { id, seq, head }: { id: string; seq: number; head: string }): LinkedRecord[] => {
    let prevHash = head;
    return group.map(({ stored, canonical }, index) => {
      const own = linkHash(sha256, prevHash, canonical);
      const mac = createHmac('sha256', macKey).update(own).digest('hex');
      const linked = { stored, link: { chain: id, seq: seq + index + 1, prevHash, hash: own, mac } };
      prevHash = own;
      return linked;
    });
  };

  return {
    append,
    async close() {
      closed = true;
      await pumping;
      await store.close();
    },
  };
}

/** Everything that a group was decided under, each once. */
function asked(group: readonly Waiting[]): { readonly policies: string | null; readonly epochs: string | null } {
  const policies = new Set<string>();
  const epochs = new Map<string, { subject: string; epoch: string }>();
  for (const { under } of group) {
    if (under === undefined) continue;
    policies.add(under.policyVersion);
    for (const { subject, epoch } of under.epochs) epochs.set(`${epoch} ${subject}`, { subject, epoch });
  }
  return {
    policies: policies.size === 0 ? null : JSON.stringify([...policies]),
    epochs: epochs.size === 0 ? null : JSON.stringify([...epochs.values()]),
  };
}

function isStale(under: DecidedUnder, changed: Changed): boolean {
  const now = new Map(changed.epochs.map(({ subject, epoch }) => [subject, epoch]));
  return under.policyVersion !== changed.policy || under.epochs.some(({ subject, epoch }) => (now.get(subject) ?? epoch) !== epoch);
}

function unavailable(detail: string, cause?: unknown): PrivityError {
  return new PrivityError('audit-unavailable', detail, { cause });
}
