/**
 * Watches the log by the rules of alerts.yaml (45 CFR 164.308(a)(1)(ii)(D)): goes through it record by record, from where it was
 * when it last committed, at one replica at a time, so that nothing is missed and nothing told twice. What it finds are reviews.
 */
import type { TransactionSql } from 'postgres';
import type { AlertRule } from '../audit/alert-rule.ts';
import {
  concerns,
  patientsGiven,
  type RelationOf,
  requesterKey,
  type Sighting,
  sightingsIn,
  thinSightings,
} from '../audit/alert-sightings.ts';
import type { StoredRecord } from '../audit/record.ts';
import type { Clock } from '../ports.ts';
import type { Relations } from './alert-relations.ts';
import { countSightings, forgetSightings, type Seen } from './alert-reviews.ts';
import { advance, pendingChains, readChain } from './audit-export-position.ts';
import { startTurns, type Turns } from './audit-export-turns.ts';
import type { Database } from './database.ts';

export interface AlertOptions {
  readonly database: Database;
  readonly rules: readonly AlertRule[];
  readonly relations: Relations;
  readonly clock: Clock;
  readonly seconds: number;
  /** Told what a turn failed on; the next one looks at the same records. */
  readonly onFailure: (error: unknown) => void;
  /** Told of every alert that is new. */
  readonly onAlert?: (rule: AlertRule) => void;
}

const CONSUMER = 'alerts';
/** Records that are read together: as many as weigh so much, by what was read last. One record may hold a thousand decisions. */
const PORTION = { first: 20, most: 2000, weight: 4_000 } as const;
const RECENT_MS = 62 * 86_400_000;
const EVERYTHING_MS = 3_600_000;

export function startAlerts({ database, rules, relations, clock, seconds, onFailure, onAlert = () => undefined }: AlertOptions): Turns {
  let everythingAt = Number.NEGATIVE_INFINITY;
  let portion: number = PORTION.first;

  const relationTo = async (record: StoredRecord, signal: AbortSignal): Promise<RelationOf> => {
    const asks = rules.some((rule) => rule.kind === 'family' && concerns(rule, record));
    const fhirUser = record.requester?.fhirUser;
    const subjects = asks && fhirUser !== undefined ? patientsGiven(record) : [];
    if (fhirUser === undefined || subjects.length === 0) return () => undefined;
    return relations.load(fhirUser, subjects, signal);
  };

  const look = async (records: readonly StoredRecord[], signal: AbortSignal): Promise<readonly Seen[]> => {
    const seen = new Map<string, { rule: AlertRule; requester: string; sightings: Sighting[] }>();
    for (const record of records) {
      const requester = requesterKey(record);
      if (requester === undefined) continue;
      const relationOf = await relationTo(record, signal);
      for (const rule of rules) {
        const found = concerns(rule, record) ? sightingsIn(rule, record, relationOf) : [];
        if (found.length === 0) continue;
        const key = `${rule.id} ${requester}`;
        const row = seen.get(key) ?? { rule, requester, sightings: [] };
        row.sightings.push(...found);
        seen.set(key, row);
      }
    }
    return [...seen.values()].map((row) => ({ ...row, sightings: thinSightings(row.rule, row.sightings) }));
  };

  const turn = async (tx: TransactionSql, signal: AbortSignal): Promise<boolean> => {
    const now = clock.now();
    const everything = now - everythingAt >= EVERYTHING_MS;
    const chains = await pendingChains(tx, CONSUMER, new Date(everything ? 0 : now - RECENT_MS));
    if (chains.length === 0 && everything) everythingAt = now;
    let oldest = now;
    const fresh: AlertRule[] = [];
    for (const { chain, done } of chains) {
      const entries = await readChain(tx, { chain, after: done, count: portion });
      const last = entries.at(-1);
      if (last === undefined) continue;
      const records = entries.map(({ stored }) => stored);
      portion = nextPortion(records);
      for (const seen of await look(records, signal)) {
        for (let made = await countSightings(tx, seen); made > 0; made--) fresh.push(seen.rule);
      }
      await advance(tx, CONSUMER, chain, last.link.seq);
      oldest = Math.min(oldest, ...records.map(({ recordedAt }) => Date.parse(recordedAt)));
    }
    if (chains.length > 0) await forgetSightings(tx, rules, oldest);
    for (const rule of fresh) onAlert(rule);
    return chains.length > 0;
  };

  return startTurns({ database, worker: CONSUMER, seconds, turn, onFailure });
}

/** Four times what it was at most: the next may weigh more. */
function nextPortion(records: readonly StoredRecord[]): number {
  const weight = records.reduce(
    (sum, { decisions }) => decisions.reduce((all, { references }) => all + 1 + references.length / 20, sum + 1),
    0,
  );
  const wanted = Math.floor((records.length * PORTION.weight) / weight);
  return Math.max(1, Math.min(PORTION.most, 4 * Math.max(PORTION.first, records.length), wanted));
}
