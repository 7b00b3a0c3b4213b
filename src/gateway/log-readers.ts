/**
 * What goes through the log by itself beside the gateway's answers: exports to a folder and to a repository, the alerts, and the
 * numbers of each hour. None of them holds up an answer; how far behind they are is in `/metrics`.
 */
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { startAlerts } from '../adapters/alert-evaluator.ts';
import { createRelations } from '../adapters/alert-relations.ts';
import { startFolderExport } from '../adapters/audit-export-folder.ts';
import { startRepositoryExport } from '../adapters/audit-export-repository.ts';
import { countParked, lagOf, registerTargets, TARGETS } from '../adapters/audit-export-targets.ts';
import { startHours } from '../adapters/audit-hours.ts';
import type { CheckpointKeys } from '../adapters/audit-signing-key.ts';
import type { Database } from '../adapters/database.ts';
import type { AlertRule } from '../audit/alert-rule.ts';
import type { Config } from '../config.ts';
import { PrivityError } from '../errors.ts';
import type { Clock, Upstream } from '../ports.ts';

export interface LogReadersOptions {
  readonly config: Config;
  readonly database: Database;
  readonly rules: readonly AlertRule[];
  readonly keys: CheckpointKeys;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** Records this old are looked for now and then, and while there are any. */
const RECENT_MS = 62 * 86_400_000;
const EVERYTHING_MS = 3_600_000;

/** @returns what stops them; turns that run are ended first */
export async function startLogReaders(options: LogReadersOptions): Promise<() => Promise<void>> {
  const { config, database, rules, keys, upstream, clock, logger } = options;
  const { folder, fileBytes, repository } = config.audit.export;
  const { done, failed, alerts } = readerMetrics(options);
  const onFailure = (reader: string) => (error: unknown) => {
    failed.inc({ reader });
    logger.error({ reader, error: reasonOf(error) }, 'a reader of the log waits');
  };
  await registerTargets(
    database.sql,
    TARGETS.filter((name) => config.audit.export[name] !== undefined),
  );
  const turns = [
    startAlerts({
      database,
      rules,
      relations: createRelations(upstream),
      clock,
      seconds: config.audit.alertSeconds,
      onFailure: onFailure('alerts'),
      onAlert: ({ id: rule, severity }) => alerts.inc({ rule, severity }),
    }),
    startHours({ database, clock, seconds: config.audit.alertSeconds, onFailure: onFailure('hours') }),
  ];
  if (folder !== undefined) {
    const onDone = (rows: number) => done.inc({ reader: 'folder' }, rows);
    turns.push(startFolderExport({ database, folder, fileBytes, keys, onFailure: onFailure('folder'), onDone }));
  }
  if (repository !== undefined) {
    const observer = { url: config.server.publicUrl, name: 'Privity' };
    const onDone = (rows: number) => done.inc({ reader: 'repository' }, rows);
    turns.push(startRepositoryExport({ database, repository, observer, clock, onFailure: onFailure('repository'), onDone }));
  }
  return async () => {
    await Promise.all(turns.map((reader) => reader.close()));
  };
}

/** Ages and lags are asked of the database when somebody asks for them, so that every replica tells the same. */
function readerMetrics({ config, database, clock, registry }: LogReadersOptions) {
  const readers = ['alerts', 'hours', ...TARGETS.filter((name) => config.audit.export[name] !== undefined)];
  const labelNames = ['reader'];
  const registers = [registry];
  let full = { at: Number.NEGATIVE_INFINITY, old: 0 };
  const readNow = async () => {
    const now = clock.now();
    const everything = now - full.at >= EVERYTHING_MS || full.old > 0;
    const since = new Date(everything ? 0 : now - RECENT_MS);
    const lags = await Promise.all(readers.map(async (reader) => ({ reader, ...(await lagOf(database.sql, reader, since)) })));
    const old = lags.filter(({ oldest }) => oldest !== null && oldest.getTime() < now - RECENT_MS);
    if (everything) full = { at: now, old: old.length };
    return { lags, parked: await countParked(database.sql) };
  };
  /** One answer for all that are asked together; none where the database gives none. */
  let reading: Promise<Awaited<ReturnType<typeof readNow>> | undefined> | undefined;
  const read = () => {
    reading ??= readNow()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  type Read = Awaited<ReturnType<typeof readNow>>;
  const gauge = (name: string, help: string, valuesOf: (read: Read) => readonly (readonly [reader: string, value: number])[]) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      // Every worker looks at the same log.
      aggregator: 'max',
      async collect() {
        const told = await read();
        this.reset();
        for (const [reader, value] of told === undefined ? [] : valuesOf(told)) this.set({ reader }, value);
      },
    });
  gauge('privity_log_reader_waiting', 'Records that an export, or the alerts, have not done yet', ({ lags }) =>
    lags.map(({ reader, waiting }) => [reader, waiting]),
  );
  gauge('privity_log_reader_age_seconds', 'Age of the oldest of them', ({ lags }) =>
    lags.map(({ reader, oldest }) => [reader, oldest === null ? 0 : Math.max(0, (clock.now() - oldest.getTime()) / 1000)]),
  );
  gauge('privity_export_parked', 'AuditEvents that a repository refused', ({ parked }) =>
    readers.filter((reader) => reader !== 'alerts' && reader !== 'hours').map((reader) => [reader, parked.get(reader) ?? 0]),
  );
  return {
    done: new Counter({
      name: 'privity_exported_records_total',
      help: 'Records that were exported by this replica',
      labelNames,
      registers,
    }),
    failed: new Counter({ name: 'privity_log_reader_failures_total', help: 'Attempts that failed', labelNames, registers }),
    alerts: new Counter({
      name: 'privity_alerts_total',
      help: 'Alerts that became reviews',
      labelNames: ['rule', 'severity'],
      registers,
    }),
  };
}

/** Codes and statuses; other messages could quote data. */
function reasonOf(error: unknown): string {
  if (error instanceof PrivityError) return error.code;
  const { code, name, message } = error as Error & { code?: unknown };
  return name === 'RepositoryDown' ? message : typeof code === 'string' ? code : name;
}
