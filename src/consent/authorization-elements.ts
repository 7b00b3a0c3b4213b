/**
 * The elements of a valid authorization and where they are required: 45 CFR 164.508(b) and (c), 42 CFR 2.31
 * (law/authorization-elements.json), and what states add (law/rules.json ST-IL-1, ST-DC-1). Data only.
 */
export const AUTHORIZATION_CITATIONS = {
  'AE-01': '45 CFR 164.508(c)(1)(i)',
  'AE-02': '45 CFR 164.508(c)(1)(ii)',
  'AE-03': '45 CFR 164.508(c)(1)(iii)',
  'AE-04': '45 CFR 164.508(c)(1)(iv)',
  'AE-05': '45 CFR 164.508(c)(1)(v)',
  'AE-06': '45 CFR 164.508(c)(1)(vi)',
  'AE-07': '45 CFR 164.508(c)(1)(vi), 164.502(g)',
  'AE-08': '45 CFR 164.508(c)(2)(i)',
  'AE-09': '45 CFR 164.508(c)(2)(ii)',
  'AE-10': '45 CFR 164.508(c)(2)(iii)',
  'AE-11': '45 CFR 164.508(c)(3)',
  'AE-12': '45 CFR 164.508(c)(4)',
  'AE-13': '45 CFR 164.508(a)(3)(ii), (a)(4)(ii)',
  'AV-01': '45 CFR 164.508(b)(2)(iii), (b)(5)',
  'AV-02': '45 CFR 164.508(b)(3)(ii), (b)(2)(iv)',
  'AV-03': '45 CFR 164.506(b)(2)',
  'AV-04': '45 CFR 164.508(b)(4)',
  'AV-05': '45 CFR 164.508(b)(2)(v)',
  'AV-06': 'FHIR R4 Consent ppc-1 to ppc-5',
  'AV-07': '45 CFR 164.508(a)(1)',
  'AV-08': 'FHIR R4 section 2.5.3 (modifierExtension)',
  'AV-09': '45 CFR 164.522(a)',
  'P2-01': '42 CFR 2.31(a)(1)',
  'P2-02': '42 CFR 2.31(a)(2)',
  'P2-03': '42 CFR 2.31(a)(3)',
  'P2-04': '42 CFR 2.31(a)(4)',
  'P2-05': '42 CFR 2.31(a)(5)',
  'P2-06': '42 CFR 2.31(a)(6)',
  'P2-07': '42 CFR 2.31(a)(7)',
  'P2-08': '42 CFR 2.31(a)(8)-(9)',
  'P2-09': '42 CFR 2.31(a)(10)',
  'P2-10': '42 CFR 2.31(b)(2)-(3)',
  'P2-11': '42 CFR 2.31(d)',
} as const;

export type AuthorizationElement = keyof typeof AUTHORIZATION_CITATIONS;

/** Elements that a HIPAA authorization can't do without; AE-12 is a duty of the entity, AV-04 and AV-09 are judged elsewhere. */
export const HIPAA_REQUIRED: readonly AuthorizationElement[] = [
  'AE-01',
  'AE-02',
  'AE-03',
  'AE-04',
  'AE-05',
  'AE-06',
  'AE-07',
  'AE-08',
  'AE-09',
  'AE-10',
  'AE-11',
  'AE-13',
  'AV-01',
  'AV-02',
  'AV-03',
  'AV-05',
  'AV-06',
  'AV-07',
  'AV-08',
];
/** Elements of every Part 2 consent; P2-09 is for treatment, payment and operations only. */
export const PART2_REQUIRED: readonly AuthorizationElement[] = [
  'P2-01',
  'P2-02',
  'P2-03',
  'P2-04',
  'P2-05',
  'P2-06',
  'P2-07',
  'P2-08',
  'P2-10',
  'P2-11',
  'AE-07',
  'AV-01',
  'AV-05',
  'AV-06',
  'AV-07',
  'AV-08',
];

/** What a state asks of a written consent over and above the federal elements. */
export const STATE_CITATIONS = {
  'SW-01': '740 ILCS 110/5; D.C. Code 7-1202.02(a)(2)',
  'SW-02': '740 ILCS 110/5',
  'SW-03': '740 ILCS 110/5; D.C. Code 7-1202.02(a)(5)',
  'SW-04': 'D.C. Code 7-1202.02(a)(5)',
} as const;

export type StateElement = keyof typeof STATE_CITATIONS;

/** What each is, in a few words for a privacy officer. */
export const ELEMENT_NAMES: Readonly<Record<AuthorizationElement | StateElement, string>> = {
  'AE-01': 'Which information, described specifically',
  'AE-02': 'Who may disclose it',
  'AE-03': 'Who may receive it',
  'AE-04': 'For which purposes',
  'AE-05': 'When it ends: a date or an event',
  'AE-06': 'Signed and dated by the patient',
  'AE-07': 'What entitles the representative to sign',
  'AE-08': 'Statement: the right to revoke, and how',
  'AE-09': 'Statement: whether treatment or payment depends on signing',
  'AE-10': 'Statement: the recipient may disclose it again',
  'AE-11': 'In plain language',
  'AE-12': 'A copy for the patient',
  'AE-13': 'Statement: payment for marketing or a sale',
  'AV-01': 'Active: neither revoked nor a draft',
  'AV-02': 'Compound test: psychotherapy notes stand alone on the signed document',
  'AV-03': 'Says that it is a HIPAA authorization',
  'AV-04': 'Signing was not made a condition',
  'AV-05': 'Nothing in it is known to be false',
  'AV-06': 'Names the patient and the policy that it is under',
  'AV-07': 'Says explicitly what it permits',
  'AV-08': 'Everything in it is understood',
  'AV-09': 'No restriction was agreed against it',
  'P2-01': 'The patient’s name',
  'P2-02': 'Who may disclose it',
  'P2-03': 'Which substance use disorder information',
  'P2-04': 'Who may receive it',
  'P2-05': 'For which purposes',
  'P2-06': 'Statement: the right to revoke, and how',
  'P2-07': 'When it ends: a date, an event or a condition',
  'P2-08': 'Signed and dated by the patient',
  'P2-09': 'Statements: redisclosure, and what refusing means',
  'P2-10': 'Compound test: counseling notes stand alone on the signed document',
  'P2-11': 'Use in proceedings stands alone on the signed document',
  'SW-01': 'Statement: the right to inspect what is disclosed',
  'SW-02': 'Statement: what refusing means',
  'SW-03': 'Ends on a calendar date',
  'SW-04': 'Ends within 365 days of the signature',
};

/** What every state's written consent must have to be known as one: who, what, to whom, for what, until when, signed. */
export const WRITTEN_CONSENT: readonly AuthorizationElement[] = [
  'AE-01',
  'AE-02',
  'AE-03',
  'AE-04',
  'AE-05',
  'AE-06',
  'AE-07',
  'AV-01',
  'AV-02',
  'AV-05',
  'AV-06',
  'AV-07',
  'AV-08',
];

/** What a state's own statute or its summary lists beside that; of the others none was seen. */
const BY_JURISDICTION: Readonly<Record<string, readonly (AuthorizationElement | StateElement)[]>> = {
  'US-IL': ['AE-08', 'SW-01', 'SW-02', 'SW-03'],
  'US-DC': ['AE-08', 'SW-01', 'SW-03', 'SW-04'],
};

/** @returns what a written consent must have where these jurisdictions are switched on: what any of them asks */
export function elementsOfStates(jurisdictions: readonly string[]): readonly (AuthorizationElement | StateElement)[] {
  return [...new Set(jurisdictions.flatMap((name) => (Object.hasOwn(BY_JURISDICTION, name) ? (BY_JURISDICTION[name] ?? []) : [])))].sort();
}
