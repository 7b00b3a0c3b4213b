/**
 * What was decided, and the policy that it was decided under: the log's questions and the files that were in force then
 * (design.md section 5), so that a past decision is explained as it was.
 */
import type { Sql } from 'postgres';
import { buildFoundation } from '../policy/build-foundation.ts';
import type { EvaluatorParts } from '../policy/create-evaluator.ts';
import type { PolicyFile } from '../policy/policy-set.ts';
import { readPolicySet } from '../policy/read-policy-set.ts';
import { type EventRow, type LoggedEntry, readRecords } from './audit-query-records.ts';
import type { Database } from './database.ts';
import { withinDeadline } from './database-deadline.ts';
import { VERSION_COLUMNS, type VersionRow } from './policy-store-rows.ts';

export interface PastPolicy {
  readonly parts: EvaluatorParts;
  readonly sets: readonly { readonly name: string; readonly version: number }[];
}

export interface PastEvent {
  readonly entry: LoggedEntry;
  /** Text of each decision's context, by its id. */
  readonly contexts: ReadonlyMap<string, string>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns `undefined` where the log has no such event. @throws PrivityError `audit-unavailable` */
export async function readPastEvent({ sql }: Database, id: string): Promise<PastEvent | undefined> {
  if (!UUID.test(id)) return undefined;
  return withinDeadline(readEvent(sql, id), 'past decision');
}

async function readEvent(sql: Sql, id: string): Promise<PastEvent | undefined> {
  const [entry] = await readRecords(sql, await sql<EventRow[]>`select * from event where id = ${id}`);
  if (entry === undefined) return undefined;
  const ids = [...new Set(entry.stored.decisions.map(({ contextId }) => contextId))];
  const rows = await sql<{ id: string; text: string }[]>`select encode(id, 'hex') as id, text from context
    where id in (select decode(x, 'hex') from unnest(${ids}::text[]) x)`;
  return { entry, contexts: new Map(rows.map((row) => [row.id, row.text])) };
}

/** @returns `undefined` where this version was never in force here. @throws PrivityError `audit-unavailable` */
export async function readPastPolicy({ sql }: Database, version: string): Promise<PastPolicy | undefined> {
  return withinDeadline(readPolicy(sql, version), 'past policy');
}

async function readPolicy(sql: Sql, version: string): Promise<PastPolicy | undefined> {
  const [snapshot] = await sql<{ sets: PastPolicy['sets']; files: PolicyFile[] }[]>`select sets, files from policy_snapshot s
    join policy_foundation f on f.digest = s.foundation where s.version = ${version}`;
  if (snapshot === undefined) return undefined;
  const rows = await sql<VersionRow[]>`select ${sql.unsafe(VERSION_COLUMNS)} from policy_set_version v
    where exists (select from jsonb_to_recordset(${sql.json(snapshot.sets as never)}) as s (name text, version integer)
      where s.name = v.name and s.version = v.version) order by name`;
  const { foundation } = buildFoundation(snapshot.files);
  const organizations = rows.flatMap(({ name, files, mode }) => readPolicySet(name, files, mode).set ?? []);
  return { parts: { ...foundation, version, organizations, cacheSize: 0 }, sets: snapshot.sets };
}
