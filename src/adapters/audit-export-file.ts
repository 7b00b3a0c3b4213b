/**
 * The files of an exported log: `log-000001.ndjson`, whole and never changed again, and the one that is written, with `.part`
 * behind its name. What counts of that one is what the database says; what a crash left behind it is cut off. Files of mode 0600
 * in a directory that others can't read.
 */
import { mkdir, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';

const PART = '.part';

export function fileName(number: number): string {
  return `log-${String(number).padStart(6, '0')}.ndjson`;
}

/** @returns whether it is a file of the log, and whether it is finished */
export function fileKind(name: string): 'finished' | 'part' | undefined {
  if (/^log-\d{6,}\.ndjson$/.test(name)) return 'finished';
  return /^log-\d{6,}\.ndjson\.part$/.test(name) ? 'part' : undefined;
}

export interface PartFile {
  /** Bytes in it. */
  readonly size: number;
  append(text: string): Promise<void>;
  /** Resolves when what was appended survives a crash. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param bytes what counts of it
 * @throws Error where the folder has less than that: it lost something, or is another folder
 */
export async function openPart(folder: string, number: number, bytes: number): Promise<PartFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = path.join(folder, `${fileName(number)}${PART}`);
  if (bytes > 0 && ((await sizeOf(name)) ?? 0) < bytes)
    throw new Error(`${fileName(number)}${PART} is shorter than what was written to it`);
  const file = await open(name, bytes > 0 ? 'r+' : 'w', 0o600);
  try {
    await file.truncate(bytes);
    await syncFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  let size = bytes;
  return {
    get size() {
      return size;
    },
    async append(text) {
      const chunk = Buffer.from(text);
      for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done, chunk.length - done, size + done)).bytesWritten;
      size += chunk.length;
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

/** Gives the part its own name; done already, it stays so. @throws Error where neither is there as it was written */
export async function finishPart(folder: string, number: number, bytes: number): Promise<void> {
  const finished = path.join(folder, fileName(number));
  if ((await sizeOf(finished)) === bytes) return;
  const part = await openPart(folder, number, bytes);
  await part.sync();
  await part.close();
  await rename(`${finished}${PART}`, finished);
  await syncFolder(folder);
}

/** Whole or not at all. */
export async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  const aside = path.join(folder, `.${name}.${process.pid}`);
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path.join(folder, name));
  await syncFolder(folder);
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A name is durable when its directory is. */
async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
