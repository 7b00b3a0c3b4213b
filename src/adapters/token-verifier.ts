/**
 * Access token -> verified claims (RFC 9068, RFC 8725). The unverified `iss` only picks whose keys are tried; those keys
 * alone can make the token good. A verified token is remembered under the SHA-256 of its whole text (threats.md 26)
 * until it expires, its issuer's keys change, or others push it out. Every bad token gets one and the same answer.
 */
import { hash } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import { deepFreeze } from '../config/deep-freeze.ts';
import type { Config, IssuerConfig } from '../config.ts';
import { PrivityError } from '../errors.ts';
import type { Claims, Clock, TokenVerifier } from '../ports.ts';
import { introspect } from './introspection.ts';
import { createKeySource, type IssuerKeys, isUnknownKey, type KeySource } from './token-verifier-keys.ts';

export type VerifierConfig = Config['identity'];

interface Verified {
  readonly issuer: string;
  /** Whose keys it was verified by; absent for introspected tokens. */
  readonly keys?: KeySource;
  readonly claims: Claims;
  /** Unix milliseconds at which the gateway stops believing this entry. */
  readonly until: number;
  /** Generation of the keys it was verified under; absent for introspected tokens. */
  readonly generation?: number;
}

interface TrustedIssuer {
  readonly config: IssuerConfig;
  readonly keys: KeySource | undefined;
}

const CACHED_TOKENS = 10_000;
const INTROSPECTED_MS = 30_000;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Bearer token syntax, RFC 6750 section 2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const TYPES: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Why a token was refused, for the log: no claim and no piece of the token is in it (threats.md 48). */
function reasonOf(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof SyntaxError) return new Error('malformed');
  return new Error(error.message, error.cause instanceof Error ? { cause: reasonOf(error.cause) } : {});
}

/** Times and audience of claims that came without a signature of their own, or that jose leaves open. */
function checkClaims(claims: Claims, { issuer, audience }: IssuerConfig, seconds: number, tolerance: number): void {
  const { iss, aud, exp, nbf, iat } = claims;
  if (iss !== undefined && iss !== issuer) throw new Error('iss is another');
  if (![aud].flat().some((name) => typeof name === 'string' && audience.includes(name))) throw new Error('aud is another');
  if (!isTime(exp) || exp <= seconds - tolerance) throw new Error('expired, or without exp');
  if (nbf !== undefined && (!isTime(nbf) || nbf > seconds + tolerance)) throw new Error('not yet valid');
  if (iat !== undefined && (!isTime(iat) || iat > seconds + tolerance || iat > exp)) throw new Error('iat is not possible');
}

/**
 * @param identity issuers and bounds; algorithms are asymmetric by configuration, and refused here where they are not
 * @param deps `dispatcher` replaces the HTTP client in tests
 */
export function createTokenVerifier(
  identity: VerifierConfig,
  deps: { readonly clock: Clock; readonly dispatcher?: Dispatcher; readonly onLookup?: (hit: boolean) => void },
): TokenVerifier {
  const { clock, dispatcher } = deps;
  const { issuers, clockToleranceSeconds: tolerance, maxTokenBytes, jwks } = identity;
  if (issuers.some(({ algorithms }) => algorithms.some((name) => /^(?:HS|none)/i.test(name)))) {
    throw new PrivityError('configuration-invalid', 'identity.issuers: only asymmetric algorithms');
  }
  const trusted = new Map<string, TrustedIssuer>(
    issuers.map((config) => [
      config.issuer,
      { config, keys: config.jwksUri === undefined ? undefined : createKeySource(config.jwksUri, jwks, deps) },
    ]),
  );
  const introspecting = [...trusted.values()].find(({ config }) => config.introspection !== undefined);
  const cache = new LRUCache<string, Verified>({ max: CACHED_TOKENS });
  const seconds = () => Math.floor(clock.now() / 1000);

  function issuerOf(token: string): TrustedIssuer {
    if (!COMPACT_JWS.test(token)) {
      if (introspecting === undefined || !B64TOKEN.test(token))
        throw new Error('neither a signed token nor an opaque one that is accepted');
      return introspecting;
    }
    const { iss } = decodeJwt(token);
    const issuer = typeof iss === 'string' ? trusted.get(iss) : undefined;
    if (issuer === undefined) throw new Error('the issuer is not trusted');
    return issuer;
  }

  async function verifySigned(token: string, config: IssuerConfig, keys: IssuerKeys): Promise<Verified> {
    const { payload, protectedHeader } = await jwtVerify(token, keys.getKey, {
      issuer: config.issuer,
      audience: [...config.audience],
      algorithms: [...config.algorithms],
      requiredClaims: ['exp'],
      clockTolerance: tolerance,
      currentDate: new Date(clock.now()),
    });
    if (!TYPES.has(protectedHeader.typ?.toLowerCase())) throw new Error('typ is no access token');
    checkClaims(payload, config, seconds(), tolerance);
    return { issuer: config.issuer, claims: payload, until: ((payload.exp ?? 0) + tolerance) * 1000, generation: keys.generation };
  }

  async function verifyOpaque(token: string, config: IssuerConfig): Promise<Verified> {
    if (config.introspection === undefined) throw new Error('the issuer has neither keys nor introspection');
    const said = await introspect(token, config.introspection, dispatcher);
    const bound = clock.now() + INTROSPECTED_MS;
    // RFC 7662 leaves exp optional; then the token is good for as long as the answer is believed.
    const claims = said.exp === undefined ? { ...said, exp: Math.floor(bound / 1000) } : said;
    checkClaims(claims, config, seconds(), tolerance);
    return { issuer: config.issuer, claims, until: Math.min(bound, (Number(claims.exp) + tolerance) * 1000) };
  }

  async function verifyAnew(token: string, { config, keys }: TrustedIssuer, current: IssuerKeys | undefined): Promise<Verified> {
    if (keys === undefined || current === undefined || !COMPACT_JWS.test(token)) return verifyOpaque(token, config);
    try {
      return await verifySigned(token, config, current);
    } catch (error) {
      const newer = isUnknownKey(error) ? await keys.afterUnknownKey(current.generation) : undefined;
      if (newer === undefined) throw error;
      return verifySigned(token, config, newer);
    }
  }

  async function verifyOrThrow(token: string): Promise<Verified> {
    if (token.length > maxTokenBytes) throw new Error('too long');
    // The text says whose it is, too: nothing of it has to be read to find what it was found to be.
    const key = hash('sha256', token, 'base64url');
    const known = cache.get(key);
    const hit = known !== undefined && known.until > clock.now() && known.generation === (await known.keys?.current())?.generation;
    deps.onLookup?.(hit);
    if (hit) return known;
    cache.delete(key);
    const issuer = issuerOf(token);
    const keys = COMPACT_JWS.test(token) ? await issuer.keys?.current() : undefined;
    const verified = {
      ...(await verifyAnew(token, issuer, keys)),
      ...(keys === undefined || issuer.keys === undefined ? {} : { keys: issuer.keys }),
    };
    deepFreeze(verified.claims);
    cache.set(key, verified);
    return verified;
  }

  return {
    async verify(token) {
      try {
        const { issuer, claims } = await verifyOrThrow(token);
        return { issuer, claims };
      } catch (cause) {
        throw new PrivityError('login', undefined, { cause: reasonOf(cause) });
      }
    },
  };
}
