/** Whether the caller of a request still waits. Made for every request, where an AbortController would be among the dearest things in it. */
import type { ServerResponse } from 'node:http';
import type { CallerSignal } from '../ports.ts';

/** @returns aborted once the connection closes before the answer was written to its end */
export function callerGone(response: ServerResponse): CallerSignal {
  const caller = new Caller();
  response.once('close', () => {
    if (!response.writableEnded) caller.leave();
  });
  return caller;
}

class Caller implements CallerSignal {
  aborted = false;
  #listeners: (() => void)[] = [];

  /** Each is told once: nobody comes back. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.aborted) this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at !== -1) this.#listeners.splice(at, 1);
  }

  leave(): void {
    if (this.aborted) return;
    this.aborted = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}
