/** Writes through the whole gateway (design.md 4.6; threats.md 27-34, 55-59): refused with nothing done, or done and read back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSED } from './writes.cases.ts';
import {
  document,
  JSON_BODY,
  JSON_PATCH,
  LABELS,
  NURSE,
  OFFICER,
  observation,
  PATIENT,
  PHYSICIAN,
  REVIEWER,
  startWriteWorld,
  THERAPIST,
  type WriteWorld,
  writer,
} from './writes-world.ts';

let world: WriteWorld;
beforeAll(async () => {
  world = await startWriteWorld();
});
afterAll(() => world.close());

const kept = (reference: string) => {
  const resource = world.kept(reference);
  if (resource === undefined) throw new Error(`${reference} is not there`);
  return resource;
};

describe('a refused write', () => {
  it.each(REFUSED)('$name', async ({ who, method, url, body, headers, status, reason, says }) => {
    const requestId = crypto.randomUUID();
    const before = world.writes;
    const sent = typeof body === 'function' ? body(kept) : body;
    const reply = await world.send(who, method, url, sent, {
      ...(sent === undefined ? {} : JSON_BODY),
      ...headers,
      'x-request-id': requestId,
    });
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status, reason });
    if (says !== undefined) expect(reply.text).toContain(says);
    expect(world.writes).toBe(before);
    const rows = await world.logged(requestId);
    expect(rows.map((row) => [row.outcome, row.status, row.reason])).toEqual([['4', status, reason]]);
    expect(rows.flatMap((row) => row.decisions).filter((row) => !row.endsWith(' withhold'))).toEqual([]);
    expect(reply.text).not.toContain(world.clinic.upstream.url);
  });
});

describe('a write that is permitted', () => {
  it('creates, and answers as a read', async () => {
    const reply = await world.send(THERAPIST, 'POST', 'Observation', observation({ id: 'mine', note: [{ text: 'calm' }] }));
    const { id } = reply.body;
    expect(reply.status).toBe(201);
    expect(id).not.toBe('mine');
    expect(reply.headers.get('location')).toBe(`http://privity.test/fhir/Observation/${id}/_history/1`);
    expect(reply.headers.get('etag')).toBe('W/"1"');
    expect(reply.body.note).toEqual([{ text: 'calm' }]);
    expect(kept(`Observation/${id}`).note).toEqual([{ text: 'calm' }]);
  });

  it('writes two rows: the intent, then what was done', async () => {
    const requestId = crypto.randomUUID();
    const made = await world.send(THERAPIST, 'POST', 'Observation', observation(), { ...JSON_BODY, 'x-request-id': requestId });
    const name = `Observation/${made.body.id}`;
    expect(await world.logged(requestId)).toEqual([
      {
        interaction: 'create',
        action: 'C',
        outcome: '0',
        status: 100,
        reason: 'intent',
        decisions: ['Observation permit'],
        subjects: ['Patient/maria'],
      },
      {
        interaction: 'create',
        action: 'C',
        outcome: '0',
        status: 201,
        reason: null,
        decisions: [`${name} permit`],
        subjects: ['Patient/maria'],
      },
    ]);
  });

  it('updates the version that was decided on, and says which one is new', async () => {
    const { body } = await world.send(THERAPIST, 'POST', 'Observation', observation());
    const before = world.clinic.upstream.requests.length;
    const reply = await world.send(
      THERAPIST,
      'PUT',
      `Observation/${body.id}`,
      { ...body, status: 'amended' },
      { ...JSON_BODY, 'if-match': 'W/"1"' },
    );
    expect([reply.status, reply.body.status, reply.headers.get('etag')]).toEqual([200, 'amended', 'W/"2"']);
    const put = world.clinic.upstream.requests.slice(before).filter((request) => request.method === 'PUT');
    expect(put.map(({ headers }) => [headers['if-match'], headers['x-meta-snapshot-mode']])).toEqual([
      ['W/"1"', 'TAG, PROFILE, SECURITY_LABEL'],
    ]);
  });

  it.each([
    {
      format: 'JSON Patch',
      headers: JSON_PATCH,
      body: [
        { op: 'replace', path: '/valueQuantity/value', value: 71 },
        { op: 'add', path: '/note', value: [{ text: 'n' }] },
      ],
    },
    {
      format: 'FHIRPath Patch',
      headers: JSON_BODY,
      body: {
        resourceType: 'Parameters',
        parameter: [
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'replace' },
              { name: 'path', valueString: 'Observation.value.value' },
              { name: 'value', valueDecimal: 71 },
            ],
          },
          {
            name: 'operation',
            part: [
              { name: 'type', valueCode: 'add' },
              { name: 'path', valueString: 'Observation' },
              { name: 'name', valueString: 'note' },
              { name: 'value', valueAnnotation: { text: 'n' } },
            ],
          },
        ],
      },
    },
  ])('patches by $format', async ({ headers, body }) => {
    const made = await world.send(
      PHYSICIAN,
      'POST',
      'Observation',
      observation({ performer: [{ reference: 'Practitioner/bennett' }], valueQuantity: { value: 70, unit: 'kg' } }),
    );
    const reply = await world.send(PHYSICIAN, 'PATCH', `Observation/${made.body.id}`, body, headers);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ valueQuantity: { value: 71, unit: 'kg' }, note: [{ text: 'n' }], meta: { versionId: '2' } });
  });

  it('deletes what its author wrote', async () => {
    const { body } = await world.send(THERAPIST, 'POST', 'DocumentReference', document());
    const reply = await world.send(THERAPIST, 'DELETE', `DocumentReference/${body.id}`);
    expect([reply.status, reply.text]).toEqual([204, '']);
    expect(world.kept(`DocumentReference/${body.id}`)).toBeUndefined();
    expect((await world.send(THERAPIST, 'DELETE', `DocumentReference/${body.id}`)).status).toBe(404);
  });

  it('keeps a psychotherapy note as the therapist labels it', async () => {
    const note = document({ meta: { security: [LABELS.psythpn] } });
    const made = await world.send(THERAPIST, 'POST', 'DocumentReference', note);
    expect(made.status).toBe(201);
    expect((await world.send(PHYSICIAN, 'GET', `DocumentReference/${made.body.id}`)).status).toBe(404);
    const { meta: _meta, ...open } = made.body;
    expect((await world.send(THERAPIST, 'PUT', `DocumentReference/${made.body.id}`, open)).reason).toBe('label-lowered');
    expect((await world.send(REVIEWER, 'PUT', `DocumentReference/${made.body.id}`, open)).status).toBe(200);
    expect((await world.send(PHYSICIAN, 'GET', `DocumentReference/${made.body.id}`)).status).toBe(200);
  });

  it('lets patients add to their own record', async () => {
    const reply = await world.send(PATIENT, 'POST', 'Observation', observation({ performer: [{ reference: 'Patient/maria' }] }));
    expect([reply.status, reply.body.subject]).toEqual([201, { reference: 'Patient/maria' }]);
  });

  it('lets staff record in another’s name', async () => {
    expect((await world.send(NURSE, 'POST', 'Observation', observation())).status).toBe(201);
  });

  it('lets a letter point at a Binary that its writer may read', async () => {
    const content = [{ attachment: { contentType: 'text/plain', url: 'http://privity.test/fhir/Binary/scan' } }];
    const reply = await world.send(THERAPIST, 'POST', 'DocumentReference', document({ content }));
    expect(reply.status).toBe(201);
    expect(reply.body.content).toEqual(content);
    expect(kept(`DocumentReference/${reply.body.id}`).content[0].attachment.url).toBe(`${world.clinic.upstream.url}/Binary/scan`);
  });
});

describe('the answer to a write', () => {
  it.each([
    { name: '27: a write-only caller learns where it is, and no more', scope: 'user/*.cud', body: '' },
    { name: 'Prefer: return=minimal', scope: 'user/*.cruds', prefer: 'return=minimal', body: '' },
    {
      name: 'Prefer: return=OperationOutcome',
      scope: 'user/*.cruds',
      prefer: 'return=OperationOutcome',
      body: 'OperationOutcome',
    },
    { name: 'Prefer: return=representation', scope: 'user/*.cruds', prefer: 'return=representation', body: 'Observation' },
  ])('$name', async ({ scope, prefer, body }) => {
    const reply = await world.send(writer('therapist', { scope }), 'POST', 'Observation', observation(), {
      ...JSON_BODY,
      ...(prefer === undefined ? {} : { prefer }),
    });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toMatch(/^http:\/\/privity\.test\/fhir\/Observation\/[\w-]+\/_history\/1$/);
    expect(reply.body.resourceType).toBe(body);
    if (body === '') expect(reply.text).toBe('');
  });

  it('27: is redacted for whom it is redacted', async () => {
    const biller = writer('billing', { purpose_of_use: ['HPAYMT'] });
    const claim = {
      resourceType: 'Claim',
      status: 'active',
      type: { coding: [{ code: 'professional' }] },
      use: 'claim',
      patient: { reference: 'Patient/maria' },
      created: '2026-11-01',
      provider: { reference: 'Organization/lakeside-health' },
      priority: { coding: [{ code: 'normal' }] },
      insurance: [{ sequence: 1, focal: true, coverage: { display: 'Meridian' } }],
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">canary-7731</div>' },
    };
    const reply = await world.send(biller, 'POST', 'Claim', claim);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('etag')).toBeNull();
    expect(reply.text).not.toContain('canary-7731');
    expect(JSON.stringify(kept(`Claim/${reply.body.id}`))).toContain('canary-7731');
  });
});

describe('absent and withheld', () => {
  const ABSENT = 'maria-therapy-note-99';
  const WITHHELD = 'maria-therapy-note-12';
  const rows: readonly { name: string; ask: (id: string) => ReturnType<WriteWorld['send']> }[] = [
    {
      name: 'update',
      ask: (id) =>
        world.send(PHYSICIAN, 'PUT', `DocumentReference/${id}`, document({ id, author: [{ reference: 'Practitioner/bennett' }] })),
    },
    {
      name: 'update with If-Match',
      ask: (id) =>
        world.send(PHYSICIAN, 'PUT', `DocumentReference/${id}`, document({ id, author: [] }), { ...JSON_BODY, 'if-match': 'W/"1"' }),
    },
    {
      name: 'update of a partial copy',
      ask: (id) => world.send(PHYSICIAN, 'PUT', `DocumentReference/${id}`, document({ id, meta: { tag: [{ code: 'SUBSETTED' }] } })),
    },
    {
      name: 'patch',
      ask: (id) =>
        world.send(PHYSICIAN, 'PATCH', `DocumentReference/${id}`, [{ op: 'test', path: '/status', value: 'current' }], JSON_PATCH),
    },
    { name: 'delete', ask: (id) => world.send(PHYSICIAN, 'DELETE', `DocumentReference/${id}`) },
    { name: 'delete by criteria', ask: (id) => world.send(PHYSICIAN, 'DELETE', `DocumentReference?_id=${id}`) },
    {
      name: 'a reference',
      ask: (id) =>
        world.send(
          PHYSICIAN,
          'POST',
          'Observation',
          observation({ performer: [{ reference: 'Practitioner/bennett' }], derivedFrom: [{ reference: `DocumentReference/${id}` }] }),
        ),
    },
    {
      name: 'an attachment',
      ask: (id) =>
        world.send(
          PHYSICIAN,
          'POST',
          'DocumentReference',
          document({ author: [{ reference: 'Practitioner/bennett' }], content: [{ attachment: { url: `Binary/${id}-text` } }] }),
        ),
    },
    {
      name: 'the patient’s own app',
      ask: (id) => world.send(PATIENT, 'PUT', `DocumentReference/${id}`, document({ id, author: [{ reference: 'Patient/maria' }] })),
    },
  ];

  it.each(rows)('$name: one answer for both', async ({ ask }) => {
    const before = world.writes;
    const [absent, withheld] = [await ask(ABSENT), await ask(WITHHELD)];
    const told = (reply: typeof absent) => ({
      status: reply.status,
      text: reply.text,
      headers: [...reply.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id').sort(),
    });
    expect(told(withheld)).toEqual(told(absent));
    expect(world.writes).toBe(before);
  });
});

describe('conditional writes', () => {
  const identifier = (value: string) => ({ identifier: [{ system: 'urn:test', value }] });

  it('creates once, however often and at once it is asked', async () => {
    const ask = () =>
      world.send(THERAPIST, 'POST', 'Observation', observation(identifier('once')), {
        ...JSON_BODY,
        'if-none-exist': 'identifier=urn:test|once',
      });
    const replies = await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()]);
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
  });

  it('30: what is withheld does not match: a create creates', async () => {
    const note = document({ ...identifier('hidden'), meta: { security: [LABELS.psythpn] } });
    await world.send(THERAPIST, 'POST', 'DocumentReference', note);
    const again = document({ ...identifier('hidden'), author: [{ reference: 'Practitioner/bennett' }] });
    const reply = await world.send(PHYSICIAN, 'POST', 'DocumentReference', again, {
      ...JSON_BODY,
      'if-none-exist': 'identifier=urn:test|hidden',
    });
    expect(reply.status).toBe(201);
  });

  it('updates the one match, creates without one', async () => {
    const put = (status: string) =>
      world.send(THERAPIST, 'PUT', 'Observation?identifier=urn:test|put', observation({ ...identifier('put'), status }));
    const [first, second] = [await put('preliminary'), await put('final')];
    expect([first.status, second.status, second.body.id === first.body.id, second.body.status]).toEqual([201, 200, true, 'final']);
  });

  it('patches and deletes the one match', async () => {
    const { body } = await world.send(THERAPIST, 'POST', 'DocumentReference', document(identifier('gone')));
    const url = 'DocumentReference?identifier=urn:test|gone';
    expect(
      (await world.send(THERAPIST, 'PATCH', url, [{ op: 'replace', path: '/status', value: 'superseded' }], JSON_PATCH)).body.status,
    ).toBe('superseded');
    expect((await world.send(THERAPIST, 'DELETE', url)).status).toBe(204);
    expect(world.kept(`DocumentReference/${body.id}`)).toBeUndefined();
  });
});

describe('the record server', () => {
  const fault = (fault: { status?: number; drop?: boolean; delayMs?: number }, method: string) => {
    world.clinic.upstream.faults = [{ ...fault, times: 1, match: (request) => request.method === method }];
  };

  it.each([
    { name: 'refuses', fault: { status: 422 }, status: 422, reason: 'refused-upstream', outcome: '4' },
    { name: 'refuses as 400', fault: { status: 400 }, status: 422, reason: 'refused-upstream', outcome: '4' },
    { name: 'has another version by now', fault: { status: 412 }, status: 409, reason: 'conflict', outcome: '4' },
    { name: 'says conflict', fault: { status: 409 }, status: 409, reason: 'conflict', outcome: '4' },
    { name: 'breaks the connection', fault: { drop: true }, status: 503, reason: 'write-unconfirmed', outcome: '8' },
    { name: 'fails', fault: { status: 500 }, status: 503, reason: 'write-unconfirmed', outcome: '8' },
  ])('$name: told in the gateway’s words, and logged', async ({ fault: what, status, reason, outcome }) => {
    const requestId = crypto.randomUUID();
    fault(what, 'POST');
    const reply = await world.send(THERAPIST, 'POST', 'Observation', observation(), { ...JSON_BODY, 'x-request-id': requestId });
    expect([reply.status, reply.reason]).toEqual([status, reason]);
    expect(reply.text).not.toContain('HAPI');
    const rows = await world.logged(requestId);
    expect(rows.map((row) => [row.outcome, row.status, row.reason])).toEqual([
      ['0', 100, 'intent'],
      [outcome, status, reason],
    ]);
  });

  it('a version that slips in between is not overwritten', async () => {
    const { body } = await world.send(THERAPIST, 'POST', 'Observation', observation());
    const { store } = world.clinic.upstream;
    world.clinic.upstream.faults = [
      {
        times: 1,
        delayMs: 1,
        match: (request) => request.method === 'PUT' && store.write({ ...body, status: 'cancelled' }, String(body.id), 'PUT') !== undefined,
      },
    ];
    const reply = await world.send(THERAPIST, 'PUT', `Observation/${body.id}`, { ...body, status: 'amended' });
    expect([reply.status, reply.reason]).toEqual([409, 'conflict']);
    expect(kept(`Observation/${body.id}`).status).toBe('cancelled');
  });

  it('many documents of one patient at once: each makes the decisions on the others stale, and all are written', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => world.send(THERAPIST, 'POST', 'DocumentReference', document())));
    expect(replies.map(({ status, reason }) => reason ?? status)).toEqual(replies.map(() => 201));
  });

  it('officers may change what others may not', async () => {
    const care = { resourceType: 'CareTeam', status: 'active', subject: { reference: 'Patient/maria' } };
    const made = await world.send(OFFICER, 'POST', 'CareTeam', care);
    expect(made.status).toBe(201);
  });
});
