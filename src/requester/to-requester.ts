/**
 * Verified claims and request headers -> the Requester (design.md sections 4.3 and 6). Every later filter rests on it, so
 * what is missing, unreadable or at odds with itself is refused here (threats.md 44), never read generously.
 */
import { PrivityError } from '../errors.ts';
import type { Claims } from '../ports.ts';
import { actingRoles, ownPatient } from './acting-roles.ts';
import { claimAt } from './claim-at.ts';
import { defaultPurposes } from './default-purposes.ts';
import { findContradiction } from './find-contradiction.ts';
import { readFhirUser, readIdentifiers, readLaunchPatient, readOrganization } from './read-identity.ts';
import { readPurposes } from './read-purposes.ts';
import { type RequestHeaders, readRequestHeaders } from './read-request-headers.ts';
import { readRoles } from './read-roles.ts';
import { readScopes } from './read-scopes.ts';
import type { Requester } from './requester.ts';
import type { ClientRules, IssuerRules, RequesterRules } from './requester-rules.ts';
import { settlePurpose } from './settle-purpose.ts';

export interface RequesterSource {
  readonly issuer: string;
  readonly claims: Claims;
  /** Names in lower case, Node's `headersDistinct`; only those of design.md section 6 are read. */
  readonly headers: RequestHeaders;
  readonly rules: RequesterRules;
}

function incomplete(claim: string): PrivityError {
  return new PrivityError('context-incomplete', claim);
}

/** A short printable text, or absent. What goes to the log and into keys is bounded here. */
function textClaim(claims: Claims, name: string): string | undefined {
  const claim = claimAt(claims, name);
  if (claim === undefined) return undefined;
  if (typeof claim !== 'string' || !/^[^\p{C}]{1,255}$/u.test(claim)) throw incomplete(name);
  return claim;
}

function clientIdOf(claims: Claims): string | undefined {
  const client = textClaim(claims, 'client_id');
  const party = textClaim(claims, 'azp');
  if (client !== undefined && party !== undefined && client !== party) throw incomplete('client_id, azp');
  return client ?? party;
}

function clientRules(rules: IssuerRules, clientId: string | undefined): ClientRules | undefined {
  return clientId !== undefined && Object.hasOwn(rules.clients, clientId) ? rules.clients[clientId] : undefined;
}

/** Claimed in `facts` (an array) or each as a claim of its own (`supervised_own_program: true`); only what this issuer may claim. */
function claimedFacts(claims: Claims, rules: IssuerRules): readonly string[] {
  const listed = [claimAt(claims, rules.claims.facts ?? 'facts')].flat();
  return rules.facts.filter((fact) => listed.includes(fact) || claimAt(claims, fact.replaceAll('-', '_')) === true);
}

/** What the token holds; else what configuration gives to its client; else what its roles imply. */
function heldPurposes(claims: Claims, rules: IssuerRules, client: ClientRules | undefined, roles: Requester['roles']): readonly string[] {
  const token = readPurposes(claims, rules.claims.purposes);
  if (token.claimed) return token.codes;
  return client !== undefined && client.purposes.length > 0 ? client.purposes : defaultPurposes(roles);
}

/**
 * Reads who is asking, and why.
 * @throws PrivityError `context-incomplete`, `purpose-required`, `purpose-not-held`, `forbidden` (BTG without a reason),
 *   `attestation-not-entitled`, `invalid-request` (a header)
 */
export function toRequester({ issuer, claims, headers, rules }: RequesterSource): Requester {
  const clientId = clientIdOf(claims);
  const client = clientRules(rules.issuer, clientId);
  const tokenRoles = readRoles(claims, rules.issuer);
  const heldRoles = tokenRoles.length > 0 ? tokenRoles : (client?.roles ?? []);
  if (heldRoles.length === 0) throw incomplete('roles');
  const id = textClaim(claims, 'sub') ?? clientId;
  if (id === undefined) throw incomplete('sub');
  const expiresAt = claimAt(claims, 'exp');
  if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt)) throw incomplete('exp');

  const fhirUser = readFhirUser(claims, rules);
  const launch = readLaunchPatient(claims, rules);
  const organization = readOrganization(claims, rules, client?.organization);
  const { scopes, refused } = readScopes(claims, rules.issuer.claims.scope);
  const contradiction = findContradiction({ roles: heldRoles, fhirUser, launchPatient: launch, scopes });
  if (contradiction !== undefined) throw incomplete(contradiction);
  const own = ownPatient({ roles: heldRoles, fhirUser, launchPatient: launch });
  const roles = actingRoles({ roles: heldRoles, fhirUser, launchPatient: launch });
  // A patient's own token without a launch context still has one patient that `patient/…` scopes can mean.
  const launchPatient = launch ?? own;

  const purposes = heldPurposes(claims, rules.issuer, client, roles);
  if (purposes.length === 0) throw incomplete('purpose_of_use');
  const statements = readRequestHeaders(headers);
  const purpose = settlePurpose(purposes, statements.purpose, statements.breakGlassReason);
  if (!statements.attestations.every(({ kind }) => rules.mayAssert(kind, roles))) throw new PrivityError('attestation-not-entitled');

  const tokenId = textClaim(claims, 'jti');
  const references = new Set([fhirUser, own, organization?.reference].filter((reference) => reference !== undefined));
  return {
    id,
    issuer,
    ...(clientId === undefined ? {} : { clientId }),
    ...(tokenId === undefined ? {} : { tokenId }),
    expiresAt,
    roles,
    purpose,
    purposes,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    ...(launchPatient === undefined ? {} : { launchPatient }),
    ...(organization === undefined ? {} : { organization }),
    references: [...references],
    identifiers: [...readIdentifiers(claims), ...(organization?.identifier === undefined ? [] : [organization.identifier])],
    scopes,
    ...(refused.length === 0 ? {} : { refusedScopes: refused }),
    claimedFacts: claimedFacts(claims, rules.issuer),
    attestations: statements.attestations,
    ...(statements.breakGlassReason === undefined ? {} : { breakGlassReason: statements.breakGlassReason }),
  };
}
