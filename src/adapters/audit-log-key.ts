/** The key of the log's MACs: in a file (by default of the data directory), never in the database (design.md section 5). */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { PrivityError } from '../errors.ts';
import { createKeyFile, readKeyFile } from './audit-key-file.ts';

const BYTES = 32;

/**
 * Reads a key file (64 hex digits, mode 0600), making it where it is missing.
 * @throws PrivityError `configuration-invalid`
 */
export function loadAuditKey(file: string): Buffer {
  return readAuditKey(file) ?? keyOf(createKeyFile(file, randomBytes(BYTES).toString('hex')), file);
}

/** As `loadAuditKey`, without making one. */
export function readAuditKey(file: string): Buffer | undefined {
  const text = readKeyFile(file);
  return text === undefined ? undefined : keyOf(text, file);
}

/** MAC of a record's hash (hex), hex. */
export function macOf(key: Uint8Array, hash: string): string {
  const known = secrets.get(key) ?? createSecretKey(key);
  secrets.set(key, known);
  return createHmac('sha256', known).update(hash).digest('hex');
}

/** Made ready once: a process has one key, and a MAC for every row. */
const secrets = new WeakMap<Uint8Array, KeyObject>();

function keyOf(text: string, file: string): Buffer {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new PrivityError('configuration-invalid', `not a key of 64 hex digits: ${file}`);
  return Buffer.from(text, 'hex');
}
