/**
 * Requests without a valid token, counted rather than logged one by one (threats.md 60): whoever has no token can not fill the
 * log. One row a minute at most says how many there were; it names nobody, for nobody is known.
 */
import type { AuditRecord } from '../audit/record.ts';
import type { AuditLog, Clock } from '../ports.ts';
import { eventId } from './event-id.ts';

export interface UnauthenticatedCounter {
  count(): void;
  /** Writes what was counted since the last row, and takes no more. */
  close(): Promise<void>;
}

export interface UnauthenticatedCounterOptions {
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Told of every one of them. */
  readonly onCount: () => void;
  /** Told when a row could not be written; its count is kept for the next. */
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds from the first of them to their row. */
  readonly everyMs?: number;
}

const MINUTE = 60_000;

export function createUnauthenticatedCounter(options: UnauthenticatedCounterOptions): UnauthenticatedCounter {
  const { audit, clock, onCount, onFailure, everyMs = MINUTE } = options;
  let counted = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const number = counted;
    if (number === 0) return;
    counted = 0;
    try {
      await audit.append(rowOf(number, clock));
    } catch (error) {
      counted += number;
      onFailure(error);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }

  function schedule(): void {
    if (timer !== undefined || closed || counted === 0) return;
    timer = setTimeout(() => flush().then(schedule), everyMs);
    timer.unref();
  }

  return {
    count() {
      onCount();
      counted += 1;
      schedule();
    },
    close() {
      closed = true;
      return flush();
    },
  };
}

function rowOf(number: number, clock: Clock): AuditRecord {
  const id = eventId(clock);
  return {
    id,
    recordedAt: new Date(clock.now()).toISOString(),
    requestId: id,
    door: 'authentication',
    interaction: 'login',
    action: 'E',
    outcome: '4',
    status: 401,
    reason: 'login',
    target: `401 x ${number}`,
    subjects: [],
    decisions: [],
    obligations: [],
    attestations: [],
  };
}
