/** Files with the log's keys: outside the database, mode 0600, made once even by two that start together. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PrivityError } from '../errors.ts';

/** @returns `undefined` where there is no such file. @throws PrivityError `configuration-invalid` */
export function readKeyFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PrivityError('configuration-invalid', `can not be read: ${file}`, { cause });
  }
}

/** Written aside and linked, so that two that start at once end with one whole key. @throws PrivityError `configuration-invalid` */
export function createKeyFile(file: string, text: string): string {
  const aside = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${text}\n`, { mode: 0o600, flush: true });
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
