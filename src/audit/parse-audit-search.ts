/**
 * Search parameters of `/audit/AuditEvent` (design.md section 6; FHIR R4 section 3.1.1): read strictly, so that an auditor
 * never takes an ignored filter for an answer. Commas mean OR, repeats AND, as FHIR says.
 */
import { PrivityError } from '../errors.ts';
import { isId, parseReference } from '../fhir/reference.ts';
import { dateRange } from '../fhir/search/date-range.ts';
import { splitEscaped, unescapeValue } from '../fhir/search/split-escaped.ts';
import { ENTITY_ROLE } from './audit-event-codes.ts';

/** Where the next page begins: the event `index` of the record `id`. */
export interface AuditCursor {
  readonly recordedAt: string;
  readonly id: string;
  readonly index: number;
}

/** Each list of lists: all of the outer, any of the inner. */
export interface AuditSearch {
  readonly patient: readonly (readonly string[])[];
  readonly agent: readonly (readonly string[])[];
  readonly action: readonly (readonly string[])[];
  readonly outcome: readonly (readonly string[])[];
  readonly purpose: readonly (readonly string[])[];
  readonly entity: readonly (readonly string[])[];
  readonly id: readonly (readonly string[])[];
  /** Codes of AuditEvent.type. */
  readonly type: readonly (readonly string[])[];
  /** Rule of a policy, or reference of a Consent, that decided. */
  readonly policy: readonly (readonly string[])[];
  /** Code of a security label that was found. */
  readonly label: readonly (readonly string[])[];
  /** Codes of AuditEvent.entity.role that an event has, and that it has not. */
  readonly role: readonly (readonly string[])[];
  readonly notRole: readonly (readonly string[])[];
  /** ISO instants; from is inclusive, before exclusive. */
  readonly from?: string;
  readonly before?: string;
  readonly count: number;
  readonly order: 'newest' | 'oldest';
  readonly cursor?: AuditCursor;
}

const LISTS = ['patient', 'agent', 'action', 'outcome', 'purpose', 'entity', 'id', 'type', 'policy', 'label', 'role', 'notRole'] as const;
type Lists = (typeof LISTS)[number];

/** Lists that have another name as a parameter. */
const NAMED: Readonly<Partial<Record<Lists, string>>> = { id: '_id', role: 'entity-role', notRole: 'entity-role:not' };
const NAMES: ReadonlyMap<string, Lists> = new Map(LISTS.map((list) => [NAMED[list] ?? list, list]));

const LIMITS = { count: 1000, defaultCount: 50, values: 50 } as const;
const EVENT_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.\d{1,6})?(?:\.(?:authz|disclosed))?$/i;

/**
 * @param pairs decoded query parameters, as they came
 * @throws PrivityError `invalid-parameter`, with the parameter's name
 */
export function parseAuditSearch(pairs: readonly (readonly [name: string, value: string])[]): AuditSearch {
  const lists = Object.fromEntries(LISTS.map((list) => [list, []])) as unknown as Record<Lists, (readonly string[])[]>;
  const seen = new Set<string>();
  let window: { from?: number; before?: number } = {};
  let rest: Pick<AuditSearch, 'count' | 'order' | 'cursor'> = { count: LIMITS.defaultCount, order: 'newest' };
  for (const [name, value] of pairs) {
    const list = NAMES.get(name);
    if (list !== undefined) {
      lists[list].push(valuesOf(name, list, value));
    } else if (name === 'date') {
      window = narrow(window, value);
    } else {
      if (seen.has(name)) throw invalid(name);
      seen.add(name);
      rest = { ...rest, ...readControl(name, value) };
    }
  }
  return {
    ...lists,
    ...(window.from === undefined ? {} : { from: instant(window.from) }),
    ...(window.before === undefined ? {} : { before: instant(window.before) }),
    ...rest,
  };
}

/** The opaque text of a cursor, and back. */
export function cursorText({ recordedAt, id, index }: AuditCursor): string {
  return `${Date.parse(recordedAt)}_${id}_${index}`;
}

function readCursor(text: string): AuditCursor {
  const [matched, time, id, index] = /^(\d{1,15})_([0-9a-f-]{36})_(\d{1,6})$/.exec(text) ?? [];
  if (matched === undefined || id === undefined || !EVENT_ID.test(id)) throw invalid('_page');
  return { recordedAt: instant(Number(time)), id, index: Number(index) };
}

function readControl(name: string, value: string): Partial<Pick<AuditSearch, 'count' | 'order' | 'cursor'>> {
  switch (name) {
    case '_count':
      if (!/^[1-9]\d{0,3}$/.test(value) || Number(value) > LIMITS.count) throw invalid(name);
      return { count: Number(value) };
    case '_sort':
      if (value !== 'date' && value !== '-date') throw invalid(name);
      return { order: value === 'date' ? 'oldest' : 'newest' };
    case '_page':
      return { cursor: readCursor(value) };
    default:
      throw invalid(NAME.test(name) ? name : 'unknown');
  }
}

/** A name that could be somebody's data is not repeated. */
const NAME = /^[A-Za-z_:-]{1,30}$/;

function valuesOf(name: string, list: Lists, text: string): readonly string[] {
  const values = splitEscaped(text, ',').map((value) => {
    const read = READERS[list](value);
    if (read === undefined) throw invalid(name);
    return read;
  });
  if (values.length > LIMITS.values) throw invalid(name);
  return values;
}

/** What somebody of the staff ruled or read (audit-event-entities.ts); by other roles nobody asks. */
const role = (text: string) => token(text, ENTITY_ROLE, /^13$/);

const READERS: Record<Lists, (text: string) => string | undefined> = {
  patient: (text) => (isId(text) ? `Patient/${text}` : parseReference(text)?.type === 'Patient' ? text : undefined),
  agent: (text) => (text === '' ? undefined : unescapeValue(text)),
  action: (text) => token(text, 'http://hl7.org/fhir/audit-event-action', /^[CRUDE]$/),
  outcome: (text) => token(text, 'http://hl7.org/fhir/audit-event-outcome', /^(0|4|8|12)$/),
  purpose: (text) => token(text, 'http://terminology.hl7.org/CodeSystem/v3-ActReason', /^[A-Z0-9]{2,20}$/),
  entity: (text) => (parseReference(text) === undefined ? undefined : text),
  type: (text) =>
    token(text, 'http://terminology.hl7.org/CodeSystem/audit-event-type', /^rest$/) ??
    token(text, 'http://dicom.nema.org/resources/ontology/DCM', /^1101(01|06|13|14)$/),
  policy: (text) => (/^[\w.-]{1,64}(\/[\w.-]{1,64})?$/.test(text) ? text : undefined),
  label: (text) => (/^([\w:/.-]+\|)?[\w-]{1,40}$/.test(text) ? text.split('|').at(-1) : undefined),
  role,
  notRole: role,
  id: (text) => EVENT_ID.exec(text)?.[1]?.toLowerCase(),
};

function token(text: string, system: string, code: RegExp): string | undefined {
  const [first = '', second] = splitEscaped(text, '|').map(unescapeValue);
  if (second !== undefined && first !== system) return undefined;
  const value = second ?? first;
  return code.test(value) ? value : undefined;
}

function narrow(window: { from?: number; before?: number }, text: string): { from?: number; before?: number } {
  const [, prefix = 'eq', date = ''] = /^(eq|gt|lt|ge|le|sa|eb)?(\d.*)$/.exec(text) ?? [];
  const range = dateRange(date);
  if (range === undefined) throw invalid('date');
  const { low, high } = range;
  const from = { eq: low, ge: low, gt: high, sa: high }[prefix];
  const before = { eq: high, le: high, lt: low, eb: low }[prefix];
  return {
    ...window,
    ...(from === undefined ? {} : { from: Math.max(from, window.from ?? from) }),
    ...(before === undefined ? {} : { before: Math.min(before, window.before ?? before) }),
  };
}

function instant(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) throw invalid('date');
  return date.toISOString();
}

function invalid(name: string): PrivityError {
  return new PrivityError('invalid-parameter', name);
}
