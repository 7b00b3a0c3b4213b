/**
 * Bulk data through the gateway (HL7 Bulk Data Access 2.0): every line is decided, redacted and logged as a read would be, and what
 * a caller learns of an export is a function of what may be given (design.md 4.5).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { type Ask, PUBLIC, personaClaims, type Reply, startTestGateway, type TestGateway } from '../support/gateway.ts';

const ASYNC = { headers: { prefer: 'respond-async' } };
const system = (who: string, scope = 'system/*.rs') => ({ ...personaClaims(who), scope });
const GROUP: Resource = {
  resourceType: 'Group',
  id: 'panel',
  type: 'person',
  actual: true,
  member: [{ entity: { reference: 'Patient/maria' } }],
};

let world: TestGateway;
beforeAll(async () => {
  world = await startTestGateway({ resources: [...demoResources(), GROUP] });
});
afterAll(() => world.close());

type Who = ReturnType<typeof system>;

interface Manifest {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly { readonly type: string; readonly url: string }[];
  readonly error: readonly unknown[];
}

const pathOf = (url: string | null) => (url ?? '').slice(PUBLIC.length);

async function kickOff(who: Who, url: string, options: Ask = ASYNC): Promise<string> {
  const reply = await world.ask(who, url, options);
  expect([reply.status, reply.reason]).toEqual([202, undefined]);
  return pathOf(reply.headers.get('content-location'));
}

async function manifestOf(who: Who, url: string, options?: Ask): Promise<Manifest> {
  const reply = await world.ask(who, await kickOff(who, url, options));
  expect(reply.status).toBe(200);
  return JSON.parse(reply.text);
}

const linesOf = ({ text }: Reply) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Resource);

/** Every line of every file, by type. */
async function exported(who: Who, url: string, options?: Ask): Promise<ReadonlyMap<string, readonly Resource[]>> {
  const { output } = await manifestOf(who, url, options);
  const files = new Map<string, readonly Resource[]>();
  for (const { type, url: file } of output) {
    const reply = await world.ask(who, pathOf(file), { headers: { accept: 'application/fhir+ndjson' } });
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/fhir+ndjson']);
    files.set(type, linesOf(reply));
  }
  return files;
}

const names = (resources: readonly Resource[] | undefined) => (resources ?? []).map(({ id }) => id).sort();

describe('a bulk export', () => {
  test('gives of each type exactly what a search of that type gives, to each requester', async () => {
    const types = ['Condition', 'DocumentReference', 'Encounter', 'MedicationRequest', 'Observation', 'Patient'];
    for (const persona of ['family-physician', 'psychiatrist', 'billing', 'researcher', 'part2-counselor']) {
      const who = system(persona);
      const files = await exported(who, `/fhir/$export?_type=${types.join(',')}`);
      expect([...files.keys()]).toEqual(types);
      for (const type of types) {
        const found = await world.ask(who, `/fhir/${type}?_count=200`);
        expect([persona, type, files.get(type)?.toSorted(byId)]).toEqual([persona, type, found.resources.toSorted(byId)]);
      }
    }
  });

  test('has no trace of a psychotherapy note for the family physician, and logs each as withheld', async () => {
    const who = system('family-physician');
    const { output } = await manifestOf(who, '/fhir/Patient/$export?_type=DocumentReference');
    const file = await world.ask(who, pathOf(output[0]?.url ?? ''), { headers: { 'x-request-id': 'export-notes' } });
    expect(names(linesOf(file))).toContain('maria-progress-12');
    expect(file.text).not.toMatch(/maria-therapy-note|PSYTHPN|session 11/);
    const log = await world.ask('auditor', '/audit/AuditEvent?patient=Patient/maria&_sort=-date&_count=5');
    const rows = log.resources.filter((event) => JSON.stringify(event).includes('export-notes'));
    expect(JSON.stringify(rows)).toMatch(/DocumentReference\/maria-therapy-note-11/);
    expect(JSON.stringify(rows)).toMatch(/PN-0|withhold/);
  });

  test('of a group holds its members alone; of named patients, those', async () => {
    const who = system('family-physician');
    const group = await exported(who, '/fhir/Group/panel/$export?_type=Condition');
    const conditions = group.get('Condition') ?? [];
    expect(conditions.length).toBeGreaterThan(0);
    expect([...new Set(conditions.map((row) => (row.subject as { reference: string }).reference))]).toEqual(['Patient/maria']);
    const body = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: '_type', valueString: 'Condition' },
        { name: 'patient', valueReference: { reference: 'Patient/maria' } },
      ],
    });
    const headers = { ...ASYNC.headers, 'content-type': 'application/fhir+json' };
    const named = await exported(who, '/fhir/Patient/$export', { method: 'POST', headers, body });
    expect(names(named.get('Condition'))).toEqual(names(conditions));
  });

  test('lists one file for each type asked for, whether or not it holds anything, and no counts', async () => {
    const { output, error, request, requiresAccessToken } = await manifestOf(system('billing'), '/fhir/$export?_type=Media,Condition');
    expect(output.map((row) => Object.keys(row).sort())).toEqual([
      ['type', 'url'],
      ['type', 'url'],
    ]);
    expect(output.map(({ type }) => type)).toEqual(['Media', 'Condition']);
    expect({ error, request, requiresAccessToken }).toEqual({
      error: [],
      request: `${PUBLIC}/fhir/$export?_type=Media%2CCondition`,
      requiresAccessToken: true,
    });
  });

  test('since a moment holds nothing older', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const files = await exported(system('family-physician'), `/fhir/$export?_type=Condition&_since=${later}`);
    expect(files.get('Condition')).toEqual([]);
  });

  test('carries the notice on redisclosure with every file', async () => {
    const who = system('family-physician');
    const { output } = await manifestOf(who, '/fhir/$export?_type=MedicationRequest');
    const file = await world.ask(who, pathOf(output[0]?.url ?? ''));
    expect(file.headers.get('x-redisclosure-notice')).toMatch(/42 CFR part 2/i);
  });

  test('that was ended is gone', async () => {
    const who = system('family-physician');
    const status = await kickOff(who, '/fhir/$export?_type=Condition');
    const { output } = JSON.parse((await world.ask(who, status)).text) as Manifest;
    expect((await world.ask(who, status, { method: 'DELETE' })).status).toBe(202);
    expect((await world.ask(who, status)).status).toBe(404);
    expect((await world.ask(who, pathOf(output[0]?.url ?? ''))).status).toBe(404);
  });

  test('is nobody else’s: the same 404 as for one that never was', async () => {
    const status = await kickOff(system('family-physician'), '/fhir/$export?_type=Condition');
    const [other, none] = [await world.ask(system('billing'), status), await world.ask(system('billing'), `${status.slice(0, -4)}0000`)];
    expect([other.status, other.text]).toEqual([404, none.text]);
  });

  test('under way says so, and nothing of how far it is', async () => {
    const status = await kickOff(system('family-physician'), '/fhir/$export?_type=Condition');
    world.upstream.faults = [
      { match: ({ url }) => url.includes('$export-status'), status: 202, headers: { 'x-progress': '3 of 17 notes' } },
    ];
    const reply = await world.ask(system('family-physician'), status);
    world.upstream.faults = [];
    expect([reply.status, reply.headers.get('x-progress'), reply.headers.get('retry-after')]).toEqual([202, 'in progress', '5']);
  });

  const refused: readonly [situation: string, who: Who, url: string, options: Ask, status: number, reason: string][] = [
    ['without Prefer: respond-async', system('billing'), '/fhir/$export?_type=Claim', {}, 400, 'invalid-request'],
    ['with the scopes of a person', personaClaims('billing') as Who, '/fhir/$export?_type=Claim', ASYNC, 403, 'scope-insufficient'],
    [
      'of a type without a scope',
      system('billing', 'system/Claim.rs'),
      '/fhir/$export?_type=Claim,Condition',
      ASYNC,
      403,
      'scope-insufficient',
    ],
    ['of Binary', system('billing'), '/fhir/$export?_type=Binary', ASYNC, 400, 'not-supported'],
    ['of an unknown type', system('billing'), '/fhir/$export?_type=Nothing', ASYNC, 400, 'invalid-parameter'],
    [
      'narrowed by a search',
      system('billing'),
      '/fhir/$export?_type=Claim&_typeFilter=Claim%3Fstatus%3Dactive',
      ASYNC,
      400,
      'invalid-parameter',
    ],
    ['as Parquet', system('billing'), '/fhir/$export?_outputFormat=application/parquet', ASYNC, 400, 'invalid-parameter'],
    ['of one patient by path', system('billing'), '/fhir/Patient/maria/$export', ASYNC, 400, 'not-supported'],
    ['of a group that is not there', system('billing'), '/fhir/Group/none/$export?_type=Claim', ASYNC, 404, 'not-found'],
    ['of a patient who is not there', system('billing'), '/fhir/Patient/$export?_type=Claim&patient=Patient/none', ASYNC, 404, 'not-found'],
    ['since no moment', system('billing'), '/fhir/$export?_type=Claim&_since=yesterday', ASYNC, 400, 'invalid-parameter'],
    ['in a Bundle', system('billing'), '/fhir', batchOf('$export?_type=Claim'), 200, 'not-supported'],
  ];
  test.each(refused)('%s is refused', async (_, who, url, options, status, reason) => {
    const reply = await world.ask(who, url, options);
    expect(reply.status).toBe(status);
    expect(reply.reason ?? reply.text).toContain(reason);
  });

  test('beyond the number of exports that one may have is refused until one is ended', async () => {
    const who = { ...system('family-physician'), sub: 'greedy' };
    const statuses: string[] = [];
    for (let n = 0; n < 10; n += 1) statuses.push(await kickOff(who, '/fhir/$export?_type=Condition'));
    expect((await world.ask(who, '/fhir/$export?_type=Condition', ASYNC)).reason).toBe('too-many-requests');
    await world.ask(who, statuses[0] ?? '', { method: 'DELETE' });
    await kickOff(who, '/fhir/$export?_type=Condition');
  });

  const many = Array.from({ length: 450 }, (_, n) => `{"resourceType":"Condition","id":"c${n}","subject":{"reference":"Patient/maria"}}\n`);
  test.each([
    ['is cut off at its beginning', { cut: true }, 503],
    ['holds at once what is no FHIR resource', { garbage: '{"resourceType":"Condition","id":"a"}\nnonsense\n' }, 502],
    ['holds at once another type', { garbage: '{"resourceType":"Claim","id":"a"}\n' }, 502],
    ['holds later what is no FHIR resource', { garbage: `${many.join('')}nonsense\n` }, 'broken off'],
    ['holds later another type', { garbage: `${many.join('')}{"resourceType":"Claim","id":"a"}\n` }, 'broken off'],
  ])('whose file %s never looks complete', async (situation, fault, expected) => {
    const who = { ...system('family-physician'), sub: situation };
    const { output } = await manifestOf(who, '/fhir/$export?_type=Condition');
    world.upstream.faults = [{ match: ({ url }) => url.includes('$export-output'), ...fault }];
    const result = await world.ask(who, pathOf(output[0]?.url ?? '')).then(
      ({ status }) => status,
      () => 'broken off',
    );
    world.upstream.faults = [];
    expect(result).toBe(expected);
  });

  test('whose files are elsewhere is not followed there', async () => {
    const who = { ...system('family-physician'), sub: 'elsewhere' };
    const status = await kickOff(who, '/fhir/$export?_type=Condition');
    const manifest = { transactionTime: '2026-01-01T00:00:00Z', output: [{ type: 'Condition', url: 'http://169.254.169.254/x' }] };
    world.upstream.faults = [{ match: ({ url }) => url.includes('$export-status'), garbage: JSON.stringify(manifest) }];
    const reply = await world.ask(who, status);
    world.upstream.faults = [];
    expect([reply.status, reply.reason]).toEqual([502, 'upstream-invalid']);
  });
});

function byId(a: Resource, b: Resource): number {
  return String(a.id) < String(b.id) ? -1 : 1;
}

function batchOf(url: string): Ask {
  const bundle = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url } }] };
  return { method: 'POST', headers: { ...ASYNC.headers, 'content-type': 'application/fhir+json' }, body: JSON.stringify(bundle) };
}
