/** Records of a substance use disorder program (42 CFR Part 2): the program itself, a consent, an emergency, and everyone else. */
import type { GatewayCase } from './gateway-case.ts';

const METHADONE = '/fhir/MedicationRequest/james-methadone';
const REF = 'MedicationRequest/james-methadone';
const NOTES = '/fhir/DocumentReference?patient=james';
const PROGRESS = 'DocumentReference/james-riverbend-progress';
const COUNSELING = 'DocumentReference/james-counseling-note';
const REASON = 'Unconscious on arrival, needs current medication';
const EMERGENCY = { 'X-Purpose-Of-Use': 'BTG', 'X-Break-Glass': REASON };
const TREATMENT = { 'X-Purpose-Of-Use': 'TREAT' };

export const part2: readonly GatewayCase[] = [
  {
    name: 'the program reads its own record, and needs no notice',
    who: 'part2-counselor',
    get: METHADONE,
    gets: { status: 200, kept: ['methadone', '80 mg'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: ['Patient/james'], decisions: { [REF]: 'permit SU-06' } },
  },
  {
    name: "the practice that James's consent names gets it with the notice",
    who: 'family-physician',
    get: METHADONE,
    gets: { status: 200, kept: ['methadone', '42 CFR part 2 prohibits unauthorized use or disclosure of these records'], notice: true },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      obligations: ['NORDSCLCD', 'copy-of-consent', 'part2-accounting'],
      decisions: { [REF]: 'permit SU-01.tpo Consent/james-tpo-consent' },
    },
  },
  {
    name: 'a psychiatrist whom no consent names does not get it, though he treats him',
    who: 'psychiatrist',
    get: METHADONE,
    gets: { status: 404, reason: 'not-found', removed: ['methadone'] },
    log: { outcome: '4', purpose: 'TREAT', decisions: { [REF]: 'withhold SU-01' } },
  },
  {
    name: 'nor does billing of another organization',
    who: 'billing',
    get: METHADONE,
    gets: { status: 404, reason: 'not-found', removed: ['methadone'] },
    log: { outcome: '4', purpose: 'HPAYMT', decisions: { [REF]: 'withhold SU-01' } },
  },
  {
    name: 'broken glass alone is no medical emergency of Part 2',
    who: 'emergency-physician',
    get: METHADONE,
    headers: EMERGENCY,
    gets: { status: 404, reason: 'not-found', removed: ['methadone'] },
    log: { outcome: '4', purpose: 'BTG', breakGlass: REASON, decisions: { [REF]: 'withhold SU-08' } },
  },
  {
    name: 'an emergency that the physician attests opens it, written down and to be reviewed (2.51)',
    who: 'emergency-physician',
    get: METHADONE,
    headers: { ...EMERGENCY, 'X-Attestation': 'SU-08; bona fide medical emergency, patient can not consent' },
    gets: { status: 200, kept: ['methadone'] },
    log: {
      outcome: '0',
      purpose: 'BTG',
      breakGlass: REASON,
      attestation: 'SU-08',
      obligations: ['HUAPRV', 'document-emergency'],
      decisions: { [REF]: 'permit SU-08' },
    },
  },
  {
    name: 'without broken glass the emergency physician has no way to it',
    who: 'emergency-physician',
    get: METHADONE,
    headers: TREATMENT,
    gets: { status: 404, reason: 'not-found' },
    log: { outcome: '4', purpose: 'TREAT', decisions: { [REF]: 'withhold SU-01' } },
  },
  {
    name: 'the consent does not open the counseling note beside the record (2.31(b))',
    who: 'family-physician',
    get: NOTES,
    gets: { status: 200, names: [PROGRESS], total: 1, notice: true, removed: ['james-counseling-note', 'SUD counseling note'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      decisions: { [PROGRESS]: 'permit SU-01.tpo', [COUNSELING]: 'withhold PN-04 SC-01 SU-01' },
    },
  },
  {
    name: 'its author sees both',
    who: 'part2-counselor',
    get: NOTES,
    gets: { status: 200, names: [PROGRESS, COUNSELING], total: 2 },
    log: { outcome: '0', purpose: 'TREAT', decisions: { [PROGRESS]: 'permit SU-06', [COUNSELING]: 'permit PN-02 SC-02 SU-06' } },
  },
  {
    name: 'his consent to disclose says as much as the record: a psychiatrist whom it does not name does not find it',
    who: 'psychiatrist',
    get: '/fhir/Consent/james-tpo-consent',
    gets: { status: 404, reason: 'not-found', removed: ['substance', 'Riverbend', 'riverbend'] },
    log: { outcome: '4', purpose: 'TREAT', decisions: { 'Consent/james-tpo-consent': 'withhold SU-01' } },
  },
  {
    name: 'nor what signs it',
    who: 'psychiatrist',
    get: '/fhir/Provenance?target=Consent/james-tpo-consent',
    gets: { status: 200, names: [], total: 0, removed: ['riverbend'] },
    log: { outcome: '0', purpose: 'TREAT', decisions: { 'Provenance/james-tpo-consent-signature': 'withhold SU-01 MH-01' } },
  },
  {
    name: 'his sprained ankle is under no special rule',
    who: 'psychiatrist',
    get: '/fhir/Condition?patient=james',
    gets: { status: 200, names: ['Condition/james-ankle'], total: 1, removed: ['opioid', 'F11.20'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      decisions: { 'Condition/james-ankle': 'permit MH-01', 'Condition/james-opioid-use': 'withhold SU-01' },
    },
  },
  {
    name: 'a questionnaire of the program carries no label of its own: its visit does',
    who: 'psychiatrist',
    get: '/fhir/Observation?patient=james',
    gets: { status: 200, names: [], total: 0, removed: ['james-dast', '82667-7', 'james-drug-screen'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      decisions: { 'Observation/james-dast': 'withhold SU-01', 'Observation/james-drug-screen': 'withhold SU-01' },
    },
  },
];
