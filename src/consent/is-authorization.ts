/**
 * Tells an authorization (45 CFR 164.508, 42 CFR 2.31, 38 USC 7332: it only adds) from a directive (IHE PCF: it only
 * restricts), by Consent.category and by the policy that the Consent names (design.md 4.2; AV-03).
 */
import { ACT_CODE, CONSENT_POLICY, LOINC } from '../fhir/codes.ts';
import type { Coding, Resource } from '../fhir/resource.ts';

const RELEASE_OF_INFORMATION = `${LOINC}|64292-6`;
const codes = (system: string, ...names: string[]): string[] => names.map((name) => `${system}|${name}`);

const HIPAA: ReadonlySet<string> = new Set([
  ...codes(ACT_CODE, 'HIPAAAuthCD', 'HIPAAAuth', 'HIPAAResearchAuthCD', 'CompoundResearchCD'),
  ...codes(CONSENT_POLICY, 'hipaa-auth', 'hipaa-research', 'nih-hipaa', 'nih-527', 'ssa-827'),
]);
const PART2: ReadonlySet<string> = new Set([
  ...codes(ACT_CODE, '42CFRPart2CD', 'MDHHS-5515', 'MDHHS-5515Part2'),
  ...codes(CONSENT_POLICY, 'mdhhs-5515'),
]);
const VA: ReadonlySet<string> = new Set(codes(CONSENT_POLICY, 'va-10-0484', 'va-10-0485', 'va-10-5345', 'va-10-5345a', 'va-10-5345a-mhv'));

function* concepts(value: unknown): Generator<string> {
  for (const item of [value].flat() as { coding?: readonly Coding[] }[]) {
    if (!Array.isArray(item?.coding)) continue;
    for (const coding of item.coding as readonly Coding[]) yield `${coding?.system}|${coding?.code}`;
  }
}

/** Every `system|code` in Consent.category, policyRule (R4) and regulatoryBasis (R5), and policy URIs that name such a code. */
function markers(consent: Resource): string[] {
  const policies = [consent.policy, consent.policyBasis].flat() as { uri?: unknown; url?: unknown }[];
  const uris = policies.map((policy) => policy?.uri ?? policy?.url).filter((uri) => typeof uri === 'string');
  return [
    ...concepts(consent.category),
    ...concepts(consent.policyRule),
    ...concepts(consent.regulatoryBasis),
    ...uris.map((uri) => uri.replace(/[#|]([^#|]+)$/, '|$1')),
  ];
}

export interface AuthorizationMarks {
  /** Says that it is a HIPAA authorization, or a release of information that names no other law. */
  readonly hipaa: boolean;
  readonly part2: boolean;
  readonly va: boolean;
}

/** Under which laws a Consent says that it is an authorization. */
export function authorizationMarks(consent: Resource): AuthorizationMarks {
  const found = markers(consent);
  const has = (set: ReadonlySet<string>): boolean => found.some((marker) => set.has(marker));
  const [part2, va] = [has(PART2), has(VA)];
  return { hipaa: has(HIPAA) || (found.includes(RELEASE_OF_INFORMATION) && !part2 && !va), part2, va };
}

/** @param consent a Consent, R4 or R5 */
export function isAuthorization(consent: Resource): boolean {
  const marks = authorizationMarks(consent);
  return marks.hipaa || marks.part2 || marks.va;
}
