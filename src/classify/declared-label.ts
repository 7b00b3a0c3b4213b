/**
 * A Coding in a label position -> the label that it declares, under its current system and spelling (FHIR R4 section
 * 4.1; HL7 DS4P). Older systems, OIDs, a missing system or a wrong case must not lower what was declared.
 */
import { ACT_CODE, CONFIDENTIALITY, CONFIDENTIALITY_ORDER, OBSERVATION_VALUE } from '../fhir/codes.ts';
import { ancestorsOf } from '../fhir/label-hierarchy.ts';

const SYSTEMS: ReadonlyMap<string, string> = new Map([
  [ACT_CODE, ACT_CODE],
  ['http://hl7.org/fhir/v3/ActCode', ACT_CODE],
  ['urn:oid:2.16.840.1.113883.5.4', ACT_CODE],
  [CONFIDENTIALITY, CONFIDENTIALITY],
  ['http://hl7.org/fhir/v3/Confidentiality', CONFIDENTIALITY],
  ['urn:oid:2.16.840.1.113883.5.25', CONFIDENTIALITY],
  [OBSERVATION_VALUE, OBSERVATION_VALUE],
  ['http://hl7.org/fhir/v3/ObservationValue', OBSERVATION_VALUE],
  ['urn:oid:2.16.840.1.113883.5.1063', OBSERVATION_VALUE],
]);

/** HL7 v2 tables that say the same in fewer letters; what they don't share with v3-ActCode is translated. */
const VERSION_2: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  [
    'http://terminology.hl7.org/CodeSystem/v2-0177',
    'http://terminology.hl7.org/CodeSystem/v2-0717',
    'http://terminology.hl7.org/CodeSystem/v2-0907',
  ].map((system) => [
    system,
    new Map([
      ['AID', 'HIV'],
      ['T', 'TBOO'],
    ]),
  ]),
);

/** Codes whose loss would disclose most, in HL7's spelling. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  ['PSYTHPN', 'HIPAAPsyNotes', '42CFRPart2', 'Title38Section7332', 'NORDSCLCD', 'HIPAASelfPay', 'PROCESSINLINELABEL']
    .concat(['MH', 'PSY', 'BH', 'SPI', 'SUD', 'ETH', 'ETHUD', 'OPIOIDUD', 'COGN', 'DVD', 'EMOTDIS', 'MENCAT'])
    .concat(['HIV', 'STD', 'SDV', 'SEX', 'VIO', 'MST', 'GDIS', 'SCA', 'PREGNANT', 'ADOL', 'TBOO', 'GENDER'])
    .map((code) => [code.toUpperCase(), code]),
);

export interface DeclaredLabel {
  readonly system: string;
  readonly code: string;
}

/**
 * @param otherwise system of a code without a system that is no label that we know
 * @returns `undefined` where there is no code at all
 */
export function declaredLabel(
  coding: { readonly system?: unknown; readonly code?: unknown } | null | undefined,
  otherwise = '',
): DeclaredLabel | undefined {
  const code = typeof coding?.code === 'string' ? coding.code.trim() : '';
  if (code === '') return undefined;
  const named = typeof coding?.system === 'string' ? coding.system.trim().replace(/\/+$/, '') : '';
  const version2 = VERSION_2.get(named);
  if (version2 !== undefined) return declaredLabel({ code: version2.get(code) ?? code }, named);
  const system = SYSTEMS.get(named);
  if (system === ACT_CODE)
    return { system, code: ancestorsOf(ACT_CODE, code).length > 0 ? code : (SPELLINGS.get(code.toUpperCase()) ?? code) };
  if (system === CONFIDENTIALITY) return { system, code: code.toUpperCase() };
  if (system !== undefined || named !== '') return { system: system ?? named, code };
  const spelling = SPELLINGS.get(code.toUpperCase());
  if (spelling !== undefined) return { system: ACT_CODE, code: spelling };
  const isConfidentiality = (CONFIDENTIALITY_ORDER as readonly string[]).includes(code.toUpperCase());
  return isConfidentiality ? { system: CONFIDENTIALITY, code: code.toUpperCase() } : { system: otherwise, code };
}
