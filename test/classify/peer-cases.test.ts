/** Labelling cases of public engines (shared/vectors/peer-cases.json) that Privity adopts; the others: peer-cases.md. */
import { beforeAll, describe, expect, test } from 'vitest';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import { compileCodeSets } from '../../src/classify/compile-code-sets.ts';
import type { ClassifyRules } from '../../src/classify/label.ts';
import { readCodeSet } from '../../src/classify/read-code-set.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { codesOf, labelsByPlace, NO_NOTE_RULES, shippedRules } from './shipped-rules.ts';

let rules: ClassifyRules;
beforeAll(async () => {
  rules = await shippedRules();
});
const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const SNOMED = 'http://snomed.info/sct';

/** A ValueSet as SHIFT's engine loads it: its labels are the focuses of its use. */
function withFocus(system: string, code: string, ...focus: string[]): ClassifyRules {
  const useContext = focus.map((each) => ({
    code: { code: 'focus' },
    valueCodeableConcept: { coding: [{ system: ACT_CODE, code: each }] },
  }));
  const valueSet = { resourceType: 'ValueSet', id: 'loaded', useContext, compose: { include: [{ system, concept: [{ code }] }] } };
  return { index: compileCodeSets([readCodeSet(JSON.stringify(valueSet))]), psychotherapyNotes: NO_NOTE_RULES, part2Programs: [] };
}

describe('SHIFT-Task-Force/sls-ri', () => {
  test('slsri-02: a loaded value set of two focuses labels a document with both', () => {
    const loaded = withFocus(SNOMED, '444175001', 'PSYTHPN', 'BH');
    const labeled = classifyResource({ resourceType: 'DocumentReference', type: coded(SNOMED, '444175001') }, {}, loaded);
    expect(codesOf(labeled.labels)).toEqual(['BH', 'PSYTHPN']);
    expect(labeled.confidentiality).toBe('R');
  });
  test('slsri-02, the law: the shipped sets call a record type mental health, and no code makes a Condition a note', () => {
    expect(codesOf(classifyResource({ resourceType: 'DocumentReference', type: coded(SNOMED, '444175001') }, {}, rules).labels)).toEqual([
      'MH',
    ]);
    const loaded = withFocus(ICD, 'F32.9', 'PSYTHPN', 'BH');
    expect(codesOf(classifyResource({ resourceType: 'Condition', code: coded(ICD, 'F32.9') }, {}, loaded).labels)).toEqual(['BH', 'MH']);
  });
  test('slsri-03: opioid abuse; Part 2 only where a loaded set or the source says so', () => {
    const condition: Resource = { resourceType: 'Condition', code: coded(SNOMED, '5602001') };
    expect(codesOf(classifyResource(condition, {}, rules).labels)).toEqual(['OPIOIDUD', 'SUD']);
    const loaded = withFocus(SNOMED, '5602001', 'OPIOIDUD', 'SUD', '42CFRPart2');
    expect(codesOf(classifyResource(condition, {}, loaded).labels)).toEqual(['42CFRPart2', 'OPIOIDUD', 'SUD']);
  });
  test('slsri-04: an unrelated Condition', () => {
    const labeled = classifyResource({ resourceType: 'Condition', code: coded(ICD, 'J11.1') }, {}, rules);
    expect([labeled.labels, labeled.confidentiality]).toEqual([[], 'N']);
  });
  test('slsri-05 inverted: no resource type passes unlabelled', () => {
    expect(codesOf(classifyResource({ resourceType: 'ClinicalImpression', code: coded(SNOMED, '310496002') }, {}, rules).labels)).toEqual([
      'MH',
      'PSY',
    ]);
  });
  test('slsri-06: labels pass between an Observation and its Encounter, as the pipeline hands them over', () => {
    const { labels } = classifyResource({ resourceType: 'Observation', code: coded('http://loinc.org', '44249-1') }, {}, rules);
    const encounter = classifyResource(
      { resourceType: 'Encounter' },
      { inherited: [{ reference: 'Observation/1', rule: 'target', labels }] },
      rules,
    );
    expect([codesOf(encounter.labels), encounter.confidentiality]).toEqual([['MH'], 'R']);
  });
  test('slsri-08: nothing in the resource switches labelling off', () => {
    const meta = {
      lastUpdated: '2099-01-01T00:00:00Z',
      extension: [{ url: 'urn:lastSourceSync', valueDateTime: '2099-01-01' }],
      tag: [{ code: 'lastSourceSync' }],
    };
    expect(codesOf(classifyResource({ resourceType: 'Condition', meta, code: coded(ICD, 'F32.1') } as Resource, {}, rules).labels)).toEqual(
      ['MH', 'PSY'],
    );
  });
  test('slsri-10: a coding without system is read where its shape names the system', () => {
    const place = (code: string) => labelsByPlace(classifyResource({ resourceType: 'Condition', code: { coding: [{ code }] } }, {}, rules));
    expect(place('F32.1')).toEqual({ '': ['MH', 'PSY'] });
    expect(place('44249-1')).toEqual({ '': ['MH'] });
    expect(place('H0005')).toEqual({});
  });
});

describe('CMSgov/beneficiary-fhir-data', () => {
  const eob = (...supporting: object[]): Resource => ({
    resourceType: 'ExplanationOfBenefit',
    supportingInfo: supporting.map((code, at) => ({ sequence: at, code })),
  });
  const SAMHSA: [string, string][] = [
    [ICD, 'F10.10'],
    [ICD, 'F55.2'],
    ['http://hl7.org/fhir/sid/icd-9-cm', '291'],
    ['http://hl7.org/fhir/sid/icd-9-cm', 'V65.42'],
    ['http://www.cms.gov/Medicare/Coding/ICD10', 'HZ2ZZZZ'],
    ['http://www.cms.gov/Medicare/Coding/ICD10', 'HZ57ZZZ'],
    ['http://www.cms.gov/Medicare/Coding/ICD9', '94.45'],
    ['http://www.cms.gov/Medicare/Coding/ICD9', '94.66'],
    ['https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', 'H0005'],
    ['https://bluebutton.cms.gov/resources/codesystem/hcpcs', 'H0050'],
    ['http://www.ama-assn.org/go/cpt', '99408'],
    ['http://www.ama-assn.org/go/cpt', '0078U'],
    ['https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software', '896'],
    ['https://bluebutton.cms.gov/resources/variables/clm_drg_cd', '897'],
  ];
  test.each(SAMHSA)('bfd-1: %s %s is substance use', (system, code) => {
    const [segment] = classifyResource(eob(coded(system, code)), {}, rules).segments;
    expect(codesOf(segment?.labels ?? [])).toContain('SUD');
  });
  test('bfd-2: ICD-10-CM H00.34 is not HCPCS H0034', () => {
    expect(classifyResource(eob(coded(ICD, 'H00.34')), {}, rules).segments).toEqual([]);
  });
  test.each([['F10.10'], ['F1010'], ['f10.10'], [' F10.10 '], ['F10 .10']])('bfd-3: %j', (code) => {
    expect(classifyResource(eob(coded(ICD, code)), {}, rules).segments).toHaveLength(1);
  });
  test('bfd-7: several codes in one place are one segment', () => {
    const several = { coding: [...coded(ICD, 'F10.10').coding, ...coded(ICD, 'F11.20').coding] };
    expect(classifyResource(eob(several), {}, rules).segments.map(({ path }) => path)).toEqual([['supportingInfo', 0]]);
  });
});

describe('high-water mark of a document and of its sections (bhits/dss c2s-hwm, hl7conn-4)', () => {
  type Kept = Record<string, string[]>;
  const CASES: [id: string, kept: Kept, document: string, sections: Record<string, string>][] = [
    ['01', {}, 'N', {}],
    ['03', { medications: ['R'] }, 'R', { medications: 'R' }],
    ['05', { results: ['R'] }, 'R', { results: 'R' }],
    ['10', { allergies: ['R', 'V'] }, 'V', { allergies: 'V' }],
    ['11', { medications: ['V'] }, 'V', { medications: 'V' }],
    ['12', { medications: ['R', 'V'] }, 'V', { medications: 'V' }],
    ['16', { results: ['R', 'V'] }, 'V', { results: 'V' }],
    ['17', { allergies: ['R'], medications: ['V'] }, 'V', { allergies: 'R', medications: 'V' }],
    ['19', { medications: ['V'], results: ['R'] }, 'V', { medications: 'V', results: 'R' }],
    ['25', { problems: ['R'], results: ['V'] }, 'V', { problems: 'R', results: 'V' }],
  ];
  const bundle = (codes: readonly string[]): Resource => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: codes.map((code) => ({ resource: { resourceType: 'Observation', meta: { security: [{ system: CONFIDENTIALITY, code }] } } })),
  });
  const confidentiality = (codes: readonly string[]) => classifyResource(bundle(codes), {}, rules).confidentiality;

  test.each(CASES)('c2s-hwm-%s', (_, kept, document, sections) => {
    expect(confidentiality(Object.values(kept).flat())).toBe(document);
    for (const section of ['problems', 'allergies', 'medications', 'results'])
      expect(confidentiality(kept[section] ?? []), section).toBe(sections[section] ?? 'N');
  });
  test('sensitive matter that declares nothing counts as R beside an entry that declares N', () => {
    const mixed = {
      ...bundle(['N']),
      entry: [...bundle(['N']).entry, { resource: { resourceType: 'Condition', code: coded(ICD, 'F32.1') } }],
    };
    expect(classifyResource(mixed, {}, rules).confidentiality).toBe('R');
  });
});
