/**
 * A code set: which codes of which systems carry which security labels, or play which role in telling a psychotherapy
 * note (design.md 4.1 point 2; policies/code-sets/README.md describes the files). Data only; compileCodeSets makes it fast.
 */

/** What a code says other than a label; read by the psychotherapy-note rules (45 CFR 164.501). */
export const CODE_ROLES = [
  /** A document of the counseling-note family. */
  'counseling-note',
  /** A document that 164.501 excludes: progress note, consult, discharge summary, history and physical, report. */
  'excluded-document',
  /** A profession that makes an author a mental health professional. */
  'mental-health-professional',
  /** A profession whose narrative is mental health information, without being proof of a mental health professional. */
  'mental-health-staff',
  'sud-professional',
] as const;
export type CodeRole = (typeof CODE_ROLES)[number];

/** One or more characters, counted from 1 in the normalized code (no dots), that a code of the ranges must have. */
export interface CharacterTest {
  readonly ranges: readonly string[];
  /** Position -> accepted characters; all must hold. `{ 6: '2' }`. */
  readonly characters: Readonly<Record<string, string>>;
}

export interface CodeRules {
  /** These codes and no others. */
  readonly codes?: readonly string[];
  /** Every code that begins so, dots ignored: `F17` takes `F17.210`. */
  readonly prefixes?: readonly string[];
  /** Every code whose beginning lies between: `F20-F29` takes `F25.1`. Both ends have one length and differ in digits only. */
  readonly ranges?: readonly string[];
  readonly tests?: readonly CharacterTest[];
  /** A root of a hierarchy with its stored descendants. */
  readonly hierarchies?: readonly { readonly root: string; readonly descendants: readonly string[] }[];
}

export interface CodeSetSystem extends CodeRules {
  readonly system: string;
  readonly exclude?: CodeRules;
}

export interface CodeSet {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly licence: string;
  readonly version: string;
  /** v3-ActCode codes; may be empty where `role` is set. */
  readonly labels: readonly string[];
  readonly role?: CodeRole;
  readonly systems: readonly CodeSetSystem[];
}

/** What one code set says of one code. */
export interface CodeMatch {
  readonly set: string;
  readonly labels: readonly string[];
  readonly role?: CodeRole;
}

export interface CodeIndex {
  /** Changes with any code set: ids and versions, sorted. */
  readonly version: string;
  /** Every code set that has this code; empty for most codes. Amortized O(1). */
  match(system: string | undefined, code: string): readonly CodeMatch[];
}
