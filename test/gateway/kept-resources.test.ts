/**
 * What decisions read beside the resource that is asked for is kept with the Consents of its subject, and given up with them: a
 * warm read asks the record server once; a write through the gateway is seen at the next request (design.md section 5; threats.md 25).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { personaClaims, startTestGateway, type TestGateway } from '../support/gateway.ts';

const PHYSICIAN = personaClaims('family-physician');
const CLERK = {
  ...PHYSICIAN,
  sub: 'clerk',
  roles: ['workforce'],
  fhirUser: 'Practitioner/clerk',
  scope: 'user/*.cruds',
  purpose_of_use: 'TREAT',
};
const SUBJECT = { reference: 'Patient/p1' };
const AMBULATORY = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' };
const PROGRAM = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: '42CFRPart2' };

const encounter = (labels: readonly object[]): Resource => ({
  resourceType: 'Encounter',
  id: 'e1',
  meta: { security: labels as never },
  status: 'finished',
  class: AMBULATORY,
  subject: SUBJECT,
});
const records: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p1', birthDate: '1980-01-01' },
  encounter([]),
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
    subject: SUBJECT,
    encounter: { reference: 'Encounter/e1' },
  },
];

let clinic: TestGateway;
beforeAll(async () => {
  clinic = await startTestGateway({ resources: records, config: { consent: { cacheSeconds: 3600 } } });
});
afterAll(() => clinic.close());

const read = () => clinic.ask(PHYSICIAN, '/fhir/Observation/o1');
/** Paths that the record server was asked for. */
async function askedWhile(act: () => Promise<unknown>): Promise<readonly string[]> {
  const before = clinic.upstream.requests.length;
  await act();
  return clinic.upstream.requests.slice(before).map(({ url }) => url.replace(/^\/fhir\//, ''));
}

describe('a read whose surroundings were read before', () => {
  it('asks the record server once, for the resource itself', async () => {
    expect((await read()).status).toBe(200);
    expect(await askedWhile(read)).toEqual(['Observation/o1']);
  });

  it('reads what is asked for itself anew', async () => {
    expect(await askedWhile(() => clinic.ask(PHYSICIAN, '/fhir/Encounter/e1'))).toContain('Encounter/e1');
    const include = '/fhir/Observation?_id=o1&_include=Observation:encounter';
    expect(await askedWhile(() => clinic.ask(PHYSICIAN, include))).toContain('Encounter/e1');
  });

  it('sees a change of its encounter with the next write about the patient, were it made around the gateway', async () => {
    expect((await read()).status).toBe(200);
    const put = (body: Resource) => ({ method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/fhir+json' } });
    await fetch(`${clinic.upstream.url}/Encounter/e1`, put(encounter([PROGRAM])));
    // Until then it is as old as consent.cacheSeconds lets it be.
    expect((await read()).status).toBe(200);
    const current = (await clinic.ask(CLERK, '/fhir/Patient/p1')).body;
    expect((await clinic.ask(CLERK, '/fhir/Patient/p1', put({ ...current, gender: 'female' }))).status).toBe(200);
    expect((await read()).status).toBe(404);
  });
});
