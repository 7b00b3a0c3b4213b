/** openapi.yaml says what the gateway does, and the gateway does what it says: linted, asked path by path, answers held to the schemas. */
import { readFileSync } from 'node:fs';
import { bundleFromString, createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startClinic } from './gateway/clinic.ts';
import { type Ask, personaClaims, type Reply, type TestGateway } from './support/gateway.ts';

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: Parameters<typeof z.fromJSONSchema>[0] }>>;
}
interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Capability {
  readonly interaction: readonly { readonly code: string }[];
  readonly operation?: readonly { readonly name: string }[];
}
interface Described extends Operation {
  readonly method: string;
  readonly path: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const source = readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8');
/** FHIR's own URLs are ambiguous as templates: `Patient/{id}/{type}` and `{type}/{id}/_history`. The gateway tells them apart by name. */
const config = await createConfig({ extends: ['recommended'], rules: { 'no-ambiguous-paths': 'off' } });
const { bundle } = await bundleFromString({ source, config, dereference: true });
const { paths } = bundle.parsed as { paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
const operations: readonly Described[] = Object.entries(paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => (item[method] === undefined ? [] : [{ ...item[method], method: method.toUpperCase(), path }])),
);
const FILLED: Readonly<Record<string, string>> = { type: 'Condition', id: 'maria-depression', version: '1' };

let clinic: TestGateway;
let eventId = '';
beforeAll(async () => {
  clinic = await startClinic();
  await clinic.ask('family-physician', '/fhir/Condition/maria-depression');
  eventId = (await clinic.ask('auditor', '/audit/AuditEvent')).resources[0]?.id ?? '';
});
afterAll(() => clinic?.close());

test('is sound by the recommended rules', async () => {
  const problems = await lintFromString({ source, config });
  expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
});

test('has a name for every operation, each once', () => {
  const names = operations.map((operation) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
});

function urlOf({ path }: Described): string {
  const own = path.startsWith('/fhir/Patient/') ? { ...FILLED, id: 'maria' } : path.startsWith('/audit') ? { id: eventId } : FILLED;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => (own as Record<string, string>)[name] ?? '');
}

/** What is said of this status: by itself, or by its class. */
function described({ responses }: Described, status: number): Answer | undefined {
  return responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`];
}

function check(operation: Described, reply: Reply): void {
  const answer = described(operation, reply.status);
  expect(answer, `${operation.operationId} ${reply.status}`).toBeDefined();
  const type = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
  if (answer?.content === undefined && reply.text === '') return;
  const content = answer?.content?.[type];
  expect(content, `${operation.operationId}: content of type ${type}`).toBeDefined();
  if (content === undefined) return;
  const body = /[/+]json/.test(type) ? JSON.parse(reply.text) : reply.text;
  const read = z.fromJSONSchema(content.schema).safeParse(body);
  expect(read.error?.issues ?? [], operation.operationId).toEqual([]);
}

/** What a path needs to be asked for something: by operationId. */
const ASKED: ReadonlyMap<string, string> = new Map([
  ['searchSystem', '?_type=Condition&_id=maria-depression'],
  ['lastn', '?patient=maria&category=laboratory'],
  ['docref', '?patient=maria'],
  ['historyType', '?_count=2'],
  ['slice', '?patient=maria'],
  ['disclosures', '?patient=maria'],
  ['exportSystem', '?_type=Condition'],
  ['exportPatients', '?_type=Condition&patient=Patient/maria'],
  ['exportStatus', '?_jobId=JOB'],
  ['exportFile', '?_jobId=JOB&_type=Condition'],
]);
const reads = operations.filter(({ method, path }) => method === 'GET' || path.endsWith('/_search'));
/** Needs what the clinic has not: a group of that id, terminology, a right of its own. */
const LACKING = /^\/fhir\/Group\/|^\/fhir\/(ValueSet|CodeSystem|ConceptMap)\/|^\/fhir\/(\{type\}\/)?_history$|^\/admin/;

const SERVICE = { ...personaClaims('family-physician'), scope: 'system/*.rs' };
const isExport = ({ path }: Described) => path.includes('$export');

/** An export that is done, for what is asked after it. */
async function jobOf({ path }: Described): Promise<string> {
  if (!path.includes('$export-')) return '';
  const begun = await clinic.ask(SERVICE, '/fhir/$export?_type=Condition', { headers: { prefer: 'respond-async' } });
  const status = begun.headers.get('content-location') ?? '';
  await clinic.ask(SERVICE, status);
  return new URL(status).searchParams.get('_jobId') ?? '';
}

describe('each path, asked of the running gateway', () => {
  test.each(reads.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))('%s', async (_, operation) => {
    const who = operation.path.startsWith('/audit') ? 'auditor' : isExport(operation) ? SERVICE : 'family-physician';
    const form: Ask = isExport(operation)
      ? { headers: { prefer: 'respond-async' } }
      : operation.method === 'POST'
        ? { body: 'patient=maria', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
        : {};
    const asked = (ASKED.get(operation.operationId) ?? '').replace('JOB', await jobOf(operation));
    const reply = await clinic.ask(who, `${urlOf(operation)}${asked}`, {
      method: operation.method,
      ...form,
    });
    if (!LACKING.test(operation.path)) expect(reply.status).toBe(operation.path.endsWith('$export') ? 202 : 200);
    check(operation, reply);
  });

  test.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
    '%s without a token',
    async (_, operation) => {
      const reply = await clinic.ask(undefined, urlOf(operation), { method: operation.method });
      expect(reply.status).toBe(operation.security?.length === 0 ? 200 : 401);
      check(operation, reply);
    },
  );

  test.each(reads.filter(({ path }) => path.includes('{')).map((operation) => [operation.path, operation] as const))(
    '%s, where nothing is',
    async (_, operation) => {
      const who = operation.path.startsWith('/audit') ? 'auditor' : 'family-physician';
      const reply = await clinic.ask(who, `${urlOf(operation)}?nonsense=1`.replace('maria', 'nobody').replace(eventId, 'nothing'), {
        method: operation.method,
      });
      expect(reply.status).toBeGreaterThanOrEqual(400);
      check(operation, reply);
    },
  );
});

describe('what the gateway serves', () => {
  test("is described: every route outside of /fhir, but for those of the console, which are its page's own", () => {
    const served = routesOf(clinic.gateway.app.printRoutes({ commonPrefix: false })).filter((route) => !/ \/(fhir|console)/.test(route));
    const told = new Set(operations.map(({ method, path }) => `${method} ${path}`));
    expect(served.length).toBeGreaterThan(5);
    expect(served.filter((route) => !told.has(route))).toEqual([]);
  });

  test('is described: every interaction and operation of its CapabilityStatement', async () => {
    const { body } = await clinic.ask(undefined, '/fhir/metadata');
    const { resource, interaction = [] } = body.rest[0] as { resource: Capability[]; interaction?: Capability['interaction'] };
    const codes = new Set([...resource.flatMap((row) => row.interaction), ...interaction].map(({ code }) => code));
    const told: ReadonlyMap<string, string> = new Map([
      ['history-instance', 'historyInstance'],
      ['history-type', 'historyType'],
      ['history-system', 'historySystem'],
      ['search-type', 'searchType'],
      ['search-system', 'searchSystem'],
      ['batch', 'batchOrTransaction'],
      ['transaction', 'batchOrTransaction'],
    ]);
    const names = new Set(operations.map((operation) => operation.operationId));
    expect([...codes].filter((code) => !names.has(told.get(code) ?? code))).toEqual([]);
    const operated = new Set(resource.flatMap((row) => (row.operation ?? []).map(({ name }) => name)));
    expect([...operated].filter((name) => !operations.some(({ path }) => path.endsWith(`/$${name}`)))).toEqual([]);
  });

  test('is this description, and a page of it', async () => {
    expect((await clinic.ask(undefined, '/openapi.yaml')).text).toBe(source);
    const page = (await clinic.ask(undefined, '/docs')).text;
    for (const { path } of operations) expect(page).toContain(path);
  });
});

/** `GET /audit/AuditEvent/{id}` for every route in Fastify's tree, where a child's line has the rest of its path. */
function routesOf(tree: string): readonly string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', path = '', methods = ''] = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    const depth = indent.length / 4;
    above.splice(depth, above.length, path);
    const whole = above.join('').replace(/:(\w+)/g, '{$1}');
    return methods.split(', ').flatMap((method) => (['', 'HEAD', 'OPTIONS'].includes(method) ? [] : [`${method} ${whole}`]));
  });
}
