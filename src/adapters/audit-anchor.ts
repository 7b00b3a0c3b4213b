/**
 * Anchors: the newest checkpoint, kept where whoever can set the whole database back can't reach (design.md section 5): a
 * file, and an address that takes it by POST. A file that knows of a checkpoint that the database has lost is evidence, and
 * is not written over.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { request } from 'undici';
import { PrivityError } from '../errors.ts';
import { readKeyFile } from './audit-key-file.ts';

export interface AnchorPlaces {
  readonly file?: string;
  readonly url?: string;
}

const DEADLINE_MS = 5000;

/**
 * @param known tells whether the database has this very checkpoint (compact JWS)
 * @throws PrivityError `internal`, naming the place, where it did not take the checkpoint
 */
export async function sendAnchor({ file, url }: AnchorPlaces, jws: string, known: (jws: string) => Promise<boolean>): Promise<void> {
  if (file !== undefined) {
    const before = readAnchor(file).at(-1);
    if (before !== undefined && !(await known(before))) {
      throw new PrivityError('internal', 'the database has lost a checkpoint that audit.anchorFile holds: was it set back?');
    }
    replaceFile(file, `${jws}\n`);
  }
  if (url === undefined) return;
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/jose' },
    body: jws,
    headersTimeout: DEADLINE_MS,
    bodyTimeout: DEADLINE_MS,
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  await body.dump();
  if (statusCode < 200 || statusCode > 299) throw new PrivityError('internal', `audit.anchorUrl answered ${statusCode}`);
}

/** Compact JWS, one a line; none where there is no file. @throws PrivityError `configuration-invalid` */
export function readAnchor(file: string): readonly string[] {
  return (readKeyFile(file) ?? '').split(/\s+/).filter((line) => line !== '');
}

/** Whole or not at all. */
function replaceFile(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  const descriptor = openSync(aside, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(aside, file);
}
