import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/fhir/resource.ts';
import { startUpstream, type TestUpstream } from '../../support/upstream.ts';
import { clientOf, idsOf, linkOf, ward } from './ward.ts';

let upstream: TestUpstream;
beforeAll(async () => {
  upstream = await startUpstream(ward);
});
afterAll(() => upstream.close());
const ask = clientOf(() => upstream.url);

const first10 = ['w01', 'w02', 'w03', 'w04', 'w06', 'w07', 'w08', 'w09', 'w11', 'w12'];

describe('matches', () => {
  it.each([
    ['by reference', '/Observation?patient=p2', 'w00 w05 w10 w15 w20 hiv'],
    ['by reference and code', '/Observation?patient=p2&code=7917-8', 'hiv'],
    ['by an id that no one refers to', '/Observation?patient=nobody', ''],
    ['by id', '/Patient?_id=p2,p1,p2', 'p1 p2'],
    ['by string', '/Patient?family=ald', 'p1'],
    ['by date', '/Patient?birthdate=lt1975', 'p2'],
    ['by quantity', '/Observation?value-quantity=gt82|http://unitsofmeasure.org|kg', 'w23 w24'],
    ['by composite', '/Observation?code-value-quantity=29463-7$le61', 'w00 w01'],
    ['through a chain', '/Observation?subject:Patient.family=birch&code=7917-8', 'hiv'],
    ['through _has', '/Patient?_has:Observation:patient:code=7917-8', 'p2'],
    ['through nested _has', '/Practitioner?_has:Encounter:participant:_has:Observation:encounter:_id=w01', 'dr1'],
    ['in narrative', '/Patient?_text=alder', 'p1'],
    ['in any text', '/Patient?_content=ADA', 'p1'],
    ['in a list', '/Observation?_list=l1', 'w03'],
    ['by filter', '/Patient?_filter=family sw "a" and birthdate ge 1980', 'p1'],
    ['of every type', '/?_id=p1', 'p1'],
    ['of some types', '/?_type=Organization,Group', 'o1 g1'],
    ['in a compartment', '/Patient/p1/Encounter', 'e1'],
    ['in a compartment, narrowed', '/Patient/p1/Observation?date=2024-01-02', 'w01'],
    ['in a compartment, all types', '/Patient/p3/*', 'p3 g1'],
    ['unknown parameters are ignored', '/Patient?favourite=tea&_id=p1', 'p1'],
    ['parameters named like parts of an object', '/Patient?__proto__=x&constructor=y&toString=z&_id=p1', 'p1'],
    ['empty parameters are ignored', '/Patient?family=&_id=p1', 'p1'],
    ['sorted', '/Patient?_sort=-family', 'p3 p2 p1'],
    ['sorted, missing last', '/Patient?_sort=birthdate', 'p2 p1 p3'],
  ])('%s', async (_name, path, ids) => {
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(idsOf(body).join(' ')).toBe(ids);
    expect(body.total).toBe(ids === '' ? 0 : ids.split(' ').length);
  });

  it.each([
    ['strictly, an unknown parameter', '/Patient?favourite=tea', 400],
    ['strictly, __proto__', '/Patient?__proto__=x', 400],
    ['a malformed value', '/Patient?birthdate=soon', 400],
    ['a modifier that needs terminology', '/Observation?code:in=http://x.example/vs', 400],
    ['an unknown type', '/Nothing?_id=1', 404],
    ['a type named like a part of an object', '/constructor?_id=1', 404],
    ['another format', '/Patient?_format=xml', 406],
    ['a malformed URL', '/Patient/%zz', 400],
  ])('refused: %s', async (_name, path, status) => {
    const reply = await ask(path, { headers: { prefer: 'handling=strict' } });
    expect(reply.status).toBe(status);
    expect(reply.body.resourceType).toBe('OperationOutcome');
  });

  it('by POST, parameters in the body and in the URL', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await ask('/Observation/_search?patient=p1', { headers: form, body: 'date=ge2024-01-24' });
    expect(idsOf(body)).toEqual(['w23', 'w24']);
  });
});

describe('answers', () => {
  it('have absolute full URLs, modes and a self link', async () => {
    const { body, headers } = await ask('/Patient?_id=p1');
    expect(headers.get('content-type')).toContain('application/fhir+json');
    expect(body.entry[0]).toMatchObject({ fullUrl: `${upstream.url}/Patient/p1`, search: { mode: 'match' } });
    expect(linkOf(body, 'self')).toBe(`${upstream.url}/Patient?_id=p1`);
    expect(linkOf(body, 'next')).toBeUndefined();
  });

  it('come in pages that together are the whole', async () => {
    const pages: string[][] = [];
    const sizes = new Set<number>();
    for (let next: string | undefined = '/Observation?code=29463-7&_count=10'; next !== undefined; ) {
      const { body } = await ask(next);
      pages.push(idsOf(body));
      sizes.add(body.total);
      next = linkOf(body, 'next');
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(new Set(pages.flat()).size).toBe(25);
    expect([...sizes]).toEqual([25]);
  });

  it('a page has a way back, and a page that never was is gone', async () => {
    const { body: start } = await ask('/Observation?patient=p1&_count=10');
    const { body: second } = await ask(linkOf(start, 'next') ?? '');
    expect(idsOf(start)).toEqual(first10);
    expect(idsOf((await ask(linkOf(second, 'previous') ?? '')).body)).toEqual(first10);
    expect((await ask('?_getpages=nothing&_getpagesoffset=0&_count=1')).status).toBe(410);
    expect((await ask(`${linkOf(start, 'next')}`.replace('_getpagesoffset=10', '_getpagesoffset=-1'))).status).toBe(400);
  });

  it('have twenty entries where no count is asked for', async () => {
    expect(idsOf((await ask('/Observation')).body)).toHaveLength(20);
  });

  it.each([
    ['_summary=count', '/Patient?_summary=count'],
    ['_count=0', '/Patient?_count=0'],
  ])('only the number for %s', async (_name, path) => {
    const { body } = await ask(path);
    expect(body.total).toBe(3);
    expect(body.entry).toBeUndefined();
  });

  it('no total where none is wanted', async () => {
    expect((await ask('/Patient?_total=none')).body.total).toBeUndefined();
  });

  it.each([
    ['an include', '/Patient?_id=p1&_include=Patient:organization', 'p1 | o1'],
    ['every include', '/Patient?_id=p1&_include=*', 'p1 | dr1 o1'],
    ['an include of another target type', '/Patient?_id=p1&_include=Patient:general-practitioner:Organization', 'p1 |'],
    ['a reverse include', '/Patient?_id=p3&_revinclude=Group:member', 'p3 | g1'],
    ['an include that does not go on', '/Provenance?_include=Provenance:target&_include=Observation:encounter', 'pr1 | w01'],
    ['an include that goes on', '/Provenance?_include=Provenance:target&_include:iterate=Observation:encounter', 'pr1 | w01 e1'],
    [
      'a reverse include that goes on',
      '/Encounter?_revinclude:iterate=Provenance:target&_revinclude=Observation:encounter&_include=Encounter:patient',
      'e1 | 25 pr1 p1',
    ],
  ])('%s', async (_name, path, expected) => {
    const entries: { resource: Resource; search: { mode: string } }[] = (await ask(path)).body.entry;
    const ids = (mode: string) => entries.filter(({ search }) => search.mode === mode).map(({ resource }) => resource.id ?? '');
    const included = ids('include');
    const observations = included.filter((id) => /^w\d/.test(id));
    const rest = included
      .filter((id) => observations.length < 25 || !/^w\d/.test(id))
      .sort((a, b) => expected.indexOf(a) - expected.indexOf(b));
    expect(`${ids('match').join(' ')} | ${[...(observations.length === 25 ? ['25'] : []), ...rest].join(' ')}`.trim()).toBe(expected);
  });

  it.each([
    ['_elements=name', ['resourceType', 'id', 'meta', 'name']],
    ['_elements=Patient.birthDate,gender', ['resourceType', 'id', 'meta', 'gender', 'birthDate']],
    ['_summary=text', ['resourceType', 'id', 'meta', 'text']],
    [
      '_summary=data',
      ['resourceType', 'id', 'meta', 'active', 'identifier', 'name', 'gender', 'birthDate', 'generalPractitioner', 'managingOrganization'],
    ],
    ['_summary=true', ['resourceType', 'id', 'meta', 'active', 'identifier', 'name', 'gender', 'birthDate', 'managingOrganization']],
  ])('%s gives a part, marked as one', async (parameter, elements) => {
    const { resource } = (await ask(`/Patient?_id=p1&${parameter}`)).body.entry[0];
    expect(Object.keys(resource)).toEqual(elements);
    expect(resource.meta.tag).toEqual([expect.objectContaining({ code: 'SUBSETTED' })]);
  });

  it('_elements keeps what is mandatory', async () => {
    expect(Object.keys((await ask('/Observation?_id=hiv&_elements=subject')).body.entry[0].resource)).toEqual([
      'resourceType',
      'id',
      'meta',
      'status',
      'code',
      'subject',
    ]);
  });
});

describe('$everything', () => {
  it('gives the patient, the compartment and what these refer to, a Group’s other members too', async () => {
    const { body } = await ask('/Patient/p1/$everything?_count=100');
    const types = new Map<string, number>();
    for (const { resource } of body.entry) types.set(resource.resourceType, (types.get(resource.resourceType) ?? 0) + 1);
    expect(Object.fromEntries(types)).toEqual({ Patient: 2, Practitioner: 1, Organization: 1, Encounter: 1, Observation: 20, Group: 1 });
    expect(idsOf(body)).toContain('p3');
    expect(idsOf(body)).not.toContain('hiv');
  });

  it('comes in pages', async () => {
    const { body } = await ask('/Patient/p1/$everything?_count=10');
    expect(idsOf(body)).toHaveLength(10);
    expect(idsOf((await ask(linkOf(body, 'next') ?? '')).body)).toHaveLength(10);
  });

  it.each([
    ['only some types', '/Patient/p1/$everything?_type=Encounter,Group', 'e1 g1'],
    ['only what changed since', '/Patient/p1/$everything?_type=Patient&_since=2024-06-01', 'p3'],
    ['all patients', '/Patient/$everything?_type=Patient', 'p1 p2 p3'],
  ])('%s', async (_name, path, ids) => {
    expect(
      idsOf((await ask(path)).body)
        .sort()
        .join(' '),
    ).toBe(ids);
  });

  it('of no one is not found', async () => {
    expect((await ask('/Patient/nobody/$everything')).status).toBe(404);
  });
});

it('finds among 5,000 resources without delay', async () => {
  const many = Array.from(
    { length: 5000 },
    (_, index): Resource => ({
      resourceType: 'Observation',
      id: `o${index}`,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: String(index % 50) }] },
      subject: { reference: `Patient/p${index % 200}` },
    }),
  );
  const large = await startUpstream(many);
  const askLarge = clientOf(() => large.url);
  await askLarge('/Observation?code=0');
  const started = performance.now();
  for (let index = 0; index < 20; index++) {
    expect((await askLarge(`/Observation?patient=p${index}&_count=100`)).body.total).toBe(25);
    expect((await askLarge(`/Observation?code=${index}&_count=10`)).body.total).toBe(100);
  }
  const perSearch = (performance.now() - started) / 40;
  await large.close();
  expect(perSearch).toBeLessThan(100);
});
