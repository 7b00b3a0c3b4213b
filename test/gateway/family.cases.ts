/** Several people in one record: a couple's session, a minor and her mother, authorizations that lapsed or were revoked. */
import type { GatewayCase } from './gateway-case.ts';

const BOTH = ['Patient/daniel', 'Patient/maria'];
const PROGRESS = 'DocumentReference/couple-progress';
const THERAPY = 'DocumentReference/couple-therapy-note';

export const familySession: readonly GatewayCase[] = [
  {
    name: 'the therapist reads the note of the joint session, logged for both',
    who: 'therapist',
    get: `/fhir/${THERAPY}`,
    gets: { status: 200, kept: ['Psychotherapy note, joint session 1'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: BOTH, decisions: { [THERAPY]: 'permit PN-02' } },
  },
  {
    name: "Maria's authorization does not speak for Daniel: her psychiatrist does not get the joint note",
    who: 'psychiatrist',
    get: `/fhir/${THERAPY}`,
    gets: { status: 404, reason: 'not-found', removed: ['joint session'] },
    log: { outcome: '4', purpose: 'TREAT', subjects: BOTH, decisions: { [THERAPY]: 'withhold PN-04 PN-28' } },
  },
  {
    name: 'Maria does not read what is also about Daniel, and is not told of it',
    who: 'patient',
    get: `/fhir/${PROGRESS}`,
    gets: { status: 404, reason: 'not-found', removed: ['joint session', 'Daniel'] },
    log: { outcome: '4', purpose: 'PATRQT', subjects: BOTH, decisions: { [PROGRESS]: 'withhold MH-37 MH-10' } },
  },
  {
    name: 'for treatment the progress note of both flows',
    who: 'family-physician',
    get: `/fhir/${PROGRESS}`,
    gets: { status: 200, kept: ['joint session 1'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: BOTH, decisions: { [PROGRESS]: 'permit MH-01' } },
  },
  {
    name: 'an appointment names both: none of them finds it alone',
    who: 'patient',
    get: '/fhir/Appointment?patient=maria',
    gets: { status: 200, names: [], total: 0, removed: ['couple-appointment', 'Sofia'] },
    log: { outcome: '0', purpose: 'PATRQT', subjects: BOTH, decisions: { 'Appointment/couple-appointment': 'withhold MH-37' } },
  },
  {
    name: 'what Daniel told about Maria is about Maria alone',
    who: 'patient',
    get: '/fhir/Observation/maria-sleep-by-daniel',
    gets: { status: 200, kept: ['Up at three most nights'] },
    log: {
      outcome: '0',
      purpose: 'PATRQT',
      subjects: ['Patient/maria'],
      decisions: { 'Observation/maria-sleep-by-daniel': 'permit MH-10' },
    },
  },
];

const NOTE_30 = 'DocumentReference/elena-therapy-note-30';

export const authorizations: readonly GatewayCase[] = [
  {
    name: "Elena's authorizations, one run out and one revoked, open nothing",
    who: 'psychiatrist',
    get: '/fhir/DocumentReference?patient=elena',
    gets: { status: 200, names: [], total: 0, removed: ['elena-therapy-note', 'PSYTHPN'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: ['Patient/elena'], decisions: { [NOTE_30]: 'withhold PN-04' } },
  },
  {
    name: 'her therapist still has them',
    who: 'therapist',
    get: '/fhir/DocumentReference?patient=elena',
    gets: { status: 200, names: [NOTE_30], total: 1 },
    log: { outcome: '0', purpose: 'TREAT', decisions: { [NOTE_30]: 'permit PN-02' } },
  },
  {
    name: 'what she paid herself does not go to a health plan',
    who: 'payer',
    get: '/fhir/Encounter?patient=elena',
    gets: { status: 200, names: [], total: 0, removed: ['elena-session-30', 'F41.1'] },
    log: { outcome: '0', purpose: 'HPAYMT', recipient: 'payer', decisions: { 'Encounter/elena-session-30': 'withhold MH-34' } },
  },
  {
    name: "to her provider's own billing it does: somebody writes the invoice",
    who: 'billing',
    get: '/fhir/Encounter?patient=elena',
    gets: { status: 200, names: ['Encounter/elena-session-30'], total: 1, removed: ['F41.1'] },
    log: { outcome: '0', purpose: 'HPAYMT', recipient: 'workforce', decisions: { 'Encounter/elena-session-30': 'redact MH-03' } },
  },
  {
    name: 'the history of the revoked consent shows both versions to who may see it',
    who: 'psychiatrist',
    get: '/fhir/Consent/elena-authorization-revoked/_history',
    gets: {
      status: 200,
      names: ['Consent/elena-authorization-revoked', 'Consent/elena-authorization-revoked'],
      kept: ['"inactive"', '"active"'],
    },
    log: { outcome: '0', purpose: 'TREAT', decisions: { 'Consent/elena-authorization-revoked': 'permit MH-01' } },
  },
];

const VISIT = 'Encounter/lily-confidential-visit';

export const minors: readonly GatewayCase[] = [
  {
    name: "Lily's mother sees her asthma: a parent stands in for a minor",
    who: 'parent',
    get: '/fhir/Condition?patient=lily',
    gets: { status: 200, names: ['Condition/lily-asthma'], total: 1 },
    log: {
      outcome: '0',
      purpose: 'FAMRQT',
      recipient: 'parent-of-minor',
      subjects: ['Patient/lily'],
      decisions: { 'Condition/lily-asthma': 'permit MH-15' },
    },
  },
  {
    name: 'not the visit that Lily consented to herself',
    who: 'parent',
    get: `/fhir/${VISIT}`,
    gets: { status: 404, reason: 'not-found', removed: ['contraception', 'Z30'] },
    log: { outcome: '4', purpose: 'FAMRQT', decisions: { [VISIT]: 'withhold MH-15' } },
  },
  {
    name: 'nor what was asked and written in it',
    who: 'parent',
    get: '/fhir/DocumentReference?patient=lily',
    gets: { status: 200, names: [], total: 0, removed: ['Confidential', 'lily-confidential-note'] },
    log: { outcome: '0', purpose: 'FAMRQT', decisions: { 'DocumentReference/lily-confidential-note': 'withhold MH-15' } },
  },
  {
    name: 'nor the text behind it',
    who: 'parent',
    get: '/fhir/Binary/lily-confidential-note-text',
    headers: { accept: 'text/plain' },
    gets: { status: 404, reason: 'not-found', removed: ['boyfriend', 'forearm'] },
    log: { outcome: '4', purpose: 'FAMRQT', decisions: { 'Binary/lily-confidential-note-text': 'withhold MH-15' } },
  },
  {
    name: 'her family physician sees all of it',
    who: 'family-physician',
    get: `/fhir/${VISIT}`,
    gets: { status: 200, kept: ['Z30.09'] },
    log: { outcome: '0', purpose: 'TREAT', decisions: { [VISIT]: 'permit MH-01' } },
  },
  {
    name: "another child's record is nothing to her mother",
    who: 'parent',
    get: '/fhir/Condition?patient=robert',
    gets: { status: 200, names: [], total: 0, removed: ['robert'.concat('-knee')] },
    log: { outcome: '0', purpose: 'FAMRQT', recipient: 'third-party' },
  },
];
