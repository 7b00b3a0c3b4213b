/** Operations metrics (Prometheus text format): counts and times, no ids (threats.md 48). */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { countBy, histogramOf } from './metric-series.ts';
import { metricsText } from './worker-metrics.ts';

export interface Metrics {
  /** One answered request. @param seconds from its arrival to its answer */
  observe(method: string, status: number, seconds: number): void;
  /** One request without a valid token, at any door. */
  unauthenticated(): void;
  text(): Promise<string>;
  readonly contentType: string;
  /** For what other parts measure. */
  readonly registry: Registry;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'privity_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'status'],
    registers: [registry],
  });
  const count = countBy(requests, ['method', 'status']);
  const observe = histogramOf(registry, {
    name: 'privity_request_seconds',
    help: 'Time to answer',
    labelNames: ['method'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const unauthenticated = new Counter({
    name: 'privity_unauthenticated_total',
    help: 'Requests without a valid token',
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    registry,
    observe(method, status, seconds) {
      const known = METHODS.has(method) ? method : 'other';
      count([known, String(status)]);
      observe([known], seconds);
    },
    unauthenticated: () => unauthenticated.inc(),
    text: metricsText(registry),
  };
}
