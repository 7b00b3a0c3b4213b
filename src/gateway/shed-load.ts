/**
 * When the gateway has more to do than it can: requests are refused (429) while what waits for the event loop waits for seconds, look
 * after look. One long pause, of a garbage collector or a busy machine, is no reason to refuse whoever comes after it.
 */

/** Milliseconds between two looks that are one after the other: `@fastify/under-pressure` looks each second, when it gets to it. */
const AFTER_EACH_OTHER_MS = 15_000;

/**
 * @returns whether a request is to be refused, told the delay in milliseconds that the last look found too long; infinity where it
 * found nothing to go by, which is the pause itself
 */
export function createShedLoad(now: () => number = () => performance.now()): (delay: number) => boolean {
  let [seen, at, before] = [0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return (delay) => {
    if (delay === Number.POSITIVE_INFINITY) return false;
    if (delay !== seen) [seen, at, before] = [delay, now(), at];
    return at - before < AFTER_EACH_OTHER_MS;
  };
}
