/** A real OpenID provider on loopback (oidc-provider), with a sign-in page on which one chooses who to be. */
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';

export interface TestProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Requests that it got, as `POST /token`. */
  readonly requests: string[];
  /** Seconds that access tokens given from now on are good for. */
  lifetime: number;
  /** An access token of this issuer, without signing in. */
  sign(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

export interface TestProviderOptions {
  /** The gateway's public URL. */
  readonly publicUrl: string;
  /** Claims of the access token, by who signs in. */
  readonly people: Readonly<Record<string, JWTPayload>>;
}

export const CLIENT = 'console';

export async function startProvider({ publicUrl, people }: TestProviderOptions): Promise<TestProvider> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey));
  const requests: string[] = [];
  let listener: RequestListener = (_request, response) => response.end();
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = { lifetime: 3600 };
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${publicUrl}/console/callback`],
        post_logout_redirect_uris: [`${publicUrl}/console/`],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: ['test'] },
    claims: { openid: ['sub', 'name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = `<!doctype html><title>Sign out</title>${form}`;
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `${publicUrl}/fhir`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience: `${publicUrl}/fhir`,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { AccessToken: () => state.lifetime, Session: 3600, Interaction: 600, Grant: 3600, IdToken: 600, RefreshToken: 3600 },
    issueRefreshToken: async () => true,
    extraTokenClaims: (_context, token) => people['accountId' in token ? String(token.accountId) : ''],
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, name: `${people[id]?.name ?? id}` }) }),
    loadExistingGrant: async (context) => {
      const grant = new provider.Grant({ clientId: CLIENT, accountId: context.oidc.session?.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(`${publicUrl}/fhir`, 'openid');
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    renderError: (context, out) => {
      context.type = 'text';
      context.body = JSON.stringify(out);
    },
  });
  const callback = provider.callback();
  listener = (request, response) => {
    const url = new URL(request.url ?? '', issuer);
    if (!url.pathname.startsWith('/interaction/')) return callback(request, response);
    const who = url.searchParams.get('as');
    if (who !== null) return provider.interactionFinished(request, response, { login: { accountId: who } });
    const links = Object.keys(people).map((id) => `<li><a href="?as=${id}">${id}</a>`);
    return response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Sign in</title><ul>${links.join('')}</ul>`);
  };
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    requests,
    get lifetime() {
      return state.lifetime;
    },
    set lifetime(seconds) {
      state.lifetime = seconds;
    },
    sign: (claims) =>
      new SignJWT({ jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(`${publicUrl}/fhir`)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
