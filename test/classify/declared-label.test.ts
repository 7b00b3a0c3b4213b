import { expect, test } from 'vitest';
import { declaredLabel } from '../../src/classify/declared-label.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';

const LAWS = 'http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw';

test.each([
  ['as HL7 writes it', { system: ACT_CODE, code: 'PSYTHPN' }, { system: ACT_CODE, code: 'PSYTHPN' }],
  ['under the URL of STU3', { system: 'http://hl7.org/fhir/v3/ActCode', code: 'PSYTHPN' }, { system: ACT_CODE, code: 'PSYTHPN' }],
  ['under its OID', { system: 'urn:oid:2.16.840.1.113883.5.4', code: 'SUD' }, { system: ACT_CODE, code: 'SUD' }],
  ['with a trailing slash', { system: `${ACT_CODE}/`, code: 'HIV' }, { system: ACT_CODE, code: 'HIV' }],
  ['in another case', { system: ACT_CODE, code: 'hipaapsynotes' }, { system: ACT_CODE, code: 'HIPAAPsyNotes' }],
  ['with white space', { system: ACT_CODE, code: ' MH ' }, { system: ACT_CODE, code: 'MH' }],
  ['without a system', { code: 'PSYTHPN' }, { system: ACT_CODE, code: 'PSYTHPN' }],
  ['a confidentiality without a system', { code: 'r' }, { system: CONFIDENTIALITY, code: 'R' }],
  ['HL7 v2 0177', { system: 'http://terminology.hl7.org/CodeSystem/v2-0177', code: 'AID' }, { system: ACT_CODE, code: 'HIV' }],
  [
    'HL7 v2 0177, restricted',
    { system: 'http://terminology.hl7.org/CodeSystem/v2-0177', code: 'R' },
    { system: CONFIDENTIALITY, code: 'R' },
  ],
  [
    'a v2 code that is no label',
    { system: 'http://terminology.hl7.org/CodeSystem/v2-0177', code: 'EMP2' },
    { system: 'http://terminology.hl7.org/CodeSystem/v2-0177', code: 'EMP2' },
  ],
  ['a label of somebody’s own', { system: 'urn:x', code: 'SECRET' }, { system: 'urn:x', code: 'SECRET' }],
  ['a law under the system that R4 has for laws', { system: LAWS, code: '42CFRPart2' }, { system: ACT_CODE, code: '42CFRPart2' }],
  ['psychotherapy notes, by law', { system: LAWS, code: 'HIPAAPsyNotes' }, { system: ACT_CODE, code: 'HIPAAPsyNotes' }],
  ['any other law', { system: LAWS, code: 'CommonRule' }, { system: ACT_CODE, code: 'CommonRule' }],
  [
    'a law under the URL of STU3',
    { system: 'http://hl7.org/fhir/v3/ActUSPrivacyLaw', code: 'HIPAASelfPay' },
    { system: ACT_CODE, code: 'HIPAASelfPay' },
  ],
  [
    'a law under its OID',
    { system: 'urn:oid:2.16.840.1.113883.5.1138', code: 'Title38Section7332' },
    { system: ACT_CODE, code: 'Title38Section7332' },
  ],
  ['a law under its bare OID', { system: '2.16.840.1.113883.5.1138', code: '42CFRPart2' }, { system: ACT_CODE, code: '42CFRPart2' }],
  ['by https', { system: ACT_CODE.replace('http:', 'https:'), code: 'VIP' }, { system: ACT_CODE, code: 'VIP' }],
  ['with the version of its system', { system: `${ACT_CODE}|2.0`, code: 'VIP' }, { system: ACT_CODE, code: 'VIP' }],
  ['under its bare OID', { system: '2.16.840.1.113883.5.4', code: 'VIP' }, { system: ACT_CODE, code: 'VIP' }],
  ['a confidentiality by https', { system: CONFIDENTIALITY.replace('http:', 'https:'), code: 'v' }, { system: CONFIDENTIALITY, code: 'V' }],
  ['a protected code under somebody’s own system', { system: 'urn:x', code: 'PSYTHPN' }, { system: ACT_CODE, code: 'PSYTHPN' }],
  ['the same in another case', { system: 'https://ehr.example/labels', code: '42cfrpart2' }, { system: ACT_CODE, code: '42CFRPart2' }],
  ['a sensitivity that v3-Confidentiality once had', { system: CONFIDENTIALITY, code: 'HIV' }, { system: ACT_CODE, code: 'HIV' }],
  ['an unknown v3 code', { system: ACT_CODE, code: 'NEW' }, { system: ACT_CODE, code: 'NEW' }],
])('%s', (_, coding, label) => {
  expect(declaredLabel(coding)).toEqual(label);
});

test.each([[null], [undefined], [{}], [{ system: ACT_CODE }], [{ system: ACT_CODE, code: ' ' }], [{ code: 7 }]])(
  '%j declares nothing',
  (coding) => {
    expect(declaredLabel(coding)).toBeUndefined();
  },
);
