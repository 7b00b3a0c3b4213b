/**
 * threats.md 18: whom a resource is about. Whoever can not be told may be a patient who refuses, so nothing is given; and no way to
 * write a subject says anything in the gateway's own questions to the record server.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseReference } from '../../src/fhir/reference.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { UPSTREAM } from '../support/in-process.ts';
import { ANN, BO, CANARY, concept, condition, observation, refusal } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

const INJECTION = 'https://x&_lastUpdated=lt1990-01-01&_profile=http://a/Patient/foo';
const group = (id: string, member: readonly unknown[] | undefined, more: Partial<Resource> = {}): Resource => ({
  resourceType: 'Group',
  id,
  type: 'person',
  actual: true,
  ...(member === undefined ? {} : { member: member.map((entity) => ({ entity })) }),
  ...more,
});
const of = (subject: unknown, more: Partial<Resource> = {}) => observation('o', { subject, valueString: CANARY, ...more });
const bundle = (subject: unknown, ...others: readonly unknown[]): Resource => ({
  resourceType: 'Bundle',
  id: 'o',
  type: 'collection',
  entry: [{ fullUrl: 'urn:uuid:1', resource: of(subject) }, ...others],
});
const appointment = (...actors: readonly unknown[]): Resource => ({
  resourceType: 'Appointment',
  id: 'o',
  status: 'booked',
  comment: CANARY,
  participant: actors.map((actor) => ({ actor, status: 'accepted' })),
});

/** @param rows a name, what is asked for, and what else stands in the record */
function situations(rows: readonly (readonly [string, Resource, ...Resource[]])[]) {
  return rows.map(([name, resource, ...others]) => ({ name, resource, others }));
}

const NOBODY_CAN_TELL = situations([
  ['a patient of another server', of({ reference: 'https://other.example/fhir/Patient/1' })],
  ['the same server under another name', of({ reference: 'http://localhost:9999/fhir/Patient/p1' })],
  ['an upper-case scheme', of({ reference: `${UPSTREAM.replace('http', 'HTTP')}/Patient/p1` })],
  ['a double slash', of({ reference: `${UPSTREAM}//Patient/p1` })],
  ['a slash at the end', of({ reference: 'Patient/p1/' })],
  ['a fragment', of({ reference: 'Patient/p1#x' })],
  ['a blank before', of({ reference: ' Patient/p1' })],
  ['a question', of({ reference: 'Patient?identifier=x' })],
  ['a question in the base', of({ reference: INJECTION })],
  ['letters that no URL has', of({ reference: 'https://ü.example/fhir/Patient/1' })],
  ['a comma in the base', of({ reference: 'https://a,b/Patient/1' })],
  ['another kind of name', of({ reference: 'did:example:123' })],
  ['an identifier', of({ identifier: { value: 'x' } })],
  ['an identifier of a patient', of({ type: 'Patient', identifier: { value: 'x' } })],
  ['an identifier of a group', of({ type: 'Group', identifier: { value: 'x' } })],
  ['a display', of({ display: 'Ann One' })],
  ['a display beside a patient who did it', of({ display: 'Bo Two' }, { performer: [ANN] })],
  ['a display of a patient', of({ type: 'Patient', display: 'Ann One' })],
  ['a contained patient', of({ reference: '#in' }, { contained: [{ resourceType: 'Patient', id: 'in' }] })],
  ['what is not contained', of({ reference: '#in' })],
  ['a contained group without members', of({ reference: '#in' }, { contained: [group('in', [])] })],
  [
    'a contained group of somebody',
    of({ reference: '#in' }, { contained: [group('in', [{ type: 'Patient', identifier: { value: 'x' } }])] }),
  ],
  ['a group that is not there', of({ reference: 'Group/nowhere' })],
  ['a group without members', of({ reference: 'Group/g' }), group('g', undefined)],
  ['a group of somebody', of({ reference: 'Group/g' }), group('g', [ANN, { type: 'Patient', identifier: { value: 'x' } }])],
  ['a group of a group that is not there', of({ reference: 'Group/g' }), group('g', [ANN, { reference: 'Group/h' }])],
  ['a participant by identifier', appointment(ANN, { type: 'Patient', identifier: { value: 'x' } })],
  ['participants by name alone', appointment({ display: 'Ann One' }, { reference: 'Practitioner/okafor' })],
  ['an entry of a Bundle by identifier', bundle({ identifier: { value: 'x' } })],
  [
    'an entry that is a patient without an id',
    { resourceType: 'Bundle', id: 'o', type: 'collection', entry: [{ resource: { resourceType: 'Patient', name: [{ text: CANARY }] } }] },
  ],
  ['an entry about who is no entry', bundle({ reference: 'urn:uuid:nowhere' })],
  [
    'an entry about an entry without an id',
    bundle({ reference: 'urn:uuid:2' }, { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient' } }),
  ],
]);

describe('threat 18: a subject that nobody can tell', () => {
  const places = ({ resourceType }: Resource) => [`/fhir/${resourceType}/o`, `/fhir/${resourceType}`];

  test.each(NOBODY_CAN_TELL)('$name: nothing is given', async ({ resource, others }) => {
    for (const who of ['physician', 'therapist', 'patient'] as const) {
      const [reply] = await gateway.alike(who, [[resource, ...others], others], places(resource));
      expect(reply?.status).toBe(404);
    }
    gateway.put([resource, ...others]);
    const launched = { ...REQUESTERS.physician?.claims, scope: 'patient/*.rs', patient: 'p1' };
    for (const place of places(resource)) expect((await gateway.get(launched, place)).text).not.toContain(CANARY);
  });

  test.each(NOBODY_CAN_TELL)('$name: nothing is written', async ({ resource, others }) => {
    gateway.put(others);
    const { id: _, ...body } = resource;
    const reply = await gateway.get('physician', {
      method: 'POST',
      url: `/fhir/${resource.resourceType}`,
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...body, performer: [{ reference: 'Practitioner/bennett' }] }),
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect((await gateway.deps.upstream.get(`${resource.resourceType}?_count=1`)).resource?.entry ?? []).toEqual([]);
  });
});

test('threat 18: what names nobody is in no patient’s scope', async () => {
  gateway.put([observation('o', { subject: undefined, valueString: CANARY })]);
  const launched = { ...REQUESTERS.physician?.claims, scope: 'patient/*.rs', patient: 'p1' };
  for (const place of ['/fhir/Observation/o', '/fhir/Observation']) expect((await gateway.get(launched, place)).text).not.toContain(CANARY);
  expect((await gateway.get('physician', '/fhir/Observation/o')).text).toContain(CANARY);
});

test('threat 18: a base with a question in it is no base', () => {
  for (const text of [INJECTION, 'https://a,b/Patient/1', 'https://a#b/Patient/1', 'https://a b/Patient/1'])
    expect(parseReference(text)).toBeUndefined();
});

describe('threat 18: beside what nobody can tell', () => {
  const refused = [condition('mood', 'F33.1', { note: [{ text: CANARY }] }), refusal('no-mh', 'MH')];

  test.each(NOBODY_CAN_TELL)('$name: a patient’s directive holds', async ({ resource, others }) => {
    gateway.put([...refused, resource, ...others]);
    for (const place of ['/fhir/Condition', `/fhir/${resource.resourceType}`, '/fhir/Patient/p1/$everything', '/fhir/Condition/mood'])
      expect((await gateway.get('physician', place)).text).not.toContain(CANARY);
  });
});

describe('threat 18: subjects that can be told', () => {
  const refuses = refusal('no-mh', 'MH', BO);
  const mood = { code: concept('F33.1'), valueString: 'told' };
  const about = (subject: unknown, more: Partial<Resource> = {}) => observation('o', { subject, ...mood, ...more });
  const nested = [group('g', [{ reference: 'Group/h' }]), group('h', [BO, { reference: 'Group/g' }])];
  const withPatient = (id: string) => ({ fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient', id } });
  const collection = (subject: unknown, ...others: readonly unknown[]): Resource => ({
    resourceType: 'Bundle',
    id: 'o',
    type: 'collection',
    entry: [{ fullUrl: 'urn:uuid:1', resource: about(subject) }, ...others],
  });
  const theirs = situations([
    ['a member of a group in a group', about({ reference: 'Group/g' }), ...nested],
    ['a member of a contained group', about({ reference: '#in' }, { contained: [group('in', [BO])] })],
    ['an entry of the same Bundle', collection({ reference: 'urn:uuid:2' }, withPatient('p2'))],
  ]);
  test.each(theirs)('$name: what they refuse is withheld', async ({ resource, others }) => {
    gateway.put([resource, ...others, refuses]);
    expect((await gateway.get('physician', `/fhir/${resource.resourceType}/o`)).text).not.toContain('F33.1');
    gateway.put([resource, ...others]);
    expect((await gateway.get('physician', `/fhir/${resource.resourceType}/o`)).text).toContain('F33.1');
  });

  const given = situations([
    ['an absolute reference to this server', about({ reference: `${UPSTREAM}/Patient/p1` })],
    ['a version of a patient', about({ reference: 'Patient/p1/_history/1' })],
    ['a performer by identifier and name', about(ANN, { performer: [{ identifier: { value: 'npi' }, display: 'Dr. X' }] })],
    ['a participant by name', appointment(ANN, { display: 'Dr. X' })],
    ['a device of nobody', { resourceType: 'Device', id: 'o', status: 'active' }],
  ]);
  test.each(given)('$name: given', async ({ resource, others }) => {
    gateway.put([resource, ...others]);
    expect((await gateway.get('physician', `/fhir/${resource.resourceType}/o`)).status).toBe(200);
  });
});
