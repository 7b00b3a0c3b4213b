/** threats.md 33: what a patient denies stays closed, however the Consent and the record write it; asked of the in-process gateway. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { ACT, ANN, CANARY, condition, document, observation, refusal } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await smallGateway();
});
afterAll(() => gateway?.app.close());

const CONF = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const coding = (named: string) => ({ system: named.slice(0, named.lastIndexOf('|')), code: named.slice(named.lastIndexOf('|') + 1) });
const concept = (named: string) => ({ coding: [coding(named)] });

/** Its patient permits everything but what `provision` names. */
function denies(provision: Record<string, unknown>, more: Partial<Resource> = {}): Resource {
  const consent = refusal('denies', 'MH');
  return { ...consent, provision: { type: 'permit', provision: [{ type: 'deny', ...provision }] }, ...more };
}

async function read(records: readonly Resource[], asked: string): Promise<{ readonly status: number; readonly text: string }> {
  gateway.put(records);
  return gateway.get('physician', `/fhir/${asked}`);
}

const PRIVACY = concept('http://terminology.hl7.org/CodeSystem/consentscope|patient-privacy');
const labelled = observation('o', { meta: { security: [{ system: ACT, code: 'MH' }] } });
const diabetes = condition('c');

describe('threat 33: a deny holds in every spelling', () => {
  test.each<[string, Record<string, unknown>, Resource]>([
    ['a label under HL7’s older name', { securityLabel: [coding('http://hl7.org/fhir/v3/ActCode|MH')] }, labelled],
    ['a label under the OID', { securityLabel: [coding('urn:oid:2.16.840.1.113883.5.4|mh')] }, labelled],
    ['a purpose under HL7’s older name', { purpose: [coding('http://hl7.org/fhir/v3/ActReason|treat')] }, diabetes],
    ['a purpose of a system that nobody knows', { purpose: [coding('urn:x|care')] }, diabetes],
    ['a code without its dot', { code: [concept(`${ICD}|E119`)] }, diabetes],
    ['a code under the OID', { code: [concept('urn:oid:2.16.840.1.113883.6.90|e11.9')] }, diabetes],
    ['a class with a slash after its system', { class: [coding('http://hl7.org/fhir/resource-types/|Condition')] }, diabetes],
  ])('%s', async (_situation, provision, resource) => {
    const asked = `${resource.resourceType}/${resource.id}`;
    expect((await read([resource, denies({ class: [coding('http://hl7.org/fhir/resource-types|Device')] })], asked)).status).toBe(200);
    expect((await read([resource, denies(provision)], asked)).status).toBe(404);
  });

  test.each<[string, Partial<Resource>]>([
    ['of privacy and of treatment', { scope: { coding: [...PRIVACY.coding, { ...PRIVACY.coding[0], code: 'treatment' }] } }],
    ['with a category of somebody’s own', { category: [concept('http://loinc.org|59284-0'), concept('http://foo|acd')] }],
  ])('a Consent %s', async (_situation, more) => {
    const whole = denies({ class: [coding('http://hl7.org/fhir/resource-types|Condition')] }, more);
    expect((await read([diabetes, whole], 'Condition/c')).status).toBe(404);
  });
});

describe('threat 33: a deny reaches all that holds what it names', () => {
  const by = (reference: Record<string, unknown>) => observation('x', { performer: [reference] });
  const role = { resourceType: 'PractitionerRole', id: 'role', practitioner: { reference: 'Practitioner/okafor' } };
  const encounter = { resourceType: 'Encounter', id: 'x', status: 'finished', class: { code: 'AMB' }, subject: ANN };
  const claim = { resourceType: 'Claim', id: 'x', status: 'active', use: 'claim', patient: ANN, created: '2026-08-01' };
  const data = (meaning: string, reference: string) => ({ data: [{ meaning, reference: { reference } }] });
  const code = { code: [concept(`${ICD}|E11.9`)] };
  test.each<[string, Record<string, unknown>, Resource]>([
    ['a code of a claim', code, { ...claim, diagnosis: [{ sequence: 1, diagnosisCodeableConcept: concept(`${ICD}|E11.9`) }] }],
    ['a code of a visit', code, { ...encounter, reasonCode: [concept(`${ICD}|E119`)] }],
    ['what an organization wrote', data('authoredby', 'Organization/clinic'), by({ reference: 'Organization/clinic' })],
    [
      'what somebody wrote in a role that it contains',
      data('authoredby', 'Practitioner/okafor'),
      { ...by({ reference: '#role' }), contained: [role] },
    ],
    ['what refers to a record', data('dependents', 'Condition/c'), observation('x', { focus: [{ reference: 'Condition/c' }] })],
  ])('%s', async (_situation, provision, resource) => {
    const asked = `${resource.resourceType}/x`;
    expect((await read([resource, denies({ class: [coding('http://hl7.org/fhir/resource-types|Device')] })], asked)).status).toBe(200);
    expect((await read([resource, denies(provision)], asked)).status).toBe(404);
  });

  test('what somebody wrote in a role that is on file', async () => {
    const content = [{ attachment: { contentType: 'text/plain', data: 'U2lnbmVk' } }];
    const letter = document('x', { author: [{ reference: 'PractitionerRole/role' }], content });
    expect((await read([letter, role], 'DocumentReference/x')).status).toBe(200);
    const deny = denies(data('authoredby', 'Practitioner/okafor'));
    expect((await read([letter, role, deny], 'DocumentReference/x')).status).toBe(404);
  });
});

const RESTRICTED = { meta: { security: [{ system: CONF, code: 'R' }] } };
const denyRestricted = denies({ securityLabel: [coding(`${CONF}|R`)] });
const onlyNormal: Resource = { ...denyRestricted, provision: { type: 'permit', securityLabel: [coding(`${CONF}|N`)] } };

describe('threat 33: a confidentiality is declared in several places', () => {
  const composition: Resource = {
    resourceType: 'Composition',
    id: 'x',
    status: 'final',
    type: concept('http://loinc.org|34133-9'),
    subject: ANN,
    date: '2026-08-01',
    author: [{ reference: 'Practitioner/okafor' }],
    title: 'Summary',
  };
  test.each<[string, Resource]>([
    ['DocumentReference.securityLabel R', document('x', { securityLabel: [concept(`${CONF}|R`)] })],
    ['DocumentReference.securityLabel V', document('x', { securityLabel: [concept(`${CONF}|V`)] })],
    ['Composition.confidentiality', { ...composition, confidentiality: 'R' }],
    ['meta.security under the OID', observation('x', { meta: { security: [coding('urn:oid:2.16.840.1.113883.5.25|R')] } })],
    ['meta.security in another case', observation('x', { meta: { security: [coding(`${CONF}|r`)] } })],
    ['meta.security without a system', observation('x', { meta: { security: [{ code: 'R' }] } })],
  ])('%s', async (_situation, resource) => {
    const asked = `${resource.resourceType}/x`;
    expect((await read([resource, denyRestricted], asked)).status).toBe(404);
    expect((await read([resource, onlyNormal], asked)).status).toBe(404);
    const { securityLabel: _label, confidentiality: _confidentiality, meta: _meta, ...plain } = resource;
    expect((await read([plain as Resource, denyRestricted], asked)).status).toBe(200);
    expect((await read([plain as Resource, onlyNormal], asked)).status).toBe(200);
  });

  test('of a contained resource', async () => {
    const inner = { resourceType: 'Observation', id: 'in', status: 'final', code: { text: 'weight' }, valueString: CANARY };
    const outer = observation('x', { contained: [{ ...inner, ...RESTRICTED }], hasMember: [{ reference: '#in' }] });
    const { status, text } = await read([outer, denyRestricted], 'Observation/x');
    expect(status).toBe(200);
    expect(text).not.toContain(CANARY);
  });

  test('of a part, by an inline label', async () => {
    const url = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
    const part = { code: { text: 'part' }, valueString: CANARY, extension: [{ url, valueCoding: coding(`${CONF}|R`) }] };
    const whole = observation('x', { component: [{ code: { text: 'part' }, valueString: 'calm' }, part] });
    const { status, text } = await read([whole, denyRestricted], 'Observation/x');
    expect([status, text.includes('calm'), text.includes(CANARY)]).toEqual([200, true, false]);
  });
});
