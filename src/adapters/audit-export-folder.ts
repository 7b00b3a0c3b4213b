/**
 * Export of the log to a folder of NDJSON that verifies offline (`privity verify FOLDER JWKS`): checkpoint by checkpoint, so that
 * all that is in it is signed. What counts of a file moves in the database with the position, after the file is on disk; a file
 * that is large enough, or of a day that is over, gets its name and its line in the manifest, and is never changed again.
 */
import type { TransactionSql } from 'postgres';
import { fileName, finishPart, openPart, type PartFile } from './audit-export-file.ts';
import { addToManifest } from './audit-export-manifest.ts';
import { advance } from './audit-export-position.ts';
import { type FileContent, sectionLines, sectionsOf } from './audit-export-section.ts';
import { startTurns, type Turns } from './audit-export-turns.ts';
import type { CheckpointKeys } from './audit-signing-key.ts';
import type { Database } from './database.ts';

export interface FolderExportOptions {
  readonly database: Database;
  /** The same for all replicas. */
  readonly folder: string;
  /** A file that has as many bytes is finished. */
  readonly fileBytes: number;
  readonly keys: CheckpointKeys;
  /** Between looks for new checkpoints. Default 5. */
  readonly seconds?: number;
  readonly onFailure: (error: unknown) => void;
  /** Told of records that are on disk. */
  readonly onDone?: (rows: number) => void;
}

interface State {
  readonly file: number;
  readonly bytes: string;
  readonly day: string | null;
  readonly checkpoint: string;
}

interface Filed {
  readonly number: string;
  readonly day: string;
  readonly jws: string;
}

const TARGET = 'folder';
/** What is written between two commits. */
const TURN_BYTES = 4_194_304;

export function startFolderExport(options: FolderExportOptions): Turns {
  const { database, folder, fileBytes, keys, onFailure, onDone = () => undefined } = options;
  /** What is in a file of so many bytes. */
  let content: (FileContent & { readonly file: number; readonly bytes: number }) | undefined;

  const writeCheckpoint = async (tx: TransactionSql, part: PartFile, { number, jws }: Filed, inFile: FileContent) => {
    let rows = 0;
    const heads = (await keys.verify(jws))?.heads ?? [];
    for (const section of await sectionsOf(tx, TARGET, heads)) {
      for await (const lines of sectionLines(tx, section, inFile)) await part.append(lines);
      await advance(tx, TARGET, section.chain, section.through);
      rows += Number(section.through) - Number(section.after);
    }
    if (!inFile.checkpoints.has(Number(number))) await part.append(`${JSON.stringify({ checkpoint: jws })}\n`);
    inFile.checkpoints.add(Number(number));
    return rows;
  };

  const write = async (tx: TransactionSql, { file, bytes }: State, next: readonly Filed[]) => {
    const isKnown = content?.file === file && content.bytes === Number(bytes);
    const inFile: FileContent = (isKnown && content) || { contexts: new Set(), checkpoints: new Set() };
    // After whatever goes wrong, nobody knows what is in it.
    content = undefined;
    const part = await openPart(folder, file, Number(bytes));
    try {
      const [day = ''] = next.map((row) => row.day);
      let rows = 0;
      let last = '';
      for (const row of next) {
        if (row.day !== day || part.size >= fileBytes || part.size - Number(bytes) >= TURN_BYTES) break;
        rows += await writeCheckpoint(tx, part, row, inFile);
        last = row.number;
      }
      await part.sync();
      await tx`update log_target set bytes = ${part.size}, day = ${day}::text::date, checkpoint = ${last}, failures = 0, error = null,
        acknowledged_at = now() where name = ${TARGET}`;
      content = { ...inFile, file, bytes: part.size };
      return rows;
    } finally {
      await part.close();
    }
  };

  const turn = async (tx: TransactionSql): Promise<boolean> => {
    const [state] = await tx<State[]>`select file, bytes, day::text, checkpoint from log_target where name = ${TARGET}`;
    if (state === undefined) return false;
    const next = await tx<Filed[]>`select number, (made_at at time zone 'UTC')::date::text as day, jws from checkpoint
      where number > ${state.checkpoint} order by number limit 100`;
    const [first] = next;
    if (first === undefined) return false;
    const full = Number(state.bytes) >= fileBytes || (state.day !== null && state.day !== first.day);
    if (full && Number(state.bytes) > 0) {
      await finishPart(folder, state.file, Number(state.bytes));
      await addToManifest(folder, fileName(state.file));
      await tx`update log_target set file = file + 1, bytes = 0, day = null where name = ${TARGET}`;
    } else onDone(await write(tx, state, next));
    return true;
  };

  const failed = (error: unknown) => {
    const { code, message } = error as { code?: unknown; message?: unknown };
    const text = typeof code === 'string' ? code : String(message);
    database.sql`update log_target set failures = failures + 1, error = ${text} where name = ${TARGET}`.catch(onFailure);
    onFailure(error);
  };
  return startTurns({ database, worker: TARGET, seconds: options.seconds ?? 5, turn, onFailure: failed });
}
