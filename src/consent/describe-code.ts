/**
 * Security labels, purposes of use and other codes of a Consent in words: HL7's own displays (HL7 Terminology 7.0.1:
 * v3-ActCode, v3-ActReason), never the display that a Consent brings along, which may say anything.
 */
import { ACT_CODE, ACT_REASON, CONFIDENTIALITY, ICD_10_CM, LOINC, RXNORM, SNOMED } from '../fhir/codes.ts';
import type { Coding } from '../fhir/resource.ts';

/** Displays of v3-ActCode as they are published; `information sensitivity` is said as `information`. */
export const LABEL_DISPLAYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '42CFRPart2': '42 CFR Part2',
    ADOL: 'adolescent information sensitivity',
    B: 'business information sensitivity',
    BH: 'behavioral health information sensitivity',
    CEL: 'celebrity information sensitivity',
    COGN: 'cognitive disability information sensitivity',
    DEMO: 'all demographic information sensitivity',
    DIA: 'diagnosis information sensitivity',
    DRGIS: 'drug information sensitivity',
    DVD: 'developmental disability information sensitivity',
    EMOTDIS: 'emotional disturbance information sensitivity',
    EMPL: 'employer information sensitivity',
    ETH: 'substance abuse information sensitivity',
    ETHUD: 'alcohol use disorder information sensitivity',
    GDIS: 'genetic disease information sensitivity',
    GENDER: 'gender and sexual orientation information sensitivity',
    HIPAAPsyNotes: 'HIPAA psychotherapy notes',
    HIPAASelfPay: 'HIPAA self-pay',
    HIV: 'HIV/AIDS information sensitivity',
    LIVARG: 'living arrangement information sensitivity',
    LOCIS: 'location information sensitivity',
    MARST: 'marital status information sensitivity',
    MH: 'mental health information sensitivity',
    MST: 'military sexual trauma information sensitivity',
    OPIOIDUD: 'opioid use disorder information sensitivity',
    PDS: 'patient default information sensitivity',
    PHY: 'physician requested information sensitivity',
    PREGNANT: 'pregnancy information sensitivity',
    PRS: 'patient requested information sensitivity',
    PSY: 'psychiatry disorder information sensitivity',
    PSYTHPN: 'psychotherapy note information sensitivity',
    RACE: 'race information sensitivity',
    REL: 'religion information sensitivity',
    SCA: 'sickle cell anemia information sensitivity',
    SDV: 'sexual assault, abuse, or domestic violence information sensitivity',
    SEX: 'sexuality and reproductive health information sensitivity',
    SICKLE: 'sickle cell',
    SPI: 'specially protected information sensitivity',
    SSP: 'sensitive service provider information sensitivity',
    STD: 'sexually transmitted disease information sensitivity',
    SUD: 'substance use disorder information sensitivity',
    TBOO: 'taboo',
    Title38Section7332: 'Title 38 Section 7332',
    VIO: 'violence information sensitivity',
    VIP: 'celebrity information sensitivity',
  }),
);

/** Displays of v3-ActReason, PurposeOfUse. */
export const PURPOSE_DISPLAYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    BIORCH: 'biomedical research',
    BTG: 'break the glass',
    CAREMGT: 'care management',
    CLINTRCH: 'clinical trial research',
    CLINTRCHNPC: 'clinical trial research without patient care',
    CLINTRCHPC: 'clinical trial research with patient care',
    CLINTRL: 'clinical trial',
    CLMATTCH: 'claim attachment',
    COC: 'coordination of care',
    COVAUTH: 'coverage authorization',
    COVERAGE: 'coverage under policy or program',
    DISASTER: 'disaster',
    DONAT: 'donation',
    DSRCH: 'disease specific healthcare research',
    ELIGDTRM: 'eligibility determination',
    ELIGVER: 'eligibility verification',
    ENROLLM: 'enrollment',
    ERTREAT: 'emergency room treatment',
    ETREAT: 'Emergency Treatment',
    FAMRQT: 'family requested',
    FRAUD: 'fraud',
    GOV: 'government',
    HACCRED: 'health accreditation',
    HCOMPL: 'health compliance',
    HDECD: 'decedent',
    HDIRECT: 'directory',
    HDM: 'healthcare delivery management',
    HLEGAL: 'legal',
    HMARKT: 'healthcare marketing',
    HOPERAT: 'healthcare operations',
    HOUTCOMS: 'health outcome measure',
    HPAYMT: 'healthcare payment',
    HPRGRP: 'health program reporting',
    HQUALIMP: 'health quality improvement',
    HRESCH: 'healthcare research',
    HSYSADMIN: 'health system administration',
    HTEST: 'test health data',
    MEMADMIN: 'member administration',
    MILCDM: 'military command',
    PATADMIN: 'patient administration',
    PATRQT: 'patient requested',
    PATSFTY: 'patient safety',
    PERFMSR: 'performance measure',
    POPHLTH: 'population health',
    PUBHLTH: 'public health',
    PWATRNY: 'power of attorney',
    RECORDMGT: 'records management',
    REMITADV: 'remittance advice',
    SUPNWK: 'support network',
    THREAT: 'threat',
    TRAIN: 'training',
    TRANSRCH: 'translational healthcare research',
    TREAT: 'treatment',
    TREATDS: 'decision support assisted treatment decision',
  }),
);

/** Displays of v3-Confidentiality. */
export const CONFIDENTIALITY_DISPLAYS: ReadonlyMap<string, string> = new Map(
  Object.entries({ U: 'unrestricted', L: 'low', M: 'moderate', N: 'normal', R: 'restricted', V: 'very restricted' }),
);

const SYSTEMS: ReadonlyMap<string, string> = new Map([
  [LOINC, 'LOINC'],
  [SNOMED, 'SNOMED CT'],
  [ICD_10_CM, 'ICD-10-CM'],
  [RXNORM, 'RxNorm'],
]);

/** @returns `treatment`, `psychotherapy note information`, `LOINC 11488-4`; system and code of what HL7 does not name here */
export function describeCode({ system, code = '' }: Coding): string {
  if (system === ACT_REASON) return PURPOSE_DISPLAYS.get(code) ?? code;
  if (system === ACT_CODE) return (LABEL_DISPLAYS.get(code) ?? code).replace(/ sensitivity$/, '');
  if (system === CONFIDENTIALITY) return CONFIDENTIALITY_DISPLAYS.get(code) ?? code;
  if (system === undefined) return code;
  return `${SYSTEMS.get(system) ?? system} ${code}`;
}
