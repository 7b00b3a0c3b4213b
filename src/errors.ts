/**
 * The closed set of reasons for which Privity refuses (design.md section 6). Each has a stable code, a status, a FHIR
 * issue type and a public text; the cause stays inside and never reaches a caller or, with content, a log.
 */
export interface ErrorKind {
  readonly status: number;
  /** OperationOutcome.issue.code (FHIR IssueType). */
  readonly issue: string;
  /** What the caller reads. It helps, and tells nothing about what is withheld. */
  readonly text: string;
}

export const ERROR_KINDS = {
  login: { status: 401, issue: 'login', text: 'A valid access token of a trusted issuer is needed.' },
  'purpose-required': {
    status: 403,
    issue: 'forbidden',
    text: 'The token holds several purposes of use: choose one with X-Purpose-Of-Use.',
  },
  'purpose-not-held': { status: 403, issue: 'forbidden', text: 'The token does not hold this purpose of use.' },
  'context-incomplete': {
    status: 403,
    issue: 'forbidden',
    text: 'The token does not say enough, or contradicts itself, about who is asking.',
  },
  'attestation-not-entitled': { status: 403, issue: 'forbidden', text: 'This requester may not make this attestation.' },
  'scope-insufficient': { status: 403, issue: 'forbidden', text: 'The token has no scope for this interaction.' },
  forbidden: { status: 403, issue: 'forbidden', text: 'Not permitted.' },
  withheld: {
    status: 403,
    issue: 'suppressed',
    text: 'Something is withheld from you here. You may ask the custodian for a written explanation and a review.',
  },
  'not-found': { status: 404, issue: 'not-found', text: 'Not found.' },
  'invalid-url': { status: 400, issue: 'invalid', text: 'The URL is not a FHIR request that this gateway understands.' },
  'invalid-parameter': { status: 400, issue: 'invalid', text: 'A search parameter is unknown or malformed.' },
  'invalid-body': { status: 400, issue: 'structure', text: 'The body can not be read as FHIR JSON.' },
  'invalid-request': { status: 400, issue: 'invalid', text: 'The request is malformed.' },
  'not-supported': { status: 400, issue: 'not-supported', text: 'This gateway does not support this interaction yet.' },
  'method-not-allowed': { status: 405, issue: 'not-supported', text: 'This method is not allowed here.' },
  'not-acceptable': { status: 406, issue: 'not-supported', text: 'Only FHIR JSON is given.' },
  'unsupported-media-type': { status: 415, issue: 'not-supported', text: 'This content type is not accepted here.' },
  'page-expired': { status: 410, issue: 'not-found', text: 'This page link is not valid for this requester or has expired: search again.' },
  'too-costly': { status: 503, issue: 'too-costly', text: 'This request would need more work than is allowed: narrow it.' },
  'too-large': { status: 413, issue: 'too-long', text: 'Too large.' },
  'too-many-requests': { status: 429, issue: 'throttled', text: 'Too many requests: try again later.' },
  'upstream-unavailable': { status: 503, issue: 'transient', text: 'The record is not available right now.' },
  'upstream-timeout': { status: 503, issue: 'transient', text: 'The record is not available right now.' },
  'upstream-invalid': { status: 502, issue: 'exception', text: 'The record server gave an answer that can not be used.' },
  'audit-unavailable': { status: 503, issue: 'transient', text: 'The disclosure log is not available: nothing is disclosed.' },
  'decision-stale': { status: 503, issue: 'transient', text: 'Consent or policy changed during the request: try again.' },
  'shutting-down': { status: 503, issue: 'transient', text: 'The gateway is shutting down.' },
  'configuration-invalid': { status: 500, issue: 'exception', text: 'The configuration is invalid.' },
  'policy-invalid': { status: 422, issue: 'invalid', text: 'The policy set is invalid.' },
  internal: { status: 500, issue: 'exception', text: 'The gateway failed; nothing is disclosed.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** An error whose code decides what the caller is told. `detail` is public (names of parameters, never values); `cause` is not. */
export class PrivityError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.name = 'PrivityError';
    this.code = code;
    this.detail = detail;
  }

  get kind(): ErrorKind {
    return ERROR_KINDS[this.code];
  }
}
