/**
 * Labels -> the legal categories that the law is asked about (law/rules.json vocabulary; 45 CFR 164.501, 42 CFR 2.11).
 * A thing can be in several: the strictest answer over them wins (design.md 4.3).
 */
import { ACT_CODE } from '../fhir/codes.ts';
import { ancestorsOf, codesUnder } from '../fhir/label-hierarchy.ts';
import type { Category, Label } from './label.ts';

const SENSITIVITY_ROOT = '_InformationSensitivityPolicy';
/** HL7's tree has MH, PSY and BH as siblings; MENCAT is the older category code for the same matter. */
const MENTAL_HEALTH_ROOTS: ReadonlySet<string> = new Set(['MH', 'PSY', 'BH', 'MENCAT']);
const PSYCHOTHERAPY_NOTES: ReadonlySet<string> = new Set(['PSYTHPN', 'HIPAAPsyNotes']);
/** Laws that hold for substance use records by their source, never by a code (42 CFR 2.12; 38 USC 7332); NORDSCLCD is the notice of 2.32. */
const SUD_LAWS: ReadonlySet<string> = new Set(['42CFRPart2', 'Title38Section7332', 'NORDSCLCD']);
/** ETH is the older branch beside SUD. */
const SUD_ROOTS: ReadonlySet<string> = new Set(['SUD', 'ETH']);

/** SPI is the parent of all of these and of PSYTHPN: by itself it says no more than mental health. */
function isMentalHealth(code: string): boolean {
  return code === 'SPI' || isOrDescends(code, MENTAL_HEALTH_ROOTS) || isOrDescends(code, SUD_ROOTS);
}

function isOrDescends(code: string, roots: ReadonlySet<string>): boolean {
  return roots.has(code) || ancestorsOf(ACT_CODE, code).some((ancestor) => roots.has(ancestor));
}

const sensitivity = new Map<string, boolean>();

/** What an administrator's code set can say of a code. */
export const SENSITIVITIES: ReadonlySet<string> = new Set(codesUnder(ACT_CODE, SENSITIVITY_ROOT));

/** A sensitivity of HL7's v3-ActCode tree (`MH`, `SUD`, `HIV`, …); a law or a handling instruction is none. */
export function isSensitivity(label: Pick<Label, 'system' | 'code'>): boolean {
  if (label.system !== ACT_CODE) return false;
  const known = sensitivity.get(label.code);
  if (known !== undefined) return known;
  const answer = label.code === 'MENCAT' || ancestorsOf(ACT_CODE, label.code).includes(SENSITIVITY_ROOT);
  if (answer) sensitivity.set(label.code, answer);
  return answer;
}

export function isPsychotherapyNoteLabel(label: Pick<Label, 'system' | 'code'>): boolean {
  return label.system === ACT_CODE && PSYCHOTHERAPY_NOTES.has(label.code);
}

/** Sensitive matter by HL7's tree or by a law that protects it: makes a resource `R` where nothing else is declared. */
export function isProtected(label: Pick<Label, 'system' | 'code'>): boolean {
  return isSensitivity(label) || (label.system === ACT_CODE && (PSYCHOTHERAPY_NOTES.has(label.code) || SUD_LAWS.has(label.code)));
}

/** @returns at least one category, in the order of CATEGORIES, each once */
export function categoriesOf(labels: readonly Label[]): readonly Category[] {
  const codes = labels.filter((label) => label.system === ACT_CODE).map((label) => label.code);
  const notes = codes.some((code) => PSYCHOTHERAPY_NOTES.has(code));
  const sudLaw = codes.some((code) => SUD_LAWS.has(code));
  const found: Category[] = [];
  if (notes) found.push('psychotherapy-notes');
  if (notes && sudLaw) found.push('sud-counseling-notes');
  if (sudLaw) found.push('sud');
  if (codes.some(isMentalHealth)) found.push('mental-health');
  return found.length > 0 ? found : ['other'];
}
