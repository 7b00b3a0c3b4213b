/**
 * The codes that the demo stories use, each once, with the display that a clinician would read. CPT codes carry no
 * display (AMA). RxNorm and SNOMED CT codes are those of `policies/`, so that the stories exercise the code sets.
 */
import type { CodeableConcept, Coding } from 'fhir/r4.js';
import { ACT_CODE, CONFIDENTIALITY, ICD_10_CM, LOINC, NUCC, RXNORM, SNOMED } from '../../fhir/codes.ts';

export function coding(system: string, code: string, display?: string): Coding {
  return display === undefined ? { system, code } : { system, code, display };
}

export function concept(...codings: Coding[]): CodeableConcept {
  const text = codings.find((one) => one.display !== undefined)?.display;
  return text === undefined ? { coding: codings } : { coding: codings, text };
}

/** A concept in words, with codings where there are any. */
export function worded(text: string, ...codings: Coding[]): CodeableConcept {
  return codings.length === 0 ? { text } : { coding: codings, text };
}

export const icd = (code: string, display: string) => coding(ICD_10_CM, code, display);
export const loinc = (code: string, display: string) => coding(LOINC, code, display);
export const snomed = (code: string, display: string) => coding(SNOMED, code, display);
export const rxnorm = (code: string, display: string) => coding(RXNORM, code, display);
export const nucc = (code: string, display: string) => coding(NUCC, code, display);
export const cpt = (code: string) => coding('http://www.ama-assn.org/go/cpt', code);

/** Security labels as a source system declares them (HL7 v3-ActCode, v3-Confidentiality). */
export const label = (code: string) => coding(ACT_CODE, code);
export const PSYTHPN = coding(ACT_CODE, 'PSYTHPN', 'psychotherapy note information sensitivity');
export const PART2 = coding(ACT_CODE, '42CFRPart2', '42 CFR Part2');
export const RESTRICTED = coding(CONFIDENTIALITY, 'R', 'restricted');

export const NOTE = {
  psychologyCounseling: loinc('34866-4', 'Psychology Counseling note'),
  mentalHealthCounseling: loinc('34864-9', 'Mental health Counseling note'),
  individualCounseling: loinc('74282-5', 'Individual counseling note'),
  psychologyProgress: loinc('11510-5', 'Psychology Progress note'),
  psychiatryConsult: loinc('34788-0', 'Psychiatry Consult note'),
  progress: loinc('11506-3', 'Progress note'),
  release: loinc('64292-6', 'Release of information consent'),
} as const;

export const CLASS = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const AMBULATORY = coding(CLASS, 'AMB', 'ambulatory');
export const EMERGENCY = coding(CLASS, 'EMER', 'emergency');
