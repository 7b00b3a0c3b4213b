/**
 * A token issuer inside the demo and the tests: an ES256 key, its JWKS over HTTP on loopback (RFC 7517), and a function
 * that signs access tokens (RFC 9068). Nobody logs in here; whoever runs it asks it for tokens.
 */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export interface Signer {
  /** Public keys, newest last. */
  readonly jwks: () => { readonly keys: readonly JWK[] };
  /** @param header over and above `alg`, `kid` and `typ` */
  readonly sign: (claims: JWTPayload, header?: Readonly<Record<string, unknown>>) => Promise<string>;
}

const LIFETIME_SECONDS = 3600;

/** A fresh ES256 key and what it signs; `iat` and `exp` are filled in where the claims have none. */
export async function createSigner(now: () => number = Date.now): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const keys = [{ ...jwk, kid, alg: 'ES256', use: 'sig' }];
  return {
    jwks: () => ({ keys }),
    sign: (claims, header) => {
      const iat = Math.floor(now() / 1000);
      return new SignJWT({ iat, exp: iat + LIFETIME_SECONDS, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt', ...header })
        .sign(privateKey);
    },
  };
}

/** Where somebody signs in, and what his code is worth: given by whoever shows the sign-in page. */
export interface DemoSignIn {
  readonly authorizationEndpoint: string;
  /** @returns undefined where the code, or the refresh token, is none */
  redeem(form: URLSearchParams): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export interface DemoIssuer {
  /** `http://127.0.0.1:port`, also the `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** @param claims over and above `iss`, `iat`, `exp`, `jti`; `aud` is the caller's to give */
  sign(claims: JWTPayload): Promise<string>;
  /** From then on it is an OpenID provider too. */
  offerSignIn(signIn: DemoSignIn): void;
  close(): Promise<void>;
}

/** Starts an issuer on loopback. @param port 0 = any that is free */
export async function createDemoIssuer({ port = 0 }: { readonly port?: number } = {}): Promise<DemoIssuer> {
  const signer = await createSigner();
  let signIn: DemoSignIn | undefined;
  const app = fastify({ forceCloseConnections: true });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/jwks', async (_request, reply) => reply.header('cache-control', 'max-age=600').send(signer.jwks()));
  app.get('/.well-known/openid-configuration', async () => ({
    issuer,
    jwks_uri: jwksUri,
    id_token_signing_alg_values_supported: ['ES256'],
    ...(signIn === undefined
      ? {}
      : {
          authorization_endpoint: signIn.authorizationEndpoint,
          token_endpoint: `${issuer}/token`,
          token_endpoint_auth_methods_supported: ['none'],
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          subject_types_supported: ['public'],
        }),
  }));
  app.post('/token', async (request, reply) => {
    const answer = await signIn?.redeem(new URLSearchParams(String(request.body)));
    return answer ?? reply.code(400).send({ error: 'invalid_grant' });
  });
  await app.listen({ host: '127.0.0.1', port });
  const issuer = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const jwksUri = `${issuer}/jwks`;
  return {
    issuer,
    jwksUri,
    offerSignIn: (given) => {
      signIn = given;
    },
    sign: (claims) => signer.sign({ iss: issuer, jti: crypto.randomUUID(), ...claims }),
    close: () => app.close(),
  };
}
