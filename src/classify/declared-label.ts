/**
 * A Coding in a label position -> the label that it declares, under its current system and spelling (FHIR R4 section
 * 4.1; HL7 DS4P). Older systems, R4's own systems of laws, OIDs, versions, a missing or a wrong system or a wrong case must not
 * lower what was declared: what is misunderstood closes.
 */
import { ACT_CODE, ACT_REASON_NAMES, CONFIDENTIALITY, CONFIDENTIALITY_ORDER, CONSENT_POLICY, OBSERVATION_VALUE } from '../fhir/codes.ts';
import { ancestorsOf } from '../fhir/label-hierarchy.ts';
import { canonicalSystem } from './canonical-code.ts';

/** By current system: names in HL7's URLs, now and in STU3, and OIDs. R4 has the laws of v3-ActCode in a system of their own besides. */
const NAMES: readonly (readonly [system: string, name: string, oid: string])[] = [
  [ACT_CODE, 'ActCode', '2.16.840.1.113883.5.4'],
  [ACT_CODE, 'ActUSPrivacyLaw', '2.16.840.1.113883.5.1138'],
  [CONFIDENTIALITY, 'Confidentiality', '2.16.840.1.113883.5.25'],
  [OBSERVATION_VALUE, 'ObservationValue', '2.16.840.1.113883.5.1063'],
];

const SYSTEMS: ReadonlyMap<string, string> = new Map(
  NAMES.flatMap(([system, name, oid]) =>
    [`http://terminology.hl7.org/CodeSystem/v3-${name}`, `http://hl7.org/fhir/v3/${name}`, oid].map((each) => [
      canonicalSystem(each),
      system,
    ]),
  ),
);
/** Most labels are written so: no other spelling has to be looked for. */
const CURRENT: ReadonlySet<string> = new Set(SYSTEMS.values());

/** HL7 v2 tables that say the same in fewer letters; what they don't share with v3-ActCode is translated. */
const VERSION_2: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  [
    'http://terminology.hl7.org/CodeSystem/v2-0177',
    'http://terminology.hl7.org/CodeSystem/v2-0717',
    'http://terminology.hl7.org/CodeSystem/v2-0907',
  ].map((system) => [
    canonicalSystem(system),
    new Map([
      ['AID', 'HIV'],
      ['T', 'TBOO'],
    ]),
  ]),
);

/** Purposes and policies on data (FHIR R4 ValueSet security-labels): no declared label is read from them. */
const OTHERS: ReadonlySet<string> = new Set([...ACT_REASON_NAMES, CONSENT_POLICY].map((each) => canonicalSystem(each)));

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

/** @returns the current URL of a system of labels, whatever of its names is given; `undefined` for any other system */
export function labelSystem(named: string): string | undefined {
  return CURRENT.has(named) ? named : SYSTEMS.get(canonicalSystem(named));
}

/** Whether labels of a system mean something here: those above, HL7 v2's, and what else R4 lists as security labels. */
export function isLabelSystem(named: string): boolean {
  if (CURRENT.has(named)) return true;
  const system = canonicalSystem(named);
  return SYSTEMS.has(system) || VERSION_2.has(system) || OTHERS.has(system);
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
  const system = named === '' ? undefined : labelSystem(named);
  if (system === ACT_CODE)
    return { system, code: ancestorsOf(ACT_CODE, code).length > 0 ? code : (SPELLINGS.get(code.toUpperCase()) ?? code) };
  const version2 = system === undefined && named !== '' ? VERSION_2.get(canonicalSystem(named)) : undefined;
  if (version2 !== undefined) return declaredLabel({ code: version2.get(code) ?? code }, named);
  // Such a code says what it says under a system that is not known, or not its own: nobody can say that it does not.
  const spelling = SPELLINGS.get(code.toUpperCase());
  if (spelling !== undefined) return { system: ACT_CODE, code: spelling };
  if (system === CONFIDENTIALITY) return { system, code: code.toUpperCase() };
  if (named !== '') return { system: system ?? named, code };
  const isConfidentiality = (CONFIDENTIALITY_ORDER as readonly string[]).includes(code.toUpperCase());
  return isConfidentiality ? { system: CONFIDENTIALITY, code: code.toUpperCase() } : { system: otherwise, code };
}
