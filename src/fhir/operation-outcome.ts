/** A refusal as FHIR tells it (FHIR R4 OperationOutcome, design.md section 6): a stable code and a public text. */
import type { PrivityError } from '../errors.ts';
import type { Resource } from './resource.ts';

export const REASON_SYSTEM = 'urn:privity:reason';

export function operationOutcome(error: PrivityError): Resource {
  const { issue, text } = error.kind;
  return {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: issue,
        details: { coding: [{ system: REASON_SYSTEM, code: error.code }], text },
        ...(error.detail === undefined ? {} : { diagnostics: error.detail }),
      },
    ],
  };
}
