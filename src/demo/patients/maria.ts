/**
 * Maria Alvarez, 42, depression and type 2 diabetes. Her psychologist keeps psychotherapy notes apart (45 CFR 164.501);
 * everything else about her depression is general mental health. One visit in family practice is about both illnesses:
 * what a biller or her husband gets of it has to be cut out of the middle.
 */
import type { FhirResource } from 'fhir/r4.js';
import { narrative, observation, prescription, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, cpt, icd, loinc, NOTE, rxnorm, snomed, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';

const MARIA = 'Patient/maria';
export const DEPRESSION = [
  icd('F33.1', 'Major depressive disorder, recurrent, moderate'),
  snomed('370143000', 'Major depressive disorder'),
];
export const DIABETES = [icd('E11.9', 'Type 2 diabetes mellitus without complications'), snomed('44054006', 'Diabetes mellitus type 2')];

export function maria(calendar: Calendar): FhirResource[] {
  return [...person(calendar), ...familyPractice(calendar), ...therapy(calendar), ...coverage(calendar)];
}

function person(calendar: Calendar): FhirResource[] {
  return [
    {
      resourceType: 'Patient',
      id: 'maria',
      identifier: [{ system: 'https://privity.example/mrn', value: 'LH-100431' }],
      active: true,
      name: [{ use: 'official', family: 'Alvarez', given: ['Maria', 'Luisa'] }],
      telecom: [{ system: 'phone', value: '555-0142', use: 'mobile' }],
      gender: 'female',
      birthDate: calendar.bornYearsAgo(42),
      address: [{ line: ['18 Mill Lane'], city: 'Lakeside', state: 'OR', postalCode: '97000' }],
      communication: [{ language: { coding: [coding('urn:ietf:bcp:47', 'en-US')] }, preferred: true }],
      generalPractitioner: [WHO.bennett],
      managingOrganization: ref(ORG.lakeside),
    },
    {
      resourceType: 'CareTeam',
      id: 'maria-care-team',
      status: 'active',
      name: 'Maria Alvarez: behavioral health and primary care',
      subject: ref(MARIA),
      participant: [
        { role: [worded('Psychotherapist')], member: WHO.okafor },
        { role: [worded('Intern, supervised by Dr. Okafor')], member: WHO.kim },
        { role: [worded('Psychiatrist')], member: WHO.lindqvist },
        { role: [worded('Family physician')], member: WHO.bennett },
      ],
    },
  ];
}

function familyPractice(calendar: Calendar): FhirResource[] {
  const lab = (id: string, name: ReturnType<typeof loinc>, value: number, unit: string, code: string, days: number) =>
    observation({
      id,
      subject: MARIA,
      kind: 'laboratory',
      code: concept(name),
      when: calendar.at(days, '08:10'),
      performer: [ref(ORG.laboratory)],
      value: { value, unit, code },
    });
  return [
    problem({
      id: 'maria-diabetes',
      subject: MARIA,
      code: DIABETES,
      since: calendar.date(1900),
      recorder: WHO.bennett,
      told: 'Type 2 diabetes, on metformin, no complications.',
    }),
    problem({
      id: 'maria-hypertension',
      subject: MARIA,
      code: [icd('I10', 'Essential (primary) hypertension')],
      since: calendar.date(1500),
      recorder: WHO.bennett,
      told: 'Hypertension, controlled.',
    }),
    problem({
      id: 'maria-depression',
      subject: MARIA,
      code: DEPRESSION,
      since: calendar.date(900),
      recorder: WHO.okafor,
      told: 'Recurrent major depression, moderate episode after the loss of her sister; passive death wishes last winter, none now.',
    }),
    {
      resourceType: 'List',
      id: 'maria-problems',
      status: 'current',
      mode: 'snapshot',
      title: 'Problem list',
      code: concept(loinc('11450-4', 'Problem list - Reported')),
      subject: ref(MARIA),
      date: calendar.at(30, '10:00'),
      source: WHO.bennett,
      entry: [
        { item: ref('Condition/maria-diabetes', 'Type 2 diabetes') },
        { item: ref('Condition/maria-hypertension', 'Hypertension') },
        { item: ref('Condition/maria-depression', 'Major depression, recurrent, moderate') },
      ],
    },
    {
      resourceType: 'AllergyIntolerance',
      id: 'maria-penicillin',
      clinicalStatus: concept(coding('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active', 'Active')),
      code: concept(rxnorm('7980', 'penicillin G')),
      patient: ref(MARIA),
      recorder: WHO.bennett,
      reaction: [{ manifestation: [worded('Hives')] }],
    },
    prescription({
      id: 'maria-metformin',
      subject: MARIA,
      drug: [rxnorm('6809', 'metformin')],
      sig: '500 mg twice a day with meals',
      written: calendar.date(200),
      prescriber: WHO.bennett,
      reason: concept(...DIABETES),
    }),
    prescription({
      id: 'maria-sertraline',
      subject: MARIA,
      drug: [rxnorm('36437', 'sertraline')],
      sig: '100 mg every morning',
      written: calendar.date(120),
      prescriber: WHO.lindqvist,
      reason: concept(...DEPRESSION),
    }),
    lab('maria-hba1c', loinc('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood'), 7.1, '%', '%', 32),
    lab('maria-glucose', loinc('2339-0', 'Glucose [Mass/volume] in Blood'), 148, 'mg/dL', 'mg/dL', 32),
    lab('maria-creatinine', loinc('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma'), 0.8, 'mg/dL', 'mg/dL', 32),
    {
      resourceType: 'DiagnosticReport',
      id: 'maria-diabetes-panel',
      status: 'final',
      code: worded('Diabetes follow-up panel'),
      subject: ref(MARIA),
      effectiveDateTime: calendar.at(32, '08:10'),
      performer: [ref(ORG.laboratory)],
      result: [ref('Observation/maria-hba1c'), ref('Observation/maria-glucose'), ref('Observation/maria-creatinine')],
    },
  ];
}

/** What the psychologist writes into the record: general mental health, whoever wrote it. Her own notes: `maria-notes.ts`. */
function therapy(calendar: Calendar): FhirResource[] {
  const phq9 = loinc('44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]');
  return [
    visit({
      id: 'maria-session-12',
      subject: MARIA,
      start: calendar.at(14, '16:00'),
      end: calendar.at(14, '16:50'),
      clinician: WHO.okafor,
      provider: ORG.behavioral,
      type: concept(cpt('90834')),
      reasons: [concept(...DEPRESSION)],
    }),
    observation({
      id: 'maria-phq9',
      subject: MARIA,
      kind: 'survey',
      code: concept(phq9),
      when: calendar.at(14, '15:55'),
      performer: [WHO.okafor],
      encounter: 'Encounter/maria-session-12',
      value: { value: 14, unit: '{score}', code: '{score}' },
    }),
    {
      resourceType: 'CarePlan',
      id: 'maria-therapy-plan',
      text: narrative('Cognitive behavioral therapy, weekly, twenty sessions: behavioral activation, grief work, sleep.'),
      status: 'active',
      intent: 'plan',
      category: [concept(snomed('228557008', 'Cognitive and behavioral therapy'))],
      subject: ref(MARIA),
      period: { start: calendar.date(110) },
      author: WHO.okafor,
      addresses: [ref('Condition/maria-depression')],
    },
    ...note({
      id: 'maria-progress-12',
      subject: MARIA,
      type: NOTE.psychologyProgress,
      title: 'Psychology progress note, session 12',
      author: WHO.okafor,
      custodian: ORG.behavioral,
      encounter: 'Encounter/maria-session-12',
      written: calendar.at(14, '17:05'),
      text: 'Session 12, 50 min, CBT. Diagnosis: recurrent major depression, moderate. PHQ-9 14 (was 19). Symptoms: low mood, early waking. Plan: behavioral activation, sleep diary. Prognosis good. Sertraline 100 mg by Dr. Lindqvist.',
    }),
  ];
}

function coverage(calendar: Calendar): FhirResource[] {
  return [
    {
      resourceType: 'Coverage',
      id: 'maria-coverage',
      status: 'active',
      type: concept(coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'EHCPOL', 'extended healthcare')),
      subscriberId: 'MHP-55-2210',
      beneficiary: ref(MARIA),
      period: { start: calendar.date(700) },
      payor: [ref(ORG.payer)],
    },
  ];
}
