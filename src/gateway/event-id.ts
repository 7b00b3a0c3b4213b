/** Ids of audit events: UUIDv7 (RFC 9562), so that rows of one time lie together. */
import { v7 } from 'uuid';
import type { Clock } from '../ports.ts';

export function eventId(clock: Clock): string {
  return v7({ msecs: clock.now() });
}
