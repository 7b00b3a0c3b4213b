/**
 * Date search: both sides are ranges, by their precision (FHIR R4 sections 3.1.1.4.4 and 3.1.1.4.7). A Period without an end is
 * open; of a Timing only the outer limits count.
 */
import type { TypedValue } from './compile-expression.ts';
import { type DateRange, dateRange } from './date-range.ts';
import type { DateValue } from './search-query.ts';

const ALWAYS: DateRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

interface PeriodLike {
  readonly start?: string;
  readonly end?: string;
}

function ofPeriod({ start, end }: PeriodLike): DateRange | undefined {
  if (start === undefined && end === undefined) return undefined;
  const low = start === undefined ? ALWAYS : dateRange(start);
  const high = end === undefined ? ALWAYS : dateRange(end);
  return low && high && { low: low.low, high: high.high };
}

function ofTiming(timing: {
  readonly event?: readonly string[];
  readonly repeat?: { readonly boundsPeriod?: PeriodLike };
}): DateRange | undefined {
  const ranges = (timing.event ?? []).flatMap((event) => dateRange(event) ?? []);
  const bounds = timing.repeat?.boundsPeriod && ofPeriod(timing.repeat.boundsPeriod);
  if (bounds !== undefined) ranges.push(bounds);
  if (ranges.length === 0) return undefined;
  return { low: Math.min(...ranges.map(({ low }) => low)), high: Math.max(...ranges.map(({ high }) => high)) };
}

/** The range that one value covers; `undefined` where it has no date (an Age, a text). */
export function rangeOf({ value, type }: TypedValue): DateRange | undefined {
  if (typeof value === 'string') return type === 'date' || type === 'dateTime' || type === 'instant' ? dateRange(value) : undefined;
  if (type === 'Period') return ofPeriod(value as PeriodLike);
  return type === 'Timing' ? ofTiming(value as Parameters<typeof ofTiming>[0]) : undefined;
}

/**
 * @param now milliseconds since 1970, for `ap` (a tenth of the distance from now)
 * @returns `undefined` for `ap` without `now`
 */
export function matchDate(asked: DateValue, value: TypedValue, now: number | undefined): boolean | undefined {
  const target = rangeOf(value);
  if (target === undefined) return false;
  const within = asked.low <= target.low && target.high <= asked.high;
  switch (asked.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return target.high > asked.high;
    case 'lt':
      return target.low < asked.low;
    case 'ge':
      return within || target.high > asked.high;
    case 'le':
      return within || target.low < asked.low;
    case 'sa':
      return target.low >= asked.high;
    case 'eb':
      return target.high <= asked.low;
    case 'ap': {
      if (now === undefined) return undefined;
      const margin = 0.1 * Math.abs(now - (asked.low + asked.high) / 2);
      return target.low < asked.high + margin && target.high > asked.low - margin;
    }
  }
}
