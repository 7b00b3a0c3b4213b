/**
 * The one purpose of use of a request (design.md section 6): what the token holds, narrowed by X-Purpose-Of-Use. A
 * break-glass reason goes with BTG, or with ETREAT where that is chosen (45 CFR 164.522(a)(1)(iii)); BTG without a
 * reason is no break-glass, and refused.
 */
import { PrivityError } from '../errors.ts';

const WITH_REASON: readonly string[] = ['BTG', 'ETREAT'];

/**
 * @param held purposes of the token, its client or its role; not empty
 * @throws PrivityError `purpose-required`, `purpose-not-held`, `forbidden` (BTG without a reason), `invalid-request`
 */
export function settlePurpose(held: readonly string[], chosen: string | undefined, reason: string | undefined): string {
  const wanted = chosen ?? (reason === undefined ? undefined : 'BTG');
  if (wanted === undefined && held.length > 1) throw new PrivityError('purpose-required');
  const purpose = wanted ?? held[0];
  if (purpose === undefined || !held.includes(purpose)) throw new PrivityError('purpose-not-held');
  if (reason !== undefined && !WITH_REASON.includes(purpose)) {
    throw new PrivityError('invalid-request', 'X-Break-Glass with a purpose other than BTG or ETREAT');
  }
  if (reason === undefined && purpose === 'BTG') throw new PrivityError('forbidden', 'purpose BTG needs a reason in X-Break-Glass');
  return purpose;
}
