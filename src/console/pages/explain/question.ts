/**
 * What is asked, as the address has it and as the API takes it. The address holds references and codes alone: a record that was
 * pasted, and what somebody would write of an emergency, stay out of it.
 */
import type { PastExplanation } from '../../../decide/explanation.ts';

export interface Question {
  /** Id of a requester of the log, where one was chosen. */
  readonly who: string;
  readonly roles: readonly string[];
  readonly person: string;
  readonly organization: string;
  /** The patient whose record an app was opened with. */
  readonly patient: string;
  readonly purpose: string;
  readonly reference: string;
  /** The record is not on file but pasted. */
  readonly pasted: boolean;
  readonly attestations: readonly string[];
  readonly breakGlass: boolean;
}

export const NOTHING_ASKED: Question = {
  who: '',
  roles: [],
  person: '',
  organization: '',
  patient: '',
  purpose: '',
  reference: '',
  pasted: false,
  attestations: [],
  breakGlass: false,
};

/** What the API wants of texts that nobody writes here. */
const SUPPOSED = 'Supposed, for an explanation.';

export function readQuestion(search: URLSearchParams): Question {
  const text = (name: string) => search.get(name) ?? '';
  const list = (name: string) => text(name).split(',').filter(Boolean);
  return {
    who: text('who'),
    roles: list('roles'),
    person: text('person'),
    organization: text('organization'),
    patient: text('patient'),
    purpose: text('purpose'),
    reference: text('reference'),
    pasted: text('resource') === 'pasted',
    attestations: list('attestations'),
    breakGlass: search.has('break-glass'),
  };
}

/** `/explain?roles=workforce&purpose=HPAYMT&reference=Encounter%2Fe1` */
export function addressOf(question: Question): string {
  const search = new URLSearchParams();
  const set = (name: string, value: string) => {
    if (value !== '') search.set(name, value);
  };
  set('who', question.who);
  set('roles', question.roles.join(','));
  set('person', question.person);
  set('organization', question.organization);
  set('patient', question.patient);
  set('purpose', question.purpose);
  if (question.pasted) search.set('resource', 'pasted');
  else set('reference', question.reference);
  set('attestations', question.attestations.join(','));
  set('break-glass', question.breakGlass ? 'yes' : '');
  return `/explain${search.size === 0 ? '' : `?${search}`}`;
}

export function isComplete({ roles, purpose, reference, pasted }: Question): boolean {
  return roles.length > 0 && purpose !== '' && (pasted || reference !== '');
}

/** @param pasted JSON as somebody wrote it: it is judged as it stands */
export function bodyOf(question: Question, pasted: string): string {
  const { who, roles, person, organization, patient, purpose, reference, attestations, breakGlass } = question;
  const requester = {
    ...(who === '' ? {} : { id: who }),
    roles,
    ...(person === '' ? {} : { fhirUser: person }),
    ...(organization === '' ? {} : { organization }),
    ...(patient === '' ? {} : { patient }),
    attestations: attestations.map((kind) => ({ kind, text: SUPPOSED })),
    ...(breakGlass ? { breakGlassReason: SUPPOSED } : {}),
  };
  const asked = JSON.stringify({ requester, purpose, ...(question.pasted ? {} : { reference }) });
  return question.pasted ? `${asked.slice(0, -1)},"resource":${pasted}}` : asked;
}

/** The same person, purpose and record, asked again today. */
export function askedAgain({ requester = '', roles, fhirUser = '', organization = '', purpose = '' }: PastExplanation['event']) {
  return (reference: string): Question => ({ ...NOTHING_ASKED, who: requester, roles, person: fhirUser, organization, purpose, reference });
}

/** @returns what is wrong with pasted text, with its place; `undefined` where it is a resource */
export function problemOfJson(text: string): string | undefined {
  if (text.trim() === '') return 'Paste a FHIR resource as JSON.';
  try {
    const value: unknown = JSON.parse(text);
    const type = typeof value === 'object' && value !== null ? (value as { resourceType?: unknown }).resourceType : undefined;
    if (typeof type === 'string' && /^[A-Z][A-Za-z]+$/.test(type)) return undefined;
    return 'This is JSON, but no FHIR resource: it has no resourceType.';
  } catch (error) {
    const before = text.slice(0, placeOfFault(text)).split('\n');
    const what = (error as SyntaxError).message.replace(/(, (\.\.\.)?".*| in JSON at.*)$/s, '');
    return `Line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: this is not JSON. ${what}.`;
  }
}

/** The first letter that no JSON could have there: what JSON.parse says of it differs by browser. */
function placeOfFault(text: string): number {
  let [sound, faulty] = [0, text.length + 1];
  while (faulty - sound > 1) {
    const middle = Math.floor((sound + faulty) / 2);
    if (failsWithin(text.slice(0, middle))) faulty = middle;
    else sound = middle;
  }
  return faulty - 1;
}

/** Before its end: what is only not at its end yet may become JSON. */
function failsWithin(start: string): boolean {
  try {
    JSON.parse(start);
    return false;
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = /position (\d+)/.exec(message)?.[1];
    return position === undefined ? !/end of (JSON|data)|unterminated/i.test(message) : Number(position) < start.length;
  }
}
