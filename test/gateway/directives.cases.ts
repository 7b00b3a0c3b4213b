/** What patients themselves forbade: one physician, one purpose, one kind of information (IHE PCF; 45 CFR 164.522(a)). */
import type { GatewayCase } from './gateway-case.ts';

const AISHA = '/fhir/Condition?patient=aisha';
const ROBERT = '/fhir/Condition?patient=robert';
const HIV = 'Condition/robert-hiv';
const KNEE = 'Condition/robert-knee';

export const directives: readonly GatewayCase[] = [
  {
    name: 'the physician whom Aisha shut out finds nothing of her',
    who: 'family-physician',
    get: AISHA,
    gets: { status: 200, names: [], total: 0, removed: ['aisha-asthma', 'J45'] },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      subjects: ['Patient/aisha'],
      decisions: { 'Condition/aisha-asthma': 'withhold MH-33 Consent/aisha-directive' },
    },
  },
  {
    name: '… not even that there is such a patient',
    who: 'family-physician',
    get: '/fhir/Patient/aisha',
    gets: { status: 404, reason: 'not-found', removed: ['Rahman', 'aisha'] },
    log: { outcome: '4', purpose: 'TREAT', decisions: { 'Patient/aisha': 'withhold MH-33 Consent/aisha-directive' } },
  },
  {
    name: '… nor by her name',
    who: 'family-physician',
    get: '/fhir/Patient?name=Rahman',
    gets: { status: 200, names: [], total: 0, removed: ['aisha'] },
    log: { outcome: '0', purpose: 'TREAT', decisions: { 'Patient/aisha': 'withhold MH-33' } },
  },
  {
    name: '… nor in her consents, where it is written that he is shut out',
    who: 'family-physician',
    get: '/fhir/Consent?patient=aisha',
    gets: { status: 200, names: [], total: 0, removed: ['aisha-directive', 'bennett"'] },
    log: { outcome: '0', purpose: 'TREAT' },
  },
  {
    name: 'another physician sees her asthma',
    who: 'psychiatrist',
    get: AISHA,
    gets: { status: 200, names: ['Condition/aisha-asthma'], total: 1 },
    log: { outcome: '0', purpose: 'TREAT', decisions: { 'Condition/aisha-asthma': 'permit MH-01 Consent/aisha-directive' } },
  },
  {
    name: "Robert's physician sees his infection and his knee",
    who: 'family-physician',
    get: ROBERT,
    gets: { status: 200, names: [HIV, KNEE], total: 2 },
    log: {
      outcome: '0',
      purpose: 'TREAT',
      subjects: ['Patient/robert'],
      decisions: { [HIV]: 'permit MH-02', [KNEE]: 'permit MH-02' },
    },
  },
  {
    name: 'billing sees the knee: he keeps the infection from payment',
    who: 'billing',
    get: ROBERT,
    gets: { status: 200, names: [KNEE], total: 1, removed: ['robert-hiv', 'B20', '86406008'] },
    log: {
      outcome: '0',
      purpose: 'HPAYMT',
      decisions: { [HIV]: 'withhold MH-33 Consent/robert-directive', [KNEE]: 'redact MH-03' },
    },
  },
  {
    name: 'a researcher with a waiver sees the knee: he keeps the infection from research',
    who: 'researcher',
    get: ROBERT,
    gets: { status: 200, names: [KNEE], total: 1, removed: ['robert-hiv', 'B20', '86406008'] },
    log: {
      outcome: '0',
      purpose: 'HRESCH',
      decisions: { [HIV]: 'withhold research-refused Consent/robert-directive', [KNEE]: 'redact MH-17' },
    },
  },
  {
    name: 'what he takes for it tells as much',
    who: 'billing',
    get: '/fhir/MedicationRequest?patient=robert',
    gets: { status: 200, names: [], total: 0, removed: ['dolutegravir'] },
    log: { outcome: '0', purpose: 'HPAYMT', decisions: { 'MedicationRequest/robert-dolutegravir': 'withhold MH-33' } },
  },
  {
    name: 'and what the laboratory found, by its code alone',
    who: 'researcher',
    get: '/fhir/Observation?patient=robert',
    gets: { status: 200, names: [], total: 0, removed: ['20447-9'] },
    log: { outcome: '0', purpose: 'HRESCH', decisions: { 'Observation/robert-viral-load': 'withhold research-refused' } },
  },
];
