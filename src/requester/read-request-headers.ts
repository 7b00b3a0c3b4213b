/**
 * What a requester says with the request itself (design.md section 6): X-Purpose-Of-Use, X-Break-Glass, X-Attestation.
 * A header that is repeated where one is meant, or that can not be read, is refused; it is never ignored.
 */
import { PrivityError } from '../errors.ts';
import type { AssertedAttestation } from './requester.ts';

/** Lower-case names; several values as an array (Node's `headersDistinct`). */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface RequestStatements {
  readonly purpose?: string;
  readonly breakGlassReason?: string;
  readonly attestations: readonly AssertedAttestation[];
}

/** No control, format (bidirectional override, zero width) or unassigned characters: these texts are read by auditors. */
const REASON = /^[^\p{C}]{10,500}$/u;
const ATTESTATION = /^([A-Z]{2}-\d{2})\s*;\s*([^\p{C}]{1,500})$/u;
/** Where Node joined two headers of this name with a comma. */
const NEXT_ATTESTATION = /,\s*(?=[A-Z]{2}-\d{2}\s*;)/;
const MAX_ATTESTATIONS = 8;

/** Header bytes arrive as Latin-1; where they are UTF-8 they are read as such (RFC 9110 section 5.5 leaves it open). */
function textOf(raw: string): string {
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0) & 0xff);
  const latin1 = [...raw].every((character) => character.charCodeAt(0) <= 0xff);
  const text = latin1 ? new TextDecoder('utf-8').decode(bytes) : raw;
  return (text.includes('\ufffd') ? raw : text).trim();
}

function valuesOf(headers: RequestHeaders, name: string): readonly string[] {
  const value = headers[name];
  return (value === undefined ? [] : typeof value === 'string' ? [value] : value).map(textOf);
}

function oneOf(headers: RequestHeaders, name: string, display: string): string | undefined {
  const values = valuesOf(headers, name);
  if (values.length > 1) throw new PrivityError('invalid-request', `${display} more than once`);
  return values[0];
}

function attestation(line: string): AssertedAttestation {
  const [, kind, text] = ATTESTATION.exec(line) ?? [];
  if (kind === undefined || text === undefined) throw new PrivityError('invalid-request', 'X-Attestation: expected `PN-14; text`');
  return { kind, text };
}

/** @throws PrivityError `invalid-request` */
export function readRequestHeaders(headers: RequestHeaders): RequestStatements {
  const purpose = oneOf(headers, 'x-purpose-of-use', 'X-Purpose-Of-Use');
  const reason = oneOf(headers, 'x-break-glass', 'X-Break-Glass');
  if (purpose?.includes(',')) throw new PrivityError('invalid-request', 'X-Purpose-Of-Use more than once');
  if (reason !== undefined && !REASON.test(reason)) {
    throw new PrivityError('invalid-request', 'X-Break-Glass: a reason of 10 to 500 printable characters');
  }
  const attestations = valuesOf(headers, 'x-attestation')
    .flatMap((value) => value.split(NEXT_ATTESTATION))
    .map(attestation);
  if (attestations.length > MAX_ATTESTATIONS) throw new PrivityError('invalid-request', 'X-Attestation too often');
  return {
    ...(purpose === undefined ? {} : { purpose }),
    ...(reason === undefined ? {} : { breakGlassReason: reason }),
    attestations,
  };
}
