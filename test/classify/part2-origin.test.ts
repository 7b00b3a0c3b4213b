import { describe, expect, test } from 'vitest';
import { part2Origin } from '../../src/classify/part2-origin.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const PROGRAMS = ['Organization/p2', 'urn:npi|1234567893'];
const program = { reference: 'Organization/p2' };

describe('a Part 2 program as origin', () => {
  test.each<[string, Resource, unknown]>([
    ['custodian', { resourceType: 'DocumentReference', custodian: program }, ['custodian']],
    ['one author of several', { resourceType: 'Composition', author: [{ reference: 'Practitioner/d' }, program] }, ['author', 1]],
    ['performer of an Observation', { resourceType: 'Observation', performer: [program] }, ['performer', 0]],
    ['actor of a Procedure', { resourceType: 'Procedure', performer: [{ actor: program }] }, ['performer', 0, 'actor']],
    [
      'on whose behalf a Procedure was done',
      { resourceType: 'Procedure', performer: [{ actor: { reference: 'Practitioner/d' }, onBehalfOf: program }] },
      ['performer', 0, 'onBehalfOf'],
    ],
    ['service provider', { resourceType: 'Encounter', serviceProvider: program }, ['serviceProvider']],
    ['managing organization', { resourceType: 'Patient', managingOrganization: program }, ['managingOrganization']],
    [
      'absolute reference',
      { resourceType: 'Encounter', serviceProvider: { reference: 'https://fhir.example/r4/Organization/p2' } },
      ['serviceProvider'],
    ],
    ['a version of it', { resourceType: 'Encounter', serviceProvider: { reference: 'Organization/p2/_history/7' } }, ['serviceProvider']],
    ['by identifier', { resourceType: 'Claim', provider: { identifier: { system: 'urn:npi', value: '1234567893' } } }, ['provider']],
    ['another organization', { resourceType: 'Encounter', serviceProvider: { reference: 'Organization/p22' } }, undefined],
    [
      'a referral to a program is not the program’s record',
      { resourceType: 'ServiceRequest', requester: { reference: 'Practitioner/gp' }, performer: [program] },
      undefined,
    ],
    ['a payer', { resourceType: 'Claim', insurer: program }, undefined],
    ['a recipient', { resourceType: 'Communication', recipient: [program] }, undefined],
    ['what a Consent speaks to', { resourceType: 'Consent', organization: [program] }, undefined],
    ['malformed elements', { resourceType: 'Encounter', serviceProvider: null, performer: ['x', null, 3] }, undefined],
  ])('%s', (_, resource, origin) => {
    expect(part2Origin(resource, PROGRAMS)).toEqual(origin);
  });
});
