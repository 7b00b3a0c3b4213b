/** What alerts.yaml says: which conduct somebody has to look at (45 CFR 164.308(a)(1)(ii)(D), 164.312(b)), as data. */
import type { Role } from '../requester/requester.ts';

/** Working hours: what is done at any other time is outside of them. */
export interface Shift {
  /** IANA name. */
  readonly timezone: string;
  /** 1 = Monday. Of a shift over midnight the day that it begins on. */
  readonly weekdays: readonly number[];
  /** `07:00`; until is exclusive, and may be before from. */
  readonly from: string;
  readonly until: string;
}

export const RELATIONS = ['self', 'related', 'household'] as const;
export type Relation = (typeof RELATIONS)[number];

/** What is counted, each once. */
export type Counted =
  /** Psychotherapy notes that were given. */
  | { readonly kind: 'psychotherapy-notes' }
  /** Patients whose data were given. */
  | { readonly kind: 'patients' }
  /** Requests that were refused because of who asked, or for what. */
  | { readonly kind: 'denials' }
  /** Uses of break-glass. */
  | { readonly kind: 'break-glass' }
  /** Patients, data of whom were given, who are the requester or are near him. */
  | { readonly kind: 'family'; readonly relations: readonly Relation[] }
  /** Resources with one of these security labels that were given. */
  | { readonly kind: 'labels'; readonly labels: readonly string[] };

export type AlertRule = Counted & {
  readonly id: string;
  readonly severity: 'low' | 'medium' | 'high';
  readonly citation: string;
  /** What a reviewer reads. */
  readonly text: string;
  readonly windowHours: number;
  /** So many within the window give an alert. */
  readonly threshold: number;
  /** Or so many times what is usual for this requester, and at least so many; looks back at so many days. */
  readonly usual?: { readonly times: number; readonly atLeast: number; readonly days: number };
  /** Counts only what happens outside of it. */
  readonly outside?: Shift;
  readonly who: { readonly roles?: readonly Role[]; readonly except: readonly Role[] };
};
