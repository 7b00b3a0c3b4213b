/**
 * The purpose of use that a role implies where the token names none (design.md section 6): the purpose in whose row the
 * role stands in the acceptance matrix; where there are several, the one that gives least (workforce: operations, not
 * treatment). Roles of the gateway's own API imply one only where the token holds no other role.
 */
import type { Role } from './requester.ts';

const BY_ROLE: Readonly<Record<Role, string | undefined>> = {
  'mental-health-professional': 'TREAT',
  'treating-provider': 'TREAT',
  trainee: 'TRAIN',
  workforce: 'HOPERAT',
  payer: 'HPAYMT',
  patient: 'PATRQT',
  'personal-representative': 'PWATRNY',
  'parent-of-minor': 'FAMRQT',
  'family-friend': 'FAMRQT',
  researcher: 'HRESCH',
  'public-health': 'PUBHLTH',
  'health-oversight': 'HCOMPL',
  'coroner-medical-examiner': 'HDECD',
  'law-enforcement': 'HLEGAL',
  court: 'HLEGAL',
  hhs: 'HCOMPL',
  'business-associate': 'HSYSADMIN',
  'covered-entity': 'HOPERAT',
  'third-party': undefined,
  'policy-admin': undefined,
  auditor: undefined,
  'privacy-officer': undefined,
};

/** Roles of the gateway's own API (`/admin`, `/audit`). */
export const OFFICE_ROLES: readonly Role[] = ['policy-admin', 'auditor', 'privacy-officer'];

/** @returns purposes without repetition; several where the roles imply different ones; none for a third party */
export function defaultPurposes(roles: readonly Role[]): readonly string[] {
  const implied = new Set(roles.map((role) => BY_ROLE[role]).filter((purpose) => purpose !== undefined));
  if (implied.size === 0 && roles.length > 0 && roles.every((role) => OFFICE_ROLES.includes(role))) return ['HCOMPL'];
  return [...implied];
}
