/** A valid authorization, whole: tests take one thing away at a time. */
import type { AuthorizationSettings } from '../../src/consent/authorization-facts.ts';
import { ACT_CODE, LOINC } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { actor, concept, type Json, permit, r4, ref, SUBJECT } from './build.ts';

export const FORM = 'https://clinic.example/forms/psychotherapy-notes-v2';
export const SETTINGS: AuthorizationSettings = { custodians: ['Organization/clinic'], approvedForms: [FORM] };
export const RECIPIENT = 'Practitioner/dr-two';

/** The parts of a permit to Dr. Two for treatment, by the clinic, until the end of the year. */
export const TERMS = {
  purposes: ['TREAT'],
  labels: ['PSYTHPN'],
  actors: [actor('Organization/clinic', 'CST'), actor(RECIPIENT)],
  more: { period: { start: '2025-01-01', end: '2025-12-31' } },
};

export function authorization(root: Json = permit(TERMS), more: Json = {}): Resource {
  return r4(root, {
    id: 'auth',
    category: [concept(LOINC, '64292-6')],
    policyRule: concept('http://terminology.hl7.org/CodeSystem/consentpolicycodes', 'hipaa-auth'),
    policy: [{ uri: FORM }],
    sourceAttachment: { hash: 'paper-1', url: 'Binary/paper-1' },
    ...more,
  });
}

export function part2(root: Json, more: Json = {}): Resource {
  return authorization(root, { policyRule: concept(ACT_CODE, '42CFRPart2CD'), ...more });
}

export function signature(more: Json = {}, target = 'Consent/auth'): Resource {
  return {
    resourceType: 'Provenance',
    target: [ref(target)],
    signature: [
      {
        type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.7' }],
        when: '2025-01-02T10:00:00Z',
        who: ref(SUBJECT),
        data: 'L3MvIEFubg==',
        ...more,
      },
    ],
  };
}

export const SIGNED: readonly Resource[] = [signature()];
