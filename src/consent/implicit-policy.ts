/**
 * The policy that applies where no directive has a say (IHE PCF 1.1, 53.2.1 Implicit Option). `hipaa` says nothing:
 * the law alone decides.
 */
import { ACT_REASON } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Coding } from '../fhir/resource.ts';

export type ImplicitPolicy = 'hipaa' | 'basic-normal' | 'all-normal' | 'break-glass-only' | 'deny';

/** Canonical URI of a PCF policy. */
export const implicitPolicyUri = (policy: ImplicitPolicy): string => `https://profiles.ihe.net/ITI/PCF/Policy-${policy}`;

const isTreatment = ({ system, code }: Coding): boolean =>
  system === ACT_REASON && code !== undefined && code !== 'BTG' && (code === 'TREAT' || purposeAncestors(code).includes('TREAT'));
const isBreakGlass = ({ system, code }: Coding): boolean => system === ACT_REASON && code === 'BTG';

/** @returns `none` for `hipaa` */
export function implicitPolicy(policy: ImplicitPolicy, purposes: readonly Coding[]): 'permit' | 'deny' | 'none' {
  switch (policy) {
    case 'hipaa':
      return 'none';
    case 'all-normal':
      return 'permit';
    case 'basic-normal':
      return purposes.some(isTreatment) ? 'permit' : 'deny';
    case 'break-glass-only':
      return purposes.some(isBreakGlass) ? 'permit' : 'deny';
    case 'deny':
      return 'deny';
  }
}
