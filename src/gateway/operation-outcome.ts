/** Refusals: as FHIR tells them on the FHIR API, as RFC 9457 tells them everywhere else (design.md section 6). */
import type { PrivityError } from '../errors.ts';
import { REASON_SYSTEM } from '../fhir/operation-outcome.ts';

export { operationOutcome } from '../fhir/operation-outcome.ts';

export function problemDetails(error: PrivityError): Record<string, unknown> {
  return {
    type: `${REASON_SYSTEM}:${error.code}`,
    title: error.kind.text,
    status: error.kind.status,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
}
