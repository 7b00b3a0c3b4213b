/**
 * Sends a planned write to the upstream, once (design.md 4.6 and 5): what decisions read becomes stale before and after it;
 * errors are told in the gateway's own words, never relayed (threats.md 58).
 */
import { PrivityError } from '../errors.ts';
import type { UpstreamAnswer, UpstreamWrite } from '../ports.ts';
import type { PipelineDeps } from './session.ts';

/**
 * @param touches subjects about whom decisions rest on it
 * @throws PrivityError `conflict`, `not-found`, `refused-upstream`: nothing was written; `write-unconfirmed`: nobody knows
 */
export async function sendWrite(
  { upstream, writes }: PipelineDeps,
  touches: readonly string[],
  write: UpstreamWrite,
): Promise<UpstreamAnswer> {
  if (touches.length > 0) await writes.epochs.bump(touches);
  let answer: UpstreamAnswer;
  try {
    answer = await upstream.write(write);
  } catch (cause) {
    throw new PrivityError('write-unconfirmed', undefined, { cause });
  } finally {
    if (touches.length > 0) await bumpAgain(writes.epochs.bump(touches));
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw refusalOf(answer.status);
}

/** Without it a revocation may not be in force: the write is not acknowledged. */
async function bumpAgain(bumped: Promise<void>): Promise<void> {
  try {
    await bumped;
  } catch (cause) {
    throw new PrivityError('write-unconfirmed', undefined, { cause });
  }
}

function refusalOf(status: number): PrivityError {
  if (status === 404 || status === 410) return new PrivityError('not-found');
  if (status === 409 || status === 412) return new PrivityError('conflict');
  return new PrivityError(status >= 500 && status !== 501 ? 'write-unconfirmed' : 'refused-upstream');
}
