/** Whether a JSON value can be a primitive of a FHIR type (FHIR R4 section 2.24.0.1): its JSON type and its lexical form. */
import type { Json } from './resource.ts';

const YEAR = '([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)';
const MONTH = '(0[1-9]|1[0-2])';
const DAY = '(0[1-9]|[12][0-9]|3[01])';
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?';
const ZONE = '(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))';

const FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['base64Binary', /^[0-9a-zA-Z+/=\s]+$/],
  ['canonical', /^\S+$/],
  ['code', /^[^\s]+(\s[^\s]+)*$/],
  ['date', new RegExp(`^${YEAR}(-${MONTH}(-${DAY})?)?$`)],
  ['dateTime', new RegExp(`^${YEAR}(-${MONTH}(-${DAY}(T${TIME}${ZONE})?)?)?$`)],
  ['id', /^[A-Za-z0-9\-.]{1,64}$/],
  ['instant', new RegExp(`^${YEAR}-${MONTH}-${DAY}T${TIME}${ZONE}$`)],
  ['markdown', /\S/],
  ['oid', /^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$/],
  ['string', /\S/],
  ['time', new RegExp(`^${TIME}$`)],
  ['uri', /^\S+$/],
  ['url', /^\S+$/],
  ['uuid', /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ['xhtml', /\S/],
]);

const LOWEST: ReadonlyMap<string, number> = new Map([
  ['integer', -2147483648],
  ['unsignedInt', 0],
  ['positiveInt', 1],
]);

/** @param type FHIR primitive type: `dateTime`; an unknown one fits nothing */
export function isPrimitiveValue(type: string, value: Json): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'decimal') return typeof value === 'number' && Number.isFinite(value);
  const lowest = LOWEST.get(type);
  if (lowest !== undefined) return Number.isInteger(value) && (value as number) >= lowest && (value as number) <= 2147483647;
  return typeof value === 'string' && (FORMS.get(type)?.test(value) ?? false);
}
