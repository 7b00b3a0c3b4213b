/**
 * One request told as a situation: who asks for what, what comes back and what must not, and what the log then says. The
 * log is read as an auditor would, over HTTP, so that an answer and its row are proved together.
 */
import type { JWTPayload } from 'jose';
import { expect } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Reply, TestGateway } from '../support/gateway.ts';

export interface GatewayCase {
  /** The situation in words. */
  readonly name: string;
  /** A demo persona, claims, or nobody. */
  readonly who: string | JWTPayload | undefined;
  /** Path and query below the gateway. */
  readonly get: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly gets: Expected;
  readonly log: Logged;
}

export interface Expected {
  readonly status: number;
  /** Reason code of a refusal. */
  readonly reason?: string;
  /** `Type/id` of what a Bundle gives, in order. */
  readonly names?: readonly string[];
  readonly total?: number;
  /** Texts that the raw answer has, its headers included. */
  readonly kept?: readonly string[];
  /** Texts that are nowhere in the raw answer, its headers included. */
  readonly removed?: readonly string[];
  /** Codes in meta.security and meta.tag of a single resource. */
  readonly marks?: readonly string[];
  /** A header says that Part 2 records may not be redisclosed, and a Bundle has an entry that says so. */
  readonly notice?: boolean;
  /** A Bundle says that something is withheld. */
  readonly announced?: boolean;
}

export interface Logged {
  readonly outcome: '0' | '4' | '8';
  /** Absent: refused before it was settled. */
  readonly purpose?: string;
  readonly recipient?: string;
  readonly subjects?: readonly string[];
  readonly obligations?: readonly string[];
  readonly reason?: string;
  readonly breakGlass?: string;
  readonly attestation?: string;
  /** By `Type/id`: the effect, then ids of policies or consents that must be among its basis: `withhold PN-04`. All and no others. */
  readonly decisions?: Readonly<Record<string, string>>;
}

export async function checkCase(gateway: TestGateway, row: GatewayCase): Promise<void> {
  const requestId = `case-${crypto.randomUUID()}`;
  const reply = await gateway.ask(row.who, row.get, {
    headers: { 'x-request-id': requestId, ...row.headers },
    ...(row.method === undefined ? {} : { method: row.method }),
    ...(row.body === undefined ? {} : { body: row.body }),
  });
  checkReply(gateway, reply, row.gets, requestId);
  expect(await loggedOf(gateway, requestId), 'the log').toMatchObject(expectedLog(row.log));
}

/** Everything of an answer as one text: what is nowhere in it did not leave. */
export function rawOf(reply: Reply): string {
  return `${[...reply.headers].map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${reply.text}`;
}

function checkReply({ upstreamUrl }: TestGateway, reply: Reply, wanted: Expected, requestId: string): void {
  const raw = rawOf(reply);
  expect({ status: reply.status, reason: reply.reason }).toEqual({ status: wanted.status, reason: wanted.reason });
  if (wanted.names !== undefined) expect(reply.names).toEqual(wanted.names);
  if (wanted.total !== undefined) expect(reply.body.total).toBe(wanted.total);
  for (const text of wanted.kept ?? []) expect(raw).toContain(text);
  for (const text of wanted.removed ?? []) expect(raw).not.toContain(text);
  if (wanted.marks !== undefined) {
    const { security = [], tag = [] } = reply.body.meta ?? {};
    expect([...security, ...tag].map((coding) => coding.code)).toEqual(expect.arrayContaining([...wanted.marks]));
  }
  expect(reply.headers.has('x-redisclosure-notice'), 'redisclosure notice').toBe(wanted.notice ?? false);
  expect(outcomesOf(reply).includes('suppressed'), 'announced').toBe(wanted.announced ?? false);
  // True of every answer, whoever asks.
  expect(raw).not.toContain(upstreamUrl);
  expect(reply.headers.get('x-request-id')).toBe(requestId);
  expect(reply.headers.get('cache-control')).toBe('private, no-store');
}

function outcomesOf({ body }: Reply): readonly string[] {
  if (body.resourceType !== 'Bundle') return [];
  return ((body.entry ?? []) as { resource?: Resource; search?: { mode?: string } }[])
    .filter((entry) => entry.search?.mode === 'outcome')
    .map((entry) => entry.resource?.issue?.[0]?.code);
}

interface LogEntry {
  readonly outcome: string;
  readonly purpose: string | undefined;
  readonly recipient: string | undefined;
  readonly subjects: readonly string[];
  readonly obligations: readonly string[];
  readonly reason: string | undefined;
  readonly breakGlass: string | undefined;
  readonly attestation: string | undefined;
  /** By reference: effect and ids of the basis. */
  readonly decisions: Readonly<Record<string, string>>;
}

type Extension = { url: string; valueCode?: string; valueString?: string; extension?: Extension[] };

/** The row of one request, put together from its AuditEvents: one a subject. */
export async function loggedOf(gateway: TestGateway, requestId: string): Promise<LogEntry | undefined> {
  const { resources } = await gateway.ask('auditor', '/audit/AuditEvent?_count=60');
  const events = resources.filter((event) => JSON.stringify(event.entity).includes(requestId));
  const [first] = events;
  if (first === undefined) return undefined;
  const extensions = (first.extension ?? []) as Extension[];
  const values = (name: string) =>
    extensions.filter((row) => row.url === `urn:privity:audit:${name}`).map((row) => row.valueCode ?? row.valueString ?? '');
  const attested = extensions.find((row) => row.url === 'urn:privity:audit:attestation')?.extension;
  const entities = events.flatMap(
    (event) => event.entity as { what?: { reference?: string }; type?: { code?: string }; extension?: Extension[] }[],
  );
  const subjects = entities.filter((entity) => entity.type?.code === '1').map((entity) => entity.what?.reference ?? '');
  return {
    outcome: first.outcome,
    purpose: first.purposeOfEvent?.[0]?.coding?.[0]?.code,
    recipient: values('recipient')[0],
    subjects: [...new Set(subjects)].sort(),
    obligations: values('obligation'),
    reason: first.outcomeDesc,
    breakGlass: values('break-glass-reason')[0],
    attestation: attested?.find((row) => row.url === 'kind')?.valueCode,
    decisions: Object.fromEntries(entities.flatMap((entity) => decisionOf(entity.what?.reference, entity.extension))),
  };
}

function decisionOf(reference: string | undefined, extensions: readonly Extension[] | undefined): readonly (readonly [string, string])[] {
  const decision = extensions?.find((row) => row.url === 'urn:privity:audit:decision')?.extension;
  if (reference === undefined || decision === undefined) return [];
  const effect = decision.find((row) => row.url === 'effect')?.valueCode ?? '';
  const basis = decision
    .filter((row) => row.url === 'basis')
    .map((row) => row.extension?.find((inner) => inner.url === 'id')?.valueString ?? '');
  return [[reference, [effect, ...basis].join(' ')]];
}

function expectedLog({ decisions, subjects, ...row }: Logged): Record<string, unknown> {
  return {
    ...row,
    ...(subjects === undefined ? {} : { subjects: [...subjects].sort() }),
    ...(decisions === undefined
      ? {}
      : { decisions: expect.toSatisfy((found) => sameDecisions(found, decisions), JSON.stringify(decisions)) }),
  };
}

/** The same resources, each with the effect and at least the basis that is wanted. */
function sameDecisions(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  if (Object.keys(found).sort().join() !== Object.keys(wanted).sort().join()) return false;
  return Object.entries(wanted).every(([reference, text]) => {
    const [effect, ...basis] = text.split(' ');
    const [is, ...because] = (found[reference] ?? '').split(' ');
    return is === effect && basis.every((id) => because.includes(id));
  });
}
