/**
 * Asks an issuer whether an opaque token is good (RFC 7662). The answer is held to the same rules as a signed token, and
 * must name this gateway as audience: an active token for somebody else is not one for us.
 */
import type { Dispatcher } from 'undici';
import type { IssuerConfig } from '../config.ts';
import type { Claims } from '../ports.ts';
import { basicAuthorization, fetchJson } from './fetch-json.ts';

/**
 * @returns the claims of an active token
 * @throws Error where the token is not active, or the issuer does not say
 */
export async function introspect(
  token: string,
  settings: NonNullable<IssuerConfig['introspection']>,
  dispatcher?: Dispatcher,
): Promise<Claims> {
  const { active, ...claims } = await fetchJson({
    url: settings.url,
    method: 'POST',
    headers: {
      authorization: basicAuthorization(settings.clientId, settings.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  if (active !== true) throw new Error('the token is not active');
  return claims;
}
