/**
 * The gateway's FHIR door without sockets and without a database: the real routes, flow, policies, code sets and consents over
 * an upstream in memory whose records can be exchanged between two requests. For properties that need thousands of worlds.
 */
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { createConsentSource } from '../../src/adapters/consent-source.ts';
import { createKnownTexts } from '../../src/adapters/known-texts.ts';
import { loadCodeSets } from '../../src/adapters/load-code-sets.ts';
import { loadPolicies } from '../../src/adapters/load-policies.ts';
import { loadWriteRights } from '../../src/adapters/load-write-rights.ts';
import { createPageSealer } from '../../src/adapters/page-sealer.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import { deepFreeze } from '../../src/config/deep-freeze.ts';
import type { RecordedAttestation } from '../../src/decide/decision.ts';
import type { DecideSettings } from '../../src/decide/settings.ts';
import type { ServerContext } from '../../src/demo/fhir-server/exchange.ts';
import { outcomeOf } from '../../src/demo/fhir-server/fhir-error.ts';
import { interact } from '../../src/demo/fhir-server/interact.ts';
import { Pages } from '../../src/demo/fhir-server/pages.ts';
import { Store } from '../../src/demo/fhir-server/store.ts';
import { PrivityError } from '../../src/errors.ts';
import { parseFhir } from '../../src/fhir/parse-fhir.ts';
import { readPairs } from '../../src/fhir/query-pairs.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { fhirRoutes } from '../../src/gateway/fhir-routes.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import type { PipelineDeps } from '../../src/pipeline/session.ts';
import { mayAssert } from '../../src/policy/attestation-entitled.ts';
import type { Upstream, UpstreamAnswer } from '../../src/ports.ts';

export const UPSTREAM = 'http://upstream.test/fhir';
export const GATEWAY = 'http://privity.test/fhir';
export const NOW = Date.UTC(2026, 10, 23, 12);

/** Everything outside of the gateway at one moment. */
export interface World {
  /** Oldest first; several versions of one id become its history. */
  readonly resources: readonly Resource[];
  readonly recorded: readonly RecordedAttestation[];
  readonly settings: DecideSettings;
}

export interface Asked {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface InProcess {
  readonly app: FastifyInstance;
  /** Audit records since the world was entered. */
  readonly records: AuditRecord[];
  readonly deps: PipelineDeps;
  enter(world: World): Store;
  ask(claims: Record<string, unknown>, asked: Asked): Promise<Answered>;
}

const ISSUER = 'https://issuer.test';

export async function inProcessGateway(limits: Partial<PipelineDeps['limits']> = {}): Promise<InProcess> {
  const { evaluator, views, attestationRules } = await loadPolicies('policies', {});
  const index = await loadCodeSets('policies/code-sets');
  const clock = { now: () => NOW };
  const records: AuditRecord[] = [];
  let world: World | undefined;
  let context: ServerContext | undefined;
  const upstream: Upstream = {
    base: UPSTREAM,
    get: async (path) => exchange(context, 'GET', path),
    write: async ({ method, path, resource, ifMatch }) => exchange(context, method, path, resource, ifMatch),
  };
  const none = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };
  const current = () => {
    if (world === undefined) throw new Error('no world');
    return world;
  };
  const deps: PipelineDeps = {
    upstream,
    consents: createConsentSource({
      upstreams: [upstream],
      publicBase: GATEWAY,
      clock,
      cacheSeconds: 0,
      relations: true,
      epochs: { epochsOf: async (subjects) => new Map(subjects.map((subject) => [subject, '0'])), forget: () => undefined },
      recordedOf: async (subjects) => current().recorded.filter((row) => subjects.includes(row.subject)),
    }),
    policies: { current: () => ({ evaluator, views }) },
    audit: { append: async (record) => void records.push(record) },
    sealer: createPageSealer(new Uint8Array(32).fill(7), clock),
    clock,
    classify: (resource, given) =>
      classifyResource(resource, given, { index, psychotherapyNotes: none, part2Programs: current().settings.part2Programs }),
    get settings() {
      return current().settings;
    },
    limits: { pageSize: 3, maxPageSize: 10, candidates: 400, includes: 200, ...limits },
    publicBase: GATEWAY,
    writes: {
      rights: await loadWriteRights('policies'),
      lock: { hold: (_keys, work) => work() },
      epochs: { bump: async () => undefined },
      newEventId: randomUUID,
      maxEntries: 50,
    },
  };
  const app = Fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // What Node's own requests have and light-my-request's lack.
  app.addHook('onRequest', async (request) => {
    const distinct = Object.fromEntries(Object.entries(request.raw.headers).map(([name, value]) => [name, [value].flat() as string[]]));
    Object.defineProperty(request.raw, 'headersDistinct', { value: distinct });
  });
  fhirRoutes(app, {
    pipeline: deps,
    authentication: {
      verifier: { verify: async (token) => ({ issuer: ISSUER, claims: JSON.parse(Buffer.from(token, 'base64url').toString()) }) },
      rulesOf: () => ({
        issuer: { claims: {}, roles: {}, clients: {}, facts: ['supervised-own-program'] },
        bases: [UPSTREAM, GATEWAY],
        mayAssert: (kind, roles) => mayAssert(attestationRules, kind, roles),
      }),
    },
    issuers: [{ issuer: ISSUER }],
    release: { version: 'test', date: '2026-11-23' },
    metrics: createMetrics(),
  });
  await app.ready();
  return {
    app,
    records,
    deps,
    enter(next) {
      world = next;
      records.length = 0;
      const store = new Store(
        () => UPSTREAM,
        () => NOW,
      );
      for (const resource of next.resources) store.load(resource);
      let ids = 0;
      context = {
        store,
        pages: new Pages(() => UPSTREAM, 20, 1000),
        base: () => UPSTREAM,
        now: () => NOW,
        referentialIntegrity: false,
        newId: () => {
          ids += 1;
          return `made-${ids}`;
        },
      };
      return store;
    },
    async ask(claims, { method = 'GET', url, headers = {}, body }) {
      const token = Buffer.from(JSON.stringify({ iss: ISSUER, exp: NOW / 1000 + 3600, ...claims })).toString('base64url');
      const response = await app.inject({
        method: method as 'GET',
        url: url.startsWith(GATEWAY) ? url.slice(GATEWAY.length - '/fhir'.length) : url,
        headers: { accept: 'application/fhir+json', authorization: `Bearer ${token}`, 'x-request-id': 'r', ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: response.statusCode, headers: response.headers, text: response.payload };
    },
  };
}

const texts = createKnownTexts();

/** As from the network: the same text is the same resource again; and whoever changed one would be found out. */
function asRead(body: Resource): Resource {
  return deepFreeze(parseFhir(JSON.stringify(body), 100, texts) as Resource);
}

function exchange(context: ServerContext | undefined, method: string, path: string, resource?: Resource, ifMatch?: string): UpstreamAnswer {
  if (context === undefined) throw new PrivityError('upstream-unavailable');
  const [place = '', query = ''] = path.split('?');
  const headers = {
    accept: 'application/fhir+json',
    prefer: 'handling=strict',
    ...(ifMatch === undefined ? {} : { 'if-match': `W/"${ifMatch}"` }),
  };
  const body = resource === undefined ? undefined : structuredClone(resource);
  try {
    const answer = interact(context, { method, path: place.split('/').filter(Boolean), query: readPairs(query), headers, body });
    const { etag, 'last-modified': modified, location } = answer.headers ?? {};
    const kept = Object.entries({ etag, 'last-modified': modified, location }).filter(
      (row): row is [string, string] => row[1] !== undefined,
    );
    return {
      status: answer.status,
      headers: Object.fromEntries(kept),
      ...(answer.body === undefined ? {} : { resource: asRead(answer.body) }),
    };
  } catch (error) {
    const { status, body: outcome } = outcomeOf(error);
    return { status, headers: {}, resource: outcome };
  }
}
