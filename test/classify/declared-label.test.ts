import { expect, test } from 'vitest';
import { declaredLabel } from '../../src/classify/declared-label.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';

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
