/**
 * The recipient class of a decision: one per requester, subject and resource, the first that matches in the order of
 * law/matrix.json. Roles come from the token; who the subject and the author are comes from the data.
 */
import type { Fact, Recipient } from '../policy/question.ts';
import type { Requester, Role } from '../requester/requester.ts';

export interface Relation {
  /** The requester is the subject: the token's own patient identity equals it. */
  readonly isSubject: boolean;
  /** The requester represents this subject (RelatedPerson.patient, or the launch context of its token). */
  readonly represents: boolean;
  readonly isAuthor: boolean;
  /** Asserted by the issuer, or evidenced by a CareTeam, Encounter or Appointment. */
  readonly treats: boolean;
}

const CLINICIANS: readonly Role[] = ['mental-health-professional', 'treating-provider'];
/** Exact codes: TRAIN, HLEGAL and others are is-a HOPERAT, BTG is-a TREAT; subsumption would widen (rules.json, hl7_purpose_traps). */
export const TREATMENT_PURPOSES: readonly string[] = ['TREAT', 'ETREAT', 'BTG'];

export function recipientOf(requester: Requester, relation: Relation, facts: readonly Fact[]): Recipient {
  const has = (role: Role) => requester.roles.includes(role);
  const clinician = CLINICIANS.some(has);
  const treatment = TREATMENT_PURPOSES.includes(requester.purpose);
  const order: readonly (readonly [Recipient, boolean])[] = [
    ['hhs', has('hhs')],
    ['court', has('court')],
    ['law-enforcement', has('law-enforcement')],
    ['coroner-medical-examiner', has('coroner-medical-examiner')],
    ['health-oversight', has('health-oversight')],
    ['public-health', has('public-health')],
    ['patient', has('patient') && relation.isSubject],
    ['personal-representative', has('personal-representative') && relation.represents],
    ['parent-of-minor', has('parent-of-minor') && relation.represents],
    ['family-friend', has('family-friend')],
    ['originator', (clinician || has('trainee')) && relation.isAuthor],
    ['other-treating-provider', clinician && treatment && relation.treats],
    ['trainee-own-program', has('trainee') && facts.includes('supervised-own-program')],
    ['workforce', has('workforce') || (clinician && !treatment) || has('trainee')],
    ['payer', has('payer')],
    ['other-covered-entity', has('covered-entity')],
    ['business-associate', has('business-associate')],
    ['researcher', has('researcher')],
  ];
  return order.find(([, matches]) => matches)?.[0] ?? 'third-party';
}
