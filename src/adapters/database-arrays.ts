/**
 * PostgreSQL's arrays, told to postgres.js beforehand. It would ask the server for them on every new connection, in a promise that
 * nobody holds: a connection that is lost in that moment would end the process.
 */

/** Array types (pg_type.oid) whose elements stay text: text, varchar, bigint, uuid. */
const TEXTS = [1009, 1015, 1016, 2951];
/** smallint, integer, double precision. */
const NUMBERS = [1005, 1007, 1022];

type Elements = readonly (string | number | null)[];

type ReadElement = (text: string) => string | number;

/** `types` of postgres.js. */
export const ARRAY_TYPES = Object.fromEntries([
  ...TEXTS.map((oid) => [`array${oid}`, typeOf(oid, (text) => text)]),
  ...NUMBERS.map((oid) => [`array${oid}`, typeOf(oid, Number)]),
]);

function typeOf(oid: number, element: ReadElement) {
  return { to: oid, from: [oid], serialize: arrayText, parse: (text: string) => readArray(text, element) };
}

/** An array literal (PostgreSQL documentation, section 8.15.6), of one dimension. */
export function arrayText(values: Elements): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`;
}

/** @throws RangeError for an array of more than one dimension */
export function readArray(text: string, element: ReadElement): Elements {
  if (text.startsWith('{{') || !text.startsWith('{')) throw new RangeError('an array of one dimension is needed');
  return [...text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)].map(([, quoted, bare]) => {
    if (quoted !== undefined) return element(quoted.replace(/\\(.)/gs, '$1'));
    return bare === 'NULL' ? null : element(bare ?? '');
  });
}
