/** Watches requests of the FHIR API where that is wanted: times by stage for `/metrics`, spans for a collector, lines for debugging. */
import type { Logger } from 'pino';
import { timedDeps } from '../adapters/telemetry-deps.ts';
import { createStageTimes, type StageTime } from '../adapters/telemetry-stages.ts';
import type { Traces } from '../adapters/telemetry-traces.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { PipelineDeps } from '../pipeline/session.ts';

export interface Watch {
  /** What the flow needs, with the times taken. */
  readonly pipeline: PipelineDeps;
  /** Of the trace, where there are traces. */
  readonly traceId?: string;
  run<T>(work: () => T): T;
  end(method: string, status: number): void;
}

export interface WatchOptions {
  readonly pipeline: PipelineDeps;
  readonly logger: Logger;
  /** Told of the stages of each request; absent: they are not counted. */
  readonly onStages?: (stages: readonly StageTime[]) => void;
  readonly traces?: Traces;
}

/** @returns for each request its watch; `undefined` where nobody wants to know */
export function watchRequests(options: WatchOptions): (traceparent: unknown) => Watch | undefined {
  const { logger, onStages, traces } = options;
  return (traceparent) => {
    if (onStages === undefined && traces === undefined && !logger.isLevelEnabled('debug')) return undefined;
    return watch(options, traceparent);
  };
}

const now = () => performance.now();

function watch({ pipeline, logger, onStages, traces }: WatchOptions, traceparent: unknown): Watch {
  const stages = createStageTimes(now);
  const trace = traces?.begin(traceparent);
  const started = now();
  let record: AuditRecord | undefined;
  const deps = timedDeps(pipeline, stages.take, (appended) => {
    record = appended;
  });
  return {
    pipeline: deps,
    ...(trace === undefined ? {} : { traceId: trace.traceId }),
    run: (work) => (trace === undefined ? work() : trace.run(work)),
    end(method, status) {
      const times = stages.times();
      onStages?.(times);
      const { id: event, interaction, outcome, reason } = record ?? {};
      trace?.end({ method, status, interaction, outcome, reason, event }, times, now());
      if (!logger.isLevelEnabled('debug')) return;
      const ms = Object.fromEntries(times.map(({ stage, busy }) => [stage, Math.round(busy * 1000) / 1000]));
      // The id is the gateway's own: what the caller names its request may say anything.
      logger.debug({ event, interaction, outcome, reason, status, ms, total: Math.round((now() - started) * 1000) / 1000 }, 'answered');
    },
  };
}
