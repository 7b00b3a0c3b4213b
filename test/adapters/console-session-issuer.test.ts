/** The console's sign-in at an issuer that lies, and at one whose metadata and tokens are asked for by an inner name (docker/). */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConsoleIssuer, createConsoleIssuer } from '../../src/adapters/console-session-issuer.ts';
import { json, startServer } from '../support/http-server.ts';

const ISSUER = 'http://idp.example/realms/privity';
const CLIENT = 'privity-console';
const PUBLIC = 'http://127.0.0.1:8080';
const [own, foreign] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256')]);
const keys = { keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] };

/** What the issuer says, for a test to turn into a lie. */
let told: { issuer: string; key: CryptoKey; claims: Record<string, unknown>; nonce?: string };
const server = await startServer(async (request, response) => {
  if (request.url === '/metadata') {
    const [token_endpoint, jwks_uri] = [`${server.url}/token`, `${server.url}/keys`];
    return json(response, {
      issuer: told.issuer,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint,
      jwks_uri,
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      end_session_endpoint: `${ISSUER}/end`,
    });
  }
  if (request.url === '/keys') return json(response, keys);
  const claims = { iss: ISSUER, aud: CLIENT, sub: 'u1', name: 'Priya Raman', nonce: told.nonce, ...told.claims };
  const id_token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuedAt()
    .setExpirationTime('5 min')
    .sign(told.key);
  return json(response, { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 300, refresh_token: 'r', id_token });
});
afterAll(() => server.goDown());

let issuer: ConsoleIssuer;
beforeEach(() => {
  told = { issuer: ISSUER, key: own.privateKey, claims: {} };
  const settings = {
    issuer: ISSUER,
    clientId: CLIENT,
    scopes: ['openid', 'profile'],
    discoveryUrl: `${server.url}/metadata`,
    idleMinutes: 30,
    sessionHours: 10,
    sessionsPerPerson: 5,
  };
  issuer = createConsoleIssuer({ settings, insecure: true, publicUrl: PUBLIC, clock: { now: () => Date.now() } });
});

async function signIn(): Promise<{ readonly name: string; readonly access: string; readonly refresh: string | undefined }> {
  const { pending } = await issuer.start();
  told.nonce ??= pending.nonce;
  const { name, tokens } = await issuer.finish(`code=c&state=${pending.state}`, pending);
  return { name, access: tokens.access, refresh: tokens.refresh };
}

describe('an issuer that is asked by an inner name', () => {
  test('is shown to browsers by its own', async () => {
    const url = new URL((await issuer.start()).url);
    expect(`${url.origin}${url.pathname}`).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT,
      scope: 'openid profile',
      redirect_uri: `${PUBLIC}/console/callback`,
    });
    const end = new URL((await issuer.signOutUrl('hint')) ?? '');
    expect(end.href.startsWith(`${ISSUER}/end?`)).toBe(true);
    expect(end.searchParams.get('post_logout_redirect_uri')).toBe(`${PUBLIC}/console/`);
  });

  test('gives tokens, and a name', async () => {
    expect(await signIn()).toEqual({ name: 'Priya Raman', access: 'a.b.c', refresh: 'r' });
  });
});

describe('an issuer that is not believed', () => {
  test('tells metadata of another', async () => {
    told.issuer = 'http://evil.example';
    await expect(issuer.start()).rejects.toMatchObject({ code: 'issuer-unavailable' });
  });

  const lies: Record<string, () => void> = {
    'an identity token that somebody else signed': () => Object.assign(told, { key: foreign.privateKey }),
    'one for another client': () => Object.assign(told, { claims: { aud: 'another' } }),
    'one of another issuer': () => Object.assign(told, { claims: { iss: 'http://evil.example' } }),
    'one of another sign-in': () => Object.assign(told, { nonce: 'another' }),
    'one without a person': () => Object.assign(told, { claims: { sub: undefined } }),
  };
  test.each(Object.entries(lies))('gives %s', async (_, lie) => {
    lie();
    await expect(signIn()).rejects.toMatchObject({ code: expect.stringMatching(/^sign-in-refused$|^issuer-unavailable$/) });
  });
});
