/**
 * The key that the installation signs its checkpoints with (design.md section 5; RFC 7515, 7517, 8037): a JSON Web Key Set in
 * a file of mode 0600, outside the database. The first key signs; the others are those before it, so that what they signed
 * still verifies: a new key is put in front.
 */
import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, compactVerify, createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { CHECKPOINT_TYPE, type Checkpoint, parseCheckpoint } from '../audit/checkpoint.ts';
import { PrivityError } from '../errors.ts';
import { createKeyFile, readKeyFile } from './audit-key-file.ts';

const ALGORITHMS = ['EdDSA', 'ES256'];

export interface CheckpointKeys {
  /** Public keys, as they are published. */
  readonly jwks: JSONWebKeySet;
  /** @returns the checkpoint where its signature is of one of these keys */
  verify(jws: string): Promise<Checkpoint | undefined>;
  /** @returns what was signed as this type, where its signature is of one of these keys */
  open(jws: string, type: string): Promise<string | undefined>;
}

export interface SigningKeys extends CheckpointKeys {
  /** @returns a compact JWS */
  sign(checkpoint: Checkpoint): Promise<string>;
  /** @param type its header `typ`, so that what was signed as one thing never counts as another */
  signAs(type: string, value: object): Promise<string>;
}

/** Makes the file (Ed25519) where it is missing. @throws PrivityError `configuration-invalid` */
export async function loadSigningKeys(file: string): Promise<SigningKeys> {
  const set = readKeySet(readKeyFile(file) ?? createKeyFile(file, JSON.stringify({ keys: [newKey()] })), file);
  const [first] = set.keys;
  if (first?.d === undefined) throw new PrivityError('configuration-invalid', `has no private key to sign with: ${file}`);
  const keys = await publicKeys(set);
  const alg = algorithmOf(first, file);
  const key = await importJWK(first, alg);
  const kid = keys.jwks.keys[0]?.kid;
  const signAs = (type: string, value: object) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(value)))
      .setProtectedHeader({ alg, typ: type, ...(kid === undefined ? {} : { kid }) })
      .sign(key);
  return { ...keys, signAs, sign: (checkpoint) => signAs(CHECKPOINT_TYPE, checkpoint) };
}

/** @param text a key set as published, or as kept. @throws PrivityError `configuration-invalid` */
export async function readCheckpointKeys(text: string, source: string): Promise<CheckpointKeys> {
  return publicKeys(readKeySet(text, source));
}

async function publicKeys({ keys }: JSONWebKeySet): Promise<CheckpointKeys> {
  const jwks = { keys: await Promise.all(keys.map(publicKey)) };
  const keyOf = createLocalJWKSet(jwks);
  const open = async (jws: string, type: string) => {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, keyOf, { algorithms: ALGORITHMS });
      return protectedHeader.typ === type ? new TextDecoder().decode(payload) : undefined;
    } catch {
      // Whatever is wrong with it, it is not the installation's.
      return undefined;
    }
  };
  return {
    jwks,
    open,
    async verify(jws) {
      const text = await open(jws, CHECKPOINT_TYPE);
      return text === undefined ? undefined : parseCheckpoint(text);
    },
  };
}

function newKey(): JWK {
  return { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), alg: 'EdDSA' } as JWK;
}

async function publicKey(key: JWK): Promise<JWK> {
  const { kty, crv, x, y } = key;
  const alg = algorithmOf(key, 'the key set');
  const kid = key.kid ?? (await calculateJwkThumbprint(key));
  return { kty, crv, x, ...(y === undefined ? {} : { y }), alg, use: 'sig', kid } as JWK;
}

function algorithmOf({ kty, crv }: JWK, source: string): string {
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA';
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  throw new PrivityError('configuration-invalid', `a key that is neither Ed25519 nor P-256: ${source}`);
}

function readKeySet(text: string, source: string): JSONWebKeySet {
  try {
    const set = JSON.parse(text) as JSONWebKeySet;
    if (Array.isArray(set.keys) && set.keys.length > 0) return set;
  } catch (cause) {
    throw new PrivityError('configuration-invalid', `not JSON: ${source}`, { cause });
  }
  throw new PrivityError('configuration-invalid', `not a JSON Web Key Set: ${source}`);
}
