/** An issuer for tests: real keys, a real JWKS over HTTP, and every way in which issuers and forgers misbehave. */
import type { JWTPayload } from 'jose';
import { createSigner, type Signer } from '../../src/demo/issuer.ts';
import { json, startServer, type TestServer } from './http-server.ts';

export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Its HTTP server: requests seen, other answers, down and back. */
  readonly server: TestServer;
  /** The key in use. */
  readonly signer: Signer;
  sign(claims?: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A new key; the old one is no longer published. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param audience default `aud` of its tokens
 * @param now milliseconds
 */
export async function startIssuer(audience: string, now: () => number = Date.now): Promise<TestIssuer> {
  let signer = await createSigner(now);
  const server = await startServer((_request, response) => json(response, signer.jwks()));
  const issuer = server.url;
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    server,
    get signer() {
      return signer;
    },
    sign: (claims, header) => signer.sign({ iss: issuer, aud: audience, sub: 'someone', ...claims }, header),
    async rotate() {
      signer = await createSigner(now);
    },
    close: () => server.goDown(),
  };
}
