/** What the gateway's auditors are given to prove the log with: checkpoints, keys, and a verification of every row. */
import type { JSONWebKeySet } from 'jose';
import type { ReadCheckpoint } from '../audit/cover-chains.ts';
import type { DatabaseReport } from '../audit/verify-log.ts';
import { PrivityError } from '../errors.ts';
import { readAnchor } from './audit-anchor.ts';
import { readCheckpoint } from './audit-checkpoints.ts';
import { type Freshness, readFreshness } from './audit-freshness.ts';
import type { CheckpointKeys, SigningKeys } from './audit-signing-key.ts';
import { readSlice, type SliceAsked } from './audit-slice.ts';
import { verifyAuditLog } from './audit-verify.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';

export interface AuditProof {
  readonly jwks: JSONWebKeySet;
  /** Newest first. @throws PrivityError `audit-unavailable` */
  checkpoints(page: {
    readonly count: number;
    readonly before?: number;
  }): Promise<{ readonly checkpoints: readonly FiledCheckpoint[]; readonly freshness: Freshness }>;
  /** NDJSON. @throws PrivityError `too-costly`, `audit-unavailable` */
  slice(asked: SliceAsked): Promise<string>;
  /** @throws PrivityError `audit-unavailable` */
  verify(signal: AbortSignal, onProgress?: (rows: number) => void): Promise<DatabaseReport>;
}

interface FiledCheckpoint {
  readonly number: number;
  readonly madeAt: string;
  readonly jws: string;
}

export interface AuditProofOptions {
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly macKey: Uint8Array;
  readonly anchorFile: string;
}

export function createAuditProof({ database, keys, macKey, anchorFile }: AuditProofOptions): AuditProof {
  return {
    jwks: keys.jwks,
    async checkpoints({ count, before }) {
      const { sql } = database;
      const rows = await withinDeadline(
        sql<{ number: string; made_at: Date; jws: string }[]>`select number, made_at, jws from checkpoint
          ${before === undefined ? sql`` : sql`where number < ${before}`} order by number desc limit ${count}`,
        'checkpoints',
      );
      const checkpoints = rows.map(({ number, made_at, jws }) => ({ number: Number(number), madeAt: made_at.toISOString(), jws }));
      return { checkpoints, freshness: await readFreshness(sql) };
    },
    slice: (asked) => readSlice(database.sql, keys, asked),
    async verify(signal, onProgress) {
      const sql = database.connect({ max: 2, connection: { statement_timeout: 0, default_transaction_read_only: true } });
      try {
        return await verifyAuditLog(sql, { keys, macKey, signal, onProgress, anchors: await readAnchors(anchorFile, keys) });
      } catch (cause) {
        throw new PrivityError('audit-unavailable', 'verify', { cause });
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
  };
}

/** @param file as `sendAnchor` keeps it, or with one checkpoint a line */
export async function readAnchors(file: string, keys: CheckpointKeys): Promise<readonly ReadCheckpoint[]> {
  return Promise.all(readAnchor(file).map((jws) => readCheckpoint(jws, keys)));
}
