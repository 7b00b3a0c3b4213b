/**
 * A patient's deny reaches its requester under every name that the record has for that person (design.md 4.2; threats.md 33, 44),
 * and a name that has ended, or is not proved, opens nothing.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { REQUESTERS } from '../properties/requests.ts';
import { UPSTREAM } from '../support/in-process.ts';
import { ANN, condition } from './records.ts';
import { type SmallGateway, smallGateway } from './small-gateway.ts';

const NPI = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' };
const OTHER = { ...NPI, value: '1679576722' };
const CLINIC = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1245319599' };
const BENNETT = { reference: 'Practitioner/bennett' };
const ROLE = { resourceType: 'PractitionerRole', id: 'r1', active: true, practitioner: BENNETT };

type Actor = Readonly<Record<string, unknown>>;

function directive(effect: 'permit' | 'deny', actor: Actor, more: Partial<Resource> = {}): Resource {
  const reaches = { type: effect, actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: actor }] };
  const provision = effect === 'deny' ? { type: 'permit', provision: [reaches] } : { type: 'deny', provision: [reaches] };
  return { resourceType: 'Consent', id: 'c1', status: 'active', patient: ANN, dateTime: '2026-01-01', provision, ...more };
}

const practitioner = (id: string, identifier?: unknown): Resource => ({
  resourceType: 'Practitioner',
  id,
  ...(identifier === undefined ? {} : { identifier: [identifier] }),
});
const group = (entity: Actor): Resource => ({ resourceType: 'Group', id: 'g', type: 'practitioner', actual: true, member: [{ entity }] });
const team = (member: Actor): Resource => ({ resourceType: 'CareTeam', id: 't', status: 'active', participant: [{ member }] });

const AS = (fhirUser: string, more: Record<string, unknown> = {}) => ({ ...REQUESTERS.physician?.claims, fhirUser, ...more });

let gateway: SmallGateway;
beforeAll(async () => {
  gateway = await smallGateway();
});

async function asked(resources: readonly Resource[], claims: Record<string, unknown> = AS('Practitioner/bennett')): Promise<number> {
  gateway.put([condition('c'), practitioner('bennett', NPI), ...resources]);
  return (await gateway.get(claims, '/fhir/Condition/c')).status;
}

interface Case {
  readonly situation: string;
  readonly actor: Actor;
  readonly more?: Partial<Resource>;
  readonly beside?: readonly Resource[];
  readonly as?: Record<string, unknown>;
}

const PERSON: Resource = { resourceType: 'Person', id: 'pe', active: true, link: [{ target: BENNETT }] };
const ENDED = { period: { end: '2026-01-01' } };

const DENIED: readonly Case[] = [
  { situation: 'the very reference', actor: BENNETT },
  {
    situation: 'a reference to another server, beside an identifier',
    actor: { reference: 'http://other/fhir/Practitioner/9', identifier: NPI },
  },
  {
    situation: 'a contained Practitioner with the identifier',
    actor: { reference: '#x' },
    more: { contained: [practitioner('x', NPI)] },
  },
  {
    situation: 'another Practitioner on file with the same identifier',
    actor: { reference: 'Practitioner/dup' },
    beside: [practitioner('dup', NPI)],
  },
  { situation: 'a Group with a member by identifier', actor: { reference: 'Group/g' }, beside: [group({ identifier: NPI })] },
  { situation: 'a CareTeam with a participant by identifier', actor: { reference: 'CareTeam/t' }, beside: [team({ identifier: NPI })] },
  {
    situation: 'a Group with another Practitioner as a member who has the same identifier',
    actor: { reference: 'Group/g' },
    beside: [group({ reference: 'Practitioner/dup' }), practitioner('dup', NPI)],
  },
  {
    situation: 'a role of another Practitioner with the same identifier',
    actor: { reference: 'PractitionerRole/r2' },
    beside: [{ ...ROLE, id: 'r2', practitioner: { reference: 'Practitioner/dup' } }, practitioner('dup', NPI)],
  },
  {
    situation: 'a CareTeam with a role of the requester as a participant',
    actor: { reference: 'CareTeam/t' },
    beside: [team({ reference: 'PractitionerRole/r1' }), ROLE],
  },
  {
    situation: 'the organization by the identifier on file',
    actor: { identifier: CLINIC },
    beside: [{ resourceType: 'Organization', id: 'clinic', identifier: [CLINIC] }],
  },
  {
    situation: 'the organization by identifier, asked by a client without a person',
    actor: { identifier: CLINIC },
    beside: [{ resourceType: 'Organization', id: 'clinic', identifier: [CLINIC] }],
    as: { ...REQUESTERS.physician?.claims, fhirUser: undefined },
  },
  { situation: 'the person behind a role', actor: BENNETT, beside: [ROLE], as: AS('PractitionerRole/r1') },
  { situation: 'the identifier of the person behind a role', actor: { identifier: NPI }, beside: [ROLE], as: AS('PractitionerRole/r1') },
  {
    situation: 'the person behind a role that is inactive',
    actor: BENNETT,
    beside: [{ ...ROLE, active: false }],
    as: AS('PractitionerRole/r1'),
  },
  { situation: 'the person behind a role that has ended', actor: BENNETT, beside: [{ ...ROLE, ...ENDED }], as: AS('PractitionerRole/r1') },
  {
    situation: 'the identifier of the person behind a role that has ended',
    actor: { identifier: NPI },
    beside: [{ ...ROLE, ...ENDED }],
    as: AS('PractitionerRole/r1'),
  },
  { situation: 'a practitioner, asked by a role that is not on file', actor: BENNETT, as: AS('PractitionerRole/r1') },
  {
    situation: 'the person whom a role names by identifier only',
    actor: BENNETT,
    beside: [{ ...ROLE, practitioner: { identifier: NPI } }],
    as: AS('PractitionerRole/r1'),
  },
  {
    situation: 'a practitioner without identifiers, asked by a role that names its own by identifier only',
    actor: { reference: 'Practitioner/okafor' },
    beside: [{ ...ROLE, practitioner: { identifier: NPI } }],
    as: AS('PractitionerRole/r1'),
  },
  { situation: 'the practitioner to whom a Person is linked', actor: BENNETT, beside: [PERSON], as: AS('Person/pe') },
  {
    situation: 'the identifier of the practitioner to whom a Person is linked',
    actor: { identifier: NPI },
    beside: [PERSON],
    as: AS('Person/pe'),
  },
  { situation: 'a practitioner, asked by a Person who is not on file', actor: BENNETT, as: AS('Person/pe') },
  { situation: 'a reference below the address of the gateway', actor: { reference: 'http://privity.test/fhir/Practitioner/bennett' } },
  { situation: 'a reference below the address of the record server', actor: { reference: `${UPSTREAM}/Practitioner/bennett` } },
];

describe('a deny reaches the requester through', () => {
  test.each(DENIED)('$situation', async ({ actor, more, beside = [], as }) => {
    expect(await asked(beside, as)).toBe(200);
    expect(await asked([...beside, directive('deny', actor, more)], as)).toBe(404);
  });
});

const OPEN: readonly Case[] = [
  { situation: 'a deny of another practitioner', actor: { reference: 'Practitioner/dup' }, beside: [practitioner('dup', OTHER)] },
  {
    situation: 'a deny of a CareTeam with a role of somebody else as a participant',
    actor: { reference: 'CareTeam/t' },
    beside: [team({ reference: 'PractitionerRole/r1' }), { ...ROLE, practitioner: { reference: 'Practitioner/okafor' } }],
  },
  { situation: 'a deny of another identifier', actor: { identifier: OTHER } },
  {
    situation: 'a deny of another identifier, asked by a role',
    actor: { identifier: OTHER },
    beside: [ROLE],
    as: AS('PractitionerRole/r1'),
  },
  {
    situation: 'a deny of who has another identifier than the one that a role names its own by',
    actor: { reference: 'Practitioner/dup' },
    beside: [practitioner('dup', OTHER), { ...ROLE, practitioner: { identifier: NPI } }],
    as: AS('PractitionerRole/r1'),
  },
  {
    situation: 'a deny of an organization, asked by a role that is not on file',
    actor: { reference: 'Organization/other' },
    as: AS('PractitionerRole/r1'),
  },
];

describe('care goes on beside', () => {
  test.each(OPEN)('$situation', async ({ actor, beside = [], as }) => {
    expect(await asked([...beside, directive('deny', actor)], as)).toBe(200);
  });
});

const PERMITS: readonly (Case & { readonly status: number })[] = [
  { situation: 'the identifier on file', actor: { identifier: NPI }, status: 200 },
  { situation: 'the person behind a role', actor: BENNETT, beside: [ROLE], as: AS('PractitionerRole/r1'), status: 200 },
  {
    situation: 'a CareTeam with a role of the requester as a participant',
    actor: { reference: 'CareTeam/t' },
    beside: [team({ reference: 'PractitionerRole/r1' }), ROLE],
    status: 200,
  },
  {
    situation: 'the person behind a role that has ended',
    actor: BENNETT,
    beside: [{ ...ROLE, ...ENDED }],
    as: AS('PractitionerRole/r1'),
    status: 404,
  },
  {
    situation: 'the identifier of the person behind a role that is inactive',
    actor: { identifier: NPI },
    beside: [{ ...ROLE, active: false }],
    as: AS('PractitionerRole/r1'),
    status: 404,
  },
  { situation: 'a practitioner, asked by a role that is not on file', actor: BENNETT, as: AS('PractitionerRole/r1'), status: 404 },
  { situation: 'the practitioner to whom a Person is linked', actor: BENNETT, beside: [PERSON], as: AS('Person/pe'), status: 404 },
];

describe('a permit for one alone is counted for', () => {
  test.each(PERMITS)('$situation: $status', async ({ actor, beside = [], as, status }) => {
    expect(await asked([...beside, directive('permit', actor)], as)).toBe(status);
  });
});
