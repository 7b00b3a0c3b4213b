/** A refusal of the embedded FHIR server, as status and OperationOutcome (FHIR R4 section 3.1.0.1.5). */
import type { Resource } from '../../fhir/resource.ts';

export class FhirError extends Error {
  readonly status: number;
  readonly issue: string;

  constructor(status: number, issue: string, diagnostics: string) {
    super(diagnostics);
    this.name = 'FhirError';
    this.status = status;
    this.issue = issue;
  }
}

export function operationOutcome(severity: 'error' | 'warning' | 'information', code: string, diagnostics: string): Resource {
  return { resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics }] };
}

export function outcomeOf(error: unknown): { status: number; body: Resource } {
  if (error instanceof FhirError) return { status: error.status, body: operationOutcome('error', error.issue, error.message) };
  return {
    status: 500,
    body: operationOutcome('error', 'exception', error instanceof Error ? (error.stack ?? error.message) : String(error)),
  };
}
