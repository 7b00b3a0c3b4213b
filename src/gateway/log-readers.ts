/**
 * What goes through the log by itself beside the gateway's answers: exports to a folder and to a repository, and the alerts. None of
 * them holds up an answer; how far behind they are is in `/metrics`.
 */
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { startAlerts } from '../adapters/alert-evaluator.ts';
import { createRelations } from '../adapters/alert-relations.ts';
import { startFolderExport } from '../adapters/audit-export-folder.ts';
import { startRepositoryExport } from '../adapters/audit-export-repository.ts';
import { lagOf, readTargets, registerTargets, TARGETS } from '../adapters/audit-export-targets.ts';
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
  const readers = ['alerts', ...TARGETS.filter((name) => config.audit.export[name] !== undefined)];
  const labelNames = ['reader'];
  const registers = [registry];
  const age = new Gauge({
    name: 'privity_log_reader_age_seconds',
    help: 'Age of the oldest record that an export, or the alerts, have not done yet',
    labelNames,
    registers,
  });
  const parked = new Gauge({ name: 'privity_export_parked', help: 'AuditEvents that a repository refused', labelNames, registers });
  const waiting = new Gauge({
    name: 'privity_log_reader_waiting',
    help: 'Records that an export, or the alerts, have not done yet',
    labelNames,
    registers,
    async collect() {
      const told = Promise.all([Promise.all(readers.map((reader) => lagOf(database.sql, reader))), readTargets(database.sql)]);
      const [lags, targets] = await told.catch(() => [undefined, []] as const);
      for (const [index, reader] of readers.entries()) {
        const lag = lags?.[index];
        if (lag === undefined) waiting.remove({ reader });
        else {
          waiting.set({ reader }, lag.waiting);
          age.set({ reader }, lag.oldest === null ? 0 : Math.max(0, (clock.now() - lag.oldest.getTime()) / 1000));
        }
      }
      for (const { target, parkedCount } of targets) parked.set({ reader: target }, parkedCount);
    },
  });
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
