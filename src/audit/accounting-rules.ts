/** What decides whether a disclosure is told in an accounting (policies/accounting.yaml; 45 CFR 164.528, 42 CFR 2.25). */
export interface AccountingGround {
  readonly id: string;
  /** Told in the accounting. */
  readonly counted: boolean;
  /** Told for so many years; absent = the whole period. */
  readonly years?: number;
  readonly citation: string;
  readonly text: string;
}

export interface AccountingRules {
  /** By rule of the law (`MH-01`, `SU-01.tpo`); in the order in which grounds decide. */
  readonly groundOf: ReadonlyMap<string, AccountingGround>;
  /** Of a disclosure that no known rule permitted. */
  readonly otherwise: AccountingGround;
  /** Words for v3-ActReason codes and for label codes. */
  readonly purposes: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Words for resource types: of one, and of several. */
  readonly types: ReadonlyMap<string, readonly [one: string, several: string]>;
}
