import { expect, test } from 'vitest';
import { declaredConfidentiality } from '../../src/decide/consent-data-of.ts';

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
