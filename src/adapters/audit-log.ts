/**
 * The log behind every answer (design.md section 5): the commit is the moment of disclosure. Appends that wait together
 * are committed together, each checked against the policy and consents that it was decided under. Whatever goes wrong
 * with the store, nothing is acknowledged, and the next append finds its own way back.
 */
import type { AuditRecord, DecidedUnder } from '../audit/record.ts';
import { PrivityError } from '../errors.ts';
import type { AuditLog } from '../ports.ts';
import { type ChainWriter, type PreparedRecord, prepareRecord } from './audit-log-chain.ts';
import { createContexts } from './audit-log-contexts.ts';
import { createLanes } from './audit-log-lanes.ts';
import { type Changed, StoreError } from './audit-log-store.ts';
import type { Database } from './database.ts';

export interface AuditLogOptions {
  readonly database: Database;
  /** 32 bytes that are not in the database (audit-log-key.ts). */
  readonly macKey: Uint8Array;
  /** An append is answered within this time, one way or the other. Default 5,000. */
  readonly deadlineMs?: number;
  /** Rows of appends that may wait; more are refused. Default 20,000. */
  readonly maxQueued?: number;
  /** Told of each group commit that was durable. */
  readonly onCommit?: (records: number, seconds: number) => void;
}

interface Waiting extends PreparedRecord {
  readonly weight: number;
  /** Milliseconds, by the clock of this process. */
  readonly until: number;
  /** The first call counts. */
  readonly settle: (error?: PrivityError) => void;
  readonly settled: () => boolean;
}

/** Rows of one commit: enough to fill a disk write, not so many that the first waits for the last. */
const GROUP_WEIGHT = 2000;

/**
 * Writes a chain of its own, begun with the first append, and more where a disk is slow.
 * @returns the log; `close` commits what waits and ends the connection
 */
export function createAuditLog(options: AuditLogOptions): AuditLog & { close(): Promise<void> } {
  const { database, macKey, deadlineMs = 5000, maxQueued = 20_000, onCommit } = options;
  const contexts = createContexts();
  const lanes = createLanes({ database, macKey, deadlineMs, contexts });
  const queue: Waiting[] = [];
  const deadlines = watchDeadlines();
  let queued = 0;
  let pumping: Promise<void> | undefined;
  let closed = false;

  const enqueue = (prepared: PreparedRecord, weight: number): Promise<void> =>
    new Promise((resolve, reject) => {
      let done = false;
      const settle = (error?: PrivityError) => {
        if (done) return;
        done = true;
        queued -= weight;
        if (error === undefined) resolve();
        else reject(error);
      };
      queued += weight;
      const waiting: Waiting = { ...prepared, weight, until: performance.now() + deadlineMs, settle, settled: () => done };
      queue.push(waiting);
      deadlines.watch(waiting);
      pumping ??= pump();
    });

  const pump = async () => {
    while (queue.length > 0) {
      // One turn of the event loop: requests that end together share a commit.
      await new Promise((resolve) => setImmediate(resolve));
      if (lanes.ready()) lanes.begin((writer) => commit(writer, take(queue)));
      else await lanes.next();
    }
    pumping = undefined;
  };

  /** Settles every one of the group. */
  const commit = async (writer: ChainWriter, group: readonly Waiting[]): Promise<void> => {
    if (group.length === 0) return;
    try {
      const began = performance.now();
      const changed = await writer.write(group);
      if (changed === undefined) {
        onCommit?.(group.length, (performance.now() - began) / 1000);
        for (const waiting of group) waiting.settle();
      } else await commit(writer, withoutStale(group, changed));
    } catch (cause) {
      if (cause instanceof StoreError && cause.outcome === 'refused' && group.length > 1) {
        // Some record's values are at fault: it must not take the others with it.
        const middle = group.length >> 1;
        await commit(writer, group.slice(0, middle));
        await commit(writer, group.slice(middle));
      } else {
        for (const waiting of group) waiting.settle(unavailable('not stored', cause));
      }
    }
  };

  return {
    async append(record: AuditRecord, under?: DecidedUnder) {
      if (closed || queued >= maxQueued) throw unavailable('the log is full or closed');
      let prepared: PreparedRecord;
      try {
        prepared = prepareRecord(record, under, contexts);
      } catch (cause) {
        throw unavailable('not a record', cause);
      }
      const weight = weightOf(prepared);
      if (queued > 0 && queued + weight > maxQueued) throw unavailable('the log is full or closed');
      await enqueue(prepared, weight);
    },
    async close() {
      closed = true;
      await pumping;
      await lanes.close();
      deadlines.end();
    },
  };
}

type Watched = Pick<Waiting, 'until' | 'settle' | 'settled'>;

/** All have the same time, so one timer will do: for the oldest that still waits. */
function watchDeadlines() {
  let waiting: Watched[] = [];
  /** Those before it are settled. */
  let first = 0;
  let timer: NodeJS.Timeout | undefined;
  const skipSettled = () => {
    while (waiting[first]?.settled()) first += 1;
    // What is settled is let go, in portions.
    if (first < 1000 && first < waiting.length) return;
    waiting = waiting.slice(first);
    first = 0;
  };
  const wait = () => {
    timer = undefined;
    const now = performance.now();
    for (skipSettled(); waiting[first] !== undefined; skipSettled()) {
      const { until, settle } = waiting[first] as Watched;
      if (until > now) {
        timer = setTimeout(wait, until - now);
        return;
      }
      settle(unavailable('not durable in time'));
    }
  };
  return {
    watch({ until, settle, settled }: Waiting) {
      skipSettled();
      waiting.push({ until, settle, settled });
      timer ??= setTimeout(wait, until - performance.now());
    },
    end: () => clearTimeout(timer),
  };
}

/** Rows, and a hundred references in a row as one more: so much does a record cost the database. */
function weightOf({ stored }: PreparedRecord): number {
  return stored.decisions.reduce((sum, { references }) => sum + 1 + Math.floor(references.length / 100), 1);
}

/** The next group, in the order of arrival; what has run out of time is left out. */
function take(queue: Waiting[]): readonly Waiting[] {
  const group: Waiting[] = [];
  let weight = 0;
  for (;;) {
    const [next] = queue;
    if (next === undefined || (group.length > 0 && weight + next.weight > GROUP_WEIGHT)) return group;
    queue.shift();
    if (next.settled()) continue;
    group.push(next);
    weight += next.weight;
  }
}

/** Refuses what was decided under a state that is gone; @returns the others */
function withoutStale(group: readonly Waiting[], changed: Changed): readonly Waiting[] {
  const now = new Map(changed.epochs.map(({ subject, epoch }) => [subject, epoch]));
  const isStale = ({ under }: Waiting) =>
    under !== undefined &&
    (under.policyVersion !== changed.policy || under.epochs.some(({ subject, epoch }) => (now.get(subject) ?? epoch) !== epoch));
  const { stale = [], current = [] } = Object.groupBy(group, (waiting) => (isStale(waiting) ? 'stale' : 'current'));
  if (stale.length === 0) throw new Error('the store refused a group in which nothing is stale');
  for (const waiting of stale) waiting.settle(new PrivityError('decision-stale'));
  return current;
}

function unavailable(detail: string, cause?: unknown): PrivityError {
  return new PrivityError('audit-unavailable', detail, { cause });
}
