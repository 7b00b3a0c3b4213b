/** Which authorizations have a wider one within them (45 CFR 164.508(b)(3)(ii); 42 CFR 2.31(b)). */
import type { AuthorizationType } from './vote.ts';

/** Notes that may be released as such need no second authorization of the same law for the other labels on them. */
export const IMPLIED: ReadonlyMap<AuthorizationType, readonly AuthorizationType[]> = new Map([
  ['hipaa-508-psychotherapy-notes', ['hipaa-508']],
  ['part2-2.31b-scn', ['part2-2.31']],
]);
