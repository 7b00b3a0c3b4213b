/** A small record written by hand: two patients, the people who ask, and builders for what may be withheld from whom. */
import type { Resource } from '../../src/fhir/resource.ts';

export const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const LOINC = 'http://loinc.org';
export const NOTES = { security: [{ system: ACT, code: 'PSYTHPN' }] };
export const PART2 = { security: [{ system: ACT, code: '42CFRPart2' }] };
export const ANN = { reference: 'Patient/p1' };
export const BO = { reference: 'Patient/p2' };
/** Sits in what is withheld, and must appear nowhere. */
export const CANARY = 'CANARY';

/** Ids are those of the requesters in test/properties/requests.ts. */
export const STANDING: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p1', name: [{ family: 'One', given: ['Ann'] }], birthDate: '1980-01-01' },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Two', given: ['Bo'] }], birthDate: '1990-02-02' },
  { resourceType: 'Practitioner', id: 'okafor', name: [{ family: 'Okafor' }] },
  { resourceType: 'Practitioner', id: 'bennett', name: [{ family: 'Bennett' }] },
  { resourceType: 'Practitioner', id: 'moreau', name: [{ family: 'Moreau' }] },
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic' },
  { resourceType: 'RelatedPerson', id: 'spouse', active: true, patient: ANN },
];

export function concept(code: string, text?: string) {
  return { coding: [{ system: ICD, code }], ...(text === undefined ? {} : { text }) };
}

export function condition(id: string, code = 'E11.9', more: Partial<Resource> = {}): Resource {
  return {
    resourceType: 'Condition',
    id,
    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
    subject: ANN,
    code: concept(code),
    ...more,
  };
}

export function observation(id: string, more: Partial<Resource> = {}): Resource {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    subject: ANN,
    code: { coding: [{ system: LOINC, code: '29463-7' }] },
    effectiveDateTime: '2026-08-01',
    ...more,
  };
}

export function document(id: string, more: Partial<Resource> = {}): Resource {
  return {
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: ANN,
    content: [{ attachment: { contentType: 'text/plain', url: `Binary/${id}-text` } }],
    ...more,
  };
}

/** A psychotherapy note: withheld from everyone but who wrote it. */
export function note(id: string, more: Partial<Resource> = {}): Resource {
  return document(id, { meta: NOTES, author: [{ reference: 'Practitioner/okafor' }], description: CANARY, ...more });
}

export function binary(id: string, words: string, more: Partial<Resource> = {}): Resource {
  return { resourceType: 'Binary', id, contentType: 'text/plain', data: Buffer.from(words).toString('base64'), ...more };
}

/** A directive: its patient lets everybody see everything, but not these labels to this actor. */
export function refusal(id: string, label: string, patient = ANN, actor = 'Practitioner/bennett'): Resource {
  return {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: LOINC, code: '59284-0' }] }],
    patient,
    performer: [patient],
    dateTime: '2026-01-01',
    policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentpolicycodes', code: 'hipaa-restrictions' }] },
    provision: {
      type: 'permit',
      provision: [
        {
          type: 'deny',
          securityLabel: [{ system: ACT, code: label }],
          actor: [
            {
              role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
              reference: { reference: actor },
            },
          ],
        },
      ],
    },
  };
}
