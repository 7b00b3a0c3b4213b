/** threats.md 27-34, 55-59: writes by a physician, over two records that differ only in what that physician may not see. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { type Asked, GATEWAY, UPSTREAM } from '../support/in-process.ts';
import { ACT, ANN, BO, binary, CANARY, concept, condition, document, NOTES, note, observation, PART2, refusal } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

const physician = REQUESTERS.physician?.claims ?? {};
const JSON_BODY = { 'content-type': 'application/fhir+json' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const AUTHORED = { performer: [{ reference: 'Practitioner/bennett' }] };

function send(method: string, place: string, body?: unknown, headers: Record<string, string> = JSON_BODY): Asked {
  return { method, url: `/fhir/${place}`, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** As the record server keeps it. */
async function kept(name: string): Promise<Resource | undefined> {
  const { status, resource } = await gateway.deps.upstream.get(name);
  return status === 200 ? resource : undefined;
}

describe('threat 27: the answer to a write is a read', () => {
  const weight = observation('weight', { ...AUTHORED, valueString: CANARY });
  const writes: readonly (readonly [string, Asked])[] = [
    [
      'patch',
      send('PATCH', 'Observation/weight', [{ op: 'replace', path: '/status', value: 'amended' }], {
        ...JSON_PATCH,
        prefer: 'return=representation',
      }),
    ],
    ['update', send('PUT', 'Observation/weight', { ...weight, status: 'amended' }, { ...JSON_BODY, prefer: 'return=representation' })],
    [
      'conditional create that finds it',
      send('POST', 'Observation', observation('x', AUTHORED), {
        ...JSON_BODY,
        'if-none-exist': '_id=weight',
        prefer: 'return=representation',
      }),
    ],
    ['delete', send('DELETE', 'Observation/weight', undefined, { prefer: 'return=representation' })],
  ];
  test.each(writes)('threat 27: %s gives no body to who may write and not read', async (_, asked) => {
    gateway.put([weight]);
    const reply = await gateway.get({ ...physician, scope: 'user/Observation.cud' }, asked);
    expect(reply.text).not.toContain(CANARY);
    expect(String(reply.headers.location ?? '')).not.toContain(UPSTREAM);
  });

  test('threat 27: what comes back to who may read it is decided and redacted like a read', async () => {
    gateway.put([weight]);
    const reply = await gateway.get(
      'physician',
      send('POST', 'Observation', observation('x', AUTHORED), { ...JSON_BODY, prefer: 'return=representation' }),
    );
    expect(reply.status).toBe(201);
    const again = await gateway.get('physician', `/fhir/Observation/${reply.body.id}`);
    expect(reply.body).toEqual(again.body);
    expect(String(reply.headers.location)).toMatch(/^http:\/\/privity\.test\/fhir\/Observation\//);
  });
});

const secret = [
  note('note'),
  observation('part2', { meta: PART2, valueString: CANARY, identifier: [{ value: 'x1' }] }),
  binary('note-text', CANARY),
];

test('threat 29: conditional references and match URLs are no oracle', async () => {
  const rows = [
    send('POST', 'Observation', observation('x', { ...AUTHORED, derivedFrom: [{ reference: 'Observation?identifier=x1' }] })),
    send('POST', 'Observation', observation('x', { ...AUTHORED, subject: { reference: 'Patient?identifier=nobody' } })),
    send('POST', 'Observation', observation('x', AUTHORED), { ...JSON_BODY, 'if-none-exist': 'identifier=x1' }),
    send('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: observation('x', AUTHORED), request: { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=x1' } }],
    }),
  ];
  const replies = await gateway.alike('physician', [secret, []], rows);
  expect(replies.map(({ status }) => status).slice(0, 3)).toEqual([422, 422, 201]);
});

test('threat 30: criteria do not match what the caller can not see, and nothing happens to it', async () => {
  const patch = [{ op: 'add', path: '/note', value: [{ text: 'x' }] }];
  const rows = [
    send('DELETE', 'Observation?identifier=x1'),
    send('PUT', 'Observation?identifier=x1', { ...observation('part2', AUTHORED), id: 'part2' }),
    send('PATCH', 'Observation?identifier=x1', patch, JSON_PATCH),
    send('DELETE', 'DocumentReference?_id=note'),
  ];
  const replies = await gateway.alike('physician', [secret, []], rows);
  for (const { status } of replies) expect(status).toBe(404);
  gateway.put(secret);
  const before = await kept('Observation/part2');
  for (const asked of rows) await gateway.get('physician', asked);
  expect(await kept('Observation/part2')).toEqual(before);
  expect(await kept('DocumentReference/note')).toBeDefined();
});

test('threat 31: entries of a Bundle are decided each with the caller', async () => {
  for (const type of ['batch', 'transaction']) {
    const bundle = {
      resourceType: 'Bundle',
      type,
      entry: [
        { request: { method: 'GET', url: 'Condition/open' } },
        { request: { method: 'GET', url: 'DocumentReference/note' } },
        { request: { method: 'GET', url: 'Observation?identifier=x1' } },
        { request: { method: 'GET', url: 'Binary/note-text' } },
        { request: { method: 'DELETE', url: 'DocumentReference/note' } },
        { request: { method: 'GET', url: '../admin/policies' } },
        { request: { method: 'GET', url: `${UPSTREAM}/DocumentReference/note` } },
        { request: { method: 'GET', url: `${GATEWAY}/DocumentReference/note` } },
      ].slice(0, type === 'batch' ? 8 : 2),
    };
    const open = condition('open');
    const [reply] = await gateway.alike('physician', [[open, ...secret], [open]], [send('POST', '', bundle)]);
    expect(reply?.text).not.toContain(CANARY);
    if (type === 'batch') expect(reply?.text).toContain('E11.9');
    gateway.put([open, ...secret]);
    await gateway.get('physician', send('POST', '', bundle));
    expect(await kept('DocumentReference/note')).toBeDefined();
  }
});

describe('threat 32: what is there stays with its patient and its labels', () => {
  const labelled = condition('mood', 'F33.1', {
    meta: { security: [{ system: ACT, code: 'MH' }] },
    recorder: { reference: 'Practitioner/bennett' },
  });
  const { meta: _, ...bare } = labelled;
  const rows: readonly (readonly [string, Asked, number, string])[] = [
    ['another patient', send('PUT', 'Condition/mood', { ...labelled, subject: BO }), 422, 'subject-changed'],
    [
      'another patient by patch',
      send('PATCH', 'Condition/mood', [{ op: 'replace', path: '/subject/reference', value: 'Patient/p2' }], JSON_PATCH),
      422,
      'subject-changed',
    ],
    ['no label', send('PUT', 'Condition/mood', bare), 403, 'label-lowered'],
    ['no label by patch', send('PATCH', 'Condition/mood', [{ op: 'remove', path: '/meta/security' }], JSON_PATCH), 403, 'label-lowered'],
  ];
  test.each(rows)('threat 32: %s', async (_, asked, status, reason) => {
    gateway.put([labelled]);
    const before = await kept('Condition/mood');
    const reply = await gateway.get('physician', asked);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
    expect(await kept('Condition/mood')).toEqual(before);
  });
});

test('threat 33: nobody unlocks the record with a Consent of their own', async () => {
  gateway.put([refusal('no', 'MH'), condition('mood', 'F33.1')]);
  const opens = { ...refusal('new', 'MH'), provision: { type: 'permit' } };
  const rows = [
    send('POST', 'Consent', opens),
    send('PUT', 'Consent/no', { ...opens, id: 'no' }),
    send('PATCH', 'Consent/no', [{ op: 'replace', path: '/status', value: 'inactive' }], JSON_PATCH),
    send('DELETE', 'Consent/no'),
    send('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: opens, request: { method: 'POST', url: 'Consent' } }],
    }),
  ];
  for (const who of ['physician', 'patient', 'therapist'] as const) {
    for (const asked of rows) {
      const reply = await gateway.get(who, asked);
      expect([403, 404], `${who} ${asked.method} ${reply.text}`).toContain(reply.status);
    }
  }
  expect((await kept('Consent/no'))?.status).toBe('active');
  expect((await gateway.get('physician', '/fhir/Condition/mood')).status).toBe(404);
});

describe('threat 33: what a Consent rests on is changed by whoever may change the Consent', () => {
  const by = { reference: 'Practitioner/bennett' };
  const form: Resource = {
    resourceType: 'QuestionnaireResponse',
    id: 'form',
    status: 'completed',
    questionnaire: 'https://forms/other',
    subject: ANN,
    author: by,
  };
  const content = [{ attachment: { contentType: 'text/plain', data: 'U2lnbmVk' } }];
  const page = document('page', { author: [by], masterIdentifier: { value: 'one' }, content });
  const app: Resource = { resourceType: 'Device', id: 'app', status: 'active' };
  const resting = (patient: object, more: Partial<Resource>): Resource => ({
    ...refusal('rests', 'MH'),
    patient,
    performer: [patient],
    ...more,
  });
  const onForm = { sourceReference: { reference: 'QuestionnaireResponse/form' } };
  const onPage = { sourceReference: { reference: `${UPSTREAM}/DocumentReference/page` } };
  const rows: readonly (readonly [string, Resource, Resource, Partial<Resource>])[] = [
    ['the form that was signed', form, resting(ANN, onForm), { questionnaire: 'https://forms/ok' }],
    ['the form that somebody else signed', form, resting(BO, onForm), { questionnaire: 'https://forms/ok' }],
    ['the document that was signed', page, resting(ANN, onPage), { masterIdentifier: { value: 'two' } }],
    [
      'a device that it names',
      app,
      resting(ANN, { provision: { type: 'permit', actor: [{ reference: { reference: 'Device/app' } }] } }),
      { identifier: [{ value: 'npi' }] },
    ],
  ];
  test.each(rows.map(([name, proof, consent, change]) => ({ name, proof, consent, change })))('threat 33: $name', async (row) => {
    const { proof, consent, change } = row;
    const place = `${proof.resourceType}/${proof.id}`;
    const [put, patch] = [send('PUT', place, { ...proof, ...change }), send('PATCH', place, patchOf(change), JSON_PATCH)];
    for (const asked of [put, patch, send('DELETE', place)]) {
      gateway.put([proof, consent]);
      const before = await kept(place);
      const reply = await gateway.get('physician', asked);
      expect([reply.status, reply.reason === 'right-needed' || asked.method === 'DELETE']).toEqual([403, true]);
      expect(await kept(place)).toEqual(before);
    }
    gateway.put([proof]);
    expect((await gateway.get('physician', put)).status).toBe(200);
  });

  function patchOf(change: Partial<Resource>) {
    return Object.entries(change).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }));
  }

  test('threat 33: by a privacy officer it is', async () => {
    gateway.put([page, resting(ANN, onPage)]);
    const officer = { ...physician, roles: ['treating-provider', 'privacy-officer'] };
    expect((await gateway.get(officer, send('PUT', 'DocumentReference/page', { ...page, description: 'x' }))).status).toBe(200);
  });
});

describe('threat 59: nobody closes a file by a document of their own', () => {
  const file = binary('scan', 'Scan');
  const has = (id: string, author: string, more: Partial<Resource> = {}) =>
    document(id, {
      author: [{ reference: `Practitioner/${author}` }],
      content: [{ attachment: { contentType: 'text/plain', url: 'Binary/scan' } }],
      ...more,
    });
  const letter = has('letter', 'okafor');
  const patient = REQUESTERS.patient?.claims ?? {};
  const post = (resource: Resource) => send('POST', 'DocumentReference', { ...resource, id: undefined });

  const rows: readonly (readonly [string, Record<string, unknown>, Resource, number])[] = [
    ['of another patient', physician, has('x', 'bennett', { subject: BO }), 403],
    ['with a label that others have not', physician, has('x', 'bennett', { meta: { security: [{ system: ACT, code: 'ADOL' }] } }), 403],
    ['that says the same', physician, has('x', 'bennett'), 201],
    ['with another label, by an author of one', REQUESTERS.therapist?.claims ?? {}, has('x', 'okafor', { meta: NOTES }), 201],
  ];
  test.each(rows.map(([name, who, made, status]) => ({ name, who, made, status })))('threat 59: a document $name: $status', async (row) => {
    const { who, made, status } = row;
    gateway.put([file, letter]);
    expect((await gateway.get(patient, '/fhir/Binary/scan')).status).toBe(200);
    expect((await gateway.get(who, post(made))).status).toBe(status);
    if (status === 403) expect((await gateway.get(patient, '/fhir/Binary/scan')).status).toBe(200);
  });

  test('threat 59: nor by giving the file to a document that is there', async () => {
    gateway.put([file, letter, document('own', { author: [{ reference: 'Practitioner/bennett' }], subject: BO, content: [] })]);
    const reply = await gateway.get('physician', send('PUT', 'DocumentReference/own', has('own', 'bennett', { subject: BO })));
    expect([reply.status, reply.reason]).toEqual([403, 'right-needed']);
  });
});

describe('threat 34: a partial copy is never written back', () => {
  const visit = condition('visit', 'E11.9', {
    evidence: [{ code: [concept('F33.1', CANARY)] }],
    recorder: { reference: 'Practitioner/bennett' },
  });

  test('threat 34: what was given redacted, marked or with its marks taken off', async () => {
    gateway.put([visit, refusal('no', 'MH')]);
    const before = await kept('Condition/visit');
    const { body } = await gateway.get('physician', '/fhir/Condition/visit');
    expect(JSON.stringify(body)).toContain('REDACTED');
    const { meta: _, ...unmarked } = body;
    const rows = [
      send('PUT', 'Condition/visit', body),
      send('PUT', 'Condition/visit', unmarked),
      send('PATCH', 'Condition/visit', [{ op: 'add', path: '/note', value: [{ text: 'x' }] }], JSON_PATCH),
      send('DELETE', 'Condition/visit'),
    ];
    for (const asked of rows) {
      const reply = await gateway.get('physician', asked);
      expect({ status: reply.status, reason: reply.reason }, asked.method).toEqual({ status: 409, reason: 'partial-copy' });
      expect(reply.text).not.toMatch(/CANARY|F33/);
    }
    expect(await kept('Condition/visit')).toEqual(before);
  });

  test('threat 34: a subset', async () => {
    gateway.put([visit]);
    const before = await kept('Condition/visit');
    const { body } = await gateway.get('physician', '/fhir/Condition/visit?_elements=code,subject,clinicalStatus');
    expect((await gateway.get('physician', send('PUT', 'Condition/visit', body))).reason).toBe('partial-copy');
    expect(await kept('Condition/visit')).toEqual(before);
  });
});

test('threat 55: nothing is written that points at what its writer can not see', async () => {
  const author = { author: [{ reference: 'Practitioner/bennett' }] };
  const pointing = (url: string) => document('new', { ...author, content: [{ attachment: { url } }] });
  const rows = [
    send('POST', 'DocumentReference', pointing('Binary/note-text')),
    send('POST', 'DocumentReference', pointing(`${GATEWAY}/Binary/note-text`)),
    send('POST', 'DocumentReference', pointing(`${UPSTREAM}/Binary/note-text`)),
    send('POST', 'Observation', observation('new', { ...AUTHORED, derivedFrom: [{ reference: 'Observation/part2' }] })),
    send(
      'POST',
      'Observation',
      observation('new', {
        ...AUTHORED,
        extension: [{ url: 'http://example.org/x', valueReference: { reference: 'DocumentReference/note' } }],
      }),
    ),
    send('POST', 'Provenance', {
      resourceType: 'Provenance',
      target: [{ reference: 'DocumentReference/note' }],
      recorded: '2026-08-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/bennett' } }],
    }),
  ];
  const replies = await gateway.alike('physician', [secret, []], rows);
  expect(replies.map(({ status, reason }) => ({ status, reason }))).toEqual(
    rows.map(() => ({ status: 422, reason: 'reference-not-found' })),
  );
});

test('threat 56: what decisions read needs a right of its own', async () => {
  gateway.put([condition('mine', 'E11.9', { recorder: { reference: 'Practitioner/okafor' } })]);
  const person = { reference: 'Practitioner/bennett' };
  const rows = [
    send('POST', 'CareTeam', { resourceType: 'CareTeam', status: 'active', subject: ANN, participant: [{ member: person }] }),
    send('POST', 'Group', { resourceType: 'Group', type: 'person', actual: true, member: [{ entity: ANN }] }),
    send('POST', 'PractitionerRole', { resourceType: 'PractitionerRole', practitioner: person }),
    send('POST', 'RelatedPerson', { resourceType: 'RelatedPerson', patient: ANN }),
    send('POST', 'Organization', { resourceType: 'Organization', name: 'x' }),
    send('POST', 'Encounter', {
      resourceType: 'Encounter',
      status: 'finished',
      class: { code: 'AMB' },
      subject: ANN,
      participant: [{ individual: person }],
    }),
    send('PATCH', 'Condition/mine', [{ op: 'replace', path: '/recorder/reference', value: 'Practitioner/bennett' }], JSON_PATCH),
    send('POST', 'Condition', condition('new', 'E11.9', { recorder: { reference: 'Practitioner/okafor' } })),
  ];
  for (const asked of rows) {
    const reply = await gateway.get('physician', asked);
    expect({ status: reply.status, reason: reply.reason }, `${asked.url} ${reply.text}`).toEqual({ status: 403, reason: 'right-needed' });
  }
});

test('threat 57: URLs are the gateway’s on both ways', async () => {
  gateway.put([condition('open')]);
  const sent = observation('x', {
    ...AUTHORED,
    subject: { reference: `${GATEWAY}/Patient/p1` },
    note: [{ text: `see ${GATEWAY}/Condition/open` }],
  });
  const made = await gateway.get('physician', send('POST', 'Observation', sent));
  expect(made.status).toBe(201);
  expect(`${made.text}${JSON.stringify(made.headers)}`).not.toContain(UPSTREAM);
  expect(JSON.stringify(await kept(`Observation/${made.body.id}`))).not.toContain(GATEWAY);
  for (const url of [
    `/fhir/Observation/${made.body.id}`,
    '/fhir/Observation',
    `/fhir/Observation/${made.body.id}/_history`,
    '/fhir/Patient/p1/$everything',
  ]) {
    const reply = await gateway.get('physician', url);
    expect(reply.text).not.toContain(UPSTREAM);
    expect(reply.text).toContain(`${GATEWAY}/Patient/p1`);
  }
});

test('threat 58: a write to what is withheld is a write to nothing', async () => {
  const rows = ['Observation/part2', 'DocumentReference/note'].flatMap((name) => {
    const [type = '', id = ''] = name.split('/');
    const body =
      type === 'Observation'
        ? observation(id, AUTHORED)
        : document(id, { author: [{ reference: 'Practitioner/bennett' }], content: [{ attachment: { title: 'x' } }] });
    return [
      send('PUT', name, body),
      send('PUT', name, body, { ...JSON_BODY, 'if-match': 'W/"1"' }),
      send('PUT', name, body, { ...JSON_BODY, 'if-match': 'W/"9"' }),
      send('DELETE', name),
      send('PATCH', name, [{ op: 'add', path: '/language', value: 'en' }], JSON_PATCH),
      send('PATCH', name, [{ op: 'test', path: '/language', value: 'en' }], JSON_PATCH),
    ];
  });
  const replies = await gateway.alike('physician', [secret, []], rows);
  for (const reply of replies) expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 404, reason: 'not-found' });
});

test('threat 59: only who wrote it, a mental health professional, makes it a psychotherapy note', async () => {
  const letter = document('letter', { author: [{ reference: 'Practitioner/bennett' }], content: [{ attachment: { title: 'letter' } }] });
  const rows = [
    send('PUT', 'DocumentReference/letter', { ...letter, meta: NOTES }),
    send('PATCH', 'DocumentReference/letter', [{ op: 'add', path: '/meta/security', value: NOTES.security }], JSON_PATCH),
    send('POST', 'DocumentReference', { ...letter, meta: NOTES }),
  ];
  for (const who of ['physician', 'therapist', 'patient'] as const) {
    gateway.put([letter]);
    for (const asked of rows) expect([403, 422], `${who} ${asked.method}`).toContain((await gateway.get(who, asked)).status);
    expect(JSON.stringify(await kept('DocumentReference/letter'))).not.toContain('PSYTHPN');
  }
});
