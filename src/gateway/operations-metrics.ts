/**
 * What runs the gateway sees in `/metrics` beside its requests (issue 6): answers by interaction and decision, time by stage, caches,
 * the upstream, the log. Names of a closed set and numbers; no ids (threats.md 48).
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type Freshness, readFreshness } from '../adapters/audit-freshness.ts';
import type { Database } from '../adapters/database.ts';
import type { StageTime } from '../adapters/telemetry-stages.ts';
import type { AuditRecord } from '../audit/record.ts';
import { decisionMemo } from '../decide/decide-once.ts';
import type { AuditLog, Clock } from '../ports.ts';
import { countBy, histogramOf } from './metric-series.ts';

export interface OperationsMetrics {
  /** The same log, its records counted once they are durable. */
  counted<Log extends AuditLog>(log: Log): Log;
  readonly onStages: (stages: readonly StageTime[]) => void;
  readonly onExchange: (method: string, result: string, seconds: number) => void;
  readonly onLookup: (cache: 'token' | 'consent') => (hit: boolean) => void;
  readonly onCommit: (records: number, seconds: number) => void;
  /** Reads the log's freshness whenever somebody looks, at most every five seconds. */
  watchLog(database: Database, clock: Clock): void;
}

const SECONDS = [0.00001, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const FRESH_MS = 5000;

export function operationsMetrics(registry: Registry): OperationsMetrics {
  const registers = [registry];
  const answers = new Counter({
    name: 'privity_interactions_total',
    help: 'Logged requests by door, interaction and what was decided',
    labelNames: ['door', 'interaction', 'decision'],
    registers,
  });
  const count = countBy(answers, ['door', 'interaction', 'decision']);
  const observeStage = histogramOf(registry, {
    name: 'privity_stage_seconds',
    help: 'Time of a request by stage',
    labelNames: ['stage'],
    buckets: SECONDS,
  });
  const observeExchange = histogramOf(registry, {
    name: 'privity_upstream_seconds',
    help: 'Requests to the FHIR server, by what came of them',
    labelNames: ['method', 'result'],
    buckets: SECONDS,
  });
  const lookups = new Counter({
    name: 'privity_cache_lookups_total',
    help: 'Lookups in caches',
    labelNames: ['cache', 'result'],
    registers,
  });
  const commits = new Histogram({
    name: 'privity_audit_commit_seconds',
    help: 'Time of a group commit of the log',
    buckets: SECONDS,
    registers,
  });
  const groups = new Histogram({
    name: 'privity_audit_group_records',
    help: 'Records of a group commit',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers,
  });
  countMemo(lookups);

  return {
    counted(log) {
      return {
        ...log,
        async append(record: AuditRecord, under) {
          await log.append(record, under);
          count([record.door, record.interaction, decisionOf(record)]);
        },
      };
    },
    onStages(times) {
      for (const { stage, busy } of times) observeStage([stage], busy / 1000);
    },
    onExchange: (method, result, seconds) => observeExchange([method, result], seconds),
    onLookup: (cache) => {
      const [hits, misses] = ['hit', 'miss'].map((result) => lookups.labels({ cache, result }));
      return (hit) => (hit ? hits : misses)?.inc();
    },
    onCommit(records, seconds) {
      commits.observe(seconds);
      groups.observe(records);
    },
    watchLog: (database, clock) => watchLog(registers, database, clock),
  };
}

/** Of a request as a whole: what was given in full, in part, not at all; without data to decide about, `none`. */
function decisionOf({ outcome, decisions }: AuditRecord): string {
  if (outcome !== '0') return outcome === '4' ? 'refused' : 'failed';
  if (decisions.length === 0) return 'none';
  const effects = new Set(decisions.map(({ effect }) => effect));
  if (effects.size === 1) return effects.has('permit') ? 'permitted' : effects.has('redact') ? 'redacted' : 'withheld';
  return 'in-part';
}

/** Counted where it is, without a call for each; told when somebody looks. */
function countMemo(lookups: Counter<'cache' | 'result'>): void {
  const told = { hits: decisionMemo.hits, misses: decisionMemo.misses };
  const get = lookups.get.bind(lookups);
  lookups.get = () => {
    lookups.inc({ cache: 'decision', result: 'hit' }, decisionMemo.hits - told.hits);
    lookups.inc({ cache: 'decision', result: 'miss' }, decisionMemo.misses - told.misses);
    Object.assign(told, decisionMemo);
    return get();
  };
}

function watchLog(registers: Registry[], { sql }: Database, clock: Clock): void {
  let known: { readonly at: number; readonly answer: Promise<Freshness | undefined> } | undefined;
  const read = () => {
    if (known !== undefined && clock.now() - known.at < FRESH_MS) return known.answer;
    known = { at: clock.now(), answer: readFreshness(sql).catch(() => undefined) };
    return known.answer;
  };
  const gauge = (name: string, help: string, value: (fresh: Freshness) => number | undefined) => {
    new Gauge({
      name,
      help,
      registers,
      // Every worker looks at the same log.
      aggregator: 'max',
      async collect() {
        const fresh = await read();
        // NaN where nobody knows: an alert on an age must not be calmed by a database that does not answer.
        this.set((fresh && value(fresh)) ?? Number.NaN);
      },
    });
  };
  const age = (iso: string | undefined) => (iso === undefined ? undefined : Math.max(0, (clock.now() - Date.parse(iso)) / 1000));
  gauge('privity_audit_newest_row_age_seconds', 'Age of the newest record of the log', ({ newestRow }) => age(newestRow));
  gauge('privity_audit_newest_checkpoint_age_seconds', 'Age of the newest checkpoint', ({ newestCheckpoint }) =>
    age(newestCheckpoint?.madeAt),
  );
  gauge('privity_audit_uncovered_records', 'Records that no checkpoint covers yet', ({ uncovered }) => uncovered);
}
