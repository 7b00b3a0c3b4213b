/** threats.md 14-22: what leads from one resource to another, and from one patient to another. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';
import { GATEWAY, UPSTREAM } from '../support/in-process.ts';
import { ACT, ANN, BO, binary, CANARY, concept, condition, document, ICD, NOTES, note, observation, refusal } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

describe('threat 14: only the compartment says which patient a resource is about', () => {
  const about = { text: CANARY };
  const others = [
    observation('focus', { subject: BO, focus: [ANN], code: about }),
    { resourceType: 'Communication', id: 'about', status: 'completed', subject: BO, about: [ANN], payload: [{ contentString: CANARY }] },
    condition('evidence', 'E11.9', { subject: BO, evidence: [{ detail: [ANN] }], note: [{ text: CANARY }] }),
  ];

  test('threat 14: Observation.focus and other references to a patient give that patient nothing of somebody else', async () => {
    const replies = await gateway.alike(
      'patient',
      [others, []],
      [
        '/fhir/Observation/focus',
        '/fhir/Observation?focus=Patient/p1',
        '/fhir/Patient/p1/Observation',
        '/fhir/Communication/about',
        '/fhir/Patient/p1/Communication',
        '/fhir/Condition?evidence-detail=Patient/p1',
        '/fhir/Patient/p1/$everything',
      ],
    );
    for (const reply of replies) expect(reply.text).not.toContain(CANARY);
  });

  test('threat 14: a patient keeps an own observation that points at somebody else, without that', async () => {
    gateway.put([observation('own', { focus: [BO] })]);
    const reply = await gateway.get('patient', '/fhir/Observation/own');
    expect(reply.status).toBe(200);
    expect(reply.text).not.toContain('Patient/p2');
  });
});

describe('threat 15: "universal" resources', () => {
  const pump: Resource = { resourceType: 'Device', id: 'pump', patient: BO, note: [{ text: CANARY }] };
  const bedside: Resource = {
    resourceType: 'Location',
    id: 'bedside',
    name: CANARY,
    extension: [{ url: 'http://example.org/occupant', valueReference: BO }],
  };
  const basic: Resource = { resourceType: 'Basic', id: 'diary', code: { text: CANARY }, subject: BO };

  test('threat 15: a Device, a Location and a Basic that name a patient are that patient’s', async () => {
    const asked = ['Device/pump', 'Device', 'Location/bedside', 'Location', 'Basic/diary', 'Basic'];
    const replies = await gateway.alike(
      'patient',
      [[pump, bedside, basic], []],
      asked.map((place) => `/fhir/${place}`),
    );
    for (const reply of replies) expect(reply.text).not.toContain(CANARY);
  });

  test('threat 15: a Location with a declared sensitive label is a question for the law, one without is for all', async () => {
    gateway.put([
      { resourceType: 'Location', id: 'couch', name: CANARY, meta: NOTES },
      { resourceType: 'Location', id: 'ward', name: 'Ward' },
    ]);
    expect((await gateway.get('patient', '/fhir/Location')).names).toEqual(['Location/ward']);
    expect((await gateway.get('patient', '/fhir/Location/couch')).status).toBe(404);
  });
});

test('threat 16: $everything decides every entry, whatever lists, groups or the upstream add to it', async () => {
  const lists: readonly Resource[] = [
    {
      resourceType: 'List',
      id: 'list',
      status: 'current',
      mode: 'working',
      subject: ANN,
      entry: [{ item: { reference: 'Observation/bos' } }],
    },
    { resourceType: 'Group', id: 'both', type: 'person', actual: true, member: [{ entity: ANN }, { entity: BO }] },
  ];
  const foreign = observation('bos', { subject: BO, valueString: CANARY });
  const { upstream } = gateway.deps;
  const { get } = upstream;
  // An upstream that follows links further than the specification says.
  const more: typeof get = async (path, signal) => {
    const answer = await get(path, signal);
    if (!path.includes('$everything')) return answer;
    const further = await Promise.all(['Observation/bos', 'Patient/p2', 'Group/both'].map((name) => get(name, signal)));
    const entry = further.flatMap(({ status, resource }) => (status === 200 && resource !== undefined ? [{ resource }] : []));
    const bundle = answer.resource as Bundle;
    return { ...answer, resource: { ...bundle, entry: [...(bundle.entry ?? []), ...entry] } };
  };
  Object.assign(upstream, { get: more });
  try {
    const [reply] = await gateway.alike('patient', [[...lists, foreign], [lists[0] as Resource]], ['/fhir/Patient/p1/$everything']);
    expect(reply?.names).toContain('List/list');
    expect(reply?.text).not.toContain(CANARY);
    expect(reply?.text).not.toContain('p2');
  } finally {
    Object.assign(upstream, { get });
  }
});

test('threat 17: Patient.link and Person.link open nobody else’s record', async () => {
  const linked: Resource = {
    resourceType: 'Patient',
    id: 'p1',
    name: [{ family: 'One' }],
    link: [{ other: { reference: 'Patient/p3', display: CANARY }, type: 'seealso' }],
  };
  const twin: Resource = { resourceType: 'Patient', id: 'p3', name: [{ family: CANARY }], link: [{ other: ANN, type: 'seealso' }] };
  const person: Resource = {
    resourceType: 'Person',
    id: 'person',
    name: [{ family: CANARY }],
    link: [{ target: ANN }, { target: { reference: 'Patient/p3' } }],
  };
  const replies = await gateway.alike(
    'patient',
    [[linked, twin, person], [linked]],
    [
      '/fhir/Patient/p3',
      '/fhir/Patient?link=Patient/p1',
      '/fhir/Patient?link=Patient/p3',
      '/fhir/Patient?_id=p1&_include=Patient:link',
      '/fhir/Patient?_id=p1&_revinclude=Patient:link&_revinclude=Person:link',
      '/fhir/Person/person',
      '/fhir/Person?patient=Patient/p1',
      '/fhir/Patient/p1/$everything',
      '/fhir/Observation?patient=p3',
    ],
  );
  for (const reply of replies) expect(reply.text).not.toContain(CANARY);
});

describe('threat 18: a resource about several patients', () => {
  const session: Resource = {
    resourceType: 'Appointment',
    id: 'family',
    status: 'booked',
    reasonCode: [concept('F33.1', CANARY)],
    comment: CANARY,
    participant: [
      { actor: ANN, status: 'accepted' },
      { actor: BO, status: 'accepted' },
      { actor: { reference: 'Practitioner/okafor' }, status: 'accepted' },
    ],
  };
  const group: Resource = {
    resourceType: 'Group',
    id: 'both',
    type: 'person',
    actual: true,
    name: CANARY,
    member: [{ entity: ANN }, { entity: BO }],
  };
  const ofGroup = observation('of-group', { subject: { reference: 'Group/both' }, valueString: CANARY });

  test('threat 18: one of them does not get it in the role of the patient', async () => {
    const replies = await gateway.alike(
      'patient',
      [[session, group, ofGroup], []],
      [
        '/fhir/Appointment/family',
        '/fhir/Appointment?patient=p1',
        '/fhir/Patient/p1/Appointment',
        '/fhir/Group/both',
        '/fhir/Group?member=Patient/p1',
        '/fhir/Observation/of-group',
      ],
    );
    for (const reply of replies) expect(reply.text).not.toContain(CANARY);
  });

  test('threat 18: what one of them refuses to a clinician stays withheld though the other refuses nothing', async () => {
    gateway.put([session, refusal('no-mh', 'MH', BO)]);
    const refused = await gateway.get('physician', '/fhir/Appointment/family');
    expect(refused.text).not.toContain('F33.1');
    expect(refused.text).not.toContain(CANARY);
    gateway.put([session]);
    expect((await gateway.get('physician', '/fhir/Appointment/family')).text).toContain('F33.1');
  });

  test('threat 18: the members of a Group are its subjects', async () => {
    const about = observation('of-group', { subject: { reference: 'Group/both' }, code: concept('F33.1', CANARY), valueString: CANARY });
    gateway.put([group, about, refusal('no-mh', 'MH', BO)]);
    expect((await gateway.get('physician', '/fhir/Observation/of-group')).status).toBe(404);
    gateway.put([group, about]);
    expect((await gateway.get('physician', '/fhir/Observation/of-group')).status).toBe(200);
  });
});

describe('threat 19: permission on the whole never covers its children', () => {
  const stored: Resource = {
    resourceType: 'Bundle',
    id: 'collection',
    type: 'collection',
    entry: [
      { fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0', resource: condition('open') },
      { fullUrl: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e1', resource: note('inside') },
    ],
  };
  const sections: Resource = {
    resourceType: 'Composition',
    id: 'summary',
    status: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: '11488-4' }] },
    subject: ANN,
    date: '2026-08-01',
    author: [{ reference: 'Practitioner/okafor' }],
    title: 'Visit',
    section: [
      { title: 'Plan', text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Walk more</div>' } },
      {
        title: CANARY,
        code: concept('F33.1'),
        text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${CANARY}</div>` },
      },
      { title: 'Notes', entry: [{ reference: 'DocumentReference/note', display: CANARY }] },
    ],
  };
  const parameters: Resource = {
    resourceType: 'Parameters',
    id: 'bag',
    parameter: [{ name: 'note', resource: note('inside') }],
  };

  test('threat 19: entries of a stored Bundle', async () => {
    gateway.put([stored]);
    const reply = await gateway.get('physician', '/fhir/Bundle/collection');
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('E11.9');
    expect(reply.text).not.toMatch(/CANARY|PSYTHPN|inside/);
  });

  test('threat 19: sections of a Composition, and what they refer to', async () => {
    gateway.put([sections, note('note'), refusal('no-mh', 'MH')]);
    const reply = await gateway.get('physician', '/fhir/Composition/summary');
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('Walk more');
    expect(reply.text).not.toMatch(/CANARY|F33\.1|DocumentReference\/note/);
  });

  test('threat 19: a contained resource carries its own label', async () => {
    const inner = { ...note('inner'), subject: ANN, content: [{ attachment: { title: CANARY } }] };
    gateway.put([condition('outer', 'E11.9', { contained: [inner], evidence: [{ detail: [{ reference: '#inner' }] }] })]);
    const reply = await gateway.get('physician', '/fhir/Condition/outer');
    expect(reply.status).toBe(200);
    expect(reply.text).not.toMatch(/CANARY|PSYTHPN|#inner/);
  });

  test('threat 19: what a stored Parameters carries', async () => {
    gateway.put([parameters]);
    for (const url of ['/fhir/Parameters/bag', '/fhir/Parameters'])
      expect((await gateway.get('physician', url)).text).not.toMatch(/CANARY|PSYTHPN|inside/);
  });
});

test('threat 20: a contained resource that nothing refers to any more goes; its sibling stays as it was', async () => {
  const kept = { resourceType: 'Observation', id: 'kept', status: 'final', code: { text: 'weight' }, valueString: 'seventy' };
  const gone = { resourceType: 'Observation', id: 'gone', status: 'final', code: { text: 'mood' }, valueString: CANARY };
  const procedure: Resource = {
    resourceType: 'Procedure',
    id: 'visit',
    status: 'completed',
    subject: ANN,
    contained: [kept, gone],
    reasonReference: [{ reference: '#kept' }],
    performer: [{ actor: { reference: 'Practitioner/okafor' } }],
    focalDevice: [
      {
        manipulated: { reference: 'Device/d' },
        action: concept('F33.1'),
        extension: [{ url: 'http://example.org/mood', valueReference: { reference: '#gone' } }],
      },
    ],
  };
  gateway.put([procedure, refusal('no-mh', 'MH')]);
  const reply = await gateway.get('physician', '/fhir/Procedure/visit');
  expect(reply.status).toBe(200);
  expect(reply.text).not.toMatch(/CANARY|F33\.1|#gone/);
  expect(reply.body.contained).toEqual([kept]);
});

test('threat 21: what repeats a removed part goes with it: narrative, display, note, text, extension', async () => {
  const visit: Resource = {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { system: ACT, code: 'AMB' },
    subject: ANN,
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${CANARY}</div>` },
    extension: [{ url: 'http://example.org/remark', valueString: CANARY }],
    reasonCode: [{ coding: [{ system: ICD, code: 'F33.1', display: CANARY }], text: CANARY }, concept('E11.9', 'sugar')],
  };
  const list: Resource = {
    resourceType: 'List',
    id: 'list',
    status: 'current',
    mode: 'working',
    subject: ANN,
    title: CANARY,
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${CANARY}</div>` },
    entry: [
      { item: { reference: 'DocumentReference/note', display: CANARY, identifier: { value: CANARY } } },
      { item: { reference: 'Condition/open' } },
    ],
  };
  gateway.put([visit, list, note('note'), condition('open'), refusal('no-mh', 'MH')]);
  const encounter = await gateway.get('physician', '/fhir/Encounter/visit');
  expect(encounter.text).toContain('sugar');
  expect(encounter.text).not.toMatch(/CANARY|F33\.1/);
  const lists = await gateway.get('physician', '/fhir/List/list');
  expect(lists.text).toContain('Condition/open');
  expect(lists.text).not.toMatch(/CANARY|DocumentReference\/note/);
});

test('threat 21: the lines of a claim do not number what was cut from it', async () => {
  const claim = (diagnosis: readonly object[], ...pointers: readonly (readonly number[])[]): Resource => ({
    resourceType: 'Claim',
    id: 'claim',
    status: 'active',
    type: { coding: [{ code: 'professional' }] },
    use: 'claim',
    patient: ANN,
    created: '2026-08-01',
    provider: { reference: 'Organization/clinic' },
    priority: { coding: [{ code: 'normal' }] },
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'plan' } }],
    diagnosis,
    item: pointers.map((numbers, index) => ({
      sequence: index + 1,
      productOrService: { text: 'visit' },
      ...(numbers.length === 0 ? {} : { diagnosisSequence: numbers }),
    })),
  });
  const of = (sequence: number, code: string) => ({ sequence, diagnosisCodeableConcept: concept(code) });
  const two = claim([of(1, 'F33.1'), of(2, 'E11.9'), of(3, 'F41.1')], [1, 2, 3], [1]);
  const one = claim([of(7, 'F33.1'), of(2, 'E11.9')], [2], []);
  const deny = refusal('no-mh', 'MH');
  const [reply] = await gateway.alike(
    'physician',
    [
      [two, deny],
      [one, deny],
    ],
    ['/fhir/Claim/claim', '/fhir/Claim?patient=Patient/p1'],
  );
  expect(reply?.body.item?.[0].diagnosisSequence).toEqual([2]);
});

describe('threat 22: a Binary is what its documents are', () => {
  const text = binary('note-text', CANARY);
  const doors = [
    '/fhir/Binary/note-text',
    { url: '/fhir/Binary/note-text', headers: { accept: 'text/plain' } },
    '/fhir/Binary/note-text/_history',
    '/fhir/Binary/note-text/_history/1',
    '/fhir/Binary?_id=note-text',
  ];

  test('threat 22: behind a withheld note, behind nothing, and never there: one answer', async () => {
    for (const records of [[text, note('note')], [text], [text, note('note'), document('note-2', { content: document('note').content })]]) {
      const replies = await gateway.alike('physician', [records, []], doors);
      for (const reply of replies) expect(reply.text).not.toContain(Buffer.from(CANARY).toString('base64'));
    }
  });

  test('threat 22: with the document that was redacted of it, it stays closed; with one that is given, it opens', async () => {
    const secret = document('note', {
      content: [{ attachment: { url: 'Binary/note-text' }, format: { system: ICD, code: 'F33.1' } }, { attachment: { title: 'open' } }],
    });
    gateway.put([text, secret, refusal('no-mh', 'MH')]);
    expect((await gateway.get('physician', '/fhir/Binary/note-text')).status).toBe(404);
    gateway.put([text, document('note')]);
    expect((await gateway.get('physician', '/fhir/Binary/note-text')).status).toBe(200);
  });

  test('threat 22: a security context that is withheld or gone closes it', async () => {
    const guarded = binary('note-text', CANARY, { securityContext: { reference: 'Condition/guard' } });
    await gateway.alike(
      'physician',
      [
        [guarded, document('note'), condition('guard', 'E11.9', { meta: NOTES })],
        [guarded, document('note')],
      ],
      doors.slice(0, 2),
    );
    gateway.put([guarded, document('note'), condition('guard')]);
    expect((await gateway.get('physician', '/fhir/Binary/note-text')).status).toBe(200);
  });

  const at = (id: string, url: string, more: Partial<Resource> = {}) => document(id, { content: [{ attachment: { url } }], ...more });
  const spellings = [
    'Binary/note-text/_history/1',
    `${UPSTREAM}/Binary/note-text/_history/1`,
    `${GATEWAY}/Binary/note-text`,
    '/Binary/note-text',
    'Binary/note-text#p1',
    'Binary/note-text?x=1',
    'Binary/%6Eote-text',
    'http://alias.test/fhir/Binary/note-text',
  ];
  test.each(spellings)('threat 22: a note that writes %s closes it, whatever else speaks for it', async (url) => {
    const odd = at('odd', url, { meta: NOTES, description: CANARY });
    for (const vouching of [
      [text, document('harmless', { content: document('note').content })],
      [binary('note-text', CANARY, { securityContext: ANN })],
      [binary('note-text', CANARY, { securityContext: ANN }), document('harmless', { content: document('note').content })],
    ]) {
      await gateway.alike('physician', [[...vouching, odd], []], doors.slice(0, 2));
      gateway.put(vouching);
      expect((await gateway.get('physician', doors[0] ?? '')).status).toBe(200);
    }
    gateway.put([binary('note-text', 'open', { securityContext: ANN }), at('odd', url)]);
    expect((await gateway.get('physician', doors[0] ?? '')).status).toBe(200);
  });

  test('threat 22: a note about somebody else that names a version of it closes it', async () => {
    const vouching = [text, document('harmless', { content: document('note').content })];
    const odd = at('odd', 'Binary/note-text/_history/1', { meta: NOTES, subject: BO });
    await gateway.alike('physician', [[...vouching, odd], []], doors.slice(0, 2));
  });

  const url = 'Binary/note-text';
  const attaching: readonly Resource[] = [
    { resourceType: 'Media', id: 'm', meta: NOTES, status: 'completed', subject: ANN, content: { url } },
    {
      resourceType: 'DiagnosticReport',
      id: 'r',
      meta: NOTES,
      status: 'final',
      subject: ANN,
      code: { text: 'x' },
      presentedForm: [{ url: `${url}/_history/1` }],
    },
    {
      resourceType: 'Communication',
      id: 'c',
      meta: NOTES,
      status: 'completed',
      subject: ANN,
      payload: [{ contentAttachment: { url: `${UPSTREAM}/${url}` } }],
    },
    {
      resourceType: 'QuestionnaireResponse',
      id: 'q',
      meta: NOTES,
      status: 'completed',
      subject: ANN,
      item: [{ linkId: '1', answer: [{ valueAttachment: { url } }] }],
    },
  ];
  test.each(attaching)('threat 22: a withheld $resourceType that has it attached closes it', async (resource) => {
    for (const vouching of [
      [text, document('harmless', { content: document('note').content })],
      [binary('note-text', CANARY, { securityContext: ANN })],
    ])
      await gateway.alike('physician', [[...vouching, resource], []], doors.slice(0, 2));
    const { meta: _, ...open } = resource;
    gateway.put([binary('note-text', 'open', { securityContext: ANN }), open]);
    expect((await gateway.get('physician', doors[0] ?? '')).status).toBe(200);
  });

  test('threat 22: a security context that names nothing of this record opens nothing, nor one that is about nobody', async () => {
    for (const reference of ['Patient/p1#x', 'urn:uuid:1', 'Organization/clinic'])
      await gateway.alike('physician', [[binary('note-text', CANARY, { securityContext: { reference } })], []], doors.slice(0, 2));
  });

  test('threat 22: one attachment of two that is cut closes it', async () => {
    const label = {
      url: 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label',
      valueCoding: { system: ACT, code: 'MH' },
    };
    const answers: Resource = {
      resourceType: 'QuestionnaireResponse',
      id: 'twice',
      status: 'completed',
      subject: ANN,
      item: [
        { linkId: '1', extension: [label], answer: [{ valueAttachment: { url } }] },
        { linkId: '2', answer: [{ valueAttachment: { url: `/${url}` } }] },
      ],
    };
    gateway.put([text, answers, document('harmless', { content: document('note').content }), refusal('no-mh', 'MH')]);
    expect((await gateway.get('physician', '/fhir/QuestionnaireResponse/twice')).body.item).toHaveLength(1);
    expect((await gateway.get('physician', doors[0] ?? '')).status).toBe(404);
  });
});

describe('threat 22: a record server that can not be asked in every way', () => {
  const upstream = () => gateway.deps.upstream as { get: SmallGateway['deps']['upstream']['get'] };
  const refusing = async (refuses: (path: string) => number | undefined, holds: readonly string[] = []) => {
    const whole = upstream().get;
    upstream().get = async (path, ...more) => {
      if (path === 'metadata')
        return {
          status: 200,
          headers: {},
          resource: { resourceType: 'CapabilityStatement', rest: [{ resource: ['Patient', ...holds].map((type) => ({ type })) }] },
        };
      const status = refuses(path);
      return status === undefined ? whole(path, ...more) : { status, headers: {}, resource: { resourceType: 'OperationOutcome' } };
    };
    const reply = await gateway.get('physician', '/fhir/Binary/letter-text');
    upstream().get = whole;
    return reply.status;
  };
  const letter = [binary('letter-text', 'open'), document('letter')];
  const odd = document('odd', { meta: NOTES, content: [{ attachment: { url: 'Binary/letter-text/_history/1' } }] });
  const noBelow = (path: string) => (path.includes(':below') ? 400 : undefined);

  test('threat 22: one that does not know :below is asked by patient', async () => {
    gateway.put(letter);
    expect(await refusing(noBelow)).toBe(200);
    gateway.put([...letter, odd]);
    expect(await refusing(noBelow)).toBe(404);
  });

  test('threat 22: one that takes :below for nothing', async () => {
    const many = Array.from({ length: 120 }, (_, index) => document(`other-${index}`, { subject: BO }));
    const ignoring = async (records: readonly Resource[]) => {
      gateway.put(records);
      const whole = upstream().get;
      upstream().get = (path, ...more) => whole(path.replace(/location:below=[^&]*/, ''), ...more);
      const { status } = await gateway.get('physician', '/fhir/Binary/letter-text');
      upstream().get = whole;
      return status;
    };
    expect(await ignoring([...many, ...letter])).toBe(200);
    expect(await ignoring([...many, ...letter, odd])).toBe(404);
  });

  test('threat 22: a type that it has and does not search is an error, one that it has not is none', async () => {
    gateway.put(letter);
    const noMedia = (status: number) => (path: string) => (path.startsWith('Media?') ? status : undefined);
    for (const status of [400, 404, 501]) {
      expect(await refusing(noMedia(status))).toBe(200);
      expect(await refusing(noMedia(status), ['Media'])).toBe(502);
    }
    expect(await refusing(noMedia(500))).toBe(502);
  });

  test('threat 22: more than can be looked at is refused', async () => {
    const small = await smallGateway({ candidates: 5 });
    const media = Array.from({ length: 6 }, (_, index) => ({
      resourceType: 'Media',
      id: `m-${index}`,
      status: 'completed',
      subject: ANN,
      content: { url: 'Binary/other' },
    }));
    small.put([...letter, ...media]);
    expect((await small.get('physician', '/fhir/Binary/letter-text')).reason).toBe('too-costly');
    await small.app.close();
  });
});

describe('threat 21: what belongs to a sensitive visit takes its labels, however it says so', () => {
  const visit: Resource = {
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { system: ACT, code: 'AMB' },
    subject: ANN,
    meta: { security: [{ system: ACT, code: 'MH' }] },
  };
  const plain: Resource = { ...visit, id: 'plain', meta: {} };
  const claim: Resource = {
    resourceType: 'Claim',
    id: 'belongs',
    status: 'active',
    type: { coding: [{ code: 'professional' }] },
    use: 'claim',
    patient: ANN,
    created: '2026-08-01',
    provider: { reference: 'Organization/clinic' },
    priority: { coding: [{ code: 'normal' }] },
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'plan' } }],
  };
  const item = (...references: string[]) => [
    { sequence: 1, productOrService: { text: 'x' }, encounter: references.map((reference) => ({ reference })) },
  ];
  const inside = (encounter: Partial<Resource>): Partial<Resource> => ({
    contained: [{ ...plain, id: 'in', ...encounter }],
    encounter: { reference: '#in' },
  });
  const ways: readonly (readonly [string, Resource])[] = [
    ['a Claim by an item', { ...claim, item: item('Encounter/visit') }],
    ['a Claim of two visits', { ...claim, item: [...item('Encounter/plain'), ...item('Encounter/plain', 'Encounter/visit')] }],
    ['an Encounter that is part of it', { ...plain, id: 'belongs', partOf: { reference: 'Encounter/visit' } }],
    ['a reference with a fragment', observation('belongs', { encounter: { reference: 'Encounter/visit#x' } })],
    ['a reference with a version', observation('belongs', { encounter: { reference: 'Encounter/visit/_history/1' } })],
    ['a whole URL with both', observation('belongs', { encounter: { reference: `${UPSTREAM}/Encounter/visit/_history/1#x` } })],
    ['a contained Encounter that is part of it', observation('belongs', inside({ partOf: { reference: 'Encounter/visit' } }))],
    ['a document by its context', document('belongs', { context: { encounter: [{ reference: 'Encounter/visit' }] } })],
  ];
  test.each(ways)('threat 21: %s', async (_, resource) => {
    const url = `/fhir/${resource.resourceType}/belongs`;
    gateway.put([visit, plain, resource, refusal('no-mh', 'MH')]);
    expect((await gateway.get('physician', url)).status).toBe(404);
    gateway.put([plain, { ...plain, id: 'visit' }, resource, refusal('no-mh', 'MH')]);
    expect((await gateway.get('physician', url)).status).toBe(200);
    // Of a note only its own content speaks.
    gateway.put([plain, { ...visit, meta: NOTES }, resource]);
    expect((await gateway.get('physician', url)).status).toBe(200);
  });
});
