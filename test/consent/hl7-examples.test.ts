/** HL7's own R4 Consent examples, most without a type on the root: each must read as its title says (shared/vectors/hl7core). */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluateConsent } from '../../src/consent/evaluate-consent.ts';
import type { ConsentRecord } from '../../src/consent/vote.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type Ask, HIPAA, questionOf, relatedPerson } from './build.ts';

const folder = new URL('../../../shared/vectors/hl7core/', import.meta.url);
const present = existsSync(folder);
if (!present) console.warn('HL7 Consent examples are not tested: ../shared/vectors/hl7core is missing');

const cases: readonly (readonly [situation: string, id: string, subject: string, ask: Ask, outcome: string])[] = [
  ['notOrg: that organization', 'notOrg', 'Patient/f001', { who: ['Organization/f001'] }, 'deny'],
  ['notOrg: another', 'notOrg', 'Patient/f001', {}, 'none'],
  ['notThem: that nurse', 'notThem', 'Patient/f001', { who: ['Practitioner/f204'] }, 'deny'],
  ['notThem: another', 'notThem', 'Patient/f001', {}, 'none'],
  ['notThis: related to that task', 'notThis', 'Patient/f001', { data: { related: ['Task/example3'] } }, 'deny'],
  ['notThis: something else', 'notThis', 'Patient/f001', {}, 'none'],
  ['notTime: in that time', 'notTime', 'Patient/f001', { at: '2015-01-15' }, 'deny'],
  ['notTime: later', 'notTime', 'Patient/f001', {}, 'none'],
  ['Out: by the custodian named', 'Out', 'Patient/f001', {}, 'deny'],
  ['pkb: opted out', 'pkb', 'Patient/example', { who: ['Organization/f001'] }, 'deny'],
  ['pkb: somebody else', 'pkb', 'Patient/example', {}, 'none'],
  [
    'smartonfhir: the app in its half hour',
    'smartonfhir',
    'Patient/xcda',
    { at: '2016-06-23T07:15:00Z', data: { resourceType: 'MedicationRequest' } },
    'permit',
  ],
  ['smartonfhir: another type', 'smartonfhir', 'Patient/xcda', { at: '2016-06-23T07:15:00Z' }, 'none'],
  [
    'smartonfhir: the half hour is over',
    'smartonfhir',
    'Patient/xcda',
    { at: '2016-06-23T07:33:00Z', data: { resourceType: 'MedicationRequest' } },
    'none',
  ],
];

describe.runIf(present)('HL7 examples', () => {
  test.each(cases)('%s', (_situation, id, subject, ask, outcome) => {
    const consent: Resource = JSON.parse(readFileSync(new URL(`Consent-consent-example-${id}.json`, folder), 'utf8'));
    const peter = relatedPerson('peter', 'HPOWATT', { patient: { reference: subject } });
    const record: ConsentRecord = { subject, consents: [consent], provenances: [], references: new Map([['RelatedPerson/peter', peter]]) };
    const question = { ...questionOf(ask), subject };
    expect(evaluateConsent(record, question, { ...HIPAA, custodians: ['Organization/f001'] }).outcome).toBe(outcome);
  });
});
