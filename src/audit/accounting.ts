/** An accounting of disclosures (45 CFR 164.528(b)): what was told of one patient in a period, and what was left out by which rule. */
import type { Disclosure } from './account-disclosures.ts';

export interface Exclusion {
  readonly ground: Disclosure['ground'];
  readonly count: number;
  /** ISO instants of the first and the last. */
  readonly first: string;
  readonly last: string;
}

export interface NamedDisclosure extends Omit<Disclosure, 'recipient'> {
  readonly recipient: Disclosure['recipient'] & { readonly name?: string; readonly organizationName?: string; readonly address?: string };
  /** Left out of what the patient gets, at the request of an agency (164.528(a)(2)); told to staff only. */
  readonly suspended?: true;
  /** By which rule, and until when. */
  readonly suspension?: { readonly rule: string; readonly citation: string; readonly until?: string };
}

export type AccountingScope = 'staff' | 'individual' | 'parent-of-minor';

export interface Accounting {
  readonly patient: string;
  /** ISO instants; start is inclusive, end exclusive. */
  readonly period: { readonly start: string; readonly end: string };
  readonly madeAt: string;
  /** Counted ones, the oldest first; the others too where they were asked for. */
  readonly disclosures: readonly NamedDisclosure[];
  /** Who it is for: `parent-of-minor` gets what is sure to be a parent's to know, and is told of that limit. */
  readonly scope?: AccountingScope;
  /** What is not counted, by the rule that says so. */
  readonly excluded: readonly Exclusion[];
}

/** Adds to the exclusions what is not counted. */
export function addExclusions(before: ReadonlyMap<string, Exclusion>, disclosures: readonly Disclosure[]): ReadonlyMap<string, Exclusion> {
  const after = new Map(before);
  for (const { counted, ground, date } of disclosures) {
    if (counted) continue;
    const known = after.get(ground.id);
    const first = known === undefined || date < known.first ? date : known.first;
    const last = known === undefined || date > known.last ? date : known.last;
    after.set(ground.id, { ground, count: (known?.count ?? 0) + 1, first, last });
  }
  return after;
}
