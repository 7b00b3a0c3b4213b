/**
 * Dates of the demo stories, counted from the day the demo starts: an authorization that is valid must still be valid
 * next year, and a sixteen-year-old must not come of age. Deterministic for a given day.
 */
const DAY = 24 * 60 * 60 * 1000;

export interface Calendar {
  /** FHIR date, `days` before the demo's day; negative = in the future. */
  date(days: number): string;
  /** FHIR instant at that day, `clock` as `14:30`, in UTC. */
  at(days: number, clock: string): string;
  /** Birth date of someone whose last birthday, the `years`th, was about half a year ago. */
  bornYearsAgo(years: number): string;
}

export function calendarOf(today: Date): Calendar {
  const date = (days: number) => new Date(today.getTime() - days * DAY).toISOString().slice(0, 10);
  return {
    date,
    at: (days, clock) => `${date(days)}T${clock}:00Z`,
    bornYearsAgo: (years) => `${Number(date(183).slice(0, 4)) - years}-${date(183).slice(5, 7)}-15`,
  };
}
