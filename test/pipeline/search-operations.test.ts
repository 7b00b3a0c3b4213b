/** Operations by allow-list (threats.md 16, 37, 39, 54): computed over what is released, or refused by name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { personaClaims, type Reply, type TestGateway } from '../support/gateway.ts';
import { startTwins, type Twins } from './twin-gateways.ts';
import { wards } from './ward.ts';

const PHYSICIAN = 'family-physician';
const ids = (type: string, ...each: readonly string[]) => each.map((id) => `${type}/${id}`);
const weights = ids('Observation', ...Array.from({ length: 9 }, (_, index) => `weight-${index}`));

let twins: Twins;
let ward: TestGateway;

beforeAll(async () => {
  twins = await startTwins(wards());
  ward = twins.gateways[1];
});
afterAll(() => twins?.close());

function post(body: unknown) {
  return { method: 'POST', headers: { 'content-type': 'application/fhir+json' }, body: JSON.stringify(body) };
}

const parameters = (...parameter: readonly unknown[]) => ({ resourceType: 'Parameters', parameter });
const told = (reply: Reply | undefined) => ({ status: reply?.status, names: reply?.names });

describe('$everything', () => {
  const everything = [
    'Patient/ada',
    ...ids('Encounter', 'ada-visit', 'ada-second'),
    ...weights,
    ...ids('DocumentReference', 'ada-letter', 'ada-report'),
    'List/ada-list',
    'Encounter/cut-visit',
    'DiagnosticReport/cut-report',
  ];
  const around = ['Practitioner/hale', 'Organization/ward-wing', 'Organization/ward-house'];

  test('is the record and what it refers to, alike whatever is withheld', async () => {
    const [reply] = await twins.alike(PHYSICIAN, '/fhir/Patient/ada/$everything');
    expect(reply?.status).toBe(200);
    expect(reply?.names.toSorted()).toEqual([...everything, ...around].toSorted());
    expect(reply?.names.slice(-3)).toEqual(around);
    expect(reply?.body.total).toBe(reply?.names.length);
  });

  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['by type', '?_type=Encounter', ids('Encounter', 'ada-visit', 'ada-second', 'cut-visit')],
    ['by types around the record', '?_type=Practitioner,Organization', around],
    ['page by page', '?_type=Observation&_count=4', weights],
    ['since', '?_since=2030-01-01', []],
    [
      'by date of care',
      '?_type=Observation,Encounter&start=2026-02-08',
      [...ids('Encounter', 'ada-visit', 'ada-second'), ...weights.slice(0, 2), 'Encounter/cut-visit'],
    ],
    ['until a date of care', '?_type=Observation&end=2026-02-02', weights.slice(7)],
  ];
  test.each(rows)('%s', async (_, query, names) => {
    const replies = await twins.alike(PHYSICIAN, `/fhir/Patient/ada/$everything${query}`);
    expect(replies.flatMap((reply) => reply.names)).toEqual(names);
  });

  test('by POST with Parameters', async () => {
    const body = parameters({ name: '_type', valueString: 'Encounter' }, { name: '_count', valueInteger: 2 });
    const replies = await twins.alike(PHYSICIAN, '/fhir/Patient/ada/$everything', post(body));
    expect(replies.map((reply) => reply.names.length)).toEqual([2, 1]);
  });

  test('of a patient who is not there, or whom a token does not reach', async () => {
    const [absent] = await twins.alike(PHYSICIAN, '/fhir/Patient/nobody/$everything');
    const app = { ...personaClaims('patient'), scope: 'patient/*.rs launch/patient' };
    const [other] = await twins.alike(app, '/fhir/Patient/ada/$everything');
    expect([absent?.status, other?.status]).toEqual([404, 404]);
    expect(other?.text).toBe(absent?.text);
  });
});

describe('$lastn', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['is the last that is released', 'patient=ada&code=29463-7', ['Observation/weight-0']],
    ['of several', 'patient=ada&code=29463-7,7917-8&max=3', weights.slice(0, 3)],
    ['by subject', 'subject=Patient/ben&code=29463-7&max=5', ['Observation/ben-weight']],
    ['with another parameter', 'patient=ada&code=29463-7&date=lt2026-02-05', ['Observation/weight-5']],
    ['of what is withheld', 'patient=ada&code=7917-8', []],
  ];
  test.each(rows)('%s', async (_, query, names) => {
    const [reply] = await twins.alike(PHYSICIAN, `/fhir/Observation/$lastn?${query}`);
    expect(told(reply)).toEqual({ status: 200, names });
    expect(reply?.body.total).toBe(names.length);
  });

  test.each([
    'patient=ada',
    'code=29463-7',
    'patient=ada&code=29463-7&max=0',
    'patient=ada&code=29463-7&_sort=date',
    'patient=ada&code=x&nonsense=1',
  ])('%s is refused', async (query) => {
    const [reply] = await twins.alike(PHYSICIAN, `/fhir/Observation/$lastn?${query}`);
    expect({ status: reply?.status, reason: reply?.reason }).toEqual({ status: 400, reason: 'invalid-parameter' });
  });
});

describe('$docref', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['is the most recent one without dates', 'patient=ada', ['DocumentReference/ada-letter']],
    ['between dates', 'patient=ada&start=2026-01-01&end=2026-12-31', ids('DocumentReference', 'ada-letter', 'ada-report')],
    ['until a date', 'patient=Patient/ada&end=2026-01-31', ['DocumentReference/ada-report']],
    ['by type', 'patient=ada&start=2026&type=http://hl7.org/fhir/sid/icd-10-cm|Z71', ['DocumentReference/ada-letter']],
    ['by the type of a withheld note', 'patient=ada&start=2026&type=F41.1', []],
  ];
  test.each(rows)('%s', async (_, query, names) => {
    const [reply] = await twins.alike(PHYSICIAN, `/fhir/DocumentReference/$docref?${query}`);
    expect(told(reply)).toEqual({ status: 200, names });
  });

  test('with a coded type in Parameters', async () => {
    const type = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'Z71' }] };
    const body = parameters({ name: 'patient', valueId: 'ada' }, { name: 'type', valueCodeableConcept: type });
    expect(told((await twins.alike(PHYSICIAN, '/fhir/DocumentReference/$docref', post(body)))[0])).toEqual({
      status: 200,
      names: ['DocumentReference/ada-letter'],
    });
  });

  test.each([
    ['type=x', 'invalid-parameter'],
    ['patient=ada&on-demand=true', 'not-supported'],
    ['patient=ada&profile=x', 'invalid-parameter'],
  ])('%s is refused', async (query, reason) => {
    expect((await twins.alike(PHYSICIAN, `/fhir/DocumentReference/$docref?${query}`))[0]?.reason).toBe(reason);
  });
});

describe('$match', () => {
  const ada = { resourceType: 'Patient', name: [{ family: 'Alder', given: ['Ada'] }], birthDate: '1980-01-02', gender: 'female' };
  const numbered = { resourceType: 'Patient', identifier: [{ system: 'urn:ward', value: '1' }] };
  const only = { name: 'onlyCertainMatches', valueBoolean: true };
  const rows: readonly (readonly [string, unknown, readonly unknown[], readonly string[], string | undefined])[] = [
    ['by identifier', numbered, [only], ['Patient/ada'], 'certain'],
    ['by identifier and name', { ...numbered, name: ada.name }, [], ['Patient/ada'], 'certain'],
    ['by identifier, with another name', { ...numbered, name: [{ family: 'Birch' }] }, [], [], undefined],
    ['by name and birth date', ada, [], ['Patient/ada'], 'probable'],
    ['by name and birth date, where only a certain match will do', ada, [only], [], undefined],
    ['by name and another birth date', { ...ada, birthDate: '1980-01-03' }, [], [], undefined],
    ['by a part of the name', { ...ada, name: [{ family: 'Ald' }] }, [], [], undefined],
    [
      'by two identifiers of two patients',
      { resourceType: 'Patient', identifier: ['1', '2'].map((value) => ({ system: 'urn:ward', value })) },
      [only],
      [],
      undefined,
    ],
  ];
  test.each(rows)('%s', async (_, resource, more, names, grade) => {
    const [reply] = await twins.alike(PHYSICIAN, '/fhir/Patient/$match', post(parameters({ name: 'resource', resource }, ...more)));
    expect(told(reply)).toEqual({ status: 200, names });
    const search = (reply?.body.entry as { search: { extension: { valueCode: string }[] } }[] | undefined)?.[0]?.search;
    expect(search?.extension[0]?.valueCode).toBe(grade);
  });

  test.each([
    ['too little', { resourceType: 'Patient', name: [{ family: 'Alder' }] }],
    ['an identifier without system', { resourceType: 'Patient', identifier: [{ value: '1' }] }],
    ['no patient', { resourceType: 'Practitioner' }],
  ])('%s is refused', async (_, resource) => {
    const [reply] = await twins.alike(PHYSICIAN, '/fhir/Patient/$match', post(parameters({ name: 'resource', resource })));
    expect({ status: reply?.status, reason: reply?.reason }).toEqual({ status: 400, reason: 'invalid-body' });
  });
});

describe('$meta', () => {
  test('is a read of meta', async () => {
    const [reply] = await twins.alike(PHYSICIAN, '/fhir/Encounter/cut-visit/$meta');
    const [given] = (reply?.body.parameter ?? []) as { name: string; valueMeta: Resource['meta'] }[];
    expect([reply?.body.resourceType, given?.name, given?.valueMeta?.security?.map(({ code }) => code)]).toEqual([
      'Parameters',
      'return',
      ['REDACTED'],
    ]);
    expect(reply?.headers.get('etag')).toBeNull();
  });

  test.each(['Observation/hidden-hiv', 'Observation/never-was'])('of %s there is none', async (name) => {
    expect((await twins.alike(PHYSICIAN, `/fhir/${name}/$meta`))[0]?.status).toBe(404);
  });
});

describe('$validate', () => {
  const sound = { resourceType: 'Patient', name: [{ family: 'CANARY' }], gender: 'female' };
  const rows: readonly (readonly [string, string, unknown, readonly (readonly [string, string | undefined])[]])[] = [
    ['a valid one', 'Patient/$validate', sound, [['information', undefined]]],
    [
      'in Parameters',
      'Patient/$validate',
      parameters({ name: 'resource', resource: sound }, { name: 'mode', valueCode: 'create' }),
      [['information', undefined]],
    ],
    ['one with a wrong element', 'Patient/$validate', { ...sound, sex: 'f' }, [['error', 'Patient.sex']]],
    ['one with something missing', 'Observation/$validate', { resourceType: 'Observation', status: 'final' }, [['error', 'Observation']]],
  ];
  test.each(rows)('%s', async (_, url, body, issues) => {
    ward.upstream.requests.length = 0;
    const reply = await ward.ask(PHYSICIAN, `/fhir/${url}`, post(body));
    const rows = reply.body.issue as { severity: string; expression?: string[] }[];
    expect({ status: reply.status, issues: rows.map(({ severity, expression }) => [severity, expression?.[0]]) }).toEqual({
      status: 200,
      issues,
    });
    expect(reply.text).not.toContain('CANARY');
    expect(ward.upstream.requests).toEqual([]);
  });

  test.each([
    ['another type', 'Patient/$validate', { resourceType: 'Observation' }, 'invalid-body'],
    ['nothing', 'Patient/$validate', parameters(), 'invalid-body'],
    ['a profile', 'Patient/$validate?profile=http://x', sound, 'invalid-parameter'],
    ['a deletion', 'Patient/$validate?mode=delete', sound, 'not-supported'],
  ])('%s is refused', async (_, url, body, reason) => {
    expect((await ward.ask(PHYSICIAN, `/fhir/${url}`, post(body))).reason).toBe(reason);
  });
});

describe('terminology', () => {
  const expansion = {
    resourceType: 'ValueSet',
    status: 'active',
    expansion: { timestamp: '2026-01-01', contains: [{ system: 'urn:x', code: 'a' }] },
  };
  const found = parameters({ name: 'name', valueString: 'X' });
  const rows: readonly (readonly [string, string, unknown, unknown, string])[] = [
    ['$expand', 'ValueSet/$expand?url=urn:vs&filter=a', undefined, expansion, '/ValueSet/$expand?url=urn%3Avs&filter=a'],
    ['$lookup', 'CodeSystem/$lookup?system=urn:x&code=a', undefined, found, '/CodeSystem/$lookup?system=urn%3Ax&code=a'],
    [
      '$validate-code by POST',
      'ValueSet/$validate-code',
      parameters({ name: 'url', valueUri: 'urn:vs' }, { name: 'code', valueCode: 'a' }),
      found,
      '/ValueSet/$validate-code?url=urn%3Avs&code=a',
    ],
    [
      '$translate of a coding',
      'ConceptMap/$translate',
      parameters({ name: 'url', valueUri: 'urn:cm' }, { name: 'coding', valueCoding: { system: 'urn:x', code: 'a' } }),
      found,
      '/ConceptMap/$translate?url=urn%3Acm',
    ],
    [
      '$subsumes',
      'CodeSystem/$subsumes?codeA=a&codeB=b&system=urn:x',
      undefined,
      found,
      '/CodeSystem/$subsumes?codeA=a&codeB=b&system=urn%3Ax',
    ],
  ];
  test.each(rows)('%s is asked of the upstream', async (_, url, body, answer, asked) => {
    ward.upstream.faults = [{ match: (request) => request.url.includes('/$'), garbage: JSON.stringify(answer) }];
    ward.upstream.requests.length = 0;
    const reply = await ward.ask(PHYSICIAN, `/fhir/${url}`, body === undefined ? {} : post(body));
    ward.upstream.faults = [];
    expect({ status: reply.status, body: reply.body }).toEqual({ status: 200, body: answer });
    expect(ward.upstream.requests.map((request) => request.url)).toContain(`/fhir${asked}`);
  });

  const refused: readonly (readonly [string, string, string, number, string])[] = [
    ['for a patient’s app', 'patient/*.rs', 'ValueSet/$expand?url=urn:vs', 403, 'scope-insufficient'],
    ['without a scope for the type', 'user/Patient.rs', 'ValueSet/$expand?url=urn:vs', 403, 'scope-insufficient'],
    ['with a parameter that is not listed', 'user/*.rs', 'ValueSet/$expand?valueSet=x', 400, 'invalid-parameter'],
    ['that the upstream does not know', 'user/*.rs', 'ValueSet/$expand?url=urn:vs', 400, 'invalid-parameter'],
    ['of a resource that is not there', 'user/*.rs', 'ValueSet/none/$expand', 404, 'not-found'],
    ['of whichever map the upstream finds', 'user/*.rs', 'ConceptMap/$translate?system=urn:x&code=a', 400, 'invalid-parameter'],
    [
      'of the value set that an element is bound to',
      'user/*.rs',
      'ValueSet/$validate-code?context=Patient.gender&code=a',
      400,
      'invalid-parameter',
    ],
    ['with a Coding in the URL', 'user/*.rs', 'CodeSystem/$lookup?coding=urn:x|a', 400, 'invalid-parameter'],
  ];
  test.each(refused)('%s: refused', async (_, scope, url, status, reason) => {
    const claims = { ...personaClaims(PHYSICIAN), scope, ...(scope.startsWith('patient') ? { patient: 'ada' } : {}) };
    const reply = await ward.ask(claims, `/fhir/${url}`);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
  });
});

describe('threat 39: terminology that is withheld is unknown by whatever it is named', () => {
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }];
  const labelled = (resourceType: string, url: string): Resource => ({
    resourceType,
    id: 'secret',
    status: 'active',
    url,
    meta: { security },
  });
  const secret = [labelled('ValueSet', 'urn:vs'), labelled('CodeSystem', 'urn:cs'), labelled('ConceptMap', 'urn:cm')];
  const open = (resource: Resource): Resource => ({ ...resource, meta: {} });
  const coding = { system: 'urn:cs', code: 'a' };
  const rows: readonly (readonly [string, string, unknown?])[] = [
    ['a value set by its URL', 'ValueSet/$expand?url=urn:vs'],
    ['and a version', 'ValueSet/$expand?url=urn:vs|2.0'],
    ['and a fragment', 'ValueSet/$expand?url=urn:vs%23part'],
    ['by a reference', 'ValueSet/$expand?url=ValueSet/secret'],
    ['by its URL in a body', 'ValueSet/$validate-code', parameters({ name: 'url', valueUri: 'urn:vs' }, { name: 'code', valueCode: 'a' })],
    ['all codes of a code system', 'ValueSet/$expand?url=urn:cs?fhir_vs'],
    ['a code system beside a value set', 'ValueSet/$validate-code?url=urn:open&system=urn:cs&code=a'],
    ['a code system by its URL', 'CodeSystem/$validate-code?url=urn:cs&code=a'],
    ['as a system', 'CodeSystem/$lookup?system=urn:cs&code=a'],
    ['as a system with a version', 'CodeSystem/$subsumes?system=urn:cs|1&codeA=a&codeB=b'],
    ['as the system of a Coding', 'CodeSystem/$lookup', parameters({ name: 'coding', valueCoding: coding })],
    [
      'as the system of one of two Codings',
      'CodeSystem/$subsumes',
      parameters({ name: 'codingA', valueCoding: { system: 'urn:open', code: 'b' } }, { name: 'codingB', valueCoding: coding }),
    ],
    [
      'as the system of a CodeableConcept',
      'CodeSystem/$validate-code',
      parameters({ name: 'url', valueUri: 'urn:open' }, { name: 'codeableConcept', valueCodeableConcept: { coding: [coding] } }),
    ],
    ['a map by its URL', 'ConceptMap/$translate?url=urn:cm&system=urn:open&code=a'],
    ['a value set as the source of a map', 'ConceptMap/$translate?url=urn:open&source=urn:vs&code=a'],
    ['as its target', 'ConceptMap/$translate?url=urn:open&target=urn:vs|2&code=a'],
    ['a code system as the target', 'ConceptMap/$translate?url=urn:open&targetsystem=urn:cs&code=a'],
  ];

  function hold(resources: readonly Resource[]): void {
    const answer = { resourceType: 'Parameters', parameter: [{ name: 'display', valueString: 'CANARY' }] };
    const expanded = {
      resourceType: 'ValueSet',
      status: 'active',
      expansion: { timestamp: '2026', contains: [{ ...coding, display: 'CANARY' }] },
    };
    const bundle = (entry: readonly Resource[]) => ({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: entry.map((resource) => ({ resource })),
    });
    const garbage = (resource: unknown) => JSON.stringify(resource);
    ward.upstream.faults = [
      { match: ({ url }) => url.includes('/$expand'), garbage: garbage(expanded) },
      { match: ({ url }) => url.includes('/$'), garbage: garbage(answer) },
      ...resources.flatMap((resource) => [
        // Whatever is asked for: a search is not trusted to narrow.
        { match: ({ url }: { url: string }) => url.startsWith(`/fhir/${resource.resourceType}?`), garbage: garbage(bundle([resource])) },
        { match: ({ url }: { url: string }) => url === `/fhir/${resource.resourceType}/secret`, garbage: garbage(resource) },
      ]),
    ];
  }

  test.each(rows)('%s', async (_, url, body) => {
    const asked = () => ward.ask(PHYSICIAN, `/fhir/${url}`, body === undefined ? {} : post(body));
    hold(secret);
    const reply = await asked();
    hold(secret.map(open));
    const given = await asked();
    ward.upstream.faults = [];
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 404, reason: 'not-found' });
    expect(reply.text).not.toContain('CANARY');
    expect({ status: given.status, canary: given.text.includes('CANARY') }).toEqual({ status: 200, canary: true });
  });
});

describe('threats 37 and 39: what is not on the list', () => {
  test.each([
    ['$graphql', 'operation $graphql'],
    ['Patient/$graphql', 'operation $graphql'],
    ['Patient/$everything', 'operation $everything'],
    ['Patient/ada/$summary', 'operation $summary'],
    ['Patient/ada/$graph', 'operation $graph'],
    ['$meta', 'operation $meta'],
    ['Patient/$meta', 'operation $meta'],
    ['Observation/weight-0/$meta-add', 'operation $meta-add'],
    ['Observation/weight-0/$meta-delete', 'operation $meta-delete'],
    ['Patient/$member-match', 'operation $member-match'],
    ['ValueSet/$closure', 'operation $closure'],
    ['Observation/ada/$lastn', 'operation $lastn'],
    ['Patient/$constructor', 'operation $constructor'],
    ['Patient/$Maria.Alvarez', 'operation $unknown'],
    ['$toString', 'operation $unknown'],
  ])('%s is refused by name, before anything is read', async (url, diagnostics) => {
    ward.upstream.requests.length = 0;
    for (const options of [{}, post(parameters())]) {
      const reply = await ward.ask(PHYSICIAN, `/fhir/${url}`, options);
      expect({ status: reply.status, reason: reply.reason, diagnostics: reply.body.issue?.[0]?.diagnostics }).toEqual({
        status: 400,
        reason: 'not-supported',
        diagnostics,
      });
    }
    expect(ward.upstream.requests).toEqual([]);
  });
});
