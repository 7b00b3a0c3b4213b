/** Ids of audit events: UUIDv7 (RFC 9562), so that rows of one time lie together. */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import type { Clock } from '../ports.ts';

const ID = 16;
/** Random bytes are drawn for many ids at once: the call costs more than the bytes. Each is used once. */
const pool = new Uint8Array(256 * ID);
let used = pool.length;

export function eventId(clock: Clock): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + ID);
  used += ID;
  return v7({ msecs: clock.now(), random });
}
