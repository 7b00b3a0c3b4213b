/** Tokens over real HTTP with real keys (threats.md 26): every bad one is the same `login`, whatever is wrong with it. */
import { createHmac } from 'node:crypto';
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTokenVerifier } from '../../src/adapters/token-verifier.ts';
import { toConfig } from '../../src/config.ts';
import { createDemoIssuer } from '../../src/demo/issuer.ts';
import { PrivityError } from '../../src/errors.ts';
import type { TokenVerifier } from '../../src/ports.ts';
import { json, startServer } from '../support/http-server.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const AUDIENCE = 'http://127.0.0.1:8080/fhir';
const START = Date.UTC(2026, 0, 15);
const clock = { time: START, now: () => clock.time };
const seconds = (from = 0) => Math.floor(clock.time / 1000) + from;

let ours: TestIssuer;
let other: TestIssuer;
let verifier: TokenVerifier;

function verifierFor(issuers: readonly object[], jwks: object = {}): TokenVerifier {
  const { identity } = toConfig({ upstream: { url: 'http://127.0.0.1:9/fhir' }, identity: { issuers, jwks } });
  return createTokenVerifier(identity, { clock });
}

beforeAll(async () => {
  ours = await startIssuer(AUDIENCE, clock.now);
  other = await startIssuer(AUDIENCE, clock.now);
});
afterAll(() => Promise.all([ours.close(), other.close()]));
beforeEach(() => {
  clock.time = START;
  ours.server.requests.length = 0;
  verifier = verifierFor([
    { issuer: ours.issuer, jwksUri: ours.jwksUri },
    { issuer: other.issuer, jwksUri: other.jwksUri },
  ]);
});

async function refusal(token: string, from = verifier): Promise<PrivityError> {
  const error: unknown = await from.verify(token).then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PrivityError)) throw error;
  return error;
}

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = (): JWTPayload => ({ iss: ours.issuer, aud: AUDIENCE, sub: 'someone', iat: seconds(), exp: seconds(600) });

async function ownKeyHeader(name: string): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const value = name === 'jwk' ? await exportJWK(publicKey) : `${other.issuer}/jwks`;
  return new SignJWT(good()).setProtectedHeader({ alg: 'ES256', typ: 'JWT', [name]: value }).sign(privateKey);
}

async function hmacWithPublicKey(): Promise<string> {
  const key = await importJWK(ours.signer.jwks().keys[0] ?? {}, 'ES256', { extractable: true });
  const head = `${b64({ alg: 'HS256', typ: 'JWT', kid: ours.signer.jwks().keys[0]?.kid })}.${b64(good())}`;
  const pem = await exportSPKI(key as CryptoKey);
  return `${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`;
}

async function tampered(): Promise<string> {
  const [head, , signature] = (await ours.sign()).split('.');
  return `${head}.${b64({ ...good(), sub: 'somebody-else' })}.${signature}`;
}

const BAD: readonly (readonly [name: string, token: () => string | Promise<string>])[] = [
  ['empty', () => ''],
  ['garbage', () => 'not a token'],
  ['three parts of garbage', () => 'a.b.c'],
  ['payload that is no object', () => `${b64({ alg: 'ES256' })}.${b64([1])}.AAAA`],
  ['a JWE', () => 'a.b.c.d.e'],
  ['longer than the bound', () => ours.sign({ filler: 'x'.repeat(17_000) })],
  ['algorithm none', () => `${b64({ alg: 'none' })}.${b64(good())}.`],
  ['algorithm none with a signature', () => `${b64({ alg: 'none' })}.${b64(good())}.AAAA`],
  ['HS256 keyed with the public key', hmacWithPublicKey],
  ['another audience', () => ours.sign({ aud: 'https://elsewhere.example' })],
  ['no audience', () => ours.sign({ aud: undefined })],
  ['an issuer that is not trusted', () => ours.sign({ iss: 'https://evil.example' })],
  ['the issuer with a slash more', () => ours.sign({ iss: `${ours.issuer}/` })],
  ['no issuer', () => ours.sign({ iss: undefined })],
  ['an issuer that is a prototype name', () => ours.sign({ iss: '__proto__' })],
  ['expired', () => ours.sign({ exp: seconds(-31) })],
  ['no expiry', () => ours.sign({ exp: undefined })],
  ['an expiry that is a text', () => ours.signer.sign({ ...good(), exp: '2099' as unknown as number })],
  ['not yet valid', () => ours.sign({ nbf: seconds(31) })],
  ['issued in the future', () => ours.sign({ iat: seconds(31), exp: seconds(600) })],
  ['issued after its expiry', () => ours.sign({ iat: seconds(20), exp: seconds(10) })],
  ['an unknown key id', () => ours.sign({}, { kid: 'no-such-key' })],
  ['changed after signing', tampered],
  ['signed by another trusted issuer', () => other.sign({ iss: ours.issuer })],
  ['a key in its own header (jwk)', () => ownKeyHeader('jwk')],
  ['a key set in its own header (jku)', () => ownKeyHeader('jku')],
  ['a certificate in its own header (x5u)', () => ownKeyHeader('x5u')],
  ['an id token type', () => ours.sign({}, { typ: 'id_token+jwt' })],
  ['a logout token type', () => ours.sign({}, { typ: 'logout+jwt' })],
];

/** An issuer with a key of the test's own, for what no signing library would sign. */
async function keyServer(algorithm: string) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k' };
  const server = await startServer((_request, response) => json(response, { keys: [jwk] }));
  return { privateKey, server, verifier: verifierFor([{ issuer: ours.issuer, jwksUri: server.url, algorithms: [algorithm] }]) };
}

describe('bad tokens', () => {
  it.each(BAD)('%s', async (_name, make) => {
    const error = await refusal(await make());
    expect(error.code).toBe('login');
    expect(error.detail).toBeUndefined();
    expect(error.message).toBe('login');
  });

  it('keeps the reason inside, without a claim in it', async () => {
    const error = await refusal(await ours.sign({ aud: 'https://elsewhere.example', sub: 'CANARY-SUB' }));
    expect((error.cause as Error).message).toContain('aud');
    expect(JSON.stringify(error.cause, Object.getOwnPropertyNames(error.cause))).not.toContain('CANARY');
  });

  it('an algorithm of the issuer that its configuration does not list', async () => {
    const strict = verifierFor([{ issuer: ours.issuer, jwksUri: ours.jwksUri, algorithms: ['RS256'] }]);
    expect((await refusal(await ours.sign(), strict)).code).toBe('login');
  });

  it.each([
    ['a payload that is no JSON', { alg: 'ES256', kid: 'k' }, 'CANARY'],
    ['a critical header that nobody knows', { alg: 'ES256', kid: 'k', crit: ['x-own'], 'x-own': 1 }, undefined],
  ])('%s, rightly signed', async (_name, header, payload) => {
    const { privateKey, server, verifier } = await keyServer('ES256');
    const signing = new CompactSign(new TextEncoder().encode(payload ?? JSON.stringify(good()))).setProtectedHeader(header);
    const error = await refusal(await signing.sign(privateKey, { crit: { 'x-own': true } }), verifier);
    expect(error.code).toBe('login');
    expect(`${error.cause}`).not.toContain('CANARY');
    await server.goDown();
  });
});

const GOOD: readonly (readonly [name: string, claims: () => JWTPayload, header: Record<string, unknown>])[] = [
  ['as issued', () => ({}), {}],
  ['typ JWT', () => ({}), { typ: 'JWT' }],
  ['typ absent', () => ({}), { typ: undefined }],
  ['several audiences', () => ({ aud: ['https://elsewhere.example', AUDIENCE] }), {}],
  ['expired within the tolerance', () => ({ iat: seconds(-60), exp: seconds(-29) }), {}],
  ['not before within the tolerance', () => ({ nbf: seconds(29) }), {}],
  ['a foreign jku beside a known key', () => ({}), { jku: 'https://evil.example/jwks' }],
];

describe('good tokens', () => {
  it.each(GOOD)('%s', async (_name, claims, header) => {
    const { issuer, claims: read } = await verifier.verify(await ours.sign(claims(), header));
    expect(issuer).toBe(ours.issuer);
    expect(read.sub).toBe('someone');
    expect(Object.isFrozen(read)).toBe(true);
  });

  it('asks for the keys once for many tokens', async () => {
    for (let index = 0; index < 5; index += 1) await verifier.verify(await ours.sign({ sub: `s${index}` }));
    expect(ours.server.requests.length).toBe(1);
  });

  it('another algorithm family, where it is listed', async () => {
    const { privateKey, server, verifier } = await keyServer('PS256');
    const token = await new SignJWT(good()).setProtectedHeader({ alg: 'PS256', kid: 'k' }).sign(privateKey);
    await expect(verifier.verify(token)).resolves.toMatchObject({ issuer: ours.issuer });
    await server.goDown();
  });
});

describe('the demo issuer', () => {
  it('issues tokens that a gateway accepts, and says where its keys are', async () => {
    const demo = await createDemoIssuer();
    const discovery = await fetch(`${demo.issuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ issuer: demo.issuer, jwks_uri: demo.jwksUri });
    const now = { now: () => Date.now() };
    const { identity } = toConfig({
      upstream: { url: 'http://127.0.0.1:9/fhir' },
      identity: { issuers: [{ issuer: demo.issuer, jwksUri: demo.jwksUri, audience: AUDIENCE }] },
    });
    const { claims } = await createTokenVerifier(identity, { clock: now }).verify(await demo.sign({ sub: 'therapist', aud: AUDIENCE }));
    expect(claims).toMatchObject({ sub: 'therapist', iss: demo.issuer, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await demo.close();
  });
});

describe('remembered tokens', () => {
  it('an expiry is seen on a hit', async () => {
    const token = await ours.sign({ exp: seconds(100) });
    await verifier.verify(token);
    clock.time += 129_000;
    await expect(verifier.verify(token)).resolves.toBeDefined();
    clock.time += 1000;
    expect((await refusal(token)).code).toBe('login');
  });

  it('a token of the same claims with another signature is another token', async () => {
    const token = await ours.sign();
    await verifier.verify(token);
    const changed = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect((await refusal(changed)).code).toBe('login');
  });

  it('are verified again when the keys have changed, and then refused', async () => {
    const issuer = await startIssuer(AUDIENCE, clock.now);
    const rotating = verifierFor([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }]);
    const old = await issuer.sign({ exp: seconds(86_400) });
    await rotating.verify(old);
    await issuer.rotate();
    clock.time += 600_000;
    expect((await refusal(old, rotating)).code).toBe('login');
    await expect(rotating.verify(await issuer.sign())).resolves.toBeDefined();
    await issuer.close();
  });
});

describe('keys', () => {
  it('a new key is fetched when first seen, but not more often than the pause', async () => {
    const issuer = await startIssuer(AUDIENCE, clock.now);
    const rotating = verifierFor([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }]);
    await rotating.verify(await issuer.sign());
    for (let index = 0; index < 5; index += 1) await refusal(await issuer.sign({}, { kid: `invented-${index}` }), rotating);
    expect(issuer.server.requests.length).toBe(1);
    clock.time += 30_000;
    await issuer.rotate();
    await expect(rotating.verify(await issuer.sign())).resolves.toBeDefined();
    expect(issuer.server.requests.length).toBe(2);
    await issuer.close();
  });

  it('serve while the issuer is down, up to a bound', async () => {
    const issuer = await startIssuer(AUDIENCE, clock.now);
    const bounded = verifierFor([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }], { refreshSeconds: 60, maxStaleSeconds: 3600 });
    await bounded.verify(await issuer.sign());
    await issuer.server.goDown();
    clock.time += 3_600_000;
    await expect(bounded.verify(await issuer.sign())).resolves.toBeDefined();
    clock.time += 1000;
    expect((await refusal(await issuer.sign(), bounded)).code).toBe('login');
    await issuer.server.comeBack();
    clock.time += 30_000;
    await expect(bounded.verify(await issuer.sign())).resolves.toBeDefined();
    await issuer.close();
  });

  it.each<[string, Parameters<TestIssuer['server']['answerWith']>[0]]>([
    ['an error', (_request, response) => response.writeHead(500).end()],
    ['no JSON', (_request, response) => response.writeHead(200).end('<html>')],
    ['no key set', (_request, response) => json(response, { keys: 'none' })],
    ['more than the bound', (_request, response) => json(response, { keys: [], filler: 'x'.repeat(300_000) })],
    ['a redirect', (_request, response) => response.writeHead(302, { location: ours.jwksUri }).end()],
  ])('a token is refused where the issuer answers %s', async (_name, listener) => {
    const issuer = await startIssuer(AUDIENCE, clock.now);
    issuer.server.answerWith(listener);
    const broken = verifierFor([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }]);
    expect((await refusal(await issuer.sign(), broken)).code).toBe('login');
    await issuer.close();
  });

  it('a broken answer leaves the keys before it in use', async () => {
    const issuer = await startIssuer(AUDIENCE, clock.now);
    const steady = verifierFor([{ issuer: issuer.issuer, jwksUri: issuer.jwksUri }]);
    await steady.verify(await issuer.sign());
    issuer.server.answerWith((_request, response) => json(response, { keys: 'none' }));
    clock.time += 600_000;
    await expect(steady.verify(await issuer.sign())).resolves.toBeDefined();
    expect(issuer.server.requests.length).toBe(2);
    await issuer.close();
  });

  it('a symmetric key in the set makes nothing good', async () => {
    const secret = Buffer.alloc(32, 7);
    const keys = await startServer((_request, response) =>
      json(response, { keys: [{ kty: 'oct', k: secret.toString('base64url'), kid: 'k' }] }),
    );
    const strict = verifierFor([{ issuer: ours.issuer, jwksUri: keys.url }]);
    const token = await new SignJWT(good()).setProtectedHeader({ alg: 'HS256', kid: 'k' }).sign(secret);
    expect((await refusal(token, strict)).code).toBe('login');
    await keys.goDown();
  });
});

describe('opaque tokens', () => {
  const secret = 'pa:ss wörd';
  const about = (): Record<string, unknown> => ({ active: true, sub: 'someone', aud: AUDIENCE, exp: seconds(600), scope: 'user/*.rs' });

  async function introspecting(answer: () => unknown) {
    const server = await startServer((_request, response) => json(response, answer()));
    const introspection = { url: `${server.url}/introspect`, clientId: 'privity', clientSecret: secret };
    const issuers = [{ issuer: 'https://opaque.example', introspection }];
    return { server, verifier: verifierFor(issuers) };
  }

  it('are asked about with the gateway’s own credentials, and remembered for 30 seconds at most', async () => {
    const { server, verifier } = await introspecting(about);
    await expect(verifier.verify('opaque-token')).resolves.toMatchObject({ issuer: 'https://opaque.example', claims: { sub: 'someone' } });
    await verifier.verify('opaque-token');
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', 'token=opaque-token&token_type_hint=access_token'],
    ]);
    const basic = Buffer.from(`${server.requests[0]?.headers.authorization}`.slice(6), 'base64').toString();
    expect(basic).toBe(`privity:${encodeURIComponent(secret)}`);
    clock.time += 30_000;
    await verifier.verify('opaque-token');
    expect(server.requests.length).toBe(2);
    await server.goDown();
    clock.time += 30_000;
    expect((await refusal('opaque-token', verifier)).code).toBe('login');
  });

  it.each<[string, () => unknown]>([
    ['not active', () => ({ active: false })],
    ['active as a text', () => ({ ...about(), active: 'true' })],
    ['for another audience', () => ({ ...about(), aud: 'https://elsewhere.example' })],
    ['for no audience', () => ({ ...about(), aud: undefined })],
    ['of another issuer', () => ({ ...about(), iss: 'https://evil.example' })],
    ['expired', () => ({ ...about(), exp: seconds(-31) })],
    ['not yet valid', () => ({ ...about(), nbf: seconds(31) })],
  ])('are refused where the answer is %s', async (_name, answer) => {
    const { server, verifier } = await introspecting(answer);
    expect((await refusal('opaque-token', verifier)).code).toBe('login');
    await server.goDown();
  });

  it('without an expiry get one as long as the answer is believed', async () => {
    const { server, verifier } = await introspecting(() => ({ ...about(), exp: undefined }));
    await expect(verifier.verify('opaque-token')).resolves.toMatchObject({ claims: { exp: seconds(30) } });
    await server.goDown();
  });

  it('a signed token of an issuer without keys is asked about as well', async () => {
    const { server, verifier } = await introspecting(about);
    await expect(verifier.verify(await ours.sign({ iss: 'https://opaque.example' }))).resolves.toBeDefined();
    expect(server.requests.length).toBe(1);
    await server.goDown();
  });
});
