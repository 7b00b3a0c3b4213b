/**
 * The purposes of use that a token holds: codes of v3-ActReason under PurposeOfUse (IHE IUA `purpose_of_use`, UDAP
 * `hl7-b2b`). A code of another system, or one that HL7 does not define, is not held; a claim without a single
 * readable code is not the same as no claim: the role's default must not stand in for it.
 */
import { ACT_REASON } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Claims } from '../ports.ts';
import { claimAt } from './claim-at.ts';
import { type CodedValue, readCodedClaim } from './read-coded-claim.ts';

const PLACES = ['purpose_of_use', 'extensions.ihe_iua.purpose_of_use', 'extensions.hl7-b2b.purpose_of_use'];
const SYSTEMS: ReadonlySet<string | undefined> = new Set([undefined, ACT_REASON, 'urn:oid:2.16.840.1.113883.5.8']);

export interface HeldPurposes {
  /** The token has the claim at all. */
  readonly claimed: boolean;
  readonly codes: readonly string[];
}

/** Whether this is a code of v3-PurposeOfUse (the abstract root is not). */
export function isPurpose(code: string): boolean {
  return purposeAncestors(code).includes('PurposeOfUse');
}

function isKnown({ system, code }: CodedValue): boolean {
  return SYSTEMS.has(system) && isPurpose(code);
}

/** @param path where the claim sits, if not in one of the usual places */
export function readPurposes(claims: Claims, path: string | undefined): HeldPurposes {
  const places = path === undefined ? PLACES : [path];
  const claim = places.map((place) => claimAt(claims, place)).find((found) => found !== undefined);
  const codes = readCodedClaim(claim)
    .filter(isKnown)
    .map(({ code }) => code);
  return { claimed: claim !== undefined, codes: [...new Set(codes)] };
}
