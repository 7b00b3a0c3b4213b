/** What every door rests on: scopes, subjects, emergencies, recorded facts. A gate that falls here opens all doors at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAuthorization } from '../../src/consent/check-authorization.ts';
import type { RecordedAttestation } from '../../src/decide/decision.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { decideResources } from '../../src/pipeline/decide-resources.ts';
import { openSession } from '../../src/pipeline/session.ts';
import { toRequester } from '../../src/requester/to-requester.ts';
import { authorization, SETTINGS as FORMS, SIGNED } from '../consent/authorization.build.ts';
import { NOW as DECIDED_AT, recordOf } from '../consent/build.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { GATEWAY, NOW, UPSTREAM } from '../support/in-process.ts';
import { ACT, ANN, BO, CANARY, condition, observation, refusal } from './records.ts';
import { type SmallGateway, smallGateway, type Who } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

const claimsOf = (who: Who) => REQUESTERS[who]?.claims ?? {};

describe('scopes', () => {
  const records = [
    condition('ann'),
    condition('bo', 'E11.9', { subject: BO }),
    observation('weight'),
    observation('draft', { status: 'preliminary' }),
  ];

  test('threat 28: a type and an interaction without a scope are refused before anything is read', async () => {
    gateway.put(records);
    const { get } = gateway.deps.upstream;
    let asked = 0;
    Object.assign(gateway.deps.upstream, {
      get: (...args: Parameters<typeof get>) => {
        asked += 1;
        return get(...args);
      },
    });
    const reader = { ...claimsOf('physician'), scope: 'user/Observation.rs' };
    const body = JSON.stringify(condition('new'));
    const headers = { 'content-type': 'application/fhir+json' };
    const rows = [
      { url: '/fhir/Condition/ann' },
      { url: '/fhir/Condition' },
      { url: '/fhir/Condition/ann/_history' },
      { url: '/fhir/Condition/ann/_history/1' },
      { url: '/fhir/Patient/p1/Condition' },
      { url: '/fhir/Patient/p1/$everything' },
      { method: 'POST', url: '/fhir/Condition', body, headers },
      { method: 'PUT', url: '/fhir/Condition/new', body, headers },
      { method: 'DELETE', url: '/fhir/Observation/weight' },
      { method: 'PATCH', url: '/fhir/Observation/weight', body: '[]', headers: { 'content-type': 'application/json-patch+json' } },
    ];
    for (const row of rows) {
      const reply = await gateway.get(reader, row);
      expect({ status: reply.status, reason: reply.reason }, `${row.method ?? 'GET'} ${row.url}`).toEqual({
        status: 403,
        reason: 'scope-insufficient',
      });
    }
    Object.assign(gateway.deps.upstream, { get });
    expect(asked).toBe(0);
  });

  test('threat 44: a scope of a patient’s app is about that patient, also in the hands of a clinician', async () => {
    gateway.put(records);
    const launched = { ...claimsOf('physician'), scope: 'patient/*.rs', patient: 'p1' };
    expect((await gateway.get(launched, '/fhir/Condition')).names).toEqual(['Condition/ann']);
    expect((await gateway.get(launched, '/fhir/Condition/bo')).status).toBe(404);
    expect((await gateway.get('physician', '/fhir/Condition/bo')).status).toBe(200);
  });

  test('threat 6: a granular scope is held to on every door; one that can not be held to grants nothing', async () => {
    gateway.put(records);
    const granular = { ...claimsOf('physician'), scope: 'user/Observation.rs?status=final' };
    expect((await gateway.get(granular, '/fhir/Observation')).names).toEqual(['Observation/weight']);
    for (const place of ['Observation/draft', 'Observation/draft/_history', 'Observation/draft/_history/1'])
      expect((await gateway.get(granular, `/fhir/${place}`)).status, place).toBe(404);
    for (const query of [
      'status:not=final',
      'subject.name=One',
      '_has:Condition:subject:code=E11.9',
      '_include=Observation:subject',
      'nonsense=1',
    ]) {
      const reply = await gateway.get({ ...claimsOf('physician'), scope: `user/Observation.rs?${query}` }, '/fhir/Observation');
      expect({ status: reply.status, reason: reply.reason }, query).toEqual({ status: 403, reason: 'scope-insufficient' });
    }
  });
});

describe('searches', () => {
  test('threat 10: what is included is in scope, too', async () => {
    gateway.put([condition('ann')]);
    const narrow = { ...claimsOf('physician'), scope: 'user/Condition.rs' };
    expect((await gateway.get(narrow, '/fhir/Condition?_include=Condition:subject')).names).toEqual(['Condition/ann']);
    expect((await gateway.get('physician', '/fhir/Condition?_include=Condition:subject')).names).toEqual(['Condition/ann', 'Patient/p1']);
  });

  test('threat 53: what is true of an absence is not asked of the record server', async () => {
    gateway.put([observation('weight')]);
    const { upstream } = gateway.deps;
    const { get } = upstream;
    const paths: string[] = [];
    Object.assign(upstream, {
      get: (...args: Parameters<typeof get>) => {
        paths.push(decodeURIComponent(args[0]));
        return get(...args);
      },
    });
    for (const query of ['code:not=x', 'code:missing=true', 'component-code:missing=true', 'date=ne2026-08-02', 'value-quantity=ne5'])
      expect((await gateway.get('physician', `/fhir/Observation?${query}`)).status, query).toBe(200);
    Object.assign(upstream, { get });
    expect(paths.filter((path) => path.startsWith('Observation?')).length).toBeGreaterThanOrEqual(5);
    expect(paths.filter((path) => /:not|:missing=true|=ne/.test(path))).toEqual([]);
  });

  test('threat 54: an entry that was cut from a list connects nothing', async () => {
    const labelled = {
      url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
      valueCoding: { system: ACT, code: 'MH' },
    };
    const list = (item: string): Resource => ({
      resourceType: 'List',
      id: 'list',
      status: 'current',
      mode: 'working',
      subject: ANN,
      entry: [{ extension: [labelled], item: { reference: item } }, { item: { reference: 'Condition/other' } }],
    });
    const rest = [condition('ann'), condition('other'), condition('third'), refusal('no', 'MH')];
    const [reply] = await gateway.alike(
      'physician',
      [
        [list('Condition/ann'), ...rest],
        [list('Condition/third'), ...rest],
      ],
      ['/fhir/Condition?_id=ann&_revinclude=List:item', '/fhir/List?item=Condition/ann', '/fhir/Condition?_id=other&_revinclude=List:item'],
    );
    expect(reply?.names).toEqual(['Condition/ann']);
  });
});

describe('joins', () => {
  const asked = [
    'Patient?_has:Condition:patient:code=E11.9',
    'Patient?_has:Observation:patient:_has:Provenance:target:recorded=gt2000',
    'Observation?subject:Patient._has:Condition:patient:code=E11.9',
    'Patient?_list=chosen',
  ];
  test.each(asked)('threat 1: %s crosses a type that the token has no scope for: refused, whatever is there', async (query) => {
    const narrow = { ...claimsOf('physician'), scope: 'user/Patient.rs user/Observation.rs' };
    for (const records of [[], [condition('ann')]]) {
      gateway.put(records);
      const reply = await gateway.get(narrow, `/fhir/${query}`);
      expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 403, reason: 'scope-insufficient' });
    }
  });

  test('threat 3: a chain into a type that the token has no scope for is refused', async () => {
    gateway.put([condition('ann')]);
    const narrow = { ...claimsOf('physician'), scope: 'user/Condition.rs' };
    const reply = await gateway.get(narrow, '/fhir/Condition?patient.name=One');
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 403, reason: 'scope-insufficient' });
  });
});

describe('subjects that nobody can name', () => {
  const rows: readonly (readonly [string, Resource])[] = [
    ['a subject by identifier alone', observation('o', { subject: { identifier: { value: 'x' } }, valueString: CANARY })],
    [
      'a contained patient',
      observation('o', { contained: [{ resourceType: 'Patient', id: 'in' }], subject: { reference: '#in' }, valueString: CANARY }),
    ],
    ['a group that is not there', observation('o', { subject: { reference: 'Group/nowhere' }, valueString: CANARY })],
  ];
  test.each(rows)('threat 18: %s can not permit', async (_, resource) => {
    for (const who of ['physician', 'therapist', 'patient'] as const) {
      await gateway.alike(who, [[resource], []], ['/fhir/Observation/o', '/fhir/Observation']);
    }
  });

  test('threat 15: what can carry a patient’s data without naming one is not administrative', async () => {
    const carriers: readonly Resource[] = [
      { resourceType: 'Basic', id: 'c', code: { text: CANARY } },
      { resourceType: 'Parameters', id: 'c', parameter: [{ name: 'x', valueString: CANARY }] },
      { resourceType: 'MessageHeader', id: 'c', eventUri: 'urn:x', source: { endpoint: 'urn:x', name: CANARY } },
    ];
    for (const resource of carriers)
      await gateway.alike('patient', [[resource], []], [`/fhir/${resource.resourceType}/c`, `/fhir/${resource.resourceType}`]);
  });
});

describe('emergencies', () => {
  const mood = condition('mood', 'F33.1');
  const naming = (purpose: string) => {
    const consent = structuredClone(refusal('no', 'MH', ANN, 'Practitioner/osei')) as {
      provision: { provision: Record<string, unknown>[] };
    } & Resource;
    Object.assign(consent.provision.provision[0] ?? {}, {
      purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }],
    });
    return consent;
  };

  test('a restriction yields to a broken glass, unless it names emergencies', async () => {
    gateway.put([mood, refusal('no', 'MH', ANN, 'Practitioner/osei')]);
    expect((await gateway.get('emergency', '/fhir/Condition/mood')).status).toBe(200);
    for (const purpose of ['BTG', 'ETREAT']) {
      gateway.put([mood, naming(purpose)]);
      const claims = { ...claimsOf('emergency'), purpose_of_use: purpose };
      const headers: Record<string, string> = purpose === 'BTG' ? { 'x-break-glass': 'unconscious on arrival' } : {};
      expect((await gateway.get(claims, { url: '/fhir/Condition/mood', headers })).status, purpose).toBe(404);
    }
  });

  test('a broken glass without a reason decides nothing, whatever let it through', async () => {
    gateway.put([mood]);
    const requester = toRequester({
      issuer: 'https://issuer.test',
      claims: { exp: NOW / 1000 + 3600, ...claimsOf('emergency') },
      headers: { 'x-break-glass': 'unconscious on arrival' },
      rules: { issuer: { claims: {}, roles: {}, clients: {}, facts: [] }, bases: [UPSTREAM, GATEWAY], mayAssert: () => false },
    });
    const effectOf = async (who: typeof requester) =>
      (await decideResources(openSession(gateway.deps, who), [mood])).map(({ decision }) => decision.effect);
    expect(await effectOf(requester)).toEqual(['permit']);
    const { breakGlassReason: _, ...silent } = requester;
    expect(await effectOf(silent)).toEqual(['withhold']);
  });
});

describe('what was recorded', () => {
  const open = condition('open');
  const waiver = (more: Partial<RecordedAttestation> = {}): RecordedAttestation => ({
    id: 'waiver',
    kind: 'MH-17',
    subject: 'Patient/p1',
    recordedBy: 'Practitioner/ferris',
    recordedAt: new Date(NOW - 86_400_000).toISOString(),
    ...more,
  });
  const researches = async (recorded: readonly RecordedAttestation[], more: readonly Resource[] = []) => {
    gateway.put([open, ...more], {}, recorded);
    return (await gateway.get('researcher', '/fhir/Condition/open')).status;
  };

  test('holds for its subject, its recipient and its time', async () => {
    expect(await researches([])).toBe(404);
    expect(await researches([waiver()])).toBe(200);
    expect(await researches([waiver({ recipient: 'Practitioner/adeyemi' })])).toBe(200);
    expect(await researches([waiver({ recipient: 'Practitioner/other' })])).toBe(404);
    expect(await researches([waiver({ until: new Date(NOW - 1000).toISOString() })])).toBe(404);
    expect(await researches([waiver({ subject: 'Patient/p2' })])).toBe(404);
  });

  test('a view that gives no name and no record number gives them by no reference, and finds nobody by them', async () => {
    const mrn = { system: 'urn:mrn', value: 'MRN-1' };
    const subject = { ...ANN, display: 'Ann One', identifier: mrn };
    const meta = { source: 'urn:source:Ann', tag: [{ code: 'ann-one' }] };
    const encounter = { resourceType: 'Encounter', id: 'visit', meta, status: 'finished', class: { code: 'AMB' }, subject };
    const records = [condition('open', 'E11.9', { subject, meta }), observation('weight', { subject, meta }), encounter];
    expect(await researches([waiver()], records)).toBe(200);
    const urls = ['Condition/open', 'Condition/open?_elements=subject', 'Observation/weight', 'Encounter/visit', 'Condition?patient=p1'];
    for (const url of urls) {
      const { status, text } = await gateway.get('researcher', `/fhir/${url}`);
      expect(status, url).toBe(200);
      expect(text, url).toContain('Patient/p1');
      expect(text, url).not.toMatch(/Ann|ann-one|MRN-1/);
    }
    const found = async (who: Who, value: string) =>
      (await gateway.get(who, `/fhir/Condition?patient=p1&subject:identifier=${encodeURIComponent(value)}`)).names;
    for (const value of ['urn:mrn|MRN-1', 'MRN-1']) expect(await found('researcher', value)).toEqual([]);
    expect(await found('physician', 'urn:mrn|MRN-1')).toEqual(['Condition/open']);
  });

  test('a patient who said no to research keeps that under a waiver', async () => {
    const no = structuredClone(refusal('no', 'MH')) as { provision: Record<string, unknown> } & Resource;
    no.provision.provision = [
      { type: 'deny', purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' }] },
    ];
    expect(await researches([waiver()], [no])).toBe(404);
  });
});

test('threat 33: an authorization that was revoked, rejected or never finished authorizes nothing', () => {
  for (const status of ['inactive', 'rejected', 'entered-in-error', 'draft', 'proposed', undefined]) {
    const consent = authorization(undefined, { status });
    const { elements, types } = checkAuthorization(consent, recordOf([consent], [], SIGNED), DECIDED_AT, FORMS);
    expect({ status, types }).toEqual({ status, types: [] });
    expect(elements.find(({ id }) => id === 'AV-01')?.status).toBe('missing');
  }
});

test('threat 35: the log says that an old version was judged by the labels of the new one', async () => {
  gateway.put([observation('turned'), observation('turned', { meta: { security: [{ system: ACT, code: 'MH' }] } })]);
  expect((await gateway.get('physician', '/fhir/Observation/turned/_history/1')).status).toBe(200);
  expect(gateway.records.at(-1)?.decisions.flatMap(({ labels }) => labels)).toContain('MH');
});

test('a body that reaches for the prototype is no body', async () => {
  gateway.put([]);
  const body = '{"resourceType":"Observation","__proto__":{"status":"final"}}';
  const reply = await gateway.get('physician', {
    method: 'POST',
    url: '/fhir/Observation',
    body,
    headers: { 'content-type': 'application/fhir+json' },
  });
  expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 400, reason: 'invalid-body' });
});
