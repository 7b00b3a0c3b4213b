/** Psychotherapy notes (45 CFR 164.501, 164.508(a)(2)): two labelled ones and a misfiled one of Maria, asked for by everyone. */
import { personaClaims } from '../support/gateway.ts';
import type { GatewayCase } from './gateway-case.ts';

const NOTES = '/fhir/DocumentReference?patient=maria';
const NOTE = '/fhir/DocumentReference/maria-therapy-note-12';
const BINARY = '/fhir/Binary/maria-therapy-note-12-text';
const EMERGENCY = { 'X-Purpose-Of-Use': 'BTG', 'X-Break-Glass': 'Unconscious on arrival, nobody knows her history' };
const THREAT = { ...EMERGENCY, 'X-Attestation': 'PN-14; said on the phone that she kills him tonight' };

const PROGRESS = 'DocumentReference/maria-progress-12';
const NOTE_11 = 'DocumentReference/maria-therapy-note-11';
const NOTE_12 = 'DocumentReference/maria-therapy-note-12';
const MISFILED = 'DocumentReference/maria-counseling-misfiled';
const ALL = [PROGRESS, NOTE_11, NOTE_12, MISFILED];
/** Nothing of the notes: not their ids, not their titles, not their labels. */
const NOTHING_OF_THEM = ['maria-therapy-note', 'Psychotherapy note', 'PSYTHPN', 'session 11'];

const withheldBy = (rule: string) => ({ [NOTE_11]: `withhold ${rule}`, [NOTE_12]: `withhold ${rule}` });

const searches: readonly GatewayCase[] = [
  {
    name: 'her therapist, who wrote them, finds all four',
    who: 'therapist',
    get: NOTES,
    gets: { status: 200, names: ALL, total: 4, kept: ['Psychotherapy note, session 11', 'PSYTHPN'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      recipient: 'originator',
      subjects: ['Patient/maria'],
      decisions: { [PROGRESS]: 'permit MH-02', [NOTE_11]: 'permit PN-02', [NOTE_12]: 'permit PN-02', [MISFILED]: 'permit MH-02' },
    },
  },
  {
    name: 'her psychiatrist, whom she authorized for exactly these notes, finds all four',
    who: 'psychiatrist',
    get: NOTES,
    gets: { status: 200, names: ALL, total: 4 },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      recipient: 'other-treating-provider',
      subjects: ['Patient/maria'],
      obligations: ['copy-to-individual'],
      decisions: {
        [PROGRESS]: 'permit MH-01',
        [NOTE_11]: 'permit PN-28 Consent/maria-authorization-lindqvist',
        [NOTE_12]: 'permit PN-28 Consent/maria-authorization-lindqvist',
        [MISFILED]: 'permit MH-01',
      },
    },
  },
  {
    name: 'her family physician finds the record, and no trace of the notes',
    who: 'family-physician',
    get: NOTES,
    gets: { status: 200, names: [PROGRESS, MISFILED], total: 2, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      recipient: 'other-treating-provider',
      subjects: ['Patient/maria'],
      decisions: { [PROGRESS]: 'permit MH-01', ...withheldBy('PN-04'), [MISFILED]: 'permit MH-01' },
    },
  },
  {
    name: 'Maria finds the record and a word that something is withheld (164.524(d))',
    who: 'patient',
    get: NOTES,
    gets: { status: 200, names: [PROGRESS, MISFILED], total: 2, announced: true, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'PATRQT',
      recipient: 'patient',
      subjects: ['Patient/maria'],
      decisions: { [PROGRESS]: 'permit MH-10', ...withheldBy('PN-17'), [MISFILED]: 'permit MH-10' },
    },
  },
  {
    name: 'billing finds no document at all, whatever its label (minimum necessary)',
    who: 'billing',
    get: NOTES,
    gets: { status: 200, names: [], total: 0, removed: [...NOTHING_OF_THEM, 'maria-progress'] },
    log: {
      outcome: '0',
      purpose: 'HPAYMT',
      recipient: 'workforce',
      subjects: ['Patient/maria'],
      decisions: { [PROGRESS]: 'withhold MH-03', ...withheldBy('PN-16'), [MISFILED]: 'withhold psychotherapy-note-candidate' },
    },
  },
  {
    name: 'her health plan finds none either',
    who: 'payer',
    get: NOTES,
    gets: { status: 200, names: [], total: 0, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'HPAYMT',
      recipient: 'payer',
      decisions: { [PROGRESS]: 'withhold MH-03', ...withheldBy('PN-15'), [MISFILED]: 'withhold psychotherapy-note-candidate' },
    },
  },
  {
    name: 'her husband finds none, though she agreed that he is told what he needs',
    who: 'spouse',
    get: NOTES,
    gets: { status: 200, names: [], total: 0, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'FAMRQT',
      recipient: 'family-friend',
      decisions: { [PROGRESS]: 'withhold MH-07', ...withheldBy('PN-19'), [MISFILED]: 'withhold psychotherapy-note-candidate' },
    },
  },
  {
    name: 'a researcher whose waiver covers her finds none: a waiver does not reach the notes',
    who: 'researcher',
    get: NOTES,
    gets: { status: 200, names: [], total: 0, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'HRESCH',
      recipient: 'researcher',
      decisions: { [PROGRESS]: 'withhold MH-17', ...withheldBy('PN-20'), [MISFILED]: 'withhold psychotherapy-note-candidate' },
    },
  },
  {
    name: "somebody else's parent finds nothing of her",
    who: 'parent',
    get: NOTES,
    gets: { status: 200, names: [], total: 0, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'FAMRQT',
      recipient: 'third-party',
      decisions: { [PROGRESS]: 'withhold MH-37', ...withheldBy('PN-01'), [MISFILED]: 'withhold MH-37' },
    },
  },
  {
    name: 'the counselor of a substance use program treats her too, and finds the record without the notes',
    who: 'part2-counselor',
    get: NOTES,
    gets: { status: 200, names: [PROGRESS, MISFILED], total: 2, removed: NOTHING_OF_THEM },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      decisions: { [PROGRESS]: 'permit MH-01', ...withheldBy('PN-04'), [MISFILED]: 'permit MH-01' },
    },
  },
  {
    name: 'an intern under supervision learns from the notes, not from a note that nobody classified',
    who: 'trainee',
    get: NOTES,
    gets: { status: 200, names: [NOTE_11, NOTE_12], total: 2, removed: ['maria-counseling-misfiled'] },
    log: {
      outcome: '0',
      purpose: 'TRAIN',
      recipient: 'trainee-own-program',
      decisions: {
        [PROGRESS]: 'withhold MH-04.training',
        [NOTE_11]: 'permit PN-06',
        [NOTE_12]: 'permit PN-06',
        [MISFILED]: 'withhold psychotherapy-note-candidate',
      },
    },
  },
  {
    name: 'a search for psychotherapy notes by their label finds nothing for who may not see them',
    who: 'family-physician',
    get: '/fhir/DocumentReference?patient=maria&_security=http://terminology.hl7.org/CodeSystem/v3-ActCode%7CPSYTHPN',
    gets: { status: 200, names: [], total: 0, removed: ['maria-therapy-note'] },
    log: { outcome: '0', purpose: 'TREAT', decisions: withheldBy('PN-04') },
  },
];

const reads: readonly GatewayCase[] = [
  {
    name: 'the therapist reads one',
    who: 'therapist',
    get: NOTE,
    gets: { status: 200, kept: ['Psychotherapy note, session 12', 'PSYTHPN'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: ['Patient/maria'], obligations: ['MINEC'], decisions: { [NOTE_12]: 'permit PN-02' } },
  },
  {
    name: 'the therapist, whom her issuer knows by her role, reads one',
    who: { ...personaClaims('therapist'), fhirUser: 'PractitionerRole/okafor-role' },
    get: NOTE,
    gets: { status: 200, kept: ['Psychotherapy note, session 12', 'PSYTHPN'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: ['Patient/maria'], obligations: ['MINEC'], decisions: { [NOTE_12]: 'permit PN-02' } },
  },
  {
    name: 'the family physician reads one: as if it did not exist',
    who: 'family-physician',
    get: NOTE,
    gets: { status: 404, reason: 'not-found', removed: NOTHING_OF_THEM },
    log: { outcome: '4', purpose: 'TREAT', reason: 'not-found', subjects: ['Patient/maria'], decisions: { [NOTE_12]: 'withhold PN-04' } },
  },
  {
    name: 'Maria reads one: refused in words, with the ground (164.524)',
    who: 'patient',
    get: NOTE,
    gets: { status: 403, reason: 'withheld', kept: ['164.524(a)(1)(i)'], removed: NOTHING_OF_THEM },
    log: { outcome: '4', purpose: 'PATRQT', reason: 'withheld', decisions: { [NOTE_12]: 'withhold PN-17' } },
  },
  {
    name: 'billing reads one',
    who: 'billing',
    get: NOTE,
    gets: { status: 404, reason: 'not-found', removed: NOTHING_OF_THEM },
    log: { outcome: '4', purpose: 'HPAYMT', reason: 'not-found', decisions: { [NOTE_12]: 'withhold PN-16' } },
  },
  {
    name: 'an emergency by itself does not open one',
    who: 'emergency-physician',
    get: NOTE,
    headers: EMERGENCY,
    gets: { status: 404, reason: 'not-found', removed: NOTHING_OF_THEM },
    log: {
      outcome: '4',
      purpose: 'BTG',
      breakGlass: 'Unconscious on arrival, nobody knows her history',
      decisions: { [NOTE_12]: 'withhold PN-05' },
    },
  },
  {
    name: 'an imminent threat that the emergency physician attests opens one (164.512(j))',
    who: 'emergency-physician',
    get: NOTE,
    headers: THREAT,
    gets: { status: 200, kept: ['Psychotherapy note, session 12'] },
    log: {
      outcome: '0',
      purpose: 'BTG',
      breakGlass: 'Unconscious on arrival, nobody knows her history',
      attestation: 'PN-14',
      obligations: ['AOD', 'HUAPRV', 'MINEC'],
      decisions: { [NOTE_12]: 'permit PN-14' },
    },
  },
  {
    name: 'billing may not attest a threat',
    who: 'billing',
    get: NOTE,
    headers: { 'X-Attestation': 'PN-14; I think so' },
    gets: { status: 403, reason: 'attestation-not-entitled', removed: NOTHING_OF_THEM },
    log: { outcome: '4', reason: 'attestation-not-entitled', decisions: {} },
  },
  {
    name: 'the text of a note is closed like the note, though the text itself has no label',
    who: 'family-physician',
    get: BINARY,
    gets: { status: 404, reason: 'not-found', removed: ['countertransference', 'empty house', 'Sofia'] },
    log: {
      outcome: '4',
      purpose: 'TREAT',
      subjects: ['Patient/maria'],
      decisions: { 'Binary/maria-therapy-note-12-text': 'withhold PN-04' },
    },
  },
  {
    name: 'the therapist reads the text of a note',
    who: 'therapist',
    get: BINARY,
    headers: { accept: 'text/plain' },
    gets: { status: 200, kept: ['Dream of the empty house again', 'content-disposition: attachment'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      subjects: ['Patient/maria'],
      decisions: { 'Binary/maria-therapy-note-12-text': 'permit PN-02' },
    },
  },
];

export const psychotherapyNotes = [...searches, ...reads];
