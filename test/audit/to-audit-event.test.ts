import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.ts';
import { toAuditEvents } from '../../src/audit/to-audit-event.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { bareRecord, OBSERVER, sampleDecision, sampleRecord } from './sample-record.ts';

const SHAPES = '../shared/vectors/balp/shapes.json';

/** How IHE's profiles were summarised (shared/vectors/balp/shapes.json). */
interface Shape {
  readonly profile: string;
  readonly type: string;
  readonly subtype: readonly string[];
  readonly action: string;
  readonly outcome: string;
  readonly entitySlicing?: string;
  readonly agents: Readonly<Record<string, { type: string | string[]; who?: unknown; network?: unknown; requestor?: boolean }>>;
  readonly entities: Readonly<Record<string, { type: string; role?: string | string[]; query?: string; what?: unknown }>>;
}

interface Codes {
  readonly coding?: readonly { system: string; code: string }[];
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
const text = (coding?: { system: string; code: string }) => `${coding?.system}#${coding?.code}`;
const agentsOf = (event: Resource, types: string | string[]) =>
  (event.agent as { type?: Codes; requestor: boolean; who?: object; network?: object; policy?: string[] }[]).filter((agent) =>
    agent.type?.coding?.some((coding) => list(types).includes(text(coding))),
  );
const entitiesOf = (event: Resource, type: string) =>
  (
    event.entity as { type: { system: string; code: string }; role?: { system: string; code: string }; what?: object; query?: string }[]
  ).filter((entity) => text(entity.type) === type);

function expectShape(event: Resource, shape: Shape) {
  expect(event.meta?.profile).toContain(shape.profile);
  expect(text(event.type)).toBe(shape.type);
  expect(shape.subtype).toContain(text(event.subtype[0]));
  expect(event.action).toBe(shape.action);
  if (/^\d$/.test(shape.outcome)) expect(event.outcome).toBe(shape.outcome);
  for (const [name, wanted] of Object.entries(shape.agents)) {
    const found = agentsOf(event, wanted.type as string | string[]);
    expect(found, name).toHaveLength(1);
    expect(found[0]?.who, name).toBeDefined();
    expect(found[0]?.network === undefined, `${name}.network`).toBe(wanted.network !== 1);
    expect(found[0]?.requestor, name).toBe(name === 'user');
  }
  const types = new Set<string>();
  for (const [name, wanted] of Object.entries(shape.entities)) {
    const found = entitiesOf(event, wanted.type);
    types.add(wanted.type);
    expect(found.length, name).toBeGreaterThanOrEqual(name.endsWith('?') ? 0 : 1);
    if (!name.startsWith('consent')) expect(found.length, name).toBeLessThanOrEqual(1);
    for (const entity of found) {
      if (wanted.role !== undefined) expect(list(wanted.role), name).toContain(text(entity.role));
      expect(entity.query !== undefined, `${name}.query`).toBe(name === 'query');
      expect(entity.what !== undefined, `${name}.what`).toBe(name !== 'query');
    }
  }
  if (shape.entitySlicing === 'closed') {
    for (const entity of event.entity) expect([...types]).toContain(text(entity.type));
  }
}

const noPatient = { subjects: [], decisions: [sampleDecision({ subject: undefined, reference: 'Organization/o1', basis: [] })] };
const query = { interaction: 'search-type', action: 'E' as const, target: 'Observation?category' };
const BY_SHAPE: Record<string, AuditRecord> = {
  Create: sampleRecord({ interaction: 'create', action: 'C', ...noPatient }),
  PatientCreate: sampleRecord({ interaction: 'create', action: 'C' }),
  Read: sampleRecord(noPatient),
  PatientRead: sampleRecord(),
  Update: sampleRecord({ interaction: 'patch', action: 'U', ...noPatient }),
  PatientUpdate: sampleRecord({ interaction: 'update', action: 'U' }),
  Delete: sampleRecord({ interaction: 'delete', action: 'D', ...noPatient }),
  PatientDelete: sampleRecord({ interaction: 'delete', action: 'D' }),
  Query: sampleRecord({ ...query, ...noPatient }),
  PatientQuery: sampleRecord({ ...query, decisions: [sampleDecision(), sampleDecision({ reference: 'Observation/o2' })] }),
  AuthZconsent: sampleRecord(),
};

describe('IHE BALP 1.1', () => {
  const found = existsSync(SHAPES);
  if (!found) console.warn(`skipped: ${SHAPES} is not there`);
  const shapes = (found ? JSON.parse(readFileSync(SHAPES, 'utf8')).shapes : {}) as Record<string, Shape>;

  test.skipIf(!found)('every shape is made', () => {
    expect(Object.keys(BY_SHAPE).sort()).toEqual(Object.keys(shapes).sort());
  });
  test.skipIf(!found).each(Object.entries(BY_SHAPE))('%s', (name, record) => {
    const events = toAuditEvents(record, OBSERVER);
    const event = events.find(({ id }) => id?.endsWith('.authz') === (name === 'AuthZconsent'));
    expectShape(event as Resource, shapes[name] as Shape);
  });
});

const EVERY: Record<string, AuditRecord> = {
  ...BY_SHAPE,
  'a refusal that says little': bareRecord(),
  'a failure': bareRecord({ outcome: '8', status: 503, reason: 'upstream-unavailable' }),
  'a login that failed': bareRecord({ door: 'authentication', interaction: 'login', reason: 'login', status: 401 }),
  'a search of the log': sampleRecord({ door: 'audit', ...query, ...noPatient, target: 'AuditEvent?patient' }),
  'an activation': sampleRecord({ door: 'admin', interaction: 'activate', action: 'U', ...noPatient, target: 'policies' }),
  'an act of the staff that was refused': sampleRecord({
    door: 'admin',
    interaction: 'read',
    outcome: '4',
    reason: 'forbidden',
    ...noPatient,
    decisions: [],
    target: 'refused',
  }),
  'an operation': sampleRecord({ interaction: '$everything', action: 'E', target: 'Patient/p1/$everything' }),
  'a history': sampleRecord({ interaction: 'history-instance', target: 'Observation/o1/_history' }),
  'a compartment search': sampleRecord({ ...query, interaction: 'search-compartment', target: 'Patient/p1/Observation?code' }),
  'break-glass with an attestation': sampleRecord({
    breakGlassReason: 'unconscious',
    attestations: [
      { kind: 'PN-14', text: 'threat' },
      { kind: 'SU-08', text: '' },
    ],
  }),
  obligations: sampleRecord({ obligations: ['NORDSCLCD', 'HUAPRV'] }),
  'several patients': sampleRecord({
    ...query,
    subjects: ['Patient/p1', 'Patient/p2'],
    decisions: [
      sampleDecision({ basis: [] }),
      sampleDecision({ reference: 'Observation/o2', subject: 'Patient/p2' }),
      sampleDecision({ reference: 'Organization/o9', subject: undefined, basis: [], labels: ['42CFRPart2'] }),
    ],
  }),
};

const clinician = sampleDecision({
  reference: 'Practitioner/d9',
  subject: undefined,
  labels: [],
  basis: [{ kind: 'policy', id: 'not-about-a-patient', citation: '45 CFR 160.103', effect: 'permit' }],
});

test('a consent that withheld all is not said to permit because of the clinician beside it', () => {
  const events = (decisions: AuditRecord['decisions']) => toAuditEvents(sampleRecord({ ...query, decisions }), OBSERVER);
  const outcomes = (decisions: AuditRecord['decisions']) =>
    events(decisions).flatMap(({ id, outcome }) => (id?.endsWith('.authz') ? [outcome] : []));
  expect(outcomes([sampleDecision({ effect: 'withhold' }), clinician])).toEqual(['8']);
  expect(outcomes([sampleDecision(), clinician])).toEqual(['0']);
});

const outside = { recipient: 'payer', purpose: 'HPAYMT' };
const PROFILE_FILE = '../shared/vectors/balp/profiles/StructureDefinition-IHE.BasicAudit.PrivacyDisclosure.Source.json';

describe('a disclosure to somebody outside (IHE BALP 1.1, PrivacyDisclosure.Source)', () => {
  const found = existsSync(PROFILE_FILE);
  if (!found) console.warn(`skipped: ${PROFILE_FILE} is not there`);
  const disclosed = (record: AuditRecord) => toAuditEvents(record, OBSERVER).filter(({ id }) => id?.endsWith('.disclosed'));
  const withheld = sampleDecision({ reference: 'Observation/o2', effect: 'withhold' });

  test.skipIf(!found)('has every element that the profile asks for, as it asks for it', () => {
    interface Rule {
      readonly path: string;
      readonly sliceName?: string;
      readonly min?: number;
    }
    const elements = JSON.parse(readFileSync(PROFILE_FILE, 'utf8')).differential.element as (Rule & Record<string, unknown>)[];
    const [event] = disclosed(sampleRecord(outside));
    const pattern = (path: string, name: string) => elements.find((row) => row.path === path && row[name] !== undefined)?.[name];
    expect(event?.type).toMatchObject(pattern('AuditEvent.type', 'patternCoding') as object);
    expect(event?.subtype).toContainEqual(expect.objectContaining(pattern('AuditEvent.subtype', 'patternCoding')));
    expect(event?.action).toBe(pattern('AuditEvent.action', 'patternCode'));
    for (const required of elements.filter(({ min = 0, path }) => min > 0 && /^AuditEvent\.\w+$/.test(path))) {
      expect([event?.[required.path.split('.')[1] ?? '']].flat().length, required.path).toBeGreaterThanOrEqual(required.min ?? 0);
    }
    const agents = ['110153', '110152'].map((code) => agentsOf(event as Resource, `http://dicom.nema.org/resources/ontology/DCM#${code}`));
    for (const agent of agents) expect(agent).toEqual([expect.objectContaining({ who: expect.anything(), network: expect.anything() })]);
    expect(agents[0]?.[0]?.who).toEqual(event?.source.observer);
    expect(entitiesOf(event as Resource, 'http://terminology.hl7.org/CodeSystem/audit-entity-type#1')).toEqual([
      expect.objectContaining({ what: { reference: 'Patient/p1' }, role: expect.objectContaining({ code: '1' }) }),
    ]);
  });

  test.each<[string, Partial<AuditRecord>, number]>([
    ['a payer reads', outside, 1],
    [
      'a researcher searches, of two patients',
      {
        recipient: 'researcher',
        action: 'E',
        interaction: 'search-type',
        subjects: ['Patient/p1', 'Patient/p2'],
        decisions: [sampleDecision(), sampleDecision({ subject: 'Patient/p2' })],
      },
      2,
    ],
    ['an agency is given a part', { recipient: 'law-enforcement', decisions: [sampleDecision({ effect: 'redact' }), withheld] }, 1],
    ['treatment', { recipient: 'other-treating-provider' }, 0],
    ['the patient', { recipient: 'patient' }, 0],
    ['the own workforce', { recipient: 'workforce' }, 0],
    ['a payer writes', { ...outside, action: 'C', interaction: 'create' }, 0],
    ['a payer is refused', { ...outside, outcome: '4', status: 403 }, 0],
    ['a payer gets nothing', { ...outside, decisions: [withheld] }, 0],
    ['a payer reads what is about no patient', { ...outside, ...noPatient }, 0],
    ['a payer gets the clinician of what is withheld', { ...outside, decisions: [withheld, clinician] }, 0],
    ['a payer gets a clinician beside a record', { ...outside, decisions: [sampleDecision(), clinician] }, 1],
    ['a payer gets what nobody could tell the patient of', { ...outside, decisions: [sampleDecision({ subject: undefined })] }, 1],
  ])('%s: %#', (_, changes, count) => {
    const events = disclosed(sampleRecord(changes));
    expect(events).toHaveLength(count);
    for (const event of events) {
      expect(validateResource(event)).toEqual([]);
      expect(event.meta?.profile).toEqual([
        'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source',
      ]);
      expect(JSON.stringify(event)).not.toMatch(/Observation\/o2|Practitioner\/d9/);
    }
  });

  test('names the organization as recipient, and the person beside it', () => {
    const [event] = disclosed(sampleRecord(outside));
    const [recipient] = agentsOf(event as Resource, 'http://dicom.nema.org/resources/ontology/DCM#110152');
    expect(recipient).toMatchObject({ who: { reference: 'Organization/o1' }, network: { address: '192.0.2.7' } });
    expect(event?.agent.find(({ requestor }: { requestor: boolean }) => requestor)).toMatchObject({
      who: { reference: 'Practitioner/d1' },
    });
  });

  test('claims no profile where it is not known where the recipient is', () => {
    const [event] = disclosed(sampleRecord({ ...outside, address: undefined }));
    expect(event).not.toHaveProperty('meta');
  });
});

describe('every event is valid FHIR R4, and has an id of its own', () => {
  test.each(Object.entries(EVERY))('%s', (_, record) => {
    const events = toAuditEvents(record, OBSERVER);
    expect(events.flatMap((event) => validateResource(event))).toEqual([]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const { id } of events) expect(id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });
});

describe('a record with several patients', () => {
  const [first, second, authorization, ...more] = toAuditEvents(EVERY['several patients'] as AuditRecord, OBSERVER);
  const named = (event?: Resource) =>
    (event?.entity ?? []).map((entity: { what?: { reference?: string } }) => entity.what?.reference).filter(Boolean);

  test('is one event for each, naming only that one and what was decided about him', () => {
    expect(more).toEqual([]);
    expect(named(first)).toEqual(['Patient/p1', 'Observation/o1', 'Organization/o9']);
    expect(named(second)).toEqual(['Patient/p2', 'Observation/o2']);
  });
  test('and one authorization event for whose consents were consulted', () => {
    expect(named(authorization)).toEqual(['Patient/p2', 'Consent/c1']);
  });
});

describe('what was decided, and on which ground', () => {
  const [event] = toAuditEvents(
    sampleRecord({ decisions: [sampleDecision({ effect: 'redact', labels: ['42CFRPart2', 'SUD'] })] }),
    OBSERVER,
  );
  const [data] = event?.entity ?? [];

  test('is in the extension of the entity', () => {
    const [decision] = data.extension;
    expect(decision.url).toBe('urn:privity:audit:decision');
    expect(decision.extension.slice(0, 2)).toEqual([
      { url: 'effect', valueCode: 'redact' },
      { url: 'version', valueString: '3' },
    ]);
    expect(decision.extension.filter(({ url }: { url: string }) => url === 'basis')).toEqual([
      {
        url: 'basis',
        extension: [
          { url: 'kind', valueCode: 'policy' },
          { url: 'id', valueString: 'MH-01' },
          { url: 'citation', valueString: '45 CFR 164.506(c)' },
          { url: 'effect', valueCode: 'permit' },
        ],
      },
      {
        url: 'basis',
        extension: [
          { url: 'kind', valueCode: 'consent' },
          { url: 'id', valueString: 'Consent/c1' },
          { url: 'effect', valueCode: 'permit' },
        ],
      },
    ]);
  });
  test('its labels are security labels, each of its own system', () => {
    expect(data.securityLabel.map(text)).toEqual([
      'http://terminology.hl7.org/CodeSystem/consentpolicycodes#42CFRPart2',
      'http://terminology.hl7.org/CodeSystem/v3-ActCode#SUD',
    ]);
  });
});

describe('what an event does not say', () => {
  test('values of a query: the names of its parameters only', () => {
    const [event] = toAuditEvents(BY_SHAPE.PatientQuery as AuditRecord, OBSERVER);
    expect(atob(entitiesOf(event as Resource, 'http://terminology.hl7.org/CodeSystem/audit-entity-type#2')[0]?.query ?? '')).toBe(
      'Observation?category',
    );
  });
  test('of the token more than its id', () => {
    const [event] = toAuditEvents(sampleRecord(), OBSERVER);
    const [user] = agentsOf(event as Resource, 'https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes#UserOauthAgent');
    expect(user?.policy).toEqual(['urn:ietf:params:oauth:jti:jti-1']);
  });
  test.each(['a refusal that says little', 'a failure'])('that it fulfils a profile which asks for success: %s', (name) => {
    const [event] = toAuditEvents(EVERY[name] as AuditRecord, OBSERVER);
    expect(event?.meta).toBeUndefined();
    expect(event?.outcomeDesc).toBe(EVERY[name]?.reason);
  });
  test('that consents permitted, where everything was withheld', () => {
    const events = toAuditEvents(sampleRecord({ decisions: [sampleDecision({ effect: 'withhold' })] }), OBSERVER);
    expect(events[1]).toMatchObject({ outcome: '8', outcomeDesc: 'withheld' });
  });
});
