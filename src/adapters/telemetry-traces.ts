/**
 * OpenTelemetry traces (OTLP over HTTP; W3C Trace Context in and out): a span for each request of the FHIR API, one in it for each
 * stage. Names and codes only: no URL, no id of the record, nobody's name (threats.md 48). Loaded where it is configured, and only then.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivityError } from '../errors.ts';
import type { StageTime } from './telemetry-stages.ts';

export interface TraceConfig {
  /** Where spans are sent: `http://collector:4318/v1/traces`. */
  readonly otlpUrl: string;
  /** Of traces that nobody began before. */
  readonly samplePercent: number;
  readonly version: string;
}

export interface TracedAnswer {
  readonly method: string;
  readonly status: number;
  /** Of the audit event: its FHIR interaction, outcome, reason and id. */
  readonly interaction?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly event?: string;
}

export interface Trace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** What is sent to the upstream in `work` belongs to this trace. */
  run<T>(work: () => T): T;
  /** @param now by the clock of the stages */
  end(answer: TracedAnswer, stages: readonly StageTime[], now: number): void;
}

export interface Traces {
  /** @param traceparent as the caller sent it */
  begin(traceparent: unknown): Trace;
  /** For requests that are made on behalf of the one that is being answered. */
  traceparent(): string | undefined;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** A collector that does not answer must not hold up the end. */
const CLOSE_MS = 2000;

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/;

/** @throws PrivityError `configuration-invalid` where the packages are missing */
export async function startTraces({ otlpUrl, samplePercent, version }: TraceConfig): Promise<Traces> {
  const { api, sdk, resourceFromAttributes, OTLPTraceExporter } = await load();
  const root = new sdk.TraceIdRatioBasedSampler(samplePercent / 100);
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'privity', 'service.version': version }),
    sampler: new sdk.ParentBasedSampler({ root }),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: otlpUrl, timeoutMillis: 5000 }))],
  });
  const tracer = provider.getTracer('privity', version);
  const current = new AsyncLocalStorage<string>();

  return {
    begin(traceparent) {
      const [, parent, parentSpan, flags = '00'] = TRACEPARENT.exec(String(traceparent ?? '')) ?? [];
      const remote =
        parent === undefined || parentSpan === undefined
          ? api.ROOT_CONTEXT
          : api.trace.setSpanContext(api.ROOT_CONTEXT, {
              traceId: parent,
              spanId: parentSpan,
              traceFlags: Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED,
              isRemote: true,
            });
      const span = tracer.startSpan('fhir', { kind: api.SpanKind.SERVER }, remote);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        run: (work) => current.run(`00-${traceId}-${spanId}-0${traceFlags & 1}`, work),
        end({ method, status, interaction, outcome, reason, event }, stages, now) {
          const ended = Date.now();
          const inside = api.trace.setSpan(api.ROOT_CONTEXT, span);
          for (const { stage, first, last, busy, calls } of stages) {
            const attributes = { 'privity.calls': calls, 'privity.busy_ms': busy };
            tracer.startSpan(stage, { startTime: ended - (now - first), attributes }, inside).end(ended - (now - last));
          }
          if (interaction !== undefined) span.updateName(`fhir ${interaction}`);
          const codes = {
            'http.request.method': method,
            'http.response.status_code': status,
            'privity.interaction': interaction,
            'privity.outcome': outcome,
            'privity.reason': reason,
            'privity.audit_event': event,
          };
          for (const [name, value] of Object.entries(codes)) if (value !== undefined) span.setAttribute(name, value);
          if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
          span.end(ended);
        },
      };
    },
    traceparent: () => current.getStore(),
    close: async () => {
      const done = provider.shutdown().catch(() => undefined);
      await Promise.race([done, sleep(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

async function load() {
  try {
    const [api, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return { api, sdk, resourceFromAttributes, OTLPTraceExporter };
  } catch (cause) {
    throw new PrivityError('configuration-invalid', 'telemetry.otlpUrl: the packages of OpenTelemetry can not be loaded', { cause });
  }
}
