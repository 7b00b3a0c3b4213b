/** Consents as administrators upload them: whole ones, from which a case takes something away or to which it adds. */
import { PSYTHPN } from '../../src/demo/patients/code-words.ts';
import { ORG } from '../../src/demo/patients/directory.ts';
import { APPROVED_FORMS, type AuthorizationStory, authorization, directive, recipient } from '../../src/demo/patients/signed-consent.ts';
import { ACT_REASON } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';

export type Json = Record<string, unknown>;

/** One for all, so that the same words make the same Consent. */
const NOW = Date.now();

/** Days from now; negative = ago. */
export function day(days: number): string {
  return new Date(NOW + days * 86_400_000).toISOString();
}

/** Elena opens the notes of her therapist to Dr. Lindqvist: the Consent and its signature. */
export function signed(id: string, more: Partial<AuthorizationStory> = {}): [Resource, Resource] {
  const [consent, signature] = authorization({
    id,
    kind: 'psychotherapy-notes',
    patient: 'Patient/elena',
    signedAs: 'Elena Petrova',
    status: 'active',
    signed: day(-1),
    expires: day(364).slice(0, 10),
    from: ORG.behavioral,
    to: 'Practitioner/lindqvist',
    purposes: ['TREAT'],
    labels: [PSYTHPN],
    form: APPROVED_FORMS.psychotherapyNotes,
    words: `I, Elena Petrova, authorize … (${id})`,
    ...more,
  });
  const { id: _, ...provenance } = signature;
  return [consent as Resource, provenance as Resource];
}

/** Elena shuts out Dr. Bennett. */
export function restriction(id: string, provision: Json = {}, more: Json = {}): Resource {
  const made = directive({
    id,
    patient: 'Patient/elena',
    custodian: ORG.family,
    given: day(-1),
    words: `I ask you … (${id})`,
    provision: { type: 'deny', actor: [recipient('Practitioner/bennett')], ...provision },
  });
  return { ...(made as Resource), ...more };
}

/** The same in R5. */
export function restrictionR5(id: string, more: Json = {}): Resource {
  return {
    resourceType: 'Consent',
    id,
    identifier: [{ system: 'urn:test:r5', value: id }],
    status: 'active',
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    subject: { reference: 'Patient/elena' },
    date: day(-1).slice(0, 10),
    grantor: [{ reference: 'Patient/elena' }],
    controller: [{ reference: ORG.family }],
    regulatoryBasis: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-restrictions' }] }],
    decision: 'permit',
    provision: [
      {
        actor: [recipient('Practitioner/bennett')],
        purpose: [{ system: ACT_REASON, code: 'TREAT' }],
        resourceType: [{ system: 'http://hl7.org/fhir/fhir-types', code: 'Condition' }],
      },
    ],
    ...more,
  };
}

export function bundle(resources: readonly unknown[], more: Json = {}): Resource {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })), ...more };
}

/** With something changed deep inside: `at(consent, 'provision.period', …)`; `undefined` takes it away. */
export function at(resource: Resource, path: string, value: unknown): Resource {
  const copy = structuredClone(resource) as Json;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const inside = steps.reduce<Json>((node, step) => node[step] as Json, copy);
  if (value === undefined) delete inside[last];
  else inside[last] = value;
  return copy as unknown as Resource;
}
