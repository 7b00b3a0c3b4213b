/** An instant in the reader's own time, and in UTC on hover, as the log has it. */
import classes from './time-text.module.css';

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const FORMAT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export interface TimeTextProps {
  /** ISO 8601. */
  readonly value: string;
  /** `ago`: how long since, with the time on hover. */
  readonly as?: 'time' | 'day' | 'ago';
}

export function TimeText({ value, as = 'time' }: TimeTextProps) {
  const date = new Date(value);
  const utc = `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
  return (
    <time dateTime={value} title={as === 'ago' ? `${FORMAT.format(date)} (${utc})` : utc}>
      {as === 'ago' ? (
        ago(date)
      ) : as === 'day' ? (
        DAY.format(date)
      ) : (
        <>
          <span className={classes.whole}>{DAY.format(date)},</span> <span className={classes.whole}>{CLOCK.format(date)}</span>
        </>
      )}
    </time>
  );
}

function ago(date: Date): string {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second' as const, 1];
  return RELATIVE.format(Math.round(seconds / size), unit);
}
