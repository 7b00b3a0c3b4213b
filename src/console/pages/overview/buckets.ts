/** Hours as the log counts them (UTC), put together to the hours or days of whoever looks, none left out. */
import type { Summary } from './overview-page.tsx';

export interface Bucket {
  /** As the axis shows it. */
  readonly at: string;
  /** As the table does. */
  readonly told: string;
  readonly given: number;
  readonly redacted: number;
  readonly withheld: number;
  readonly refused: number;
}

const HOUR = 3_600_000;
const SHORT_MS = 49 * HOUR;

export function bucketsOf({ from, before, hours }: Pick<Summary, 'from' | 'before' | 'hours'>): readonly Bucket[] {
  const byHour = Date.parse(before) - Date.parse(from) <= SHORT_MS;
  const axis = new Intl.DateTimeFormat(undefined, byHour ? { hour: '2-digit', minute: '2-digit' } : { month: 'short', day: 'numeric' });
  const told = new Intl.DateTimeFormat(undefined, byHour ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: 'medium' });
  const start = (time: number) => {
    const date = new Date(time);
    if (byHour) date.setMinutes(0, 0, 0);
    else date.setHours(0, 0, 0, 0);
    return date.getTime();
  };
  const found = new Map<number, Bucket>();
  const open = (time: number) => {
    const at = start(time);
    if (!found.has(at)) found.set(at, { at: axis.format(at), told: told.format(at), given: 0, redacted: 0, withheld: 0, refused: 0 });
  };
  for (let time = Date.parse(from); time < Date.parse(before); time += HOUR) open(time);
  // The hour, or day, that has only begun.
  open(Date.parse(before) - 1);
  for (const { at, given, redacted, withheld, refused } of hours) {
    const bucket = found.get(start(Date.parse(at)));
    if (bucket === undefined) continue;
    found.set(start(Date.parse(at)), {
      ...bucket,
      given: bucket.given + given,
      redacted: bucket.redacted + redacted,
      withheld: bucket.withheld + withheld,
      refused: bucket.refused + refused,
    });
  }
  return [...found.values()];
}
