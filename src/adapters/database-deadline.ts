/** What a request needs from the database it gets in time, or nothing is disclosed (design.md section 5). */
import { PrivityError } from '../errors.ts';

/** Milliseconds that a request waits for one answer of the database. */
export const DATABASE_DEADLINE_MS = 5000;

/** @throws PrivityError `audit-unavailable` where the database fails, or does not answer in time */
export async function withinDeadline<T>(answer: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DATABASE_DEADLINE_MS} ms`)), DATABASE_DEADLINE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    throw cause instanceof PrivityError ? cause : new PrivityError('audit-unavailable', what, { cause });
  } finally {
    clearTimeout(timer);
  }
}
