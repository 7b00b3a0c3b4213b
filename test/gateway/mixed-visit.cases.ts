/** One visit for two illnesses: what each of them who asks gets of it (45 CFR 164.502(b), 164.514(d); minimum necessary). */
import type { GatewayCase } from './gateway-case.ts';

const VISIT = '/fhir/Encounter/mixed-visit';
const SUMMARY = '/fhir/Composition/mixed-visit-summary';
const CHECKS = '/fhir/Observation/mixed-visit-checks';
const CLAIM = '/fhir/Claim/mixed-visit-claim';
const MARIA = ['Patient/maria'];

export const mixedVisit: readonly GatewayCase[] = [
  {
    name: 'her family physician gets both reasons of the visit',
    who: 'family-physician',
    get: VISIT,
    gets: { status: 200, kept: ['F33.1', 'E11.9', 'etag: W/"1"'], removed: ['SUBSETTED', 'REDACTED'] },
    log: { outcome: '0', purpose: 'TREAT', subjects: MARIA, decisions: { 'Encounter/mixed-visit': 'permit MH-01' } },
  },
  {
    name: 'billing gets when, where and what kind of visit, and no reason; no version tag of what it did not get',
    who: 'billing',
    get: VISIT,
    gets: {
      status: 200,
      kept: ['99214', 'lakeside-family-practice', 'SUBSETTED'],
      removed: ['F33.1', 'E11.9', 'depressive', 'etag:', 'last-modified:'],
      marks: ['SUBSETTED'],
    },
    log: {
      outcome: '0',
      purpose: 'HPAYMT',
      recipient: 'workforce',
      obligations: ['MINEC'],
      subjects: MARIA,
      decisions: { 'Encounter/mixed-visit': 'redact MH-03' },
    },
  },
  {
    name: 'her husband gets that she was there and when, not why',
    who: 'spouse',
    get: VISIT,
    gets: { status: 200, kept: ['"period"'], removed: ['F33.1', 'E11.9', 'depressive', '99214', 'Bennett'], marks: ['SUBSETTED'] },
    log: { outcome: '0', purpose: 'FAMRQT', recipient: 'family-friend', decisions: { 'Encounter/mixed-visit': 'redact MH-07' } },
  },
  {
    name: 'a researcher gets the visit without who saw her',
    who: 'researcher',
    get: VISIT,
    gets: { status: 200, removed: ['Bennett', 'lakeside'], marks: ['SUBSETTED'] },
    log: {
      outcome: '0',
      purpose: 'HRESCH',
      obligations: ['AOD', 'MINEC'],
      decisions: { 'Encounter/mixed-visit': 'redact MH-17' },
    },
  },
  {
    name: 'her health plan gets the claim with both diagnoses as codes',
    who: 'payer',
    get: CLAIM,
    gets: { status: 200, kept: ['F33.1', 'E11.9', 'Coverage/maria-coverage'] },
    log: { outcome: '0', purpose: 'HPAYMT', recipient: 'payer', decisions: { 'Claim/mixed-visit-claim': 'redact MH-03' } },
  },
  {
    name: 'the claim is nothing to her husband',
    who: 'spouse',
    get: CLAIM,
    gets: { status: 404, reason: 'not-found', removed: ['F33.1', 'E11.9'] },
    log: { outcome: '4', purpose: 'FAMRQT', decisions: { 'Claim/mixed-visit-claim': 'withhold MH-07' } },
  },
  {
    name: 'the summary is narrative: not for billing',
    who: 'billing',
    get: SUMMARY,
    gets: { status: 404, reason: 'not-found', removed: ['Grief', 'Metformin'] },
    log: { outcome: '4', purpose: 'HPAYMT', decisions: { 'Composition/mixed-visit-summary': 'withhold MH-03' } },
  },
  {
    name: 'the patient reads the whole summary of her visit',
    who: 'patient',
    get: SUMMARY,
    gets: { status: 200, kept: ['Grief after the death of her sister', 'HbA1c 7.1 %'] },
    log: { outcome: '0', purpose: 'PATRQT', recipient: 'patient', decisions: { 'Composition/mixed-visit-summary': 'permit MH-10' } },
  },
  {
    name: 'results are coded facts for research, without the narrative beside them',
    who: 'researcher',
    get: CHECKS,
    gets: { status: 200, kept: ['55758-7'], removed: ['sister died', 'Bennett', '"text":{"status"'], marks: ['SUBSETTED'] },
    log: { outcome: '0', purpose: 'HRESCH', decisions: { 'Observation/mixed-visit-checks': 'redact MH-17' } },
  },
  {
    name: 'a visit can not be found by a reason that is not given',
    who: 'billing',
    get: '/fhir/Encounter?patient=maria&reason-code=F33.1',
    gets: { status: 200, names: [], total: 0, removed: ['mixed-visit"'] },
    log: { outcome: '0', purpose: 'HPAYMT' },
  },
  {
    name: 'nor by the absence of a reason: what is given has none, so every visit matches',
    who: 'billing',
    get: '/fhir/Encounter?patient=maria&reason-code:missing=true&_sort=_id',
    gets: { status: 200, names: ['Encounter/maria-session-12', 'Encounter/mixed-visit'], total: 2, removed: ['F33.1'] },
    log: { outcome: '0', purpose: 'HPAYMT' },
  },
];
