/**
 * Which commit of the log begins when. As a rule one is under way at a time, and what arrives meanwhile shares the next: that costs
 * the database least. Where a commit takes long, because a disk does, the next does not wait for it: it begins in a lane of its
 * own, with a connection and a chain of its own, and the disk can do both at once.
 */
import { type ChainWriter, createChainWriter } from './audit-log-chain.ts';
import type { Contexts } from './audit-log-contexts.ts';
import { openAuditStore } from './audit-log-store.ts';
import type { Database } from './database.ts';

export interface LaneOptions {
  readonly database: Database;
  readonly macKey: Uint8Array;
  readonly deadlineMs: number;
  readonly contexts: Contexts;
}

export interface Lanes {
  /** @returns whether a commit may begin now; else ask again after `next()` */
  ready(): boolean;
  /** Begins one, which settles all that it is about and never rejects. */
  begin(commit: (writer: ChainWriter) => Promise<void>): void;
  /** Resolves when another may begin, or might. */
  next(): Promise<void>;
  /** Waits for what is under way, then ends every connection. */
  close(): Promise<void>;
}

/** A commit that takes longer is not waited for. Most take less, and then sharing is better than hurrying. */
const PATIENCE_MS = 4;
const MOST = 4;

interface Lane {
  readonly writer: ChainWriter;
  readonly close: () => Promise<void>;
  since: number | undefined;
  running: Promise<void>;
}

export function createLanes({ database, macKey, deadlineMs, contexts }: LaneOptions): Lanes {
  const lanes: Lane[] = [];
  let wake: () => void = () => undefined;

  const open = (): Lane => {
    const store = openAuditStore(database, deadlineMs);
    const lane: Lane = {
      writer: createChainWriter(store, macKey, contexts),
      close: () => store.close(),
      since: undefined,
      running: Promise.resolve(),
    };
    lanes.push(lane);
    return lane;
  };

  const free = () => lanes.find(({ since }) => since === undefined);
  /** Milliseconds until nobody has to be waited for any longer. */
  const patience = () => {
    const now = performance.now();
    return lanes.reduce((most, { since }) => (since === undefined ? most : Math.max(most, since + PATIENCE_MS - now)), 0);
  };

  return {
    ready: () => patience() === 0 && (lanes.length < MOST || free() !== undefined),
    begin(commit) {
      const lane = free() ?? open();
      lane.since = performance.now();
      lane.running = commit(lane.writer).finally(() => {
        lane.since = undefined;
        wake();
      });
    },
    next() {
      return new Promise((resolve) => {
        const timer = setTimeout(() => wake(), Math.max(1, patience()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    async close() {
      await Promise.all(lanes.map(({ running }) => running));
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}
