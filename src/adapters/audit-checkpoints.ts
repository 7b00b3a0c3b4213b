/**
 * Makes checkpoints (design.md section 5): every so often, and at the end, signs the heads of the chains that moved. One
 * replica at a time; what one replica signed, another need not. A head is signed only where its MAC is of the installation's
 * key, so that rows which somebody else put into the database are never vouched for.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { ChainHead, Checkpoint } from '../audit/checkpoint.ts';
import type { ReadCheckpoint } from '../audit/cover-chains.ts';
import type { Clock } from '../ports.ts';
import { type AnchorPlaces, sendAnchor } from './audit-anchor.ts';
import { sha256 } from './audit-log-contexts.ts';
import { macOf } from './audit-log-key.ts';
import type { CheckpointKeys, SigningKeys } from './audit-signing-key.ts';
import type { Database } from './database.ts';

export interface CheckpointOptions {
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly macKey: Uint8Array;
  readonly clock: Clock;
  readonly seconds: number;
  readonly anchor?: AnchorPlaces;
  /** Told what went wrong; the next turn tries again. */
  readonly onFailure: (error: unknown) => void;
}

export interface Checkpoints {
  /** Covers everything that is committed now. @returns the new checkpoint; `undefined` where nothing moved */
  make(): Promise<Checkpoint | undefined>;
  /** Makes a last one. */
  close(): Promise<void>;
}

interface HeadRow {
  readonly chain: string;
  readonly seq: string;
  readonly hash: Buffer;
  readonly mac: Buffer;
}

/** Chains of processes that are long gone are looked for when a process starts and when it ends. */
const RECENT_MS = 62 * 86_400_000;

/** Begins at once and goes on by itself. */
export function startCheckpoints(options: CheckpointOptions): Checkpoints {
  const { database, keys, clock, seconds, anchor = {}, onFailure } = options;
  const { sql } = database;
  let everything = true;
  let unsent: string | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const send = async () => {
    if (unsent === undefined) return;
    await sendAnchor(anchor, unsent, async (jws) => (await sql`select 1 from checkpoint where jws = ${jws}`).length > 0);
    unsent = undefined;
  };
  const make = async () => {
    const since = everything ? new Date(0) : new Date(clock.now() - RECENT_MS);
    const made = await sql.begin((tx) => checkpointHeads(tx, options, since));
    everything = false;
    unsent = made?.jws ?? unsent;
    await send();
    return made?.checkpoint;
  };
  /** One after the other. */
  const queued = (): ReturnType<typeof make> => {
    const turn = running.then(make);
    running = turn.catch(() => undefined);
    return turn;
  };
  const turn = async () => {
    const [newest] = await sql`select made_at from checkpoint order by number desc limit 1`;
    const age = newest === undefined ? Number.POSITIVE_INFINITY : clock.now() - newest.made_at.getTime();
    if (everything || unsent !== undefined || age >= seconds * 500) await queued();
  };
  const timer = setInterval(() => turn().catch(onFailure), seconds * 1000);
  turn().catch(onFailure);
  return {
    make: queued,
    async close() {
      clearInterval(timer);
      everything = true;
      await queued();
    },
  };

  async function checkpointHeads(tx: TransactionSql, { macKey }: CheckpointOptions, since: Date) {
    await tx`select pg_advisory_xact_lock(7704, 1)`;
    const found = await tx<HeadRow[]>`
      select c.id as chain, h.seq, h.hash, h.mac from chain c
      cross join lateral (select seq, hash, mac from event e where e.chain = c.id and e.recorded_at >= ${since} order by seq desc limit 1) h
      cross join lateral (select max(seq) as covered from checkpoint_head k where k.chain = c.id) k
      where h.seq > coalesce(k.covered, 0) order by c.id`;
    const rows = found.filter(({ hash, mac }) => macOf(macKey, hash.toString('hex')) === mac.toString('hex'));
    if (rows.length < found.length) onFailure(new Error('a chain ends in a record that no holder of audit.keyFile wrote'));
    if (rows.length === 0) return undefined;
    const heads = rows.map(({ chain, seq, hash }) => ({ chain, seq: Number(seq), hash: hash.toString('hex') }));
    return fileCheckpoint(tx, keys, heads, clock.now());
  }
}

/** Signs these heads as the next checkpoint. The caller holds the lock (7704, 1). @param now milliseconds since 1970 */
export async function fileCheckpoint(
  tx: TransactionSql,
  keys: SigningKeys,
  heads: readonly ChainHead[],
  now: number,
): Promise<{ readonly checkpoint: Checkpoint; readonly jws: string }> {
  const [last] = await tx<{ number: string; jws: string }[]>`select number, jws from checkpoint order by number desc limit 1`;
  const before = last && (await keys.verify(last.jws));
  const known = await tx<{ chain: string; seq: string }[]>`select chain, max(seq) as seq from checkpoint_head
    where chain = any(${heads.map(({ chain }) => chain)}::uuid[]) group by chain`;
  const covered = new Map(known.map(({ chain, seq }) => [chain, Number(seq)]));
  const checkpoint: Checkpoint = {
    version: 1,
    number: Number(last?.number ?? 0) + 1,
    madeAt: new Date(now).toISOString(),
    previous: last === undefined ? null : sha256(last.jws),
    heads,
    chains: (before?.chains ?? 0) + heads.filter(({ chain }) => !covered.has(chain)).length,
    rows: heads.reduce((sum, { chain, seq }) => sum + seq - (covered.get(chain) ?? 0), before?.rows ?? 0),
  };
  const jws = await keys.sign(checkpoint);
  const { number, madeAt } = checkpoint;
  await tx`insert into checkpoint ${tx({ number, made_at: madeAt, jws })}`;
  // Where a chain begins after a purge is as good as a head: what follows can be verified from there.
  const places = heads.flatMap(({ chain, seq, from }) => [
    { chain, seq, number },
    ...(from === undefined ? [] : [{ chain, seq: from.seq, number }]),
  ]);
  await tx`insert into checkpoint_head ${tx(places)} on conflict do nothing`;
  return { checkpoint, jws };
}

const PORTION = 1000;

/** Every checkpoint of the log, in order, verified. In portions: a cursor whose connection is lost would seem to be at its end. */
export async function readCheckpoints(sql: Sql, keys: CheckpointKeys): Promise<readonly ReadCheckpoint[]> {
  const all: ReadCheckpoint[] = [];
  for (let last: string | undefined; ; ) {
    const rest = last === undefined ? sql`` : sql`where number > ${last}`;
    const rows = await sql<{ number: string; jws: string }[]>`select number, jws from checkpoint ${rest} order by number limit ${PORTION}`;
    for (const { number, jws } of rows) all.push(await readCheckpoint(jws, keys, Number(number)));
    if (rows.length < PORTION) return all;
    last = rows.at(-1)?.number;
  }
}

/** @param number that it is filed under; absent = its own */
export async function readCheckpoint(jws: string, keys: CheckpointKeys, number?: number): Promise<ReadCheckpoint> {
  const checkpoint = await keys.verify(jws);
  const read = { number: number ?? checkpoint?.number ?? 0, digest: sha256(jws) };
  return checkpoint === undefined ? read : { ...read, checkpoint };
}
