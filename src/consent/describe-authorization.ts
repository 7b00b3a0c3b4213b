/**
 * Whether one Consent is a valid authorization, element by element (45 CFR 164.508(b)-(c), 42 CFR 2.31, 38 USC 7332), under
 * each law that it says it is under, and what else was signed on the same paper (164.508(b)(3)(ii)).
 */
import type { Resource } from '../fhir/resource.ts';
import { ELEMENT_NAMES, HIPAA_REQUIRED, PART2_REQUIRED } from './authorization-elements.ts';
import type { AuthorizationSettings } from './authorization-facts.ts';
import { checkAuthorization, type ElementCheck } from './check-authorization.ts';
import { authorizationMarks } from './is-authorization.ts';
import { signedDocument } from './signed-document.ts';
import type { AuthorizationType, ConsentRecord } from './vote.ts';

export type AuthorizationLaw = 'hipaa' | 'part2' | 'va-7332';

export interface DescribedElement extends ElementCheck {
  /** What it is, in a few words. */
  readonly name: string;
  /** Without it there is no authorization under a law that the Consent names. */
  readonly required: boolean;
}

export interface DescribedAuthorization {
  readonly valid: boolean;
  readonly laws: readonly AuthorizationLaw[];
  readonly types: readonly AuthorizationType[];
  /** Those that concern the laws named, in the order of the regulation. */
  readonly elements: readonly DescribedElement[];
  /** Every Consent of the record on the same signed document, this one among them. */
  readonly document: readonly string[];
}

/** @param at ISO 8601, when it is to hold; @throws RangeError where that is no time */
export function describeAuthorization(
  consent: Resource,
  record: ConsentRecord,
  at: string,
  settings: AuthorizationSettings,
): DescribedAuthorization {
  const { elements, types } = checkAuthorization(consent, record, at, settings);
  const { hipaa, part2, va } = authorizationMarks(consent);
  const laws: AuthorizationLaw[] = [
    ...(hipaa ? (['hipaa'] as const) : []),
    ...(part2 ? (['part2'] as const) : []),
    ...(va ? (['va-7332'] as const) : []),
  ];
  const required = new Set(laws.flatMap(requiredBy));
  const told = elements
    .filter(({ id }) => required.has(id) || (id.startsWith('P2-') ? part2 : hipaa || va))
    .map((element) => ({ ...element, name: ELEMENT_NAMES[element.id], required: required.has(element.id) }));
  return {
    valid: types.length > 0 && told.every(({ required: needed, status }) => !needed || status !== 'missing'),
    laws,
    types,
    elements: told,
    document: signedDocument(consent, record).map(({ reference }) => reference),
  };
}

function requiredBy(law: AuthorizationLaw): readonly string[] {
  if (law === 'part2') return PART2_REQUIRED;
  return law === 'hipaa' ? HIPAA_REQUIRED : HIPAA_REQUIRED.filter((id) => id !== 'AV-03' && id !== 'AE-09');
}
