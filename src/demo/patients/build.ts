/**
 * Builders for the demo stories: the parts of an R4 resource that every resource of its kind has, so that a story
 * reads as a story. Everything is typed by `@types/fhir`; what a builder does not set, the story adds.
 */
import { createHash } from 'node:crypto';
import type {
  Attachment,
  CodeableConcept,
  Coding,
  Condition,
  Encounter,
  MedicationRequest,
  Narrative,
  Observation,
  Patient,
  Reference,
} from 'fhir/r4.js';
import { AMBULATORY, coding, concept } from './code-words.ts';

const HL7 = 'http://terminology.hl7.org/CodeSystem';

export function ref(reference: string, display?: string): Reference {
  return display === undefined ? { reference } : { reference, display };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function narrative(...paragraphs: string[]): Narrative {
  const escaped = paragraphs.map((text) => `<p>${text.replace(/[&<>"]/g, (char) => ENTITIES[char] as string)}</p>`);
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${escaped.join('')}</div>` };
}

/** Text as an Attachment that carries its data and the SHA-1 that FHIR R4 asks for. */
export function textAttachment(title: string, text: string, creation: string): Attachment {
  const bytes = Buffer.from(text, 'utf8');
  return {
    contentType: 'text/plain; charset=utf-8',
    language: 'en-US',
    title,
    creation,
    size: bytes.length,
    hash: createHash('sha1').update(bytes).digest('base64'),
    data: bytes.toString('base64'),
  };
}

export interface ConditionStory {
  readonly id: string;
  readonly subject: string;
  readonly code: readonly Coding[];
  readonly since: string;
  readonly recorder: Reference;
  readonly told: string;
  readonly encounter?: string;
  readonly security?: readonly Coding[];
}

/** An active, confirmed problem with a narrative that says it in words. */
export function problem(story: ConditionStory): Condition {
  return {
    resourceType: 'Condition',
    id: story.id,
    ...(story.security === undefined ? {} : { meta: { security: [...story.security] } }),
    text: narrative(story.told),
    clinicalStatus: concept(coding(`${HL7}/condition-clinical`, 'active', 'Active')),
    verificationStatus: concept(coding(`${HL7}/condition-ver-status`, 'confirmed', 'Confirmed')),
    category: [concept(coding(`${HL7}/condition-category`, 'problem-list-item', 'Problem List Item'))],
    code: concept(...story.code),
    subject: ref(story.subject),
    ...(story.encounter === undefined ? {} : { encounter: ref(story.encounter) }),
    onsetDateTime: story.since,
    recordedDate: story.since,
    recorder: story.recorder,
  };
}

export interface ObservationStory {
  readonly id: string;
  readonly subject: string;
  readonly kind: 'laboratory' | 'vital-signs' | 'survey' | 'exam';
  readonly code: CodeableConcept;
  readonly when: string;
  readonly performer: readonly Reference[];
  readonly value?: { readonly value: number; readonly unit: string; readonly code: string };
  readonly encounter?: string;
  readonly security?: readonly Coding[];
}

export function observation(story: ObservationStory): Observation {
  return {
    resourceType: 'Observation',
    id: story.id,
    ...(story.security === undefined ? {} : { meta: { security: [...story.security] } }),
    status: 'final',
    category: [concept(coding(`${HL7}/observation-category`, story.kind))],
    code: story.code,
    subject: ref(story.subject),
    ...(story.encounter === undefined ? {} : { encounter: ref(story.encounter) }),
    effectiveDateTime: story.when,
    performer: [...story.performer],
    ...(story.value === undefined ? {} : { valueQuantity: quantity(story.value.value, story.value.unit, story.value.code) }),
  };
}

export function quantity(value: number, unit: string, code: string) {
  return { value, unit, system: 'http://unitsofmeasure.org', code };
}

export interface EncounterStory {
  readonly id: string;
  readonly subject: string;
  readonly start: string;
  readonly end: string;
  readonly type: CodeableConcept;
  readonly reasons: readonly CodeableConcept[];
  readonly clinician: Reference;
  readonly provider: string;
  readonly class?: Coding;
  readonly security?: readonly Coding[];
}

export function visit(story: EncounterStory): Encounter {
  return {
    resourceType: 'Encounter',
    id: story.id,
    ...(story.security === undefined ? {} : { meta: { security: [...story.security] } }),
    status: 'finished',
    class: story.class ?? AMBULATORY,
    type: [story.type],
    subject: ref(story.subject),
    participant: [{ individual: story.clinician }],
    period: { start: story.start, end: story.end },
    ...(story.reasons.length === 0 ? {} : { reasonCode: [...story.reasons] }),
    serviceProvider: ref(story.provider),
  };
}

export interface PrescriptionStory {
  readonly id: string;
  readonly subject: string;
  readonly drug: readonly Coding[];
  readonly sig: string;
  readonly written: string;
  readonly prescriber: Reference;
  readonly reason?: CodeableConcept;
  readonly dispenser?: string;
  readonly encounter?: string;
  readonly security?: readonly Coding[];
}

export function prescription(story: PrescriptionStory): MedicationRequest {
  return {
    resourceType: 'MedicationRequest',
    id: story.id,
    ...(story.security === undefined ? {} : { meta: { security: [...story.security] } }),
    text: narrative(
      `${story.drug[0]?.display ?? 'Medication'}: ${story.sig}${story.reason?.text === undefined ? '' : ` (${story.reason.text})`}`,
    ),
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: concept(...story.drug),
    subject: ref(story.subject),
    ...(story.encounter === undefined ? {} : { encounter: ref(story.encounter) }),
    authoredOn: story.written,
    requester: story.prescriber,
    ...(story.dispenser === undefined ? {} : { performer: ref(story.dispenser) }),
    ...(story.reason === undefined ? {} : { reasonCode: [story.reason] }),
    dosageInstruction: [{ text: story.sig }],
  };
}

export interface PatientStory {
  readonly id: string;
  readonly given: readonly string[];
  readonly family: string;
  readonly gender: 'female' | 'male';
  readonly born: string;
  readonly mrn: string;
}

/** A patient of Lakeside Health. */
export function patient(story: PatientStory): Patient {
  return {
    resourceType: 'Patient',
    id: story.id,
    identifier: [{ system: 'https://privity.example/mrn', value: story.mrn }],
    active: true,
    name: [{ use: 'official', family: story.family, given: [...story.given] }],
    gender: story.gender,
    birthDate: story.born,
    managingOrganization: ref('Organization/lakeside-health'),
  };
}
