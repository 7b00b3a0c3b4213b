/** `?patient=&start=&end=`: one patient and a period, read strictly; by default the six years that 45 CFR 164.528(a)(1) reaches back. */
import { PrivityError } from '../errors.ts';
import { isId, parseReference } from '../fhir/reference.ts';
import { dateRange } from '../fhir/search/date-range.ts';

export interface PatientPeriod {
  /** `Patient/p1`. */
  readonly patient: string;
  /** ISO instants; from is inclusive, before exclusive. */
  readonly from: string;
  readonly before: string;
}

/**
 * @param pairs decoded query parameters; `start` and `end` are FHIR dates, both within the period
 * @param now milliseconds since 1970
 * @throws PrivityError `invalid-parameter`, with the parameter's name
 */
export function parsePatientPeriod(pairs: readonly (readonly [name: string, value: string])[], now: number): PatientPeriod {
  const given = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!NAMES.has(name)) throw invalid(NAME.test(name) ? name : 'unknown');
    if (given.has(name)) throw invalid(name);
    given.set(name, value);
  }
  const patient = readPatient(given.get('patient') ?? '');
  if (patient === undefined) throw invalid('patient');
  const start = rangeOf(given.get('start'), 'start');
  const end = rangeOf(given.get('end'), 'end');
  const before = end?.high ?? now + 1;
  const from = start?.low ?? sixYearsBefore(before);
  if (from >= before) throw invalid('start');
  return { patient, from: new Date(from).toISOString(), before: new Date(before).toISOString() };
}

const NAMES: ReadonlySet<string> = new Set(['patient', 'start', 'end', '_format']);
/** A name that could be somebody's data is not repeated. */
const NAME = /^[A-Za-z_:-]{1,30}$/;

function readPatient(text: string): string | undefined {
  if (isId(text)) return `Patient/${text}`;
  return parseReference(text)?.type === 'Patient' ? text : undefined;
}

function rangeOf(text: string | undefined, name: string): { readonly low: number; readonly high: number } | undefined {
  if (text === undefined) return undefined;
  const range = dateRange(text);
  const readable = (time: number) => new Date(time).getUTCFullYear() <= 9999;
  if (range === undefined || !readable(range.low) || !readable(range.high)) throw invalid(name);
  return range;
}

function sixYearsBefore(time: number): number {
  const date = new Date(time);
  return date.setUTCFullYear(date.getUTCFullYear() - 6);
}

function invalid(name: string): PrivityError {
  return new PrivityError('invalid-parameter', name);
}
