/**
 * AuditEvents as they are sent to a repository (IHE ITI-20, ATX: FHIR Feed Option): a Bundle of type batch that creates each, or
 * one by itself. R4's AuditEvent has no identifier and the repository gives its ids, so each carries its own id as a tag, and is
 * created only where none with that tag is there (FHIR R4 section 3.1.0.8.1): what is sent twice is stored once.
 */
import * as z from 'zod';
import type { Resource } from '../fhir/resource.ts';

/** System of the tag that names an event. */
export const EVENT_TAG = 'urn:privity:audit-event';

/** An event that has not been acknowledged yet. @param id of the AuditEvent in this log */
export interface SentEvent {
  readonly id: string;
  readonly resource: Resource;
}

export function toSentEvent({ id = '', meta, ...event }: Resource): SentEvent {
  const resource: Resource = { ...event, resourceType: event.resourceType, meta: { ...meta, tag: [{ system: EVENT_TAG, code: id }] } };
  return { id, resource };
}

/** Criteria of the conditional create. */
export function noneWithTag(id: string): string {
  return `_tag=${encodeURIComponent(`${EVENT_TAG}|${id}`)}`;
}

export function batchOf(events: readonly SentEvent[]): Resource {
  return {
    resourceType: 'Bundle',
    type: 'batch',
    entry: events.map(({ id, resource }) => ({ resource, request: { method: 'POST', url: 'AuditEvent', ifNoneExist: noneWithTag(id) } })),
  };
}

const outcome = z.object({ issue: z.array(z.object({ code: z.string().regex(/^[a-z-]{1,40}$/) })).min(1) });
const answer = z.object({
  resourceType: z.literal('Bundle'),
  type: z.literal('batch-response'),
  entry: z.array(z.object({ response: z.object({ status: z.string().regex(/^\d{3}\b/), outcome: z.unknown().optional() }) })),
});

/** What became of one event. */
export interface EventAnswer {
  readonly status: number;
  /** OperationOutcome.issue.code; its text may quote the event, and is not kept. */
  readonly code?: string;
}

/** @returns one for each entry, in their order; `undefined` for what is no answer to a batch of so many */
export function readBatchAnswer(body: unknown, count: number): readonly EventAnswer[] | undefined {
  const { data } = answer.safeParse(body);
  if (data?.entry.length !== count) return undefined;
  return data.entry.map(({ response }) => ({ status: Number(response.status.slice(0, 3)), ...issueCode(response.outcome) }));
}

export function issueCode(body: unknown): { readonly code?: string } {
  const code = outcome.safeParse(body).data?.issue[0]?.code;
  return code === undefined ? {} : { code };
}

/** Of the event itself, not of the repository's state, of who sends it, or of where. */
const REFUSALS: ReadonlySet<number> = new Set([400, 410, 413, 422]);

/**
 * `delivered`: it is there; 412 says that it is there more than once. `refused`: it will not be taken as it is. `later`: it can
 * be sent again.
 */
export function judgeStatus(status: number): 'delivered' | 'refused' | 'later' {
  if (status === 200 || status === 201 || status === 412) return 'delivered';
  return REFUSALS.has(status) ? 'refused' : 'later';
}
