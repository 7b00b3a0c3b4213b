/**
 * Whether a logged decision was made without asking any law because the resource is about no patient (45 CFR 160.103): a clinician,
 * an organization. It is no disclosure of anybody, whoever else is in the record. One whose patient could not be told is not this.
 */
import type { StoredDecision } from './record.ts';

/** As `decide/decide.ts` names it. */
const ABOUT_NOBODY = 'not-about-a-patient';

export function isAboutNobody({ subject, basis }: Pick<StoredDecision, 'subject' | 'basis'>): boolean {
  return subject === undefined && basis.some(({ kind, id }) => kind === 'policy' && id === ABOUT_NOBODY);
}
