/**
 * One upstream path from a path that the flow asks for (threats.md 45): what was judged is what is sent, so anything that a
 * server could normalize into something else (dot segments, encoded slashes, double slashes) is refused.
 */
import { PrivityError } from '../errors.ts';

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9$_\-.]+$/;
const QUERY = /^[!-~]*$/;
/** Legal in a FHIR query, not in a URI (RFC 3986): some servers refuse them unless encoded. */
const TO_ENCODE = /["<>\\^`{|}]/g;

/**
 * @param path relative to the base, no leading slash: `Patient/p1`, `Observation?code=…`, `?_getpages=…`, or empty
 * @throws PrivityError `invalid-url`
 */
export function upstreamPath(basePath: string, path: string): string {
  const mark = path.indexOf('?');
  const resource = mark === -1 ? path : path.slice(0, mark);
  const query = mark === -1 ? undefined : path.slice(mark + 1);
  if (resource !== '' && !resource.split('/').every((segment) => SEGMENT.test(segment))) throw new PrivityError('invalid-url');
  if (query !== undefined && (!QUERY.test(query) || query.includes('#'))) throw new PrivityError('invalid-url');
  const encoded = query?.replace(TO_ENCODE, encodeURIComponent);
  const whole = `${basePath}${resource === '' ? '' : `/${resource}`}${encoded === undefined ? '' : `?${encoded}`}`;
  return whole.startsWith('/') ? whole : `/${whole}`;
}
