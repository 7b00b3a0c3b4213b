/**
 * What policies name, in words: recipients, categories, facts, authorizations, votes, obligations (policies/schema.cedarschema). Codes
 * of HL7 and titles of attestations are whoever describes's to give.
 */
import type { Category } from '../classify/label.ts';
import type { AuthorizationType } from '../consent/vote.ts';
import type { Fact, PolicyQuestion, Recipient } from './question.ts';

/** Names of codes that this folder does not own. */
export interface PolicyNames {
  /** v3-ActReason: `healthcare payment`. */
  readonly purpose: (code: string) => string;
  /** v3-ActCode: `HIV/AIDS information`. */
  readonly label: (code: string) => string;
  /** Of an attestation, where it has one: `Serious and imminent threat`. */
  readonly attestation: (kind: string) => string | undefined;
}

export const RECIPIENT_WORDS: Readonly<Record<Recipient, string>> = {
  hhs: 'the Department of Health and Human Services',
  court: 'courts',
  'law-enforcement': 'law enforcement',
  'coroner-medical-examiner': 'coroners and medical examiners',
  'health-oversight': 'health oversight agencies',
  'public-health': 'public health authorities',
  patient: 'the patient',
  'personal-representative': 'personal representatives',
  'parent-of-minor': 'parents of a minor',
  'family-friend': 'family and friends',
  originator: 'the originator of the notes',
  'other-treating-provider': 'other treating providers',
  'trainee-own-program': 'trainees of the own program',
  workforce: 'the own workforce',
  payer: 'payers',
  'other-covered-entity': 'other covered entities',
  'business-associate': 'business associates',
  researcher: 'researchers',
  'third-party': 'third parties',
};

export const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  'psychotherapy-notes': 'psychotherapy notes',
  'sud-counseling-notes': 'SUD counseling notes',
  sud: 'substance use disorder information',
  'mental-health': 'mental health information',
  other: 'other health information',
};

/** Each a clause that can follow `when`. */
export const FACT_WORDS: Readonly<Record<Fact, string>> = {
  'access-denied-524': 'a determination denies the patient access',
  'content-opaque': 'the recipient can not read the content',
  'de-identified': 'the data is de-identified',
  deceased: 'the patient has died',
  'endangerment-502g5': 'a determination says that the representative could endanger the patient',
  minor: 'the patient is a minor',
  'minor-12-17': 'the patient is 12 to 17 years old',
  'minor-consented': 'the minor consented to the care alone',
  'removed-from-custody': 'the minor was removed from custody',
  'restriction-agreed': 'a restriction was agreed with the patient',
  'same-organization': 'the recipient belongs to the organization that holds the record',
  'same-part2-program': 'the recipient belongs to the same Part 2 program',
  'self-pay': 'the patient paid for the care in full',
  'shared-relationship': 'both organizations have, or had, a relationship with the patient',
  'supervised-own-program': 'the recipient is supervised in the own program',
};

export const AUTHORIZATION_WORDS: Readonly<Record<AuthorizationType, string>> = {
  'hipaa-508': 'a HIPAA authorization',
  'hipaa-508-psychotherapy-notes': 'a HIPAA authorization of psychotherapy notes alone',
  'part2-2.31': 'a Part 2 consent',
  'part2-2.31-tpo': 'a Part 2 consent to treatment, payment and operations',
  'part2-2.31b-scn': 'a Part 2 consent to SUD counseling notes alone',
  'part2-2.31d': 'a Part 2 consent to use in proceedings',
  'va-7332': 'a consent under 38 USC 7332',
  'state-written-consent': 'the written consent that the state asks for',
};

export const VOTE_WORDS: Readonly<Record<PolicyQuestion['context']['consent'], string>> = {
  none: 'the patient’s directives say nothing',
  outside: 'the patient’s directives do not reach this disclosure',
  permit: 'the patient’s directives permit it',
  deny: 'the patient’s directives deny it',
};

/** What accompanies a permit; each can follow `with`. */
export const OBLIGATION_WORDS: ReadonlyMap<string, string> = new Map([
  ['AOD', 'an entry in the accounting of disclosures'],
  ['DEID', 'de-identified data only'],
  ['HUAPRV', 'a review by a person afterwards'],
  ['MASK', 'content that is encrypted'],
  ['MINEC', 'the minimum necessary only'],
  ['NORDSCLCD', 'a notice against redisclosure'],
  ['ask-no-further-use', 'a request not to use it further'],
  ['copy-of-consent', 'a copy of the consent'],
  ['copy-to-individual', 'a copy of the authorization for the individual'],
  ['document-emergency', 'a record of the emergency'],
  ['notation-in-record', 'a note in the record'],
  ['part2-accounting', 'an entry in the Part 2 accounting'],
  ['state-redisclosure-statement', 'the statement against redisclosure that the state asks for'],
]);

export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** `a`, `a or b`, `a, b or c`. */
export function inList(items: readonly string[], joined: 'and' | 'or'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${joined} ${items.at(-1)}`;
}
