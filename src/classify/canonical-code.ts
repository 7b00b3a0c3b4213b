/**
 * One name for one code: systems by their FHIR URL whatever alias the sender used (HL7 Terminology NamingSystems, OIDs),
 * codes without case, white space and dots where the system has none of its own. System and code must both match
 * (`H00.34` of ICD-10-CM is not HCPCS `H0034`).
 */
import { CPT, ICD_10_CM, LOINC, NUCC, RXNORM, SNOMED } from '../fhir/codes.ts';

export const ICD_10 = 'http://hl7.org/fhir/sid/icd-10';
export const ICD_9_CM = 'http://hl7.org/fhir/sid/icd-9-cm';
export const ICD_9_PROCEDURES = 'http://www.cms.gov/Medicare/Coding/ICD9';
export const ICD_10_PCS = 'http://www.cms.gov/Medicare/Coding/ICD10';
export const HCPCS = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets';
export const ATC = 'http://www.whocc.no/atc';
export const MS_DRG = 'https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software';
export const PLACE_OF_SERVICE = 'https://www.cms.gov/Medicare/Coding/place-of-service-codes';
export const NDC = 'http://hl7.org/fhir/sid/ndc';

/** Other names of a system, as plainSystem() leaves them. DSM codes are ICD codes, so DSM-IV and DSM-5 stand for those. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  [ICD_10_CM]: ['2.16.840.1.113883.6.90', '2.16.840.1.113883.6.344', 'terminology.hl7.org/codesystem/icd10cm', 'icd-10-cm', 'icd10cm'],
  [ICD_10]: [
    '2.16.840.1.113883.6.3',
    'terminology.hl7.org/codesystem/icd10',
    'hl7.org/fhir/sid/icd-10-de',
    'hl7.org/fhir/sid/icd-10-vn',
    'hl7.org/fhir/sid/icd-10-nl',
    'fhir.de/codesystem/bfarm/icd-10-gm',
    'fhir.de/codesystem/dimdi/icd-10-gm',
    'terminology.hl7.org/codesystem/icd10-ca',
    'icd-10',
  ],
  [ICD_9_CM]: [
    '2.16.840.1.113883.6.103',
    '2.16.840.1.113883.6.2',
    '2.16.840.1.113883.6.126',
    'terminology.hl7.org/codesystem/icd9cm',
    'hl7.org/fhir/sid/icd-9-cm/diagnosis',
    'hl7.org/fhir/sid/icd-9',
    'icd-9-cm',
    'icd9cm',
  ],
  [ICD_9_PROCEDURES]: ['2.16.840.1.113883.6.104', 'hl7.org/fhir/sid/icd-9-cm/procedure'],
  [ICD_10_PCS]: ['2.16.840.1.113883.6.4', 'terminology.hl7.org/codesystem/icd10pcs', 'hl7.org/fhir/sid/icd-10-pcs', 'icd-10-pcs'],
  [LOINC]: ['2.16.840.1.113883.6.1', 'loinc'],
  [SNOMED]: ['2.16.840.1.113883.6.96', 'snomed.info/id', 'snomed', 'snomed-ct'],
  [RXNORM]: ['2.16.840.1.113883.6.88', 'rxnorm'],
  [CPT]: ['2.16.840.1.113883.6.12', 'terminology.hl7.org/codesystem/cpt', 'cpt'],
  [HCPCS]: [
    '2.16.840.1.113883.6.285',
    '2.16.840.1.113883.6.14',
    'terminology.hl7.org/codesystem/hcpcs-level-ii',
    'terminology.hl7.org/codesystem/hcpcs-all-codes',
    'bluebutton.cms.gov/resources/codesystem/hcpcs',
    'hcpcs',
  ],
  [MS_DRG]: ['2.16.840.1.113883.6.301', 'terminology.hl7.org/codesystem/msdrg', 'bluebutton.cms.gov/resources/variables/clm_drg_cd'],
  [ATC]: ['2.16.840.1.113883.6.73', 'fhir.de/codesystem/bfarm/atc', 'fhir.de/codesystem/dimdi/atc', 'atc'],
  [NUCC]: ['2.16.840.1.113883.6.101', 'terminology.hl7.org/codesystem/v3-nuccprovidercodes', 'nucc.org/provider-taxonomy'],
  [PLACE_OF_SERVICE]: [
    'terminology.hl7.org/codesystem/cmsplaceofservicecodes',
    'bluebutton.cms.gov/resources/variables/line_place_of_srvc_cd',
  ],
  [NDC]: ['2.16.840.1.113883.6.69', 'ndc'],
};

const byName = new Map<string, string>();
for (const [system, aliases] of Object.entries(ALIASES)) {
  byName.set(plainSystem(system), system);
  for (const alias of aliases) byName.set(alias, system);
}

/** Systems that Privity knows under all of their names, by their FHIR URLs. */
export const KNOWN_SYSTEMS: readonly string[] = Object.keys(ALIASES);

/** Without scheme, `www.`, `urn:oid:`, version, trailing slash and case: `HTTPS://LOINC.org/|2.77` -> `loinc.org`. */
function plainSystem(system: string): string {
  return system
    .trim()
    .toLowerCase()
    .replace(/\|.*$/, '')
    .replace(/^(https?:\/\/|urn:oid:)/, '')
    .replace(/^www\./, '')
    .replace(/\/+$/, '');
}

/** The FHIR URL of a system; an unknown one comes back as its plain name, so that the same alias always compares equal. */
export function canonicalSystem(system: string): string {
  const plain = plainSystem(system);
  // An edition or version of SNOMED CT is a URI under the system's own: http://snomed.info/sct/731000124108
  return plain.startsWith('snomed.info/sct/') ? SNOMED : (byName.get(plain) ?? plain);
}

const DOTLESS: ReadonlySet<string> = new Set([ICD_10_CM, ICD_10, ICD_9_CM, ICD_9_PROCEDURES, ICD_10_PCS, HCPCS, CPT, ATC, MS_DRG, NDC]);

/** A code as code sets store it: `f32.1 ` -> `F321`; SNOMED CT, LOINC and RxNorm codes only lose white space. */
export function canonicalCode(system: string, code: string): string {
  const plain = code.replace(/\s+/g, '').toUpperCase();
  if (!DOTLESS.has(system)) return plain;
  return system === NDC ? plain.replace(/-/g, '') : plain.replace(/\./g, '');
}

export interface CanonicalCode {
  readonly system: string;
  readonly code: string;
}

/** Codes that name their system by their shape, so that a Coding without a system can still be judged. */
const SELF_IDENTIFYING: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}$/i, [ICD_10_CM, ICD_10]],
  [/^\d{3,6}-\d$/, [LOINC]],
  [/^\d{6,18}$/, [SNOMED]],
];

/**
 * Every reading of a Coding that a code set should be asked about. Mostly one. More where senders are known to mix:
 * HCPCS level I is CPT; ICD-9-CM diagnoses and procedures share one URL and differ by the dot; a SNOMED CT expression holds
 * several concepts. A Coding without a system is read by the shape of its code, where the shape says enough: too much is
 * labelled rather than too little.
 * @param system as sent; absent or empty = unknown
 */
export function readingsOf(system: string | undefined, code: string): readonly CanonicalCode[] {
  const text = code.trim();
  if (system === undefined || system === '') {
    return SELF_IDENTIFYING.filter(([shape]) => shape.test(text)).flatMap(([, systems]) =>
      systems.map((each) => ({ system: each, code: canonicalCode(each, text) })),
    );
  }
  const named = canonicalSystem(system);
  if (named === SNOMED && !/^\d+$/.test(text)) return (text.match(/\d{6,18}/g) ?? []).map((concept) => ({ system: SNOMED, code: concept }));
  if (named === CPT || named === HCPCS) {
    // Modifiers follow the five characters: 90837-95. Level II codes begin with a letter.
    const five = canonicalCode(named, text).slice(0, 5);
    return [{ system: /^\d/.test(five) ? CPT : HCPCS, code: five }];
  }
  if (named === ICD_9_CM && /^\d\d\.\d/.test(text)) return [{ system: ICD_9_PROCEDURES, code: canonicalCode(named, text) }];
  return [{ system: named, code: canonicalCode(named, text) }];
}
