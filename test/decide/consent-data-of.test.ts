import { expect, test } from 'vitest';
import { consentDataOf, declaredConfidentiality } from '../../src/decide/consent-data-of.ts';
import { BASE, label, labeled } from './build.ts';

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';

test.each([
  ['as HL7 writes it', [{ system: CONFIDENTIALITY, code: 'R' }], 'R'],
  ['the highest of several', [CONFIDENTIALITY, 'urn:oid:2.16.840.1.113883.5.25'].map((system, at) => ({ system, code: 'NV'[at] })), 'V'],
  ['with the version of its system', [{ system: `${CONFIDENTIALITY}|3.0.0`, code: 'V' }], 'V'],
  ['without a system', [{ code: 'R' }], 'R'],
  ['under somebody’s own system', [{ system: 'urn:x', code: 'V' }], undefined],
  ['none', [], undefined],
])('the confidentiality that a Consent is asked about: %s', (_, security, confidentiality) => {
  const resource = { resourceType: 'Observation', meta: { security } };
  expect(declaredConfidentiality(resource)).toBe(confidentiality);
});

const declares = (code: string) => ({ system: CONFIDENTIALITY, code, evidence: [] });
const itself = { resourceType: 'DocumentReference', id: 'd' };
const normal = { ...itself, meta: { security: [{ system: CONFIDENTIALITY, code: 'N' }] } };

test.each([
  ['nothing is declared', itself, [], [], 'N'],
  ['it is sensitive', itself, [label('MH')], [label('MH')], 'R'],
  ['a law protects it', itself, [label('42CFRPart2')], [label('42CFRPart2')], 'R'],
  ['it is sensitive and declared N in its meta', normal, [declares('N'), label('MH')], [declares('N'), label('MH')], 'N'],
  ['it is sensitive and says N elsewhere', itself, [declares('N'), label('MH')], [declares('N'), label('MH')], 'R'],
  ['it is declared V elsewhere than in its meta', itself, [declares('V')], [declares('V')], 'V'],
  ['a part of it is declared R', itself, [], [declares('R')], 'R'],
  ['a part of it is declared R, itself N', normal, [declares('N')], [declares('R')], 'R'],
  ['a sensitive part says N', itself, [], [declares('N'), label('MH')], 'R'],
  ['a sensitive part, itself declared N', normal, [declares('N')], [label('MH')], 'N'],
  ['a part that says N, itself declared V', itself, [declares('V')], [declares('N')], 'V'],
  ['it is declared below normal', itself, [declares('L')], [declares('L')], 'N'],
])('confidentiality for a Consent: %s', (_, resource, whole, part, confidentiality) => {
  const data = consentDataOf({ ...labeled([], { resource }), labels: whole }, part, false, BASE);
  expect(data.confidentiality).toBe(confidentiality);
});
