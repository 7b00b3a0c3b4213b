/** Codes in words, for people: labels (v3-ActCode), purposes of use (v3-ActReason), actions and outcomes of AuditEvent, roles. */
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
  COC: 'Coordination of care',
};

const ACTIONS: Readonly<Record<string, string>> = { C: 'Create', R: 'Read', U: 'Update', D: 'Delete', E: 'Search or act' };

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

export function roleName(role: string): string {
  return ROLES[role] ?? role.replaceAll('-', ' ');
}

/** `psychotherapy-note-candidate` in words. */
export function inWords(code: string): string {
  const text = code.replaceAll('-', ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function choices(names: Readonly<Record<string, string>>) {
  return Object.entries(names).map(([value, name]) => ({ value, label: `${name} (${value})` }));
}
