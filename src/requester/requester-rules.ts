/** What an administrator says about one issuer's tokens (design.md section 6, `identity.issuers[]`): types only. */
import type { Role } from './requester.ts';

/** Where claims sit: a dotted path (`realm_access.roles`), or the whole name of a claim that has dots in it. */
export interface ClaimPaths {
  readonly roles?: string;
  readonly purposes?: string;
  readonly organization?: string;
  readonly fhirUser?: string;
  readonly patient?: string;
  readonly scope?: string;
  readonly facts?: string;
}

/** What a client that is no person is: used where its token itself does not say. */
export interface ClientRules {
  readonly roles: readonly Role[];
  readonly purposes: readonly string[];
  /** `Organization/o1` or `system|value`. */
  readonly organization?: string;
}

export interface IssuerRules {
  readonly claims: ClaimPaths;
  /** Token value -> role. Empty = a value that is a role's own name is that role; else only what is listed counts. */
  readonly roles: Readonly<Record<string, Role>>;
  /** By client_id. */
  readonly clients: Readonly<Record<string, ClientRules>>;
  /** Facts that this issuer may claim (`supervised-own-program`). */
  readonly facts: readonly string[];
}

export interface RequesterRules {
  readonly issuer: IssuerRules;
  /** Base URLs whose references are this record's own: upstream, public. No trailing slash. */
  readonly bases: readonly string[];
  /** Whether any of these roles may make this attestation with a request (`policies/attestations.yaml`). */
  readonly mayAssert: (kind: string, roles: readonly Role[]) => boolean;
}
