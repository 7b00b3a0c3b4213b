import { describe, expect, test } from 'vitest';
import { canonicalSystem, readingsOf } from '../../src/classify/canonical-code.ts';

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const ICD9_PROCEDURES = 'http://www.cms.gov/Medicare/Coding/ICD9';
const CPT = 'http://www.ama-assn.org/go/cpt';
const HCPCS = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets';
const SNOMED = 'http://snomed.info/sct';

describe('one name for a system', () => {
  test.each([
    ['its FHIR URL', ICD, ICD],
    ['a trailing slash', `${ICD}/`, ICD],
    ['another scheme and case', 'HTTPS://HL7.org/fhir/sid/ICD-10-CM', ICD],
    ['its OID', 'urn:oid:2.16.840.1.113883.6.90', ICD],
    ['an OID without urn', '2.16.840.1.113883.6.90', ICD],
    ['HL7 Terminology’s former URL', 'http://terminology.hl7.org/CodeSystem/icd10CM', ICD],
    ['a canonical with version', `${ICD}|2026`, ICD],
    ['an edition of SNOMED CT', 'http://snomed.info/sct/731000124108/version/20260301', SNOMED],
    ['HCPCS without s in http', 'http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', HCPCS],
  ])('%s', (_, system, canonical) => {
    expect(canonicalSystem(system)).toBe(canonical);
  });

  test('an unknown system keeps a name of its own', () => {
    expect(canonicalSystem('https://hospital.example/dx/')).toBe(canonicalSystem('http://hospital.example/dx'));
    expect(canonicalSystem('https://hospital.example/dx')).not.toBe(ICD);
  });
});

describe('readings of a coding', () => {
  test.each([
    ['dots, case and white space', ICD, ' f32 .1', [{ system: ICD, code: 'F321' }]],
    ['LOINC keeps its hyphen', 'http://loinc.org', ' 44249-1 ', [{ system: 'http://loinc.org', code: '44249-1' }]],
    ['HCPCS level I is CPT', HCPCS, '90837', [{ system: CPT, code: '90837' }]],
    ['HCPCS level II under the URL of CPT', CPT, 'h0005', [{ system: HCPCS, code: 'H0005' }]],
    ['a CPT modifier', CPT, '90837-95', [{ system: CPT, code: '90837' }]],
    [
      'an ICD-9 procedure under the URL of diagnoses',
      'http://hl7.org/fhir/sid/icd-9-cm',
      '94.45',
      [{ system: ICD9_PROCEDURES, code: '9445' }],
    ],
    [
      'an ICD-9 diagnosis with the same digits',
      'http://hl7.org/fhir/sid/icd-9-cm',
      '944.5',
      [{ system: 'http://hl7.org/fhir/sid/icd-9-cm', code: '9445' }],
    ],
    [
      'a SNOMED CT expression: every concept in it',
      SNOMED,
      '417662000 |History of|:246090004=(35489007 |Depressive disorder|)',
      [
        { system: SNOMED, code: '417662000' },
        { system: SNOMED, code: '246090004' },
        { system: SNOMED, code: '35489007' },
      ],
    ],
    [
      'no system, the shape of ICD',
      undefined,
      'F32.9',
      [
        { system: ICD, code: 'F329' },
        { system: 'http://hl7.org/fhir/sid/icd-10', code: 'F329' },
      ],
    ],
    ['no system, the shape of LOINC', undefined, '44249-1', [{ system: 'http://loinc.org', code: '44249-1' }]],
    ['no system, a shape that says nothing', undefined, 'H0005', []],
    ['no system, five digits', '', '90837', []],
  ])('%s', (_, system, code, readings) => {
    expect(readingsOf(system, code)).toEqual(readings);
  });
});
