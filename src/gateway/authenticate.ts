/**
 * The Authorization header to verified claims and a Requester (RFC 6750); what is not exactly one bearer token is no token. A
 * door that takes sessions of the console finds the token there; it is verified like any other, each time.
 */
import { PrivityError } from '../errors.ts';
import type { Claims, TokenVerifier } from '../ports.ts';
import type { RequestHeaders } from '../requester/read-request-headers.ts';
import type { Requester } from '../requester/requester.ts';
import type { RequesterRules } from '../requester/requester-rules.ts';
import { toRequester } from '../requester/to-requester.ts';

export interface Authentication {
  readonly verifier: TokenVerifier;
  /** Rules of an issuer, by its name. */
  readonly rulesOf: (issuer: string) => RequesterRules;
  /** The token of the session that a request without Authorization belongs to; absent at doors that take none. */
  readonly tokenOfSession?: (request: Presented) => Promise<string | undefined>;
}

/** A request as Node has it: what somebody presents himself with. */
export interface Presented {
  readonly headersDistinct: RequestHeaders;
  readonly method?: string;
}

export interface Verified {
  readonly issuer: string;
  readonly claims: Claims;
}

/** A session of the console that somebody else than the console presented. */
export class CrossSite extends PrivityError {
  /** The token of the session, where there is one. */
  readonly token: string | undefined;

  constructor(token: string | undefined) {
    super('cross-site');
    this.token = token;
  }
}

/**
 * @param onForeign told, before the refusal leaves, whose session it was that somebody else than the console presented
 * @throws PrivityError `login`, `cross-site`; what `onForeign` throws
 */
export async function verifyToken(
  { verifier, tokenOfSession }: Authentication,
  request: Presented,
  onForeign?: (whose: Verified, refused: PrivityError) => Promise<void>,
): Promise<Verified> {
  const { authorization } = request.headersDistinct;
  const session = authorization === undefined ? await ownSession() : undefined;
  if (session !== undefined) return verifier.verify(session);
  const values = authorization === undefined ? [] : [authorization].flat();
  const token = values.length === 1 ? /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(String(values[0]))?.[1] : undefined;
  if (token === undefined) throw new PrivityError('login');
  return verifier.verify(token);

  async function ownSession(): Promise<string | undefined> {
    try {
      return await tokenOfSession?.(request);
    } catch (error) {
      const whose = await ownerOf(verifier, error);
      if (whose !== undefined && error instanceof CrossSite) await onForeign?.(whose, error);
      throw error;
    }
  }
}

/** @returns whose session was presented by another, as far as its token still tells */
export async function ownerOf(verifier: TokenVerifier, refused: unknown): Promise<Verified | undefined> {
  if (!(refused instanceof CrossSite) || refused.token === undefined) return undefined;
  return verifier.verify(refused.token).catch(() => undefined);
}

/** @throws PrivityError `purpose-required`, `purpose-not-held`, `context-incomplete`, `attestation-not-entitled`, `invalid-request` */
export function requesterOf({ rulesOf }: Authentication, { issuer, claims }: Verified, headers: RequestHeaders): Requester {
  const rules = rulesOf(issuer);
  if (headers['x-break-glass'] !== undefined || headers['x-attestation'] !== undefined)
    return toRequester({ issuer, claims, headers, rules });
  const purpose = JSON.stringify(headers['x-purpose-of-use'] ?? null);
  const known = requesters.get(claims);
  if (known !== undefined && known.rules === rules && known.purpose === purpose) return known.requester;
  const requester = toRequester({ issuer, claims, headers, rules });
  requesters.set(claims, { rules, purpose, requester });
  return requester;
}

/** Of a token that was verified before, the claims are the same object: who asks, and why, is read from them once. */
const requesters = new WeakMap<Claims, { readonly rules: RequesterRules; readonly purpose: string; readonly requester: Requester }>();
