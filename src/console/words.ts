/** Codes in words, for people: labels (v3-ActCode), purposes of use (v3-ActReason), actions and outcomes of AuditEvent, roles. */
import type { Category } from '../classify/label.ts';
import type { Recipient } from '../policy/question.ts';

const LABELS: Readonly<Record<string, string>> = {
  PSYTHPN: 'Psychotherapy notes',
  MH: 'Mental health',
  PSY: 'Psychiatry',
  BH: 'Behavioral health',
  SUD: 'Substance use disorder',
  ETHUD: 'Alcohol use disorder',
  OPIOIDUD: 'Opioid use disorder',
  HIV: 'HIV/AIDS',
  SDV: 'Sexual assault, abuse or domestic violence',
  SEX: 'Sexuality and reproductive health',
  STD: 'Sexually transmitted disease',
  GDIS: 'Genetic disease',
  ADOL: 'Adolescent, confidential',
  DEMO: 'Demographics',
  R: 'Restricted',
  V: 'Very restricted',
  '42CFRPart2': '42 CFR Part 2 records',
  HIPAAPsyNotes: 'Psychotherapy notes (HIPAA)',
  NORDSCLCD: 'No redisclosure without consent',
};

const PURPOSES: Readonly<Record<string, string>> = {
  TREAT: 'Treatment',
  ETREAT: 'Emergency treatment',
  BTG: 'Break-glass',
  HPAYMT: 'Payment',
  CLMATTCH: 'Claim attachment',
  HOPERAT: 'Health care operations',
  HCOMPL: 'Compliance',
  PATRQT: 'Patient request',
  FAMRQT: 'Family request',
  HRESCH: 'Research',
  PUBHLTH: 'Public health',
  HLEGAL: 'Legal',
  TRAIN: 'Training',
  HMARKT: 'Marketing',
  HDECD: 'Decedent',
  PWATRNY: 'Power of attorney',
  HSYSADMIN: 'System administration',
  COC: 'Coordination of care',
};

const ACTIONS: Readonly<Record<string, string>> = { C: 'Create', R: 'Read', U: 'Update', D: 'Delete', E: 'Search or act' };

const RECIPIENTS: Readonly<Record<Recipient, string>> = {
  hhs: 'Department of Health and Human Services',
  court: 'Court',
  'law-enforcement': 'Law enforcement',
  'coroner-medical-examiner': 'Coroner or medical examiner',
  'health-oversight': 'Health oversight',
  'public-health': 'Public health',
  patient: 'The patient',
  'personal-representative': 'Personal representative',
  'parent-of-minor': 'Parent of a minor',
  'family-friend': 'Family or friend',
  originator: 'Originator of the notes',
  'other-treating-provider': 'Other treating provider',
  'trainee-own-program': 'Trainee of the own program',
  workforce: 'Own workforce',
  payer: 'Payer',
  'other-covered-entity': 'Other covered entity',
  'business-associate': 'Business associate',
  researcher: 'Researcher',
  'third-party': 'Third party',
};

const CATEGORIES: Readonly<Record<Category, string>> = {
  'psychotherapy-notes': 'Psychotherapy notes',
  'sud-counseling-notes': 'SUD counseling notes',
  sud: 'Substance use disorder',
  'mental-health': 'Mental health',
  other: 'Everything else',
};

const ROLES: Readonly<Record<string, string>> = {
  'policy-admin': 'policy administrator',
  auditor: 'auditor',
  'privacy-officer': 'privacy officer',
};

export function labelName(code: string): string {
  return LABELS[code] ?? (code === '' ? 'No sensitive label' : code);
}

export function purposeName(code: string): string {
  return PURPOSES[code] ?? (code === '' ? 'No purpose' : code);
}

/** Codes with their names, for menus. */
export const PURPOSE_CHOICES: readonly { readonly value: string; readonly label: string }[] = choices(PURPOSES);
export const LABEL_CHOICES: readonly { readonly value: string; readonly label: string }[] = choices(LABELS);
export const ACTION_CHOICES: readonly { readonly value: string; readonly label: string }[] = choices(ACTIONS);

/** A class of recipients (law/matrix.json). */
export function recipientName(recipient: string): string {
  return Object.hasOwn(RECIPIENTS, recipient) ? RECIPIENTS[recipient as Recipient] : inWords(recipient);
}

/** A category of data that the law tells apart. */
export function categoryName(category: string): string {
  return Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category as Category] : inWords(category);
}

export function roleName(role: string): string {
  return ROLES[role] ?? role.replaceAll('-', ' ');
}

/** `1 version`, `1,204 versions`. */
export function plural(count: number, word: string, many = `${word}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? word : many}`;
}

/** `psychotherapy-note-candidate` in words. */
export function inWords(code: string): string {
  const text = code.replaceAll('-', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function choices(names: Readonly<Record<string, string>>) {
  return Object.entries(names).map(([value, name]) => ({ value, label: `${name} (${value})` }));
}
