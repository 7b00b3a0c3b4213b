/**
 * Until when no decision about a subject can change by the passing of time alone. Whatever in a decision depends on the moment
 * compares it with a date that stands in what is known of the subject (periods of Consents, relations and determinations) or
 * with the birthday of the patient; between two such dates all moments are alike.
 */
import { intervalOf } from '../consent/interval-of.ts';
import type { Resource } from '../fhir/resource.ts';
import type { SubjectRecord } from './decision.ts';

const SECOND = 1000;
const DAY = 86_400_000;
const HOUR = 3_600_000;
const DATE = /^\d{4}(?:-\d\d|$)/;
const LONGEST = 40;
/** Far beyond what the upstream adapter lets in. */
const DEPTH = 200;

type Window = readonly [from: number, to: number];

const windows = new WeakMap<SubjectRecord, readonly Window[]>();

/**
 * @param at milliseconds since 1970
 * @returns a time that is at most an hour after `at`; `at` itself where a date is so near that it may mean this very moment
 */
export function quietUntil(record: SubjectRecord, at: number): number {
  let known = windows.get(record);
  if (known === undefined) {
    known = windowsOf(record);
    windows.set(record, known);
  }
  let until = at + HOUR;
  for (const [from, to] of [...known, ...birthdays(record.patient, at)]) {
    if (from <= at && at <= to) return at;
    if (from > at) until = Math.min(until, from);
  }
  return until;
}

function windowsOf({ patient, consents, recorded, relations }: SubjectRecord): readonly Window[] {
  const found = new Map<string, readonly Window[]>();
  const into = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      if (value.length <= LONGEST && DATE.test(value) && !found.has(value)) found.set(value, around(value));
    } else if (typeof value === 'object' && value !== null && depth < DEPTH) {
      for (const name in value) into((value as Record<string, unknown>)[name], depth + 1);
    }
  };
  into([patient, consents.consents, consents.provenances, [...consents.references.values()], recorded, relations], 0);
  return [...found.values()].flat();
}

/** A date without a time begins and ends with a day somewhere on earth; what has a zone is a moment. */
function around(text: string): readonly Window[] {
  const interval = intervalOf(text);
  const [from, to] = interval === undefined ? [Date.parse(text), Date.parse(text)] : [interval.from, interval.to];
  if (Number.isNaN(from)) return [];
  const near = interval !== undefined && text.includes('T') ? SECOND : DAY;
  return [
    [from - near, from + near],
    [to - near, to + near],
  ];
}

/** Ages are reached on a birthday; where its day is not known, at the turn of a month. */
function birthdays(patient: Resource | undefined, at: number): readonly Window[] {
  const birth = intervalOf(patient?.birthDate);
  if (birth === undefined) return [];
  const [now, born] = [new Date(at), new Date(birth.from)];
  const isWhole = birth.to - birth.from < DAY;
  const years = [-1, 0, 1].map((more) => now.getUTCFullYear() + more);
  const days = isWhole
    ? years.map((year) => Date.UTC(year, born.getUTCMonth(), born.getUTCDate()))
    : [-1, 0, 1].map((more) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + more, 1));
  return days.map((day): Window => [day - 2 * DAY, day + 2 * DAY]);
}
