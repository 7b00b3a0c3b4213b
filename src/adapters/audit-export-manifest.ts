/**
 * `manifest.json` of an exported log: of every finished file its digest, which records of which chains are in it, and which
 * checkpoints. An index for people and for whoever copies files; what proves the log are its checkpoints.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { replaceFile } from './audit-export-file.ts';
import { readSliceLine } from './audit-slice.ts';

const entry = z.strictObject({
  name: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  records: z.int(),
  /** Instants of the oldest and of the newest record. */
  from: z.string().optional(),
  until: z.string().optional(),
  /** Checkpoints in it, the first of which may be there only to begin from. */
  checkpoints: z.int(),
  chains: z.array(z.strictObject({ chain: z.string(), first: z.int(), last: z.int() })),
});
const manifest = z.strictObject({ version: z.literal(1), files: z.array(entry) });

export type ManifestEntry = z.output<typeof entry>;

const MANIFEST = 'manifest.json';

/** None where there is no manifest. @throws Error where it is none of this version */
export async function readManifest(folder: string): Promise<readonly ManifestEntry[]> {
  let text: string;
  try {
    text = await readFile(path.join(folder, MANIFEST), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return manifest.parse(JSON.parse(text)).files;
}

/** Adds a finished file, or tells it anew. */
export async function addToManifest(folder: string, name: string): Promise<void> {
  const others = (await readManifest(folder)).filter((file) => file.name !== name);
  const files = [...others, await describeFile(folder, name)].sort((a, b) => a.name.localeCompare(b.name));
  await replaceFile(folder, MANIFEST, `${JSON.stringify({ version: 1, files }, null, 1)}\n`);
}

async function describeFile(folder: string, name: string): Promise<ManifestEntry> {
  const chains = new Map<string, { chain: string; first: number; last: number }>();
  let [records, checkpoints, from, until] = [0, 0, undefined as string | undefined, undefined as string | undefined];
  for await (const line of linesOf(path.join(folder, name))) {
    const read = readSliceLine(line);
    if ('checkpoint' in read) checkpoints += 1;
    if (!('entry' in read)) continue;
    const { chain, seq } = read.entry.link;
    chains.set(chain, { chain, first: chains.get(chain)?.first ?? seq, last: seq });
    if (!('stored' in read.entry)) continue;
    const { recordedAt } = read.entry.stored;
    records += 1;
    if (from === undefined || recordedAt < from) from = recordedAt;
    if (until === undefined || recordedAt > until) until = recordedAt;
  }
  const period = from === undefined || until === undefined ? {} : { from, until };
  return { name, ...(await digestFile(folder, name)), records, ...period, checkpoints, chains: [...chains.values()] };
}

export async function digestFile(folder: string, name: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path.join(folder, name))) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Whole lines, by line feeds alone (readline ends lines at U+2028 too); what has none behind it was never finished. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
}
