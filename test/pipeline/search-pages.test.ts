/** Page links of every kind of answer, and upstreams whose own pages misbehave (threats.md 9, 23; design.md 4.5, section 5). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/demo/fhir-server/create-fhir-server.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { PUBLIC, personaClaims, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { nextOf, pages } from './twin-gateways.ts';
import { wards } from './ward.ts';

const PHYSICIAN = 'family-physician';
const SYSTEM = { ...personaClaims(PHYSICIAN), scope: 'system/*.rs' };
const [plain, hiding] = wards();
let ward: TestGateway;

beforeAll(async () => {
  ward = await startTestGateway({ resources: hiding });
});
afterAll(() => ward?.close());

const form = (body: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
});

describe('page links', () => {
  const places: readonly (readonly [string, string, string])[] = [
    ['a search', '/fhir/Observation?patient=ada&_count=2', '/fhir/Observation?_page='],
    ['a sorted search', '/fhir/Observation?patient=ada&_sort=date&_count=2', '/fhir/Observation?_page='],
    ['a search in a compartment', '/fhir/Patient/ada/Observation?_count=2', '/fhir/Patient/ada/Observation?_page='],
    ['a search over types', '/fhir?_type=Observation,Encounter&_count=2', '/fhir?_page='],
    ['a search with a chain', '/fhir/Observation?patient.name=alder&_count=2', '/fhir/Observation?_page='],
    ['$everything', '/fhir/Patient/ada/$everything?_count=2', '/fhir/Patient/ada/$everything?_page='],
    ['the history of a type', '/fhir/Observation/_history?_count=2', '/fhir/Observation/_history?_page='],
    ['the history of the system', '/fhir/_history?_count=2', '/fhir/_history?_page='],
  ];

  test.each(places)('of %s: each entry once, of one length, for its holder and its place alone', async (_, url, link) => {
    const found = await pages(ward, SYSTEM, url);
    const next = nextOf(found[0]) ?? '';
    expect(next.startsWith(`${PUBLIC}${link}`)).toBe(true);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found.flatMap((page) => nextOf(page)?.length ?? [])).size).toBe(1);
    expect(found.slice(0, -1).map((page) => (page.body.entry as unknown[]).length)).toEqual(found.slice(1).map(() => 2));
    const entries = found.flatMap(({ resources }) =>
      resources.map(({ resourceType, id, meta }) => `${resourceType}/${id}/${meta?.versionId}`),
    );
    expect(new Set(entries).size).toBe(entries.length);
    expect(entries.join()).not.toContain('hidden');

    const again = await ward.ask(SYSTEM, next);
    expect(again.text.replaceAll(/_page=[\w.-]+/g, '')).toBe(found[1]?.text.replaceAll(/_page=[\w.-]+/g, ''));
    const head = await ward.ask(SYSTEM, next, { method: 'HEAD' });
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    expect((await ward.ask(SYSTEM, `${next}&_format=json`)).status).toBe(200);

    const elsewhere = next.replace(link, link === '/fhir/Encounter?_page=' ? '/fhir/Patient?_page=' : '/fhir/Encounter?_page=');
    const refused = [
      await ward.ask({ ...SYSTEM, sub: 'another' }, next),
      await ward.ask(SYSTEM, elsewhere),
      await ward.ask(SYSTEM, next.slice(0, -4)),
      await ward.ask(SYSTEM, `${next.slice(0, -40)}${next.at(-40) === 'A' ? 'B' : 'A'}${next.slice(-39)}`),
    ];
    expect(refused.map(({ status, reason }) => `${status} ${reason}`)).toEqual(refused.map(() => '410 page-expired'));
    expect((await ward.ask(SYSTEM, `${next}&_count=3`)).reason).toBe('invalid-parameter');
  });

  test('a search by POST goes on by its link, by GET or POST, and says itself as a GET', async () => {
    const [first] = await Promise.all([ward.ask(PHYSICIAN, '/fhir/Observation/_search?patient=ada', form('_count=3&_sort=date'))]);
    expect(first.body.link?.[0]).toEqual({ relation: 'self', url: `${PUBLIC}/fhir/Observation?patient=ada&_count=3&_sort=date` });
    const next = nextOf(first) ?? '';
    const token = next.split('_page=')[1];
    const byGet = await ward.ask(PHYSICIAN, next);
    const byPost = await ward.ask(PHYSICIAN, '/fhir/Observation/_search', form(`_page=${token}`));
    expect(byGet.names).toEqual(['Observation/weight-5', 'Observation/weight-4', 'Observation/weight-3']);
    expect(byPost.names).toEqual(byGet.names);
  });

  test('the self link leaves out what does not change what is asked', async () => {
    const reply = await ward.ask(PHYSICIAN, '/fhir/Patient?_format=json&name=alder&_pretty=true');
    expect(reply.body.link).toEqual([{ relation: 'self', url: `${PUBLIC}/fhir/Patient?name=alder` }]);
  });

  test('a link that would not come back through the door is not given', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => `observation-with-a-long-name-${index}`).join(',');
    const reply = await ward.ask(PHYSICIAN, '/fhir/Observation/_search', form(`_id=weight-0,weight-1,${ids}&_count=1`));
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 413, reason: 'too-large' });
  });
});

describe('a compartment that two parameters lead into', () => {
  const measured = (id: string, subject: string, performer: string): Resource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'Weight' },
    subject: { reference: `Patient/${subject}` },
    performer: [{ reference: `Patient/${performer}` }],
  });
  let home: TestGateway;
  beforeAll(async () => {
    const patients = ['ada', 'ben'].map((id) => ({ resourceType: 'Patient', id }));
    const own = ['one', 'two', 'three'].map((id) => measured(id, 'ada', 'ada'));
    const others = ['of-ben', 'of-ben-too', 'of-ben-again'].map((id) => measured(id, 'ben', 'ada'));
    home = await startTestGateway({ resources: [...patients, ...others, ...own, measured('by-ben', 'ada', 'ben')] });
  });
  afterAll(() => home?.close());

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 50])('gives each once, %s to a page', async (count) => {
    const found = await pages(home, SYSTEM, `/fhir/Patient/ada/Observation?_count=${count}`);
    // What ada measured of ben is in ben's record: hers names her as who did it.
    const names = ['one', 'two', 'three', 'by-ben', 'of-ben', 'of-ben-too', 'of-ben-again'].map((id) => `Observation/${id}`);
    expect(found.flatMap((page) => page.names)).toEqual(names);
    expect(found.slice(0, -1).map((page) => page.names.length)).toEqual(found.slice(1).map(() => count));
  });

  test('is searched by parameters, which every server knows', async () => {
    const before = home.upstream.requests.length;
    await home.ask(SYSTEM, '/fhir/Patient/ada/Observation');
    const asked = home.upstream.requests.slice(before).map(({ url }) => decodeURIComponent(url));
    expect(asked.filter((url) => url.includes('/Patient/ada/'))).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining(['/fhir/Observation?subject=Patient/ada&_count=50', '/fhir/Observation?performer=Patient/ada&_count=46']),
    );
  });

  test('sorted is sorted over all of it', async () => {
    const found = await pages(home, SYSTEM, '/fhir/Patient/ada/Observation?_sort=_id&_count=2');
    expect(found.flatMap((page) => page.names)).toEqual(
      ['by-ben', 'of-ben', 'of-ben-again', 'of-ben-too', 'one', 'three', 'two'].map((id) => `Observation/${id}`),
    );
  });
});

describe('a page link, followed after something was written around the gateway', () => {
  type Given = { readonly type: string; readonly id: string };
  type Write = (base: string, last: Given) => Promise<unknown>;
  const put = (base: string, body: { resourceType: string; id: string }) =>
    fetch(`${base}/${body.resourceType}/${body.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(body),
    });
  const weight = {
    resourceType: 'Observation',
    id: 'a-new-one',
    status: 'final',
    code: { text: 'Weight' },
    subject: { reference: 'Patient/ada' },
  };
  const writes: readonly (readonly [string, Write])[] = [
    ['a new one', (base) => put(base, weight)],
    ['the last that was given is deleted', (base, { type, id }) => fetch(`${base}/${type}/${id}`, { method: 'DELETE' })],
    ['the last that was given is written', async (base, { type, id }) => put(base, await (await fetch(`${base}/${type}/${id}`)).json())],
  ];
  const places = [
    '/fhir/Observation?patient=ada&_count=2',
    '/fhir/Patient/ada/Observation?_count=1',
    '/fhir/Observation?patient=ada&_sort=date&_count=2',
    '/fhir/Patient/ada/$everything?_count=3',
    '/fhir/_history?_count=3',
  ];
  const rows = places.flatMap((place) => writes.map(([name, write]) => [name, place, write] as const));

  let twins: readonly TestGateway[];
  beforeAll(async () => {
    twins = await Promise.all([plain, hiding].map((resources) => startTestGateway({ resources })));
  });
  afterAll(() => Promise.all(twins?.map((gateway) => gateway.close()) ?? []));

  test.each(rows)('%s: %s goes on alike, whatever is withheld before it, and gives nothing twice', async (_, url, write) => {
    const answers = [];
    for (const gateway of twins) {
      const first = await gateway.ask(SYSTEM, url);
      const last = first.resources.at(-1);
      await write(gateway.upstream.url, { type: last?.resourceType ?? '', id: last?.id ?? '' });
      const found = [first, ...(await pages(gateway, SYSTEM, nextOf(first) ?? ''))];
      const keys = found.flatMap(({ resources }) => resources.map(({ id, meta }) => `${id} ${meta?.versionId}`));
      expect(new Set(keys).size).toBe(keys.length);
      answers.push(found.map(({ names }) => names));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.length).toBeGreaterThan(2);
  });
});

describe('that something is withheld', () => {
  const app = {
    sub: 'ada',
    fhirUser: 'Patient/ada',
    roles: ['patient'],
    purpose_of_use: ['PATRQT'],
    scope: 'patient/*.rs launch/patient',
    patient: 'ada',
    client_id: 'app',
  };
  const says = ({ text }: { readonly text: string }) => text.includes('"suppressed"');
  const rows: readonly (readonly [string, string, readonly boolean[]])[] = [
    ['is told of a record', 'DocumentReference?patient=ada', [true]],
    ['is told of what its own app asks', 'DocumentReference', [true]],
    ['is told at the end, not where it is', 'Observation?patient=ada&_count=4', [false, false, true]],
    ['is told at the end of a sorted search', 'Observation?patient=ada&_sort=-date&_count=4', [false, false, true]],
    ['is told of several types', '?_type=Practitioner,DocumentReference', [true]],
    ['is not told of what is in it', 'DocumentReference?description:contains=sea', [false]],
    ['is not told of its code', 'DocumentReference?patient=ada&type=F41.1', [false]],
    ['is not told of its date', 'Observation?patient=ada&date=2026-02-04', [false]],
    ['is not told through what refers to it', 'Encounter?_id=ada-visit&_revinclude=DocumentReference:encounter', [false]],
    ['is not told where nothing is', 'Encounter?patient=ada', [false]],
    ['is told with everything', 'Patient/ada/$everything', [true]],
    ['is not told of a time', 'Patient/ada/$everything?start=2026-02-04&end=2026-02-04', [false]],
  ];
  test.each(rows)('%s: %s', async (_, url, told) => {
    const found = await pages(ward, app, `/fhir/${url}`);
    expect(found.map(says)).toEqual(told);
  });
});

describe('an upstream whose pages', () => {
  const bundle = (entry: readonly Resource[], next?: string) =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'searchset',
      ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
      entry: entry.map((resource) => ({ resource, search: { mode: 'match' } })),
    });
  const weight = (index: number): Resource => ({
    resourceType: 'Observation',
    id: `w${index}`,
    status: 'final',
    code: { text: 'weight' },
    subject: { reference: 'Patient/ada' },
  });
  const first = (garbage: string): Fault => ({ match: ({ url }) => url.includes('/Observation?patient=ada'), garbage });
  const later = (fault: Fault): Fault => ({ match: ({ url }) => url.includes('_getpages'), ...fault });
  const at = (path: string) => `${ward.upstream.url}${path}`;
  const rows: readonly (readonly [string, () => readonly Fault[], number, string | readonly string[]])[] = [
    ['lead elsewhere', () => [first(bundle([weight(0)], 'http://elsewhere.example/fhir?_getpages=1'))], 502, 'upstream-invalid'],
    ['lead out of the base', () => [first(bundle([weight(0)], at('/../admin?_getpages=1')))], 502, 'upstream-invalid'],
    [
      'go round',
      () => [first(bundle([weight(0)], at('?_getpages=1'))), later({ garbage: bundle([weight(1)], at('?_getpages=1')) })],
      502,
      'upstream-invalid',
    ],
    ['end before they said', () => [first(bundle([weight(0)], at('?_getpages=1'))), later({ status: 410 })], 502, 'upstream-invalid'],
    ['turn bad', () => [first(bundle([weight(0)], at('?_getpages=1'))), later({ status: 500 })], 502, 'upstream-invalid'],
    ['are no Bundles', () => [first(JSON.stringify({ resourceType: 'Patient' }))], 502, 'upstream-invalid'],
    [
      'repeat what was there',
      () => [first(bundle([weight(0), weight(0)], at('?_getpages=1'))), later({ garbage: bundle([weight(0), weight(1)]) })],
      200,
      ['Observation/w0', 'Observation/w1'],
    ],
    ['bring another type along', () => [first(bundle([weight(0), { resourceType: 'Patient', id: 'ben' }]))], 200, ['Observation/w0']],
    ['bring something without an id', () => [first(bundle([weight(0), { resourceType: 'Observation' }]))], 200, ['Observation/w0']],
    ['are not there at all', () => [{ match: ({ url }) => url.includes('/Observation?patient=ada'), status: 404 }], 200, []],
    ['refuse the search', () => [{ match: ({ url }) => url.includes('/Observation?patient=ada'), status: 400 }], 400, 'invalid-parameter'],
    ['do not know a modifier', () => [{ match: ({ url }) => url.includes('/Observation?patient=ada'), status: 405 }], 400, 'not-supported'],
  ];
  test.each(rows)('%s', async (_, faults, status, expected) => {
    ward.upstream.faults = [...faults()];
    const reply = await ward.ask(PHYSICIAN, '/fhir/Observation?patient=ada');
    ward.upstream.faults = [];
    expect({ status: reply.status, told: status === 200 ? reply.names : reply.reason }).toEqual({ status, told: expected });
    expect(reply.text).not.toMatch(/HAPI|elsewhere|_getpages/);
  });

  test('are forgotten between two requests: the link has expired', async () => {
    const next = nextOf(await ward.ask(PHYSICIAN, '/fhir/Observation?patient=ada&_count=2')) ?? '';
    ward.upstream.faults = [{ match: ({ url }) => url.includes('/Observation?') || url.includes('_getpages'), status: 410 }];
    const reply = await ward.ask(PHYSICIAN, next);
    ward.upstream.faults = [];
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 410, reason: 'page-expired' });
  });
});
