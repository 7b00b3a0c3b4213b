/**
 * Large answers of the upstream, one in each turn of the event loop: what is made of one takes milliseconds, and a hundred that arrive
 * together would keep commits of the log, finished answers and timers waiting until the last is worked off.
 */

/** Characters: less than this costs less than it would to wait. */
const LARGE = 65_536;

/** @returns a promise to wait for, where another large answer has this turn */
export function createTurns(): (size: number) => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  let taken = false;
  const next = () => {
    const go = waiting.shift();
    taken = go !== undefined;
    if (go === undefined) return;
    setImmediate(next);
    go();
  };
  return (size) => {
    if (size < LARGE) return undefined;
    if (taken) return new Promise((resolve) => waiting.push(resolve));
    taken = true;
    setImmediate(next);
    return undefined;
  };
}
