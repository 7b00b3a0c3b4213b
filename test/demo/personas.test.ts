/** The personas are people of the demo with claims that Privity understands; the tour asks for what is there. */
import { expect, it } from 'vitest';
import { demoResources } from '../../src/demo/patients/demo-resources.ts';
import { curlTour, personas } from '../../src/demo/personas.ts';
import { ROLES } from '../../src/requester/requester.ts';

const known = new Set(demoResources().map((resource) => `${resource.resourceType}/${resource.id}`));
const PURPOSES = ['TREAT', 'BTG', 'HPAYMT', 'PATRQT', 'FAMRQT', 'HRESCH', 'HCOMPL', 'TRAIN'];

it('everybody whom the demo needs is there, once', () => {
  expect(personas.map((persona) => persona.id)).toEqual([
    'therapist',
    'trainee',
    'psychiatrist',
    'family-physician',
    'emergency-physician',
    'billing',
    'payer',
    'patient',
    'spouse',
    'parent',
    'researcher',
    'part2-counselor',
    'auditor',
    'policy-admin',
    'privacy-officer',
  ]);
});

it.each(personas.map((persona) => [persona.id, persona.claims] as const))('%s: claims name what exists', (id, claims) => {
  expect(claims.sub).toBe(id);
  expect(known).toContain(claims.fhirUser);
  if (claims.organization !== undefined) expect(known).toContain(claims.organization);
  if (claims.patient !== undefined) expect(known).toContain(`Patient/${claims.patient}`);
  expect(claims.roles.filter((role) => !(ROLES as readonly string[]).includes(role))).toEqual([]);
  expect((claims.purpose_of_use ?? []).filter((purpose) => !PURPOSES.includes(purpose))).toEqual([]);
  expect(claims.scope.includes('patient/')).toBe(claims.patient !== undefined);
});

it.each(curlTour.map((stop) => [`${stop.title} (${stop.persona})`, stop] as const))('%s', (_title, stop) => {
  expect(personas.map((persona) => persona.id)).toContain(stop.persona);
  const url = new URL(stop.path, 'http://gateway.example');
  const instance = /^\/fhir\/(\w+\/[\w-]+)$/.exec(url.pathname)?.[1];
  if (instance !== undefined) expect(known).toContain(instance);
  const patient = url.searchParams.get('patient');
  if (patient !== null) expect(known).toContain(`Patient/${patient.replace('Patient/', '')}`);
  expect(instance ?? patient).toBeTruthy();
  expect(stop.expect).toMatch(/\.$/);
});

it('the same request is asked by several people, and each sentence on the record cites the law', () => {
  const askers = Map.groupBy(curlTour, (stop) => stop.path);
  expect([...askers.values()].filter((stops) => stops.length >= 3).length).toBeGreaterThanOrEqual(3);
  const cited = /\b(164|2)\.\d+/;
  expect(curlTour.filter((stop) => stop.path.startsWith('/fhir') && !cited.test(stop.expect))).toEqual([]);
});
