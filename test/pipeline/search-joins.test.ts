/** Chains, `_has`, lists, includes: who may see what they cross gets what FHIR says (design.md 4.5), within bounds. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personaClaims, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { pages } from './twin-gateways.ts';
import { wards } from './ward.ts';

const PHYSICIAN = 'family-physician';
const ids = (type: string, ...each: readonly string[]) => each.map((id) => `${type}/${id}`);
const weights = ids('Observation', ...Array.from({ length: 9 }, (_, index) => `weight-${index}`));
const inVisit = weights.filter((_, index) => index % 2 === 0);
const [resources] = wards();

let ward: TestGateway;
let narrow: TestGateway;

beforeAll(async () => {
  [ward, narrow] = await Promise.all([
    startTestGateway({ resources }),
    startTestGateway({ resources, config: { limits: { candidates: 9 } } }),
  ]);
});
afterAll(() => Promise.all([ward?.close(), narrow?.close()]));

interface JoinCase {
  readonly name: string;
  readonly url: string;
  readonly names: readonly string[];
}

const joins: readonly JoinCase[] = [
  { name: 'a chain', url: 'Observation?subject:Patient.name=alder', names: weights },
  { name: 'a chain without a type', url: 'Observation?subject.name=birch', names: ['Observation/ben-weight'] },
  { name: 'a chain by identifier', url: 'Encounter?patient.identifier=urn:ward|2', names: ['Encounter/ben-visit'] },
  { name: 'a chain with a modifier', url: 'Observation?patient.family:exact=Alder&_count=3', names: weights },
  { name: 'a chain with a prefix', url: 'Observation?patient.birthdate=lt1975', names: ['Observation/ben-weight'] },
  { name: 'two links', url: 'Observation?encounter.patient.name=birch', names: ['Observation/ben-weight'] },
  { name: 'three links', url: 'Observation?encounter.patient.general-practitioner:Practitioner.family=hale', names: weights },
  { name: 'a chain on what is missing', url: 'Observation?encounter.participant:missing=false', names: inVisit },
  {
    name: 'a chain on what is not so',
    url: 'Observation?encounter.type:not=Z00.0',
    names: weights.filter((name) => !inVisit.includes(name)),
  },
  { name: 'two chains', url: 'Observation?patient.name=alder&encounter.type=Z00.0', names: inVisit },
  { name: 'a chain beside another parameter', url: 'Observation?patient.name=alder&date=2026-02-09', names: ['Observation/weight-0'] },
  { name: 'a chain that leads nowhere', url: 'Observation?patient.name=nobody', names: [] },
  {
    name: 'a chain between directories',
    url: 'PractitionerRole?organization.partof.name=ward house',
    names: ['PractitionerRole/hale-role'],
  },
  { name: '_has', url: 'Patient?_has:Encounter:patient:type=Z01.0', names: ['Patient/ada'] },
  { name: '_has of two', url: 'Patient?_has:Encounter:patient:type=Z00.0', names: ids('Patient', 'ada', 'ben') },
  { name: '_has with several values', url: 'Patient?_has:Encounter:patient:type=Z01.0,Z99', names: ['Patient/ada'] },
  { name: '_has twice', url: 'Patient?_has:Encounter:patient:type=Z00.0&_has:Encounter:patient:type=Z01.0', names: ['Patient/ada'] },
  {
    name: 'nested _has',
    url: 'Practitioner?_has:Encounter:participant:_has:Observation:encounter:date=2026-02-09',
    names: ['Practitioner/hale'],
  },
  { name: '_has of a chain', url: 'Practitioner?_has:Observation:performer:encounter.type=Z01.0', names: ['Practitioner/hale'] },
  {
    name: 'a chain to _has',
    url: 'Observation?encounter._has:Observation:encounter:date=2026-02-08',
    names: weights.filter((_, i) => i % 2 === 1),
  },
  {
    name: '_has in a compartment',
    url: 'Patient/ada/Encounter?_has:Observation:encounter:code=29463-7',
    names: ids('Encounter', 'ada-visit', 'ada-second'),
  },
  { name: '_has by POST body alone', url: 'Patient?_has:Provenance:target:agent=Practitioner/hale', names: [] },
  { name: '_list', url: 'Observation?_list=ada-list', names: ['Observation/weight-1'] },
  { name: '_list as a reference', url: 'Observation?_list=List/ada-list&code=29463-7', names: ['Observation/weight-1'] },
  {
    name: 'all types of a compartment by _type',
    url: '?_type=Organization,Practitioner&_id=hale,ward-house',
    names: ['Organization/ward-house', 'Practitioner/hale'],
  },
  {
    name: 'all types, sorted',
    url: '?_type=Practitioner,Organization&_id=hale,ward-house&_sort=-_id',
    names: ['Organization/ward-house', 'Practitioner/hale'],
  },
  { name: '_content of a directory', url: 'Organization?_content=wing', names: ['Organization/ward-wing'] },
  { name: '_filter of a directory', url: 'Organization?_filter=name eq "Ward Wing"', names: ['Organization/ward-wing'] },
  {
    name: 'a URL of the gateway as a value',
    url: 'Observation?subject=http://privity.test/fhir/Patient/ben',
    names: ['Observation/ben-weight'],
  },
];

describe('joins', () => {
  test.each(joins)('$name', async ({ url, names }) => {
    const replies = await pages(ward, PHYSICIAN, encodeURI(`/fhir/${url}`));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(replies.flatMap((reply) => reply.names)).toEqual(names);
  });

  test('the upstream sees no chain and no _has', async () => {
    ward.upstream.requests.length = 0;
    for (const { url } of joins) await ward.ask(PHYSICIAN, encodeURI(`/fhir/${url}`));
    const asked = ward.upstream.requests.map(({ url }) => decodeURIComponent(url));
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter((url) => /_has|_list|[?&][a-z-]+(:\w+)?\.[a-z_]/.test(url))).toEqual([]);
  });
});

describe('joins by scope', () => {
  const scoped = (scope: string) => ({ ...personaClaims(PHYSICIAN), scope });
  const rows: readonly (readonly [string, string, string, number, readonly string[]])[] = [
    ['a chain into a type that the token does not reach', 'user/Observation.rs', 'Observation?subject:Patient.name=alder', 403, []],
    ['_has of a type that the token does not reach', 'user/Patient.rs', 'Patient?_has:Encounter:patient:type=Z01.0', 403, []],
    [
      'a chain into a type that it may read but not search',
      'user/Observation.rs user/Patient.r',
      'Observation?subject:Patient.name=alder',
      403,
      [],
    ],
    ['a list', 'user/Observation.rs', 'Observation?_list=ada-list', 403, []],
    [
      'a chain that one of several types of the token serves',
      'user/Observation.rs user/Patient.rs',
      'Observation?subject.name=birch',
      200,
      ['Observation/ben-weight'],
    ],
    [
      'an inner scope with a query',
      'user/Observation.rs user/Patient.rs?gender=male',
      'Observation?subject:Patient.birthdate=gt1900',
      200,
      ['Observation/ben-weight'],
    ],
    [
      'includes of types that the token does not reach',
      'user/Observation.rs',
      'Observation?_id=weight-0&_include=*&_revinclude=Provenance:target',
      200,
      ['Observation/weight-0'],
    ],
    ['one type of several that the token does not reach', 'user/Observation.rs', '?_type=Observation,Encounter&_id=weight-0', 403, []],
  ];
  test.each(rows)('%s', async (_, scope, url, status, names) => {
    const reply = await ward.ask(scoped(scope), `/fhir/${url}`);
    expect({ status: reply.status, names: reply.names }).toEqual({ status, names });
  });
});

describe('includes', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'iterate',
      'Patient?_id=ada&_include=Patient:organization&_include:iterate=Organization:partof',
      ['Patient/ada', 'Organization/ward-wing', 'Organization/ward-house'],
    ],
    [
      'without iterate',
      'Patient?_id=ada&_include=Patient:organization&_include=Organization:partof',
      ['Patient/ada', 'Organization/ward-wing'],
    ],
    ['all of a type', 'Patient?_id=ada&_include=Patient:*', ['Patient/ada', 'Practitioner/hale', 'Organization/ward-wing']],
    [
      'everything, iterated',
      'Patient?_id=ada&_include:iterate=*',
      ['Patient/ada', 'Practitioner/hale', 'Organization/ward-wing', 'Organization/ward-house'],
    ],
    ['a target type', 'Observation?_id=weight-0&_include=Observation:subject:Group', ['Observation/weight-0']],
    [
      'backward, then forward',
      'Practitioner?_id=hale&_revinclude=PractitionerRole:practitioner&_include:iterate=PractitionerRole:organization',
      ['Practitioner/hale', 'PractitionerRole/hale-role', 'Organization/ward-wing'],
    ],
    [
      'all that refer from a type',
      'Encounter?_id=ada-second&_revinclude=Observation:*',
      ['Encounter/ada-second', ...weights.filter((_, i) => i % 2 === 1)],
    ],
  ];
  test.each(rows)('%s', async (_, url, names) => {
    expect((await ward.ask(PHYSICIAN, `/fhir/${url}`)).names).toEqual(names);
  });

  test('_summary=true is about all entries, _elements about the matches', async () => {
    const marks = async (parameter: string) => {
      const reply = await ward.ask(PHYSICIAN, `/fhir/Patient?_id=ada&_include=Patient:organization&${parameter}`);
      return reply.resources.map(({ meta }) => meta?.tag?.[0]?.code);
    };
    expect(await marks('_elements=name')).toEqual(['SUBSETTED', undefined]);
    expect(await marks('_elements=name,Organization.name')).toEqual(['SUBSETTED', 'SUBSETTED']);
    expect(await marks('_elements=Organization.name')).toEqual([undefined, 'SUBSETTED']);
    expect(await marks('_summary=false')).toEqual([undefined, undefined]);
  });
});

describe('bounds', () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ['few outer ones of many inner', 'Encounter?_id=ada-visit&_has:Observation:encounter:code=29463-7', 200],
    ['many outer ones of few inner', 'Observation?patient.name=birch', 200],
    ['few inner ones that all outer ones could have', 'Patient?_has:Observation:patient:date=2026-02-09', 200],
    ['too many either way', 'Encounter?_has:Observation:encounter:code=29463-7', 503],
    ['all of more than the bound', 'Observation?_sort=date', 503],
    ['counted', 'Observation?_summary=count', 503],
    ['page by page', 'Observation?_count=4', 200],
    ['more links than anybody means', 'Observation?encounter.patient.organization.partof.name=x', 503],
    ['more chains than anybody means', `Observation?${Array.from({ length: 9 }, (_, index) => `patient.name=${index}`).join('&')}`, 503],
  ];
  test.each(rows)('%s', async (_, url, status) => {
    const reply = await narrow.ask(PHYSICIAN, `/fhir/${url}`);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason: status === 503 ? 'too-costly' : undefined });
  });
});

describe('a patient’s app that names nobody means its patient', () => {
  const app = {
    sub: 'ada',
    fhirUser: 'Patient/ada',
    roles: ['patient'],
    purpose_of_use: ['PATRQT'],
    scope: 'patient/*.rs launch/patient',
    patient: 'ada',
    client_id: 'app',
  };
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Encounter', ids('Encounter', 'ada-visit', 'ada-second', 'cut-visit')],
    ['Patient', ['Patient/ada']],
    ['Patient?name=birch', []],
    ['Observation?code=29463-7&date=2026-02-05', ['Observation/weight-4']],
    ['Practitioner?family=hale', ['Practitioner/hale']],
    ['Observation?patient=ben', []],
    ['Observation?encounter.type=Z00.0&date=gt2026-02-07', ['Observation/weight-0']],
  ];
  test.each(rows)('%s', async (url, names) => {
    const reply = await narrow.ask(app, `/fhir/${url}`);
    expect({ status: reply.status, names: reply.names }).toEqual({ status: 200, names });
  });
});
