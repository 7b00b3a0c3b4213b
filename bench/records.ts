/**
 * The record that the benchmark serves: laboratory results of about 2 KB with encounter, performer, narrative and components,
 * as servers hold them, and what else a gateway asks about their patient. Names say what is to happen: `p-100-tenth` has 100
 * results of which every tenth is a psychotherapy note by its label; in `p-20-all` one component of each is denied by a Consent.
 */
import type { Resource } from '../src/fhir/resource.ts';

export const OUTCOMES = ['none', 'tenth', 'all'] as const;
/** What is withheld: nothing, one entry in ten, or a part of each. */
export type Outcome = (typeof OUTCOMES)[number];

const HL7 = 'http://terminology.hl7.org/CodeSystem';
const ACT_CODE = `${HL7}/v3-ActCode`;
const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }], text: display });
const quantity = (value: number, unit: string) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
/** Of results: eight digits, which differ from answer to answer for a patient whose name says so. */
export const VERSION = 'v00000001';
const NARRATIVE = 'Measured on the automated analyser, result reviewed and found unremarkable by the laboratory. '.repeat(6);

/** @param outcome decides what is sensitive in it */
export function observation(patient: string, index: number, outcome: Outcome): Resource {
  const note = outcome === 'tenth' && index % 10 === 0;
  const extra = outcome === 'all' ? [{ code: coding('http://loinc.org', '44261-6', 'PHQ-9 total score'), valueInteger: 11 }] : [];
  return {
    resourceType: 'Observation',
    id: `${patient}-o${index}`,
    meta: {
      versionId: VERSION,
      lastUpdated: '2026-03-02T08:15:30.000Z',
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab'],
      ...(note ? { security: [{ system: ACT_CODE, code: 'PSYTHPN' }] } : {}),
    },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${NARRATIVE}</p></div>` },
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.3.1', value: `LAB-${String(index).padStart(8, '0')}` }],
    status: 'final',
    category: [coding(`${HL7}/observation-category`, 'laboratory', 'Laboratory')],
    code: coding('http://loinc.org', '24323-8', 'Comprehensive metabolic panel'),
    subject: { reference: `Patient/${patient}`, display: 'Example, Patient' },
    encounter: { reference: `Encounter/${patient}-e${index % 10}` },
    effectiveDateTime: '2026-03-02T07:40:00Z',
    issued: '2026-03-02T08:15:30.000Z',
    // Who made a note may read it.
    performer: [
      { reference: note ? 'Practitioner/d2' : 'Practitioner/d1', display: 'Example, Doctor' },
      { reference: 'Organization/lab1' },
    ],
    interpretation: [coding(`${HL7}/v3-ObservationInterpretation`, 'N', 'Normal')],
    component: [
      { code: coding('http://loinc.org', '2345-7', 'Glucose'), valueQuantity: quantity(91 + (index % 9), 'mg/dL') },
      { code: coding('http://loinc.org', '3094-0', 'Urea nitrogen'), valueQuantity: quantity(14, 'mg/dL') },
      { code: coding('http://loinc.org', '2160-0', 'Creatinine'), valueQuantity: quantity(0.9, 'mg/dL') },
      ...extra,
    ],
  };
}

export function encounter(id: string): Resource {
  return {
    resourceType: 'Encounter',
    id,
    meta: { versionId: '1', lastUpdated: '2026-03-02T09:00:00.000Z' },
    status: 'finished',
    class: { system: ACT_CODE, code: 'AMB', display: 'ambulatory' },
    type: [coding('http://snomed.info/sct', '185349003', 'Encounter for check up')],
    subject: { reference: `Patient/${id.replace(/-e\d+$/, '')}` },
    participant: [{ individual: { reference: 'Practitioner/d1' } }],
    period: { start: '2026-03-02T07:30:00Z', end: '2026-03-02T07:55:00Z' },
    serviceProvider: { reference: 'Organization/o1' },
  };
}

export function patient(id: string): Resource {
  return {
    resourceType: 'Patient',
    id,
    meta: { versionId: '1', lastUpdated: '2026-01-05T12:00:00.000Z' },
    name: [{ family: 'Example', given: ['Patient'] }],
    gender: 'female',
    birthDate: '1984-05-06',
  };
}

/** A directive that permits, with one exception where parts are to be denied. */
export function consent(subject: string, number: number, denied: boolean): Resource {
  return {
    resourceType: 'Consent',
    id: `${subject}-c${number}`,
    meta: { versionId: '1', lastUpdated: '2026-01-06T12:00:00.000Z' },
    status: 'active',
    scope: coding(`${HL7}/consentscope`, 'patient-privacy', 'Privacy Consent'),
    category: [coding('http://loinc.org', '57016-8', 'Privacy policy acknowledgment')],
    patient: { reference: `Patient/${subject}` },
    dateTime: '2026-01-06T12:00:00Z',
    performer: [{ reference: `Patient/${subject}` }],
    organization: [{ reference: 'Organization/o1' }],
    policy: [{ uri: 'http://example.org/privacy-policy' }],
    provision: {
      type: 'permit',
      period: { start: '2026-01-01', end: '2036-01-01' },
      ...(denied ? { provision: [{ type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'MH' }] }] } : {}),
    },
  };
}

export function plain(type: string, id: string): Resource {
  return { resourceType: type, id, meta: { versionId: '1', lastUpdated: '2026-01-01T00:00:00.000Z' } };
}

export function searchset(base: string, query: string, resources: readonly Resource[]): Resource {
  return {
    resourceType: 'Bundle',
    id: 'b0000001',
    type: 'searchset',
    total: resources.length,
    link: [{ relation: 'self', url: `${base}/${query}` }],
    entry: resources.map((resource) => ({
      fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
      resource,
      search: { mode: 'match' },
    })),
  };
}

/** What a name says: `p-100-tenth`, `p-1000-none-fresh`. @returns `undefined` for names that say nothing */
export function shapeOf(name: string): { readonly entries: number; readonly outcome: Outcome; readonly fresh: boolean } | undefined {
  const [, entries, outcome, fresh] = /^p-(\d+)-(none|tenth|all)(-fresh)?$/.exec(name) ?? [];
  return entries === undefined ? undefined : { entries: Number(entries), outcome: outcome as Outcome, fresh: fresh !== undefined };
}
