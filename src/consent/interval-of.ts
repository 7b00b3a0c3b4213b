/**
 * FHIR dates as intervals (FHIR R4 section 2.24.0.1): a partial date is the whole year, month or day that it names, so
 * that a period that ends on a date includes that day. Dates without a zone are read as UTC.
 */
export interface Interval {
  /** Milliseconds since 1970, both ends included; infinite where open. */
  readonly from: number;
  readonly to: number;
}

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:(\d{2})(\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

const startOf = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
};

/**
 * @param text FHIR date, dateTime or instant
 * @returns `undefined` for anything else, also for a day that no calendar has
 */
export function intervalOf(text: unknown): Interval | undefined {
  if (typeof text !== 'string') return undefined;
  const date = DATE.exec(text);
  if (date !== null) return wholeDays(date);
  const time = DATE_TIME.exec(text);
  if (time === null || wholeDays(DATE.exec(text.slice(0, 10))) === undefined) return undefined;
  const from = Date.parse(text);
  if (Number.isNaN(from)) return undefined;
  return { from, to: time[2] === undefined ? from + 999 : from };
}

function wholeDays(match: RegExpExecArray | null): Interval | undefined {
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const from = startOf(year, month - 1, day);
  if (new Date(from).getUTCMonth() !== month - 1) return undefined;
  const next =
    match[2] === undefined ? startOf(year + 1, 0, 1) : match[3] === undefined ? startOf(year, month, 1) : startOf(year, month - 1, day + 1);
  return { from, to: next - 1 };
}

/** A FHIR Period; `undefined` where it can't be read, says nothing or ends before it starts. */
export function periodInterval(period: unknown): Interval | undefined {
  if (typeof period !== 'object' || period === null) return undefined;
  const { start, end } = period as { start?: unknown; end?: unknown };
  if (start === undefined && end === undefined) return undefined;
  const first = start === undefined ? { from: Number.NEGATIVE_INFINITY, to: 0 } : intervalOf(start);
  const last = end === undefined ? { from: 0, to: Number.POSITIVE_INFINITY } : intervalOf(end);
  if (first === undefined || last === undefined || first.from > last.to) return undefined;
  return { from: first.from, to: last.to };
}

/** Whether a moment (ISO 8601) is in a FHIR Period; no period = always, an unreadable one = never. */
export function isWithin(period: unknown, moment: number): boolean {
  if (period === undefined) return true;
  const interval = periodInterval(period);
  return interval !== undefined && interval.from <= moment && moment <= interval.to;
}
