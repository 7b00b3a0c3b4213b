/**
 * One gateway per data directory. The lock is a listening Unix socket in it: the kernel gives it up when its holder dies,
 * however that happens, so that no pid has to be trusted (they are reused, and mean nothing across containers).
 */
import { closeSync, openSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
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
    for (let attempt = 0; attempt < 5; attempt++) {
      const server = await listen(socket.path);
      if (server !== undefined) {
        const { ino } = statSync(socket.path);
        // Someone who found the same dead socket may have removed ours: then it is theirs.
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (inode(socket.path) === ino) return { release: () => release(server, socket.close) };
        await new Promise((resolve) => server.close(resolve));
        continue;
      }
      const holder = await holderOf(socket.path);
      if (holder !== undefined) throw new PrivityError('configuration-invalid', `database.dataDir is in use by ${holder}: ${directory}`);
      try {
        unlinkSync(socket.path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
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

/** Who listens, in their own words; `undefined` = nobody. */
function holderOf(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let words = '';
    const client = connect(file);
    client.setTimeout(2000, () => client.destroy());
    client.on('connect', () => {
      words = 'another gateway';
    });
    client.on('data', (chunk) => {
      words = String(chunk);
    });
    client.on('error', () => client.destroy());
    client.on('close', () => resolve(words === '' ? undefined : words));
  });
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
