/** What an act on a policy set or a code set says: the version that shall be in force, and why. The reason is kept with the act. */
import * as z from 'zod';

const plain = (text: string) => !/\p{Cc}/u.test(text.replaceAll(/[\n\r\t]/g, ''));
const Reason = z.string().trim().min(1).max(1000).refine(plain, 'a control character');

export const Activation = z.strictObject({ version: z.int().positive(), reason: Reason.optional() });
/** Deactivation, roll-back, and withdrawal of what waits for a second person. */
export const Withdrawal = z.strictObject({ reason: Reason.optional() });

export interface ActRequest {
  readonly version?: number;
  readonly reason?: string;
}
