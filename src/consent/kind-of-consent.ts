/**
 * Whether a Consent is an authorization, a directive about who may see what, or about something else (design.md 4.2; FHIR R4
 * Consent.scope and .category). It is about something else only where it says so by system and code, and nowhere says privacy:
 * one that nobody reads denies nothing.
 */
import { canonicalSystem } from '../classify/canonical-code.ts';
import { ACT_CODE, LOINC } from '../fhir/codes.ts';
import type { Coding, Resource } from '../fhir/resource.ts';
import { isAuthorization } from './is-authorization.ts';
import type { NormalizedConsent } from './normalized-consent.ts';
import { rowsOf } from './rows-of.ts';

const SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/consentcategorycodes';

const listed = (system: string, ...codes: string[]): string[] => codes.map((code) => `${canonicalSystem(system)}|${code.toLowerCase()}`);

/** Consents to be treated, and advance directives: they say nothing about who may see what. */
const OTHERS: ReadonlySet<string> = new Set([
  ...listed(SCOPE, 'adr', 'treatment'),
  ...listed(CATEGORY, 'acd', 'dnr', 'hcd', 'polst'),
  // So named before HL7 Terminology.
  ...listed('http://hl7.org/fhir/consentscope', 'adr', 'treatment'),
  ...listed('http://hl7.org/fhir/consentcategorycodes', 'acd', 'dnr', 'hcd', 'polst'),
]);

/** Research too: it is about data for researchers. LOINC: privacy policies, release of information; its `patient consent` may be any. */
const PRIVACY: ReadonlySet<string> = new Set([
  ...listed(SCOPE, 'patient-privacy', 'research'),
  ...listed('http://hl7.org/fhir/consentscope', 'patient-privacy', 'research'),
  ...listed(CATEGORY, 'npp'),
  ...listed(ACT_CODE, 'ICOL', 'IDSCL', 'INFA', 'INFAO', 'INFASO', 'IRDSCL', 'RESEARCH', 'RSDID', 'RSREID', 'OPTOUT', 'OPTOUTE'),
  ...listed(LOINC, '57016-8', '57017-6', '64292-6'),
]);

export function kindOf(consent: Resource): NormalizedConsent['kind'] {
  if (isAuthorization(consent)) return 'authorization';
  const named = [...codesIn(consent.scope), ...codesIn(consent.category)];
  const isPrivacy = [...named, ...codesIn(consent.policyRule)].some((code) => PRIVACY.has(code));
  return named.some((code) => OTHERS.has(code)) && !isPrivacy ? 'other' : 'directive';
}

function codesIn(concepts: unknown): readonly string[] {
  return rowsOf([concepts].flat())
    .flatMap(({ coding }) => rowsOf(coding) as readonly Coding[])
    .map(({ system, code }) => `${typeof system === 'string' ? canonicalSystem(system) : ''}|${String(code).trim().toLowerCase()}`);
}
