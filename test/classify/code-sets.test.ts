/** The shipped code sets: codes that every list has, and the traps that public lists fell into. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSnomedIdentifier } from '../../scripts/build-code-sets.ts';
import { readCodeSet } from '../../src/classify/read-code-set.ts';
import { CODE_SETS, shippedRules } from './shipped-rules.ts';

const SYSTEMS: Readonly<Record<string, string>> = {
  cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  who: 'http://hl7.org/fhir/sid/icd-10',
  icd9: 'http://hl7.org/fhir/sid/icd-9-cm',
  pcs: 'http://www.cms.gov/Medicare/Coding/ICD10',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  rx: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  atc: 'http://www.whocc.no/atc',
  cpt: 'http://www.ama-assn.org/go/cpt',
  hcpcs: 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
  drg: 'https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software',
  pos: 'https://www.cms.gov/Medicare/Coding/place-of-service-codes',
  service: 'http://terminology.hl7.org/CodeSystem/service-type',
};

const LABELLED: [system: string, code: string, labels: string, what: string][] = [
  ['cm', 'F32.1', 'MH PSY', 'depression'],
  ['cm', 'F84.0', 'DVD MH', 'autism'],
  ['cm', 'F03.90', 'COGN MH', 'dementia'],
  ['cm', 'F10.20', 'ETHUD SUD', 'alcohol dependence'],
  ['cm', 'F11.23', 'OPIOIDUD SUD', 'opioid withdrawal'],
  ['cm', 'F14.10', 'SUD', 'cocaine abuse'],
  ['cm', 'F64.0', 'MH PSY SEX', 'gender identity'],
  ['cm', 'T43.222A', 'MH', 'poisoning by SSRI, self-harm: sixth character'],
  ['cm', 'T51.92XA', 'MH', 'toxic effect of alcohol, self-harm: fifth character and placeholder'],
  ['cm', 'T40.1X1A', 'SUD', 'poisoning by heroin, accidental'],
  ['cm', 'T40.2X2A', 'MH SUD', 'poisoning by opioid, self-harm'],
  ['cm', 'T71.162A', 'MH', 'hanging, self-harm'],
  ['cm', 'X78.1XXA', 'MH', 'self-harm by knife'],
  ['cm', 'K70.30', 'ETHUD SUD', 'alcoholic cirrhosis'],
  ['cm', 'B20', 'HIV', 'HIV disease'],
  ['cm', 'T74.11XA', 'SDV', 'adult physical abuse'],
  ['cm', 'Z62.810', 'SDV', 'history of abuse in childhood'],
  ['cm', 'O99.342', 'MH PREGNANT PSY', 'mental disorder complicating pregnancy'],
  ['cm', 'Z33.2', 'PREGNANT SEX', 'elective termination'],
  ['cm', 'A51.0', 'STD', 'primary syphilis'],
  ['cm', 'Z15.01', 'GDIS', 'genetic susceptibility'],
  ['cm', 'D57.1', 'SCA', 'sickle cell disease'],
  ['who', 'F20.0', 'MH PSY', 'schizophrenia'],
  ['who', 'X61', 'MH', 'self-poisoning'],
  ['icd9', '296.22', 'MH PSY', 'depression'],
  ['icd9', '303.90', 'ETHUD SUD', 'alcohol dependence'],
  ['icd9', '042', 'HIV', 'HIV disease'],
  ['icd9', '94.45', 'SUD', 'drug addiction counselling, a procedure'],
  ['pcs', 'GZ58ZZZ', 'MH', 'individual psychotherapy'],
  ['pcs', 'HZ2ZZZZ', 'SUD', 'detoxification'],
  ['sct', '35489007', 'MH PSY', 'depressive disorder'],
  ['sct', '7200002', 'ETHUD SUD', 'alcoholism'],
  ['sct', '5602001', 'OPIOIDUD SUD', 'opioid abuse'],
  ['sct', '86406008', 'HIV', 'HIV infection'],
  ['loinc', '44249-1', 'MH', 'PHQ-9'],
  ['loinc', '72109-2', 'SUD', 'AUDIT-C'],
  ['loinc', '76499-3', 'SDV', 'HARK'],
  ['loinc', '75622-1', 'HIV', 'HIV panel'],
  ['rx', '36437', 'MH', 'sertraline'],
  ['rx', '1819', 'SUD', 'buprenorphine'],
  ['rx', '351266', 'SUD', 'buprenorphine with naloxone tablet'],
  ['rx', '195085', 'HIV', 'efavirenz'],
  ['atc', 'N06AB06', 'MH', 'sertraline'],
  ['atc', 'N07BC01', 'SUD', 'buprenorphine'],
  ['atc', 'J05AR10', 'HIV', 'lopinavir with ritonavir'],
  ['cpt', '90837', 'MH', 'psychotherapy'],
  ['cpt', '99408', 'SUD', 'alcohol screening and brief intervention'],
  ['hcpcs', 'H0020', 'SUD', 'methadone service'],
  ['hcpcs', 'H2011', 'MH', 'crisis intervention'],
  ['drg', '885', 'MH', 'psychoses'],
  ['drg', '897', 'SUD', 'alcohol or drug use'],
  ['pos', '51', 'MH', 'inpatient psychiatric facility'],
  ['pos', '58', 'SUD', 'opioid treatment facility'],
  ['service', '141', 'MH', 'psychiatry'],
];

const NOT_LABELLED: [system: string, code: string, what: string][] = [
  ['cm', 'F17.210', 'nicotine dependence'],
  ['cm', 'Z72.0', 'tobacco use'],
  ['cm', 'Z79.891', 'long-term opiate analgesics: pain'],
  ['cm', 'T40.2X5A', 'adverse effect of an opioid taken as prescribed'],
  ['cm', 'T40.2X6A', 'underdosing of an opioid'],
  ['cm', 'T43.221A', 'poisoning by SSRI, accidental'],
  ['cm', 'D69.2', 'purpura, under psychiatry in a public list'],
  ['cm', 'N50.89', 'testis disorder, under psychiatry in a public list'],
  ['cm', 'Z13.31', 'depression screening'],
  ['cm', 'Z91.14', 'noncompliance'],
  ['icd9', '305.1', 'tobacco'],
  ['icd9', '136.3', 'pneumocystosis: not HIV by itself'],
  ['icd9', '944.5', 'burn of hand: not procedure 94.45'],
  ['icd9', '42', 'operations on esophagus: not HIV 042'],
  ['loinc', '4548-4', 'HbA1c, under SUD in a public list'],
  ['loinc', '2339-0', 'glucose, likewise'],
  ['loinc', '24323-8', 'metabolic panel, likewise'],
  ['loinc', '3426-4', 'a drug screen is not SUD by itself'],
  ['loinc', '24467-3', 'CD4 count is not HIV by itself'],
  ['rx', '4337', 'fentanyl: pain'],
  ['rx', '2670', 'codeine: pain'],
  ['rx', '281', 'acyclovir'],
  ['rx', '904871', 'buprenorphine patch: pain'],
  ['atc', 'N05AB04', 'prochlorperazine: nausea'],
  ['atc', 'N05BB01', 'hydroxyzine: itch'],
  ['atc', 'N06BC01', 'caffeine'],
  ['atc', 'N07BA01', 'nicotine'],
  ['atc', 'N02AA01', 'morphine'],
  ['cpt', '96160', 'health risk assessment'],
  ['cpt', '96156', 'behavior assessment in physical illness'],
  ['cpt', '99213', 'office visit'],
  ['sct', '67961000119106', 'caffeine user, under SUD in a public list'],
  ['sct', '45299002', 'neuropathy, under psychiatry in a public list'],
  ['sct', '29240004', 'autopsy, under domestic violence in a public list'],
  ['cm', 'H00.34', 'eyelid: not HCPCS H0034'],
];

describe('shipped code sets', async () => {
  const { index } = await shippedRules();
  const labelsOf = (system: string, code: string) =>
    [...new Set(index.match(SYSTEMS[system], code).flatMap((match) => match.labels))].sort().join(' ');

  test.each(LABELLED)('%s %s: %s (%s)', (system, code, labels) => {
    expect(labelsOf(system, code)).toBe(labels);
  });
  test.each(NOT_LABELLED)('%s %s is no label (%s)', (system, code) => {
    expect(labelsOf(system, code)).toBe('');
  });
});

describe('every file', () => {
  const sets = readdirSync(CODE_SETS)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, set: readCodeSet(readFileSync(join(CODE_SETS, name), 'utf8')) }));

  test.each(sets.map(({ name, set }) => [name, set] as const))('%s has the name of its id, and no law or note label', (name, set) => {
    expect(name).toBe(`${set.id}.yaml`);
    expect(set.labels.filter((label) => /PSYTHPN|HIPAAPsyNotes|42CFRPart2|Title38/.test(label))).toEqual([]);
  });

  test.each(sets.map(({ name, set }) => [name, set] as const))('%s has no mistyped SNOMED CT identifier', (_, set) => {
    const codes = set.systems.filter(({ system }) => system === SYSTEMS.sct).flatMap(({ codes = [] }) => codes);
    expect(codes.filter((code) => !isSnomedIdentifier(code))).toEqual([]);
    expect(codes.length, 'each once').toBe(new Set(codes).size);
  });

  test.each(sets.map(({ name, set }) => [name, set] as const))('%s has no mistyped LOINC code', (_, set) => {
    const codes = set.systems.filter(({ system }) => system === SYSTEMS.loinc).flatMap(({ codes = [] }) => codes);
    // Mod 10 over the digits, every second doubled (LOINC Users' Guide, appendix C)
    const isLoinc = (code: string): boolean => {
      const [digits = '', check] = code.split('-');
      const sum = [...digits].reverse().reduce((total, digit, at) => {
        const value = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
        return total + (value > 9 ? value - 9 : value);
      }, 0);
      return String((10 - (sum % 10)) % 10) === check;
    };
    expect(codes.filter((code) => !isLoinc(code))).toEqual([]);
  });

  test('hundreds of codes per category', () => {
    const counts = new Map<string, number>();
    for (const { set } of sets) {
      for (const label of set.labels) {
        const codes = set.systems.reduce(
          (total, part) => total + (part.codes?.length ?? 0) + (part.prefixes?.length ?? 0) + (part.ranges?.length ?? 0),
          0,
        );
        counts.set(label, (counts.get(label) ?? 0) + codes);
      }
    }
    console.log('rules per label', Object.fromEntries(counts));
    for (const label of ['MH', 'SUD', 'HIV']) expect(counts.get(label), label).toBeGreaterThan(150);
    for (const label of ['SEX', 'SDV']) expect(counts.get(label), label).toBeGreaterThan(30);
  });
});
