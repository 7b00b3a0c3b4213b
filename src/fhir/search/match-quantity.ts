/**
 * Number and quantity search (FHIR R4 sections 3.1.1.4.6 and 3.1.1.4.11). `eq` compares within the written precision, the other
 * prefixes exactly. Units are compared as written, not converted. SampledData has no value to compare.
 */
import type { TypedValue } from './compile-expression.ts';
import type { NumberValue, QuantityValue } from './search-query.ts';

interface Quantity {
  readonly value?: number;
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}

interface Range {
  readonly low?: Quantity;
  readonly high?: Quantity;
}

type Compared = Pick<NumberValue, 'prefix' | 'value' | 'low' | 'high'>;

/** Compares with a target from `low` to `high`, both included; for a single number they are the same. */
function compare(asked: Compared, low: number, high: number): boolean {
  const within = asked.low <= low && (low === high ? high < asked.high || high === asked.value : high <= asked.high);
  switch (asked.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return high > asked.value;
    case 'lt':
      return low < asked.value;
    case 'ge':
      return high >= asked.value;
    case 'le':
      return low <= asked.value;
    case 'sa':
      return low > asked.value;
    case 'eb':
      return high < asked.value;
    case 'ap': {
      const margin = Math.max(0.1 * Math.abs(asked.value), asked.high - asked.value);
      return low <= asked.value + margin && high >= asked.value - margin;
    }
  }
}

function compareRange(asked: Compared, { low, high }: Range): boolean {
  if (low?.value === undefined && high?.value === undefined) return false;
  return compare(asked, low?.value ?? Number.NEGATIVE_INFINITY, high?.value ?? Number.POSITIVE_INFINITY);
}

function hasUnit({ system, code }: QuantityValue, quantity: Quantity | undefined): boolean {
  if (quantity === undefined) return false;
  if (system !== undefined && quantity.system !== system) return false;
  return code === undefined || quantity.code === code || (system === undefined && quantity.unit === code);
}

const CURRENCIES = 'urn:iso:std:iso:4217';

export function matchNumber(asked: NumberValue, { value, type }: TypedValue): boolean {
  if (typeof value === 'number') return compare(asked, value, value);
  return type === 'Range' && compareRange(asked, value as Range);
}

/** The number and unit of one value, for types that have one. */
export function quantityOf({ value, type }: TypedValue): Quantity | undefined {
  if (type === 'Money') {
    const money = value as { readonly value?: number; readonly currency?: string };
    return { value: money.value, code: money.currency, system: CURRENCIES };
  }
  return ['Quantity', 'Age', 'Duration', 'Count', 'Distance'].includes(type) ? (value as Quantity) : undefined;
}

export function matchQuantity(asked: QuantityValue, value: TypedValue): boolean {
  if (value.type === 'Range') {
    const range = value.value as Range;
    return compareRange(asked, range) && (hasUnit(asked, range.low) || hasUnit(asked, range.high));
  }
  const quantity = quantityOf(value);
  return quantity?.value !== undefined && compare(asked, quantity.value, quantity.value) && hasUnit(asked, quantity);
}
