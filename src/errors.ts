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
  'invalid-resource': { status: 422, issue: 'invalid', text: 'The resource is not valid FHIR R4.' },
  'reference-not-found': { status: 422, issue: 'not-found', text: 'The resource refers to something that is not there.' },
  'subject-changed': { status: 422, issue: 'business-rule', text: 'A resource can not be moved to another patient.' },
  'patch-failed': { status: 422, issue: 'processing', text: 'The patch can not be applied.' },
  'refused-upstream': { status: 422, issue: 'processing', text: 'The record server refuses this write.' },
  'right-needed': {
    status: 403,
    issue: 'forbidden',
    text: 'Decisions about who may see the record rest on this: writing it needs a right of its own.',
  },
  'label-lowered': { status: 403, issue: 'forbidden', text: 'A security label may be taken away or lowered by a reviewer only.' },
  'note-label-not-entitled': {
    status: 403,
    issue: 'forbidden',
    text: 'Only the mental health professional who wrote it may label something a psychotherapy note.',
  },
  'partial-copy': {
    status: 409,
    issue: 'conflict',
    text: 'This would overwrite what you do not see: nothing was written.',
  },
  conflict: { status: 409, issue: 'conflict', text: 'The record was changed meanwhile, or other records need it: nothing was written.' },
  'version-mismatch': { status: 412, issue: 'conflict', text: 'The version of If-Match is not the current one.' },
  'multiple-matches': { status: 412, issue: 'multiple-matches', text: 'The criteria match more than one resource.' },
  'write-unconfirmed': {
    status: 503,
    issue: 'transient',
    text: 'The write was sent and its outcome can not be confirmed: read before you try again.',
  },
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
  'precondition-required': {
    status: 428,
    issue: 'required',
    text: 'Say with If-Match which state you saw: read it, then send its ETag.',
  },
  'act-unconfirmed': {
    status: 503,
    issue: 'transient',
    text: 'This was done and could not be logged: read the state before you try again.',
  },
  'terminology-unavailable': {
    status: 503,
    issue: 'transient',
    text: 'The terminology server is not available right now: list the codes, or try again.',
  },
  'not-possible': { status: 409, issue: 'business-rule', text: 'This is not possible in the present state.' },
  'invalid-content': { status: 422, issue: 'invalid', text: 'What was sent can not be accepted as it is.' },
  'policy-invalid': { status: 422, issue: 'invalid', text: 'The policy set is invalid.' },
  'sign-in-refused': { status: 403, issue: 'login', text: 'The sign-in was refused, or took too long: sign in again.' },
  'sign-in-unfit': { status: 403, issue: 'login', text: 'Signed in, but the token is not one for this gateway.' },
  'issuer-unavailable': { status: 503, issue: 'transient', text: 'The identity provider is not available right now.' },
  'cross-site': { status: 403, issue: 'forbidden', text: 'A session counts for requests of the console itself only.' },
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
