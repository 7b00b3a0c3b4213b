/**
 * `privity verify FOLDER JWKS`: an exported log, far from any database, by the published keys alone (45 CFR 164.312(c)). Every
 * file is what the manifest says, every checkpoint signed and none missing, every chain whole from its beginning to the last head
 * that was signed. Goes line by line, twice, so that an export of any size takes no memory.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Cover, ReadCheckpoint } from '../audit/cover-chains.ts';
import { coverExport, coverFile } from '../audit/export-cover.ts';
import type { ChainEntry } from '../audit/verify-chain.ts';
import { createLogVerifier, type DatabaseReport, type RowFault } from '../audit/verify-log.ts';
import { readCheckpoint } from './audit-checkpoints.ts';
import { fileKind } from './audit-export-file.ts';
import { digestFile, linesOf, readManifest } from './audit-export-manifest.ts';
import { sha256 } from './audit-log-contexts.ts';
import type { CheckpointKeys } from './audit-signing-key.ts';
import { readSliceLine } from './audit-slice.ts';

/** @throws PrivityError `invalid-body` for a line that is none of a log */
export async function verifyFolder(folder: string, keys: CheckpointKeys): Promise<DatabaseReport> {
  const names = (await readdir(folder)).filter((name) => fileKind(name) !== undefined).sort();
  const files = names.map((name) => path.join(folder, name));
  const faults = await manifestFaults(folder, names);
  return withFaults(await verifyFiles(files, keys, coverExport), faults);
}

/**
 * A finished file by itself: all that the checkpoints in it cover. Where the log goes on before and after it is the folder's matter.
 * @throws PrivityError `invalid-body` for a line that is none of a log
 */
export async function verifyExportFile(file: string, keys: CheckpointKeys): Promise<DatabaseReport> {
  const report = await verifyFiles([file], keys, coverFile);
  // An export holds what is signed, and nothing else.
  return withFaults(
    report,
    report.tail.rows > 0 || report.newestCheckpoint === undefined ? [{ kind: 'file', id: path.basename(file) }] : [],
  );
}

function withFaults(report: DatabaseReport, faults: readonly RowFault[]): DatabaseReport {
  return { ...report, faults: [...faults, ...report.faults], sound: report.sound && faults.length === 0 };
}

async function verifyFiles(
  files: readonly string[],
  keys: CheckpointKeys,
  coverOf: (checkpoints: readonly ReadCheckpoint[], firsts: ReadonlyMap<string, number>) => Cover,
): Promise<DatabaseReport> {
  const { checkpoints, firsts } = await readCheckpointsOf(files, keys);
  const verifier = createLogVerifier(coverOf(checkpoints, firsts), sha256);
  const chains = new Map<string, ReturnType<typeof verifier.chain>>();
  const verify = (entry: ChainEntry) => {
    const id = entry.link.chain;
    const chain = chains.get(id) ?? verifier.chain(id);
    chains.set(id, chain);
    chain.next(entry);
  };
  const faults: RowFault[] = [];
  for (const file of files) faults.push(...(await verifyFile(file, verify)));
  for (const chain of chains.values()) chain.end();
  return withFaults(verifier.report(), faults);
}

/** Checkpoints by number (one that two files hold is one), and where each chain begins. */
async function readCheckpointsOf(files: readonly string[], keys: CheckpointKeys) {
  const found = new Map<string, ReadCheckpoint>();
  const firsts = new Map<string, number>();
  for (const file of files) {
    for await (const line of linesOf(file)) {
      const read = readSliceLine(line);
      if ('checkpoint' in read && !found.has(read.checkpoint)) found.set(read.checkpoint, await readCheckpoint(read.checkpoint, keys));
      if ('entry' in read && !firsts.has(read.entry.link.chain)) firsts.set(read.entry.link.chain, read.entry.link.seq);
    }
  }
  return { checkpoints: [...found.values()].sort((a, b) => a.number - b.number), firsts };
}

/** Records go to the chain's verifier; the questions that they were decided on must be in the same file, and be those. */
async function verifyFile(file: string, verify: (entry: ChainEntry) => void): Promise<readonly RowFault[]> {
  const contexts = new Set<string>();
  const faults: RowFault[] = [];
  for await (const line of linesOf(file)) {
    const read = readSliceLine(line);
    if ('context' in read) {
      contexts.add(read.context.id);
      if (sha256(read.context.text) !== read.context.id) faults.push({ kind: 'context', id: read.context.id });
    }
    if (!('entry' in read)) continue;
    verify(read.entry);
    if (!('stored' in read.entry)) continue;
    const { id, decisions } = read.entry.stored;
    if (decisions.some(({ contextId }) => !contexts.has(contextId))) faults.push({ kind: 'context', id });
  }
  return faults;
}

async function manifestFaults(folder: string, names: readonly string[]): Promise<RowFault[]> {
  const told = await readManifest(folder);
  const finished = names.filter((name) => fileKind(name) === 'finished');
  const unknown = finished.filter((name) => !told.some((entry) => entry.name === name));
  const faults: RowFault[] = unknown.map((id) => ({ kind: 'file', id }));
  for (const { name, bytes, sha256: digest } of told) {
    const is = finished.includes(name) ? await digestFile(folder, name) : undefined;
    if (is?.sha256 !== digest || is.bytes !== bytes) faults.push({ kind: 'file', id: name });
  }
  return faults;
}
