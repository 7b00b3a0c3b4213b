/**
 * The console as a client of the issuer: OpenID Connect Core 1.0 section 3.1 with PKCE (RFC 7636, RFC 9700), refresh, and
 * sign-out (OpenID Connect RP-Initiated Logout 1.0). Metadata is read when somebody signs in, so that an issuer that is down
 * keeps nobody from the gateway.
 */
import * as oidc from 'openid-client';
import type { ConsoleConfig } from '../config.ts';
import { PrivityError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { SessionTokens } from './console-session.ts';
import { fetchJson } from './fetch-json.ts';

/** What a sign-in that has begun must come back with. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface SignedIn {
  readonly tokens: SessionTokens;
  readonly name: string;
}

export interface ConsoleIssuer {
  /** @throws PrivityError `issuer-unavailable` */
  start(): Promise<{ readonly url: string; readonly pending: PendingSignIn }>;
  /** @param query of the callback, as it came. @throws PrivityError `sign-in-refused`, `issuer-unavailable` */
  finish(query: string, pending: PendingSignIn): Promise<SignedIn>;
  /** @throws PrivityError `issuer-unavailable` */
  renew(refresh: string): Promise<SessionTokens | undefined>;
  /** Where the issuer ends its own session, if it offers that; the console forgets its session either way. */
  signOutUrl(idToken: string | undefined): Promise<string | undefined>;
}

export interface ConsoleIssuerOptions {
  readonly settings: ConsoleConfig;
  /** Whether metadata and tokens may come over plain HTTP. */
  readonly insecure: boolean;
  readonly publicUrl: string;
  readonly clock: Clock;
}

const METADATA_MS = 600_000;
const TIMEOUT_SECONDS = 5;
const NO_ANSWER: ReadonlySet<string> = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

export function createConsoleIssuer({ settings, insecure, publicUrl, clock }: ConsoleIssuerOptions): ConsoleIssuer {
  const { issuer, clientId, clientSecret, scopes, resource, discoveryUrl } = settings;
  const redirectUri = `${publicUrl}/console/callback`;
  let known: { readonly client: oidc.Configuration; readonly until: number } | undefined;

  async function client(): Promise<oidc.Configuration> {
    if (known !== undefined && known.until > clock.now()) return known.client;
    const url = discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const metadata = (await fetchJson({ url }).catch(unavailable)) as unknown as oidc.ServerMetadata;
    if (metadata.issuer !== issuer) unavailable(new Error('the metadata are of another issuer'));
    const made = new oidc.Configuration(metadata, clientId, {}, authentication(metadata, clientSecret));
    made.timeout = TIMEOUT_SECONDS;
    oidc.enableNonRepudiationChecks(made);
    if (insecure) oidc.allowInsecureRequests(made);
    known = { client: made, until: clock.now() + METADATA_MS };
    return made;
  }

  const tokensOf = (answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): SessionTokens => {
    const seconds = answer.expiresIn();
    return {
      access: answer.access_token,
      ...(seconds === undefined ? {} : { accessUntil: clock.now() + seconds * 1000 }),
      ...(answer.refresh_token === undefined ? {} : { refresh: answer.refresh_token }),
      ...(answer.id_token === undefined ? {} : { id: answer.id_token }),
    };
  };

  return {
    async start() {
      const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
      const url = oidc.buildAuthorizationUrl(await client(), {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
        ...(resource === undefined ? {} : { resource }),
      });
      return { url: url.href, pending };
    },
    async finish(query, { state, nonce, verifier }) {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const more: Record<string, string> = resource === undefined ? {} : { resource };
      const answer = await oidc
        .authorizationCodeGrant(await client(), new URL(`${redirectUri}?${query}`), checks, more)
        .catch((cause: unknown) => {
          throw isRefusal(cause) ? new PrivityError('sign-in-refused', undefined, { cause }) : unavailable(cause);
        });
      return { tokens: tokensOf(answer), name: nameOf(answer.claims() ?? {}) };
    },
    async renew(refresh) {
      const more: Record<string, string> = resource === undefined ? {} : { resource };
      try {
        return tokensOf(await oidc.refreshTokenGrant(await client(), refresh, more));
      } catch (cause) {
        if (isRefusal(cause)) return undefined;
        throw cause instanceof PrivityError ? cause : unavailable(cause);
      }
    },
    async signOutUrl(idToken) {
      const config = await client().catch(() => undefined);
      if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
      const hint: Record<string, string> = idToken === undefined ? {} : { id_token_hint: idToken };
      return oidc.buildEndSessionUrl(config, { ...hint, post_logout_redirect_uri: `${publicUrl}/console/` }).href;
    },
  };
}

/** As the issuer asks for it; HTTP Basic where it does not say (OpenID Connect Discovery 1.0 section 3). */
function authentication(metadata: oidc.ServerMetadata, secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret);
}

/** The issuer answered, and said no, or not what was asked for; everything else is a failure to ask. */
function isRefusal(error: unknown): boolean {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.WWWAuthenticateChallengeError) return true;
  if (error instanceof oidc.ResponseBodyError) return error.status < 500;
  return error instanceof oidc.ClientError && error.code !== undefined && !NO_ANSWER.has(error.code);
}

function unavailable(cause: unknown): never {
  throw new PrivityError('issuer-unavailable', undefined, { cause });
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const told = [claims.name, claims.preferred_username, claims.email, claims.sub].find(
    (value) => typeof value === 'string' && value !== '',
  );
  return String(told ?? '').slice(0, 100);
}
