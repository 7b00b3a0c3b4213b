/**
 * Delivers events to a repository and settles each: acknowledged, refused by itself, or to be sent again. One that nobody takes
 * must not hold up the others: what a batch is refused for is found by sending each alone, and an event on which the repository
 * fails again and again, while it takes others, counts as refused.
 */
import { type EventAnswer, judgeStatus, type SentEvent } from '../audit/export-batch.ts';
import { type RepositoryClient, RepositoryDown } from './audit-export-client.ts';

export interface RefusedEvent extends EventAnswer {
  readonly id: string;
}

export interface Delivery {
  readonly client: RepositoryClient;
  /** Events in one batch; 1 = each by itself. */
  readonly batch: number;
  /** Failures in a row before this attempt. */
  readonly failures: number;
  /** Ids that were acknowledged in earlier attempts; grows. */
  readonly delivered: Set<string>;
  readonly signal: AbortSignal;
}

/** So often an event may fail by itself before it is put aside. */
const PATIENCE = 5;

/**
 * @returns events that were refused; the others are delivered
 * @throws RepositoryDown where some have to be sent again
 */
export async function deliver(events: readonly SentEvent[], delivery: Delivery): Promise<readonly RefusedEvent[]> {
  const refused: RefusedEvent[] = [];
  // Sent again, what is there shows that the repository takes it.
  const waiting = delivery.failures >= PATIENCE ? events : events.filter(({ id }) => !delivery.delivered.has(id));
  const size = delivery.failures >= PATIENCE ? Math.max(delivery.batch, 10) : delivery.batch;
  for (let next = 0; next < waiting.length; next += size) {
    const group = waiting.slice(next, next + size);
    refused.push(...settle(group, await send(group, delivery), delivery));
  }
  return refused;
}

async function send(group: readonly SentEvent[], delivery: Delivery): Promise<readonly (EventAnswer & { readonly askedMs?: number })[]> {
  if (delivery.batch === 1) return oneByOne(group, delivery);
  try {
    return await delivery.client.sendBatch(group, delivery.signal);
  } catch (error) {
    if (!(error instanceof RepositoryDown)) throw error;
    const failsOnIt = error.status === 500 && delivery.failures >= PATIENCE;
    if (judgeStatus(error.status) !== 'refused' && !failsOnIt) throw error;
    return oneByOne(group, delivery);
  }
}

/** What it asks for by one answer, a wait or another token, it asks for by all. */
async function oneByOne(group: readonly SentEvent[], { client, signal }: Delivery) {
  const answers: (EventAnswer & { readonly askedMs: number })[] = [];
  for (const event of group) {
    const answer = await client.sendOne(event, signal);
    answers.push(answer);
    if (judgeStatus(answer.status) === 'later' && answer.status !== 500) break;
  }
  return answers;
}

/** @param answers of the first so many of the group; the others were not sent */
function settle(
  group: readonly SentEvent[],
  answers: readonly (EventAnswer & { readonly askedMs?: number })[],
  { delivered, failures }: Delivery,
): readonly RefusedEvent[] {
  const refused: RefusedEvent[] = [];
  const later: (RefusedEvent & { readonly askedMs?: number })[] = [];
  for (const [index, answer] of answers.entries()) {
    const id = group[index]?.id ?? '';
    const judged = judgeStatus(answer.status);
    if (judged === 'delivered') delivered.add(id);
    else if (judged === 'refused') refused.push({ id, ...answer });
    else later.push({ id, ...answer });
  }
  const [first] = later;
  const takesOthers = answers.length > later.length;
  const failsOnThem = failures >= PATIENCE && takesOthers && later.every(({ status }) => status === 500);
  if (answers.length < group.length || (first !== undefined && !failsOnThem)) {
    throw new RepositoryDown(first?.status ?? 0, Math.max(0, ...later.map(({ askedMs = 0 }) => askedMs)));
  }
  return [...refused, ...later];
}
