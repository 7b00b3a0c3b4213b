/** The key of the log's MACs: in a file (by default of the data directory), never in the database (design.md section 5). */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PrivityError } from '../errors.ts';

const BYTES = 32;

/**
 * Reads a key file (64 hex digits, mode 0600), making it where it is missing.
 * @throws PrivityError `configuration-invalid`
 */
export function loadAuditKey(file: string): Buffer {
  const found = read(file) ?? create(file);
  if (!/^[0-9a-f]{64}$/.test(found)) throw new PrivityError('configuration-invalid', `not a key of 64 hex digits: ${file}`);
  return Buffer.from(found, 'hex');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PrivityError('configuration-invalid', `can not be read: ${file}`, { cause });
  }
}

/** Written aside and linked, so that two that start at once end with one whole key. */
function create(file: string): string {
  const aside = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${randomBytes(BYTES).toString('hex')}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(aside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new PrivityError('configuration-invalid', `can not be written: ${file}`, { cause });
  } finally {
    rmSync(aside, { force: true });
  }
}
