/**
 * Stops asking an upstream that keeps failing: after a number of failures in a row every request is refused at once, until
 * a pause is over and one request may try (half-open). What the upstream answers, even wrongly, shows that it is there.
 */
import { PrivityError } from '../errors.ts';
import type { Clock } from '../ports.ts';

export type ExchangeOutcome = 'answered' | 'failed' | 'abandoned';

export interface Breaker {
  /** @throws PrivityError `upstream-unavailable` while the circuit is open */
  enter(): void;
  /** Must follow every `enter` that returned. `abandoned`: the caller went away, which says nothing. */
  leave(outcome: ExchangeOutcome): void;
}

export function createBreaker(bounds: { readonly failures: number; readonly openSeconds: number }, clock: Clock): Breaker {
  let failedInARow = 0;
  let openUntil = 0;
  let probing = false;
  return {
    enter() {
      if (failedInARow < bounds.failures) return;
      if (probing || clock.now() < openUntil)
        throw new PrivityError('upstream-unavailable', undefined, { cause: new Error('circuit open') });
      probing = true;
    },
    leave(outcome) {
      probing = false;
      if (outcome === 'abandoned') return;
      failedInARow = outcome === 'answered' ? 0 : failedInARow + 1;
      if (failedInARow >= bounds.failures) openUntil = clock.now() + bounds.openSeconds * 1000;
    },
  };
}
