/**
 * Long work between two turns of the event loop: what an administrator asks for must not hold up who reads a record. Asked between
 * any two steps of such work, it lets others in once the work has had its few milliseconds, and costs next to nothing else.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds: less than a request takes. */
const TURN_MS = 4;

/** For one piece of work. @returns a promise to wait for, where it is others' turn */
export function createGiveWay(now: () => number = () => performance.now()): () => Promise<void> | undefined {
  let since = now();
  return () => {
    if (now() - since < TURN_MS) return undefined;
    return nextTurn().then(() => {
      since = now();
    });
  };
}
