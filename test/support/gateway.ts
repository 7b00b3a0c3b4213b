/** The whole gateway for tests: real HTTP, real tokens, a real FHIR server behind it, a real PostgreSQL below it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JWTPayload } from 'jose';
import type { DestinationStream } from 'pino';
import { toConfig } from '../../src/config.ts';
import { createFhirServer, type FhirServer } from '../../src/demo/fhir-server/create-fhir-server.ts';
import { personas } from '../../src/demo/personas.ts';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';
import { type Gateway, startGateway } from '../../src/gateway/start-gateway.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

export const PUBLIC = 'http://privity.test';
export const AUDIENCE = `${PUBLIC}/fhir`;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body, where it is JSON. */
  readonly body: Resource;
  /** Resources of a Bundle's entries but for outcomes, in order. */
  readonly resources: readonly Resource[];
  /** `Type/id` of those. */
  readonly names: readonly string[];
  /** Reason code of an OperationOutcome or of problem details. */
  readonly reason: string | undefined;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

export interface TestGateway {
  readonly gateway: Gateway;
  /** The record server, where the test brought none of its own. */
  readonly upstream: FhirServer;
  /** Of the record server that it stands before. */
  readonly upstreamUrl: string;
  readonly issuer: TestIssuer;
  readonly dataDir: string;
  /** @param who id of a demo persona, or claims; links of the gateway may be given as they came */
  ask(who: string | JWTPayload | undefined, url: string, options?: Ask): Promise<Reply>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly resources: Iterable<Resource>;
  /** Of a record server that holds the resources already. */
  readonly upstreamUrl?: string;
  /** Over and above what a test gateway needs. */
  readonly config?: Record<string, Record<string, unknown>>;
  /** Takes the log lines; none are made by default. */
  readonly log?: DestinationStream;
}

/** Claims of a demo persona. */
export function personaClaims(id: string): JWTPayload {
  const persona = personas.find((candidate) => candidate.id === id);
  if (persona === undefined) throw new Error(`no persona ${id}`);
  return { ...persona.claims, client_id: 'test' };
}

export async function startTestGateway({ resources, upstreamUrl, config = {}, log }: GatewayOptions): Promise<TestGateway> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'privity-'));
  const upstream = createFhirServer({ resources });
  const issuer = await startIssuer(AUDIENCE);
  const own = await upstream.listen();
  const url = upstreamUrl ?? own;
  const settings = {
    ...config,
    server: { port: 0, publicUrl: PUBLIC, ...config.server },
    upstream: { url, ...config.upstream },
    identity: {
      issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: AUDIENCE, algorithms: ['ES256'] }],
      ...config.identity,
    },
    consent: { cacheSeconds: 0, ...config.consent },
    database: { dataDir, ...config.database },
    // By default no alert asks the upstream for anything during a test.
    audit: { alertSeconds: 86_400, ...config.audit },
    log: { level: log === undefined ? 'silent' : 'debug', ...config.log },
  };
  const gateway = await startGateway(toConfig(settings), undefined, log);
  return {
    gateway,
    upstream,
    upstreamUrl: url,
    issuer,
    dataDir,
    async ask(who, target, { headers = {}, method = 'GET', body } = {}) {
      const claims = typeof who === 'string' ? personaClaims(who) : who;
      const authorization: Record<string, string> = claims === undefined ? {} : { authorization: `Bearer ${await issuer.sign(claims)}` };
      const place = target.startsWith(PUBLIC) ? `${gateway.url}${target.slice(PUBLIC.length)}` : `${gateway.url}${target}`;
      const response = await fetch(place, {
        method,
        redirect: 'manual',
        headers: { ...authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      return replyOf(response.status, response.headers, await response.text());
    },
    async close() {
      await gateway.close();
      await upstream.close();
      await issuer.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function replyOf(status: number, headers: Headers, text: string): Reply {
  const body = /[/+]json/.test(headers.get('content-type') ?? '') && text !== '' ? (JSON.parse(text) as Resource) : { resourceType: '' };
  const entries = body.resourceType === 'Bundle' ? ((body as Bundle).entry ?? []) : [];
  const resources = entries.filter((entry) => entry.search?.mode !== 'outcome').flatMap((entry) => entry.resource ?? []);
  return {
    status,
    headers,
    text,
    body,
    resources,
    names: resources.map((resource) => `${resource.resourceType}/${resource.id}`),
    reason: body.issue?.[0]?.details?.coding?.[0]?.code ?? problemReason(body),
  };
}

function problemReason({ type }: Resource): string | undefined {
  return typeof type === 'string' && type.startsWith('urn:privity:reason:') ? type.split(':').at(-1) : undefined;
}
