/**
 * A FHIR date as the range of instants that its precision covers (FHIR R4 section 3.1.1.4.4): `2013-01-14` is that whole day. Where
 * no zone is written, UTC.
 */
export interface DateRange {
  /** Milliseconds since 1970, inclusive. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

const DATE =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(\.\d+)?)?(Z|[+ -](?:0\d|1[0-4]):[0-5]\d)?)?)?)?$/;

const HOUR = 3_600_000;

/** @returns `undefined` where the text is no FHIR date. A space before the zone counts as the `+` that a URL lost. */
export function dateRange(text: string): DateRange | undefined {
  const [matched, year, month, day, hour, minute, second, fraction, zone] = DATE.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const midnight = Date.parse(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`);
  if (Number.isNaN(midnight) || (day !== undefined && new Date(midnight).getUTCDate() !== Number(day))) return undefined;
  if (month === undefined) return { low: midnight, high: Date.parse(`${String(Number(year) + 1).padStart(4, '0')}-01-01T00:00:00Z`) };
  if (day === undefined) return { low: midnight, high: new Date(midnight).setUTCMonth(Number(month)) };
  if (hour === undefined) return { low: midnight, high: midnight + 24 * HOUR };
  const shift =
    zone === undefined || zone === 'Z'
      ? 0
      : (zone[0] === '-' ? 1 : -1) * (Number(zone.slice(1, 3)) * HOUR + Number(zone.slice(4)) * 60_000);
  const whole = midnight + Number(hour) * HOUR + Number(minute) * 60_000 + Number(second ?? 0) * 1000 + shift;
  if (second === undefined) return { low: whole, high: whole + 60_000 };
  if (fraction === undefined) return { low: whole, high: whole + 1000 };
  const low = whole + Math.trunc(Number(fraction) * 1000);
  return { low, high: low + 1 };
}
