/**
 * Elena Petrova, 51, anxiety, pays for her therapy herself. She opened her therapist's notes to the same psychiatrist
 * twice: the first authorization ran out (164.508(b)(2)(i)), the second she revoked in writing (164.508(b)(5)). Nothing
 * is open now, though one of the two Consents still says `active`.
 */
import type { Consent, FhirResource } from 'fhir/r4.js';
import { observation, patient, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, cpt, icd, label, loinc, NOTE, PSYTHPN, RESTRICTED } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';
import { APPROVED_FORMS, type AuthorizationStory, authorization } from './signed-consent.ts';

const ELENA = 'Patient/elena';
const ANXIETY = icd('F41.1', 'Generalized anxiety disorder');
/** 45 CFR 164.522(a)(1)(vi): paid in full by herself, so nothing of it goes to a health plan. */
const SELF_PAY = label('HIPAASelfPay');

export function elena(calendar: Calendar): FhirResource[] {
  return [...person(calendar), ...therapy(calendar), ...lapsed(calendar), ...revoked(calendar, 'inactive'), revocation(calendar)];
}

/** What a FHIR server held before the revocation; loaded first, so that the Consent has a history. */
export function elenaEarlier(calendar: Calendar): FhirResource[] {
  return revoked(calendar, 'active').filter((resource) => resource.resourceType === 'Consent');
}

function person(calendar: Calendar): FhirResource[] {
  return [
    patient({ id: 'elena', given: ['Elena'], family: 'Petrova', gender: 'female', born: calendar.bornYearsAgo(51), mrn: 'LH-101208' }),
    {
      resourceType: 'Coverage',
      id: 'elena-self-pay',
      status: 'active',
      type: concept(coding('http://terminology.hl7.org/CodeSystem/coverage-selfpay', 'pay', 'PAY')),
      beneficiary: ref(ELENA),
      payor: [ref(ELENA)],
    },
    problem({
      id: 'elena-anxiety',
      subject: ELENA,
      code: [ANXIETY],
      since: calendar.date(1100),
      recorder: WHO.okafor,
      told: 'Generalized anxiety disorder with panic attacks on the bridge to work.',
    }),
    problem({
      id: 'elena-migraine',
      subject: ELENA,
      code: [icd('G43.909', 'Migraine, unspecified, not intractable, without status migrainosus')],
      since: calendar.date(2500),
      recorder: WHO.bennett,
      told: 'Migraine, about twice a month.',
    }),
  ];
}

function therapy(calendar: Calendar): FhirResource[] {
  return [
    visit({
      id: 'elena-session-30',
      subject: ELENA,
      start: calendar.at(10, '14:00'),
      end: calendar.at(10, '14:50'),
      clinician: WHO.okafor,
      provider: ORG.behavioral,
      type: concept(cpt('90834')),
      reasons: [concept(ANXIETY)],
      security: [SELF_PAY],
    }),
    observation({
      id: 'elena-gad7',
      subject: ELENA,
      kind: 'survey',
      code: concept(loinc('70274-6', 'Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]')),
      when: calendar.at(10, '13:55'),
      performer: [WHO.okafor],
      encounter: 'Encounter/elena-session-30',
      value: { value: 12, unit: '{score}', code: '{score}' },
    }),
    ...note({
      id: 'elena-therapy-note-30',
      subject: ELENA,
      type: NOTE.individualCounseling,
      title: 'Psychotherapy note, session 30',
      author: WHO.okafor,
      custodian: ORG.behavioral,
      written: calendar.at(10, '15:00'),
      security: [PSYTHPN, RESTRICTED],
      text: 'Elena says Dr. Lindqvist repeated to her what she had told only me, about her father and the ferry. She wants it closed: "my words were supposed to stay in this room." She signed the revocation after the hour.',
    }),
  ];
}

const WORDS =
  'I, Elena Petrova, authorize Lakeside Behavioral Health to disclose the psychotherapy notes of Dr. Adaeze Okafor about me to Dr. Erik Lindqvist, psychiatrist, for my treatment. I may revoke this authorization in writing at any time, except as far as it has been relied on. My treatment, payment, enrollment and eligibility do not depend on it. What is disclosed may be redisclosed and then no longer be protected by federal privacy rules.';

const TO_LINDQVIST: Omit<AuthorizationStory, 'id' | 'status' | 'signed' | 'expires' | 'words'> = {
  kind: 'psychotherapy-notes',
  patient: ELENA,
  signedAs: 'Elena Petrova',
  from: ORG.behavioral,
  to: 'Practitioner/lindqvist',
  purposes: ['TREAT'],
  labels: [PSYTHPN],
  form: APPROVED_FORMS.psychotherapyNotes,
};

function lapsed(calendar: Calendar): FhirResource[] {
  return authorization({
    ...TO_LINDQVIST,
    id: 'elena-authorization-lapsed',
    status: 'active',
    signed: calendar.at(700, '11:00'),
    expires: calendar.date(517),
    words: `${WORDS} It expires six months after my signature.`,
  });
}

function revoked(calendar: Calendar, status: Consent['status']): FhirResource[] {
  return authorization({
    ...TO_LINDQVIST,
    id: 'elena-authorization-revoked',
    status,
    signed: calendar.at(200, '11:00'),
    expires: calendar.date(-165),
    words: `${WORDS} It expires one year after my signature.`,
  });
}

/** The written revocation and when it came in: from then on the authorization is void (164.508(b)(5)). */
function revocation(calendar: Calendar): FhirResource {
  return {
    resourceType: 'Provenance',
    id: 'elena-revocation',
    target: [ref('Consent/elena-authorization-revoked')],
    occurredDateTime: calendar.at(10, '15:10'),
    recorded: calendar.at(10, '15:10'),
    reason: [{ text: 'Revoked by the patient in writing; letter received at the front desk.' }],
    activity: concept(coding('http://terminology.hl7.org/CodeSystem/v3-DataOperation', 'UPDATE', 'revise')),
    agent: [{ who: ref(ELENA) }],
  };
}
