/**
 * One gateway per data directory. The lock is a listening Unix socket in it: the kernel gives it up when its holder dies,
 * however that happens, so that no pid has to be trusted (they are reused, and mean nothing across containers).
 */
import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivityError } from '../errors.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

/** A socket's path has at most 107 bytes (103 on macOS); Linux reaches a longer one through the directory's descriptor. */
export function shortSocketPath(directory: string, name: string): { readonly path: string; close(): void } {
  const full = path.join(directory, name);
  if (Buffer.byteLength(full) <= 100) return { path: full, close: () => undefined };
  if (process.platform !== 'linux') {
    throw new PrivityError('configuration-invalid', `database.dataDir: the path is too long for a socket: ${directory}`);
  }
  const descriptor = openSync(directory, 'r');
  return { path: `/proc/self/fd/${descriptor}/${name}`, close: () => closeSync(descriptor) };
}

/** @throws PrivityError `configuration-invalid`, naming the process, where another gateway holds the directory. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const socket = shortSocketPath(directory, 'gateway.sock');
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      const server = await listen(socket.path);
      if (server !== undefined) {
        const { ino } = statSync(socket.path);
        // Someone who found the same dead socket may have removed ours: then it is theirs.
        await sleep(20);
        if (inode(socket.path) === ino) return { release: () => release(server, socket.close) };
        await new Promise((resolve) => server.close(resolve));
        continue;
      }
      const holder = await holderOf(socket.path);
      if (holder === 'dying') await sleep(50);
      else if (holder === 'nobody') removeSocket(socket.path);
      else throw new PrivityError('configuration-invalid', `database.dataDir is in use by ${holder.words}: ${directory}`);
    }
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.close();
  throw new PrivityError('configuration-invalid', `database.dataDir: can not be locked: ${directory}`);
}

function inode(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function listen(file: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((client) => {
      client.on('error', () => client.destroy());
      client.end(`the gateway with process id ${process.pid}`);
    });
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(file, () => resolve(server));
  });
}

/** Who listens, in their own words. A process that is being killed still accepts, and closes without a word. */
function holderOf(file: string): Promise<'nobody' | 'dying' | { readonly words: string }> {
  return new Promise((resolve) => {
    let state: 'nobody' | 'dying' = 'nobody';
    const client = connect(file);
    client.setTimeout(2000, () => {
      resolve({ words: 'another gateway, which does not answer' });
      client.destroy();
    });
    client.on('connect', () => {
      state = 'dying';
    });
    client.on('data', (chunk) => resolve({ words: String(chunk) }));
    client.on('error', () => client.destroy());
    client.on('close', () => resolve(state));
  });
}

function removeSocket(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function release(server: Server, close: () => void): Promise<void> {
  return new Promise((resolve) => {
    server.ref();
    server.close(() => {
      close();
      resolve();
    });
  });
}
