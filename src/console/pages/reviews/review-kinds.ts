/** Kinds of reviews in words: what is asked, and how each outcome reads. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'break-glass': 'Was this emergency access justified?',
  'human-approval': 'Was this access, which the law leaves to somebody’s judgment, justified?',
  'psychotherapy-note-candidate': 'Is this a psychotherapy note, or part of the general mental health record?',
  'psythpn-on-excluded-content': 'Is the label right? What it is on is never a psychotherapy note (45 CFR 164.501).',
  'psythpn-outside-separate-store': 'Is the label right? It is not kept apart from the rest of the record (45 CFR 164.501).',
  alert: 'Is what this person did in order?',
};

const OUTCOMES: Readonly<Record<string, string>> = {
  justified: 'Justified',
  'not-justified': 'Not justified',
  'label-stands': 'The label stands',
  'label-wrong': 'The label is wrong',
  'psychotherapy-note': 'It is a psychotherapy note',
  'not-psychotherapy-note': 'It is not a psychotherapy note',
};

const KINDS: Readonly<Record<string, string>> = {
  'break-glass': 'Break-glass',
  'human-approval': 'Judgment call',
  'psychotherapy-note-candidate': 'Note candidate',
  'psythpn-on-excluded-content': 'Label on other content',
  'psythpn-outside-separate-store': 'Label outside its store',
  alert: 'Alert',
};

export const KIND_CHOICES = Object.entries(KINDS).map(([value, label]) => ({ value, label }));

export function kindName(kind: string): string {
  return KINDS[kind] ?? kind;
}

export function questionOf(kind: string): string {
  return QUESTIONS[kind] ?? 'Was this in order?';
}

export function outcomeName(outcome: string): string {
  return OUTCOMES[outcome] ?? outcome;
}
