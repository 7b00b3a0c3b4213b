/**
 * Whether a day is among the days that a set is meant for. A set is put in force only on them; one that is in force stays
 * in force after the last, because sets only narrow: no clock alone opens what somebody closed (fail closed). What has to be
 * taken out of force is said, and a person does it.
 */
export type Standing = 'current' | 'not-yet' | 'past';

/** @param day `2026-01-31` */
export function standingOn({ from, until }: { readonly from?: string; readonly until?: string }, day: string): Standing {
  if (from !== undefined && day < from) return 'not-yet';
  return until !== undefined && day > until ? 'past' : 'current';
}
