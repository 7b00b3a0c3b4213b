/** threats.md 35-44, 47, 50, 51: versions, operations and other doors, asked of the in-process gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readUpstreamAnswer } from '../../src/adapters/upstream-answer.ts';
import { PrivityError } from '../../src/errors.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { searchPage } from '../../src/pipeline/search-upstream.ts';
import type { Upstream } from '../../src/ports.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { type Asked, UPSTREAM } from '../support/in-process.ts';
import { ACT, ANN, BO, CANARY, concept, condition, document, NOTES, note, observation, PART2, refusal } from './records.ts';
import { comparable, type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

const claimsOf = (who: string) => REQUESTERS[who]?.claims ?? {};
const without = (claims: Record<string, unknown>, ...names: string[]) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));

describe('threat 35: old versions keep their old labels, and take the new ones', () => {
  const was = observation('turned', { meta: NOTES, valueString: CANARY });
  const is = observation('turned', { valueString: 'open' });

  test('threat 35: a version that is withheld is not in the history, and not there by its number', async () => {
    gateway.put([was, is]);
    const history = await gateway.get('physician', '/fhir/Observation/turned/_history');
    expect(history.names).toEqual(['Observation/turned']);
    expect(history.text).not.toContain(CANARY);
    const old = await gateway.get('physician', '/fhir/Observation/turned/_history/1');
    const absent = await gateway.get('physician', '/fhir/Observation/turned/_history/9');
    expect(comparable(old)).toEqual(comparable(absent));
    expect(old.status).toBe(404);
    expect((await gateway.get('physician', '/fhir/Observation/turned/_history/2')).status).toBe(200);
  });

  test('threat 35: a label that came later closes what was there before', async () => {
    await gateway.alike(
      'physician',
      [[is, was], []],
      [
        '/fhir/Observation/turned',
        '/fhir/Observation/turned/_history',
        '/fhir/Observation/turned/_history/1',
        '/fhir/Observation/turned/_history/2',
      ],
    );
  });

  test('threat 35: the consent of today decides on the version of yesterday', async () => {
    const first = condition('visit', 'E11.9', { evidence: [{ code: [concept('F33.1', CANARY)] }] });
    gateway.put([first, condition('visit'), refusal('no-mh', 'MH')]);
    const history = await gateway.get('physician', '/fhir/Condition/visit/_history');
    expect(history.names).toHaveLength(2);
    expect(history.text).not.toMatch(/CANARY|F33\.1/);
  });
});

describe('threat 35: labels of parts', () => {
  const DS4P = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition';
  const inline = [{ url: `${DS4P}/extension-inline-sec-label`, valueCoding: { system: ACT, code: 'PSYTHPN' } }];
  const part = (words: string, more: Partial<Resource> = {}) => ({ code: { text: 'part' }, valueString: words, ...more });
  const first = observation('parts', { component: [part('calm'), part(CANARY)] });
  const second = observation('parts', {
    meta: { security: [{ system: ACT, code: 'PROCESSINLINELABEL' }] },
    component: [part('calm'), part(CANARY, { extension: inline })],
  });
  const doors = ['/_history/1', '/_history/2', '/_history/3', '/_history', '', '/_history?_count=1'].map(
    (end) => `/fhir/Observation/parts${end}`,
  );
  const statuses = async () => {
    const replies = [];
    for (const url of doors) replies.push(await gateway.get('physician', url));
    for (const reply of replies) expect(reply.text).not.toContain(CANARY);
    return replies.map(({ status, names }) => (names.length > 0 ? names.length : status));
  };

  test('threat 35: the label of a part closes every older version whole, and cuts its own', async () => {
    gateway.put([first, second]);
    expect(await statuses()).toEqual([404, 200, 404, 1, 200, 1]);
    gateway.put([first, second, second]);
    expect(await statuses()).toEqual([404, 404, 200, 1, 200, 1]);
  });

  test('threat 35: … in the history of all that there is, a deletion after them too', async () => {
    const system = { ...claimsOf('physician'), scope: 'system/*.rs' };
    gateway.put([first, second]);
    for (const url of ['/fhir/Observation/_history', '/fhir/_history?_count=10']) {
      const { names, text } = await gateway.get(system, url);
      expect(names.filter((name) => name === 'Observation/parts')).toHaveLength(1);
      expect(text).not.toContain(CANARY);
    }
    await gateway.deps.upstream.write({ method: 'DELETE', path: 'Observation/parts' });
    const { names, text } = await gateway.get(system, '/fhir/Observation/_history');
    expect(names).toEqual(['undefined/undefined', 'Observation/parts']);
    expect(text).not.toContain(CANARY);
  });
});

test('threat 36: histories of a type and of everything are no door for a caller who lacks the right', async () => {
  const resources = [note('note'), observation('open')];
  for (const who of ['physician', 'patient', 'billing'] as const) {
    const replies = await gateway.alike(
      who,
      [resources, [observation('open')]],
      ['/fhir/_history', '/fhir/DocumentReference/_history', '/fhir/Observation/_history'],
    );
    expect(replies.map(({ status, reason }) => ({ status, reason }))).toEqual(
      replies.map(() => ({ status: 403, reason: 'scope-insufficient' })),
    );
  }
});

test('threat 37: GraphQL is refused, at every place and by every method', async () => {
  gateway.put([note('note')]);
  const query = '{DocumentReferenceList{description}}';
  const asked: readonly Asked[] = [
    { url: `/fhir/$graphql?query=${encodeURIComponent(query)}` },
    { url: `/fhir/Patient/p1/$graphql?query=${encodeURIComponent('{name{family}}')}` },
    { method: 'POST', url: '/fhir/$graphql', body: JSON.stringify({ query }), headers: { 'content-type': 'application/json' } },
    { method: 'POST', url: '/fhir/$graphql', body: query, headers: { 'content-type': 'application/graphql' } },
  ];
  for (const request of asked) {
    const reply = await gateway.get('therapist', request);
    expect(reply.status, request.url).toBeGreaterThanOrEqual(400);
    expect(reply.text).not.toMatch(/CANARY|One/);
  }
});

describe('threat 38: bulk export', () => {
  const starts = ['$export', 'Patient/$export', 'Group/both/$export', 'Patient/p1/$export'];
  test.each(starts)('threat 38: %s is refused to a caller without system scopes, and nothing is started', async (place) => {
    gateway.put([note('note')]);
    for (const method of ['GET', 'POST']) {
      const reply = await gateway.get('physician', { method, url: `/fhir/${place}`, headers: { prefer: 'respond-async' } });
      expect([400, 403, 404, 405]).toContain(reply.status);
      expect(reply.headers['content-location']).toBeUndefined();
      expect(reply.text).not.toContain(CANARY);
    }
  });

  test('threat 38: somebody else’s job is as absent as none', async () => {
    gateway.put([]);
    for (const place of ['/fhir/$export-status/1', '/fhir/$export-poll-status?_jobId=1', '/fhir/bulkstatus/1', '/fhir/Binary/export-1']) {
      expect((await gateway.get('physician', place)).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('threat 39: operations are on a list, or refused', () => {
  const names = [
    '$member-match',
    '$graph',
    '$merge',
    '$expunge',
    '$reindex',
    '$meta-add',
    '$meta-delete',
    '$snapshot',
    '$diff',
    '$process-message',
  ];
  test.each(names)('threat 39: %s', async (name) => {
    for (const place of ['', 'Patient/', 'Patient/p1/', 'DocumentReference/note/']) {
      for (const method of ['GET', 'POST']) {
        const replies = await gateway.alike('physician', [[note('note')], []], [{ method, url: `/fhir/${place}${name}` }]);
        expect([400, 403, 404, 405], `${method} ${place}${name}`).toContain(replies[0]?.status);
      }
    }
  });

  test('threat 39: $meta of what is withheld is no read around the decision', async () => {
    for (const name of ['$meta', '$validate', '$everything', '$document', '$docref', '$lastn', '$summary']) {
      await gateway.alike('physician', [[note('note')], []], [`/fhir/DocumentReference/note/${name}`]);
    }
  });

  test('threat 39: /metadata describes the gateway and nothing behind it', async () => {
    gateway.put([note('note')]);
    const reply = await gateway.get('physician', '/fhir/metadata');
    expect(reply.status).toBe(200);
    expect(reply.text).not.toMatch(/upstream\.test|CANARY/);
    expect(reply.body.implementation?.url).toBe('http://privity.test/fhir');
  });
});

test('threat 40: nobody subscribes past the gateway', async () => {
  gateway.put([]);
  const subscription = {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'to know',
    criteria: 'DocumentReference?patient=p1',
    channel: { type: 'rest-hook', endpoint: 'https://elsewhere.example/hook', payload: 'application/fhir+json' },
  };
  const headers = { 'content-type': 'application/fhir+json' };
  for (const who of ['physician', 'therapist', 'patient'] as const) {
    for (const asked of [
      { method: 'POST', url: '/fhir/Subscription', body: JSON.stringify(subscription), headers },
      { method: 'PUT', url: '/fhir/Subscription/mine', body: JSON.stringify({ ...subscription, id: 'mine' }), headers },
      {
        method: 'POST',
        url: '/fhir',
        headers,
        body: JSON.stringify({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: subscription, request: { method: 'POST', url: 'Subscription' } }],
        }),
      },
    ]) {
      const reply = await gateway.get(who, asked);
      expect([400, 403, 404, 405, 422], reply.text).toContain(reply.status);
    }
  }
  const kept = await gateway.deps.upstream.get('Subscription');
  expect((kept.resource as Resource | undefined)?.entry ?? []).toEqual([]);
});

describe('threat 41: no representation but JSON', () => {
  const formats: readonly (readonly [string, Asked])[] = [
    ['XML', { url: '/fhir/Condition/open', headers: { accept: 'application/fhir+xml' } }],
    ['Turtle', { url: '/fhir/Condition/open', headers: { accept: 'text/turtle' } }],
    ['NDJSON', { url: '/fhir/Condition/open', headers: { accept: 'application/x-ndjson' } }],
    ['XML, and JSON not wanted', { url: '/fhir/Condition/open', headers: { accept: 'application/fhir+json;q=0, application/xml' } }],
    ['_format=xml', { url: '/fhir/Condition/open?_format=xml' }],
    ['_format as a media type', { url: '/fhir/Condition/open?_format=application/fhir%2Bxml' }],
    ['_format=html of a search', { url: '/fhir/Condition?_format=text/html' }],
    ['_format twice', { url: '/fhir/Condition/open?_format=json&_format=xml' }],
  ];
  test.each(formats)('threat 41: %s', async (_, asked) => {
    gateway.put([condition('open')]);
    const reply = await gateway.get('physician', asked);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 406, reason: 'not-acceptable' });
    expect(reply.text).not.toContain('E11.9');
    expect(reply.headers['content-type']).toContain('application/fhir+json');
  });
});

test('threat 41: an answer of the record server that is no plain FHIR JSON is none', () => {
  const text = JSON.stringify(condition('open', 'E11.9', { note: [{ text: CANARY }] }));
  const json = { 'content-type': 'application/fhir+json' };
  const rows: readonly (readonly [number, Record<string, string>])[] = [
    [302, { ...json, location: 'http://elsewhere.example/' }],
    [200, { 'content-type': 'application/fhir+xml' }],
    [200, { ...json, 'content-encoding': 'gzip' }],
    [200, { 'content-type': 'application/fhir+json; charset=utf-16' }],
    [200, {}],
  ];
  for (const [status, headers] of rows)
    expect(() => readUpstreamAnswer(status, headers, text)).toThrow(expect.objectContaining({ code: 'upstream-invalid' }));
  expect(readUpstreamAnswer(200, json, text).resource?.id).toBe('open');
});

test('threat 57: a page link of the record server that leads elsewhere is not followed', async () => {
  const links = [
    'http://elsewhere.example/fhir/Condition?page=2',
    `${UPSTREAM}-other/Condition?page=2`,
    'http://upstream.test/admin?page=2',
    '../admin',
  ];
  for (const url of links) {
    const bundle = { resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'next', url }] };
    const upstream = { base: UPSTREAM, get: async () => ({ status: 200, headers: {}, resource: bundle }) } as unknown as Upstream;
    await expect(searchPage(upstream, 'Condition', undefined), url).rejects.toMatchObject({ code: 'upstream-invalid' });
  }
});

describe('threat 42: every sensitivity label on a resource must be permitted', () => {
  const both = observation('both', {
    meta: {
      security: [
        { system: ACT, code: 'MH' },
        ...PART2.security,
        { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' },
      ],
    },
    valueString: CANARY,
  });

  test('threat 42: mental health is given to a physician, Part 2 is not, both together are not', async () => {
    gateway.put([observation('mh', { meta: { security: [{ system: ACT, code: 'MH' }] } })]);
    expect((await gateway.get('physician', '/fhir/Observation/mh')).status).toBe(200);
    await gateway.alike(
      'physician',
      [[both], []],
      ['/fhir/Observation/both', '/fhir/Observation?_security=MH', '/fhir/Observation?_security=R'],
    );
  });

  test('threat 42: labels of parts count beside labels of the whole', async () => {
    gateway.put([
      observation('parts', {
        meta: { security: [{ system: ACT, code: 'MH' }] },
        component: [{ code: concept('F33.1'), valueString: 'x' }],
      }),
      refusal('no-mh', 'MH'),
    ]);
    expect((await gateway.get('physician', '/fhir/Observation/parts')).status).toBe(404);
  });
});

test('threat 43: withheld, deleted, absent: one 404, whoever may not see it and however it is asked for', async () => {
  const secret = [note('note'), observation('part2', { meta: PART2, valueString: CANARY })];
  const asked = ['DocumentReference/note', 'Observation/part2', 'Patient/p2'].flatMap((place): Asked[] => [
    { url: `/fhir/${place}` },
    { url: `/fhir/${place}`, method: 'HEAD' },
    { url: `/fhir/${place}?_elements=id` },
    { url: `/fhir/${place}?_summary=true` },
    { url: `/fhir/${place}`, headers: { 'if-none-match': 'W/"1"' } },
    { url: `/fhir/${place}`, headers: { 'if-modified-since': 'Mon, 23 Nov 2099 12:00:00 GMT' } },
    { url: `/fhir/${place}/_history` },
    { url: `/fhir/${place}/_history/1` },
  ]);
  for (const who of ['physician', 'billing', 'payer', 'researcher', 'nobody'] as const) {
    const replies = await gateway.alike(
      who,
      [secret, []],
      asked.filter(({ url }) => !url.includes('Patient/p2')),
    );
    expect(new Set(replies.map(({ status }) => status)).size, who).toBe(1);
    expect(replies[0]?.status).toBe(404);
  }
});

describe('threat 44: who does not say enough is refused, not given more', () => {
  const patient = claimsOf('patient');
  const physician = claimsOf('physician');
  const rows: readonly (readonly [string, Record<string, unknown>, number, string])[] = [
    ['a patient’s app without patient and fhirUser', without(patient, 'patient', 'fhirUser'), 403, 'context-incomplete'],
    ['patient scopes without a patient', { ...physician, scope: 'patient/*.rs' }, 403, 'context-incomplete'],
    ['a patient launched with somebody else', { ...patient, patient: 'p2' }, 403, 'context-incomplete'],
    ['no roles', without(physician, 'roles'), 403, 'context-incomplete'],
    ['no scope', without(physician, 'scope'), 403, 'scope-insufficient'],
    ['a purpose that HL7 does not define', { ...physician, purpose_of_use: 'WHATEVER' }, 403, 'context-incomplete'],
    [
      'a fhirUser of another record',
      { ...physician, fhirUser: 'https://elsewhere.example/fhir/Practitioner/bennett' },
      403,
      'context-incomplete',
    ],
    ['a fhirUser that is none', { ...physician, fhirUser: 'bennett' }, 403, 'context-incomplete'],
    ['neither subject nor client', without(physician, 'sub', 'client_id'), 403, 'context-incomplete'],
  ];
  test.each(rows)('threat 44: %s', async (_, claims, status, reason) => {
    gateway.put([condition('open', 'E11.9', { note: [{ text: CANARY }] })]);
    for (const url of ['/fhir/Condition/open', '/fhir/Condition', '/fhir/Patient/p1/$everything']) {
      const reply = await gateway.get(claims, url);
      expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
      expect(reply.text).not.toContain(CANARY);
    }
  });

  test('threat 44: who represents a patient is on file, active and within its time', async () => {
    const claims = {
      ...claimsOf('spouse'),
      roles: ['personal-representative'],
      purpose_of_use: 'PATRQT',
      fhirUser: 'RelatedPerson/daughter',
      patient: undefined,
      scope: 'user/*.rs',
    };
    const authority = {
      id: 'authority',
      kind: 'MH-13',
      subject: 'Patient/p1',
      recordedBy: 'Practitioner/ferris',
      recordedAt: '2026-01-01T00:00:00Z',
    };
    const rows: readonly (readonly [Partial<Resource> | undefined, number])[] = [
      [{}, 200],
      [undefined, 404],
      [{ active: false }, 404],
      [{ period: { end: '2020-01-01' } }, 404],
      [{ patient: BO }, 404],
    ];
    for (const [more, status] of rows) {
      const person = { resourceType: 'RelatedPerson', id: 'daughter', active: true, patient: ANN };
      gateway.put([condition('open'), ...(more === undefined ? [] : [{ ...person, ...more }])], {}, [authority]);
      expect((await gateway.get(claims, '/fhir/Condition/open')).status, JSON.stringify(more)).toBe(status);
    }
  });
});

describe('threat 47: an error anywhere is a refusal', () => {
  const { stringify } = JSON;
  const broken: (() => void)[] = [];
  afterEach(() => {
    for (const mend of broken.splice(0)) mend();
  });
  const replace = <T extends object>(target: T, changed: Partial<T>) => {
    const before = Object.fromEntries(Object.keys(changed).map((key) => [key, target[key as keyof T]]));
    broken.push(() => void Object.assign(target, before));
    Object.assign(target, changed);
  };
  const doors = [
    '/fhir/Condition/open',
    '/fhir/Condition',
    '/fhir/Patient/p1/$everything',
    '/fhir/Condition/open/_history',
    '/fhir/Condition/open/_history/1',
  ];

  test('threat 47: of classification, for one of many', async () => {
    const { classify } = gateway.deps;
    gateway.put([condition('open', 'E11.9', { note: [{ text: CANARY }] }), condition('other')]);
    replace(gateway.deps as { classify: typeof classify }, {
      classify: (resource, context) => {
        if (resource.id === 'open') throw new Error(`can not read ${stringify(resource)}`);
        return classify(resource, context);
      },
    });
    for (const url of doors) {
      const reply = await gateway.get('physician', url);
      expect({ status: reply.status, reason: reply.reason }, url).toEqual({ status: 500, reason: 'internal' });
      expect(reply.text).not.toContain(CANARY);
    }
    expect(gateway.records.map((record) => [record.outcome, record.reason])).toEqual(doors.map(() => ['8', 'internal']));
    expect(stringify(gateway.records)).not.toContain(CANARY);
  });

  test('threat 47: of the consents, of the policies, of the log', async () => {
    const { consents, policies, audit } = gateway.deps;
    gateway.put([condition('open', 'E11.9', { note: [{ text: CANARY }] })]);
    const faults: readonly (readonly [() => void, number])[] = [
      [() => replace(consents, { load: () => Promise.reject(new PrivityError('upstream-unavailable')) }), 503],
      [() => replace(consents, { load: async () => new Map() }), 500],
      [
        () => {
          const { evaluator, views } = policies.current();
          const erring = () => ({ effect: 'permit', mandate: false, views: ['nowhere'], obligations: [], basis: [], errors: [] }) as const;
          replace(policies, { current: () => ({ evaluator: { ...evaluator, evaluate: erring }, views }) });
        },
        404,
      ],
      [() => replace(audit, { append: () => Promise.reject(new PrivityError('audit-unavailable')) }), 503],
    ];
    for (const [fault, status] of faults) {
      fault();
      for (const url of ['/fhir/Condition/open', '/fhir/Patient/p1/$everything']) {
        const reply = await gateway.get('physician', url);
        expect(reply.status, `${url} ${fault}`).toBe(status);
        expect(reply.text).not.toContain(CANARY);
      }
      for (const mend of broken.splice(0)) mend();
    }
    expect((await gateway.get('physician', '/fhir/Condition/open')).status).toBe(200);
  });

  test('threat 47: a page whose upstream fails in the middle is no page', async () => {
    gateway.put(Array.from({ length: 9 }, (_, index) => condition(`c${index}`)));
    const { upstream } = gateway.deps;
    const { get } = upstream;
    let pages = 0;
    replace(upstream, {
      get: async (path, signal) => {
        if (!/^(Condition)?\?/.test(path)) return get(path, signal);
        pages += 1;
        return pages > 1 ? { status: 500, headers: {} } : get(path, signal);
      },
    });
    const reply = await gateway.get('physician', '/fhir/Condition?_sort=code');
    expect(pages).toBeGreaterThan(1);
    expect(reply.status).toBeGreaterThanOrEqual(500);
    expect(reply.names).toEqual([]);
  });
});

describe('threat 50: labelling walks every coded place', () => {
  const claim = {
    resourceType: 'ExplanationOfBenefit',
    id: 'eob',
    status: 'active',
    type: { coding: [{ code: 'professional' }] },
    use: 'claim',
    patient: ANN,
    created: '2026-08-01',
    insurer: { reference: 'Organization/clinic' },
    provider: { reference: 'Organization/clinic' },
    outcome: 'complete',
    insurance: [{ focal: true, coverage: { display: 'plan' } }],
  };
  const places: readonly (readonly [string, Resource])[] = [
    [
      'ExplanationOfBenefit.supportingInfo',
      { ...claim, supportingInfo: [{ sequence: 1, category: { text: 'info' }, code: concept('F33.1', CANARY) }] },
    ],
    ['… .item.modifier', { ...claim, item: [{ sequence: 1, productOrService: { text: 'visit' }, modifier: [concept('F33.1', CANARY)] }] }],
    [
      'an extension',
      condition('c', 'E11.9', { extension: [{ url: 'http://example.org/mood', valueCodeableConcept: concept('F33.1', CANARY) }] }),
    ],
    [
      'an extension in an extension',
      condition('c', 'E11.9', {
        extension: [
          { url: 'http://example.org/a', extension: [{ url: 'b', valueCoding: { ...concept('F33.1').coding[0], display: CANARY } }] },
        ],
      }),
    ],
    [
      'a contained resource',
      condition('c', 'E11.9', {
        contained: [condition('in', 'F33.1', { code: concept('F33.1', CANARY) })],
        evidence: [{ detail: [{ reference: '#in' }] }],
      }),
    ],
    [
      'an extension of a primitive',
      condition('c', 'E11.9', {
        recordedDate: '2026-08-01',
        _recordedDate: { extension: [{ url: 'http://example.org/m', valueCoding: { ...concept('F33.1').coding[0], display: CANARY } }] },
      }),
    ],
    [
      'a code without its dot',
      condition('c', 'E11.9', {
        evidence: [{ code: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F331' }], text: CANARY }] }],
      }),
    ],
    [
      'a system by its OID',
      condition('c', 'E11.9', {
        evidence: [{ code: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.6.90', code: 'F33.1' }], text: CANARY }] }],
      }),
    ],
    [
      'QuestionnaireResponse answers',
      {
        resourceType: 'QuestionnaireResponse',
        id: 'qr',
        status: 'completed',
        subject: ANN,
        item: [{ linkId: '1', item: [{ linkId: '1.1', answer: [{ valueCoding: { ...concept('F33.1').coding[0], display: CANARY } }] }] }],
      },
    ],
  ];
  test.each(places)('threat 50: %s', async (_, resource) => {
    gateway.put([resource, refusal('no-mh', 'MH')]);
    const url = `/fhir/${resource.resourceType}/${resource.id}`;
    const reply = await gateway.get('physician', url);
    expect(reply.text).not.toMatch(/CANARY|F33/);
    gateway.put([resource]);
    expect((await gateway.get('physician', url)).text).toContain(CANARY);
  });
});

describe('threat 50: a label under another name of its system', () => {
  const LAWS = 'http://terminology.hl7.org/CodeSystem/v3-ActUSPrivacyLaw';
  const labels: readonly (readonly ['physician' | 'payer', string, string])[] = [
    ['physician', LAWS, 'HIPAAPsyNotes'],
    ['physician', 'https://terminology.hl7.org/CodeSystem/v3-ActCode', 'PSYTHPN'],
    ['physician', 'http://terminology.hl7.org/CodeSystem/v3-ActCode|2.0', 'PSYTHPN'],
    ['physician', '2.16.840.1.113883.5.4', 'PSYTHPN'],
    ['physician', 'urn:somebody', 'PSYTHPN'],
    ['payer', LAWS, '42CFRPart2'],
    ['payer', LAWS, 'HIPAASelfPay'],
    ['payer', 'urn:oid:2.16.840.1.113883.5.1138', '42CFRPart2'],
    ['payer', 'http://hl7.org/fhir/v3/ActUSPrivacyLaw', '42CFRPart2'],
  ];
  test.each(labels)('threat 50: %s is not given what is labelled %s|%s', async (who, system, code) => {
    const labelled = condition('c', 'E11.9', { meta: { security: [{ system, code }] }, note: [{ text: CANARY }] });
    const [reply] = await gateway.alike(who, [[labelled], []], ['/fhir/Condition/c', '/fhir/Condition?patient=Patient/p1']);
    expect(reply?.status).toBe(404);
  });
});

describe('threat 51: validators of a version that was not given', () => {
  const visit = condition('visit', 'E11.9', { evidence: [{ code: [concept('F33.1')] }] });

  test('threat 51: a redacted copy, a view and a subset have neither ETag nor Last-Modified, and are never 304', async () => {
    gateway.put([visit, refusal('no-mh', 'MH')]);
    const rows = [
      ['physician', '/fhir/Condition/visit'],
      ['billing', '/fhir/Condition/visit'],
      ['therapist', '/fhir/Condition/visit?_elements=code'],
    ] as const;
    for (const [who, url] of rows) {
      const plain = await gateway.get(who, url);
      expect(plain.status).toBe(200);
      expect([plain.headers.etag, plain.headers['last-modified'], plain.headers['content-location']]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      const conditional = await gateway.get(who, {
        url,
        headers: { 'if-none-match': 'W/"1"', 'if-modified-since': 'Mon, 23 Nov 2099 12:00:00 GMT' },
      });
      expect(conditional.status).toBe(200);
    }
  });

  test('threat 51: a whole one has both, and 304 for the one who may see it', async () => {
    gateway.put([visit]);
    const plain = await gateway.get('physician', '/fhir/Condition/visit');
    expect(plain.headers.etag).toBe('W/"1"');
    expect((await gateway.get('physician', { url: '/fhir/Condition/visit', headers: { 'if-none-match': 'W/"1"' } })).status).toBe(304);
  });

  test('threat 51: what changes only in a withheld part changes nothing that is given', async () => {
    const other = condition('visit', 'E11.9', { evidence: [{ code: [concept('F41.1')] }] });
    const replies = await gateway.alike(
      'physician',
      [
        [visit, refusal('no-mh', 'MH')],
        [other, refusal('no-mh', 'MH')],
      ],
      ['/fhir/Condition/visit', '/fhir/Condition', '/fhir/Condition?evidence=F33.1', '/fhir/Condition/visit/_history'],
    );
    expect(replies[0]?.status).toBe(200);
  });
});

test('a document that everybody may see is seen: the tests above do not pass because nothing does', async () => {
  gateway.put([document('open', { description: 'letter' }), condition('open')]);
  for (const who of ['physician', 'therapist', 'patient'] as const) {
    expect((await gateway.get(who, '/fhir/DocumentReference/open')).status, who).toBe(200);
  }
});
