/**
 * Three shorter stories. Lily Chen, 16: her mother sees her asthma, not the service that she consented to herself
 * (164.502(g)(3)). Robert Hayes: HIV, and a directive that keeps it from payment and research. Aisha Rahman: screened
 * for violence at home, and a directive that shuts out one physician who knows her husband (164.522(a)).
 */
import type { FhirResource, Patient } from 'fhir/r4.js';
import { narrative, note, observation, prescription, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, icd, label, loinc, NOTE, rxnorm, snomed, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { directive, purpose, recipient } from './signed-consent.ts';

export function others(calendar: Calendar): FhirResource[] {
  return [...lily(calendar), ...robert(calendar), ...aisha(calendar)];
}

function patient(id: string, given: string, family: string, gender: Patient['gender'], birthDate: string, mrn: string): Patient {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://privity.example/mrn', value: mrn }],
    active: true,
    name: [{ use: 'official', family, given: [given] }],
    ...(gender === undefined ? {} : { gender }),
    birthDate,
    generalPractitioner: [WHO.bennett],
    managingOrganization: ref(ORG.lakeside),
  };
}

function lily(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/lily';
  /** The minor consented to this service alone, as state law lets her: the source marks it as adolescent information. */
  const security = [label('ADOL')];
  const encounter = 'Encounter/lily-confidential-visit';
  return [
    patient('lily', 'Lily', 'Chen', 'female', calendar.bornYearsAgo(16), 'LH-102144'),
    {
      resourceType: 'RelatedPerson',
      id: 'grace-mother-of-lily',
      active: true,
      patient: ref(subject),
      relationship: [concept(coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'MTH', 'mother'))],
      name: [{ family: 'Chen', given: ['Grace'] }],
    },
    problem({
      id: 'lily-asthma',
      subject,
      code: [icd('J45.30', 'Mild persistent asthma, uncomplicated')],
      since: calendar.date(2200),
      recorder: WHO.bennett,
      told: 'Mild persistent asthma since childhood.',
    }),
    prescription({
      id: 'lily-albuterol',
      subject,
      drug: [rxnorm('435', 'albuterol')],
      sig: 'Two puffs when short of breath',
      written: calendar.date(90),
      prescriber: WHO.bennett,
    }),
    {
      resourceType: 'Immunization',
      id: 'lily-tdap',
      status: 'completed',
      vaccineCode: concept(coding('http://hl7.org/fhir/sid/cvx', '115', 'Tdap')),
      patient: ref(subject),
      occurrenceDateTime: calendar.date(500),
      performer: [{ actor: WHO.bennett }],
    },
    visit({
      id: 'lily-confidential-visit',
      subject,
      start: calendar.at(20, '15:30'),
      end: calendar.at(20, '16:00'),
      clinician: WHO.bennett,
      provider: ORG.family,
      security,
      type: worded('Office visit, minor consented'),
      reasons: [concept(icd('Z30.09', 'Encounter for other general counseling and advice on contraception'))],
    }),
    observation({
      id: 'lily-phq9-teen',
      subject,
      kind: 'survey',
      security,
      encounter,
      when: calendar.at(20, '15:35'),
      performer: [WHO.bennett],
      code: concept(loinc('89204-2', 'Patient Health Questionnaire-9: Modified for Teens total score [Reported.PHQ.Teen]')),
      value: { value: 11, unit: '{score}', code: '{score}' },
    }),
    ...note({
      id: 'lily-confidential-note',
      subject,
      type: NOTE.progress,
      title: 'Confidential adolescent visit',
      author: WHO.bennett,
      custodian: ORG.family,
      encounter,
      written: calendar.at(20, '16:10'),
      security,
      binarySecurity: security,
      text: 'Lily came alone. Has a boyfriend, asks for the pill, afraid that her mother finds out. Cuts on the left forearm, healed; says she stopped in spring. No plan, no intent. Referred to Dr. Okafor.',
    }),
  ];
}

function robert(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/robert';
  const hiv = [icd('B20', 'Human immunodeficiency virus [HIV] disease'), snomed('86406008', 'Human immunodeficiency virus infection')];
  const security = [label('HIV')];
  return [
    patient('robert', 'Robert', 'Hayes', 'male', calendar.bornYearsAgo(58), 'LH-103355'),
    problem({
      id: 'robert-hiv',
      subject,
      code: hiv,
      since: calendar.date(3600),
      recorder: WHO.bennett,
      security,
      told: 'HIV infection, undetectable on treatment for nine years.',
    }),
    problem({
      id: 'robert-knee',
      subject,
      code: [icd('M17.11', 'Unilateral primary osteoarthritis, right knee')],
      since: calendar.date(800),
      recorder: WHO.bennett,
      told: 'Osteoarthritis of the right knee.',
    }),
    observation({
      id: 'robert-viral-load',
      subject,
      kind: 'laboratory',
      when: calendar.at(45, '08:00'),
      performer: [ref(ORG.laboratory)],
      code: concept(loinc('20447-9', 'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection')),
      value: { value: 20, unit: 'copies/mL', code: '{copies}/mL' },
    }),
    prescription({
      id: 'robert-dolutegravir',
      subject,
      drug: [rxnorm('1433868', 'dolutegravir')],
      sig: '50 mg once a day',
      written: calendar.date(300),
      prescriber: WHO.bennett,
      reason: concept(...hiv),
      security,
    }),
    directive({
      id: 'robert-directive',
      patient: subject,
      custodian: ORG.lakeside,
      given: calendar.at(250, '09:00'),
      words:
        'Mr. Hayes asks that nothing about his HIV infection be used or disclosed for payment or for research. Lakeside Health agreed.',
      provision: {
        type: 'permit',
        provision: [{ type: 'deny', purpose: [purpose('HPAYMT'), purpose('HRESCH')], securityLabel: [label('HIV')] }],
      },
    }),
  ];
}

function aisha(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/aisha';
  const security = [label('SDV')];
  const encounter = 'Encounter/aisha-visit';
  return [
    patient('aisha', 'Aisha', 'Rahman', 'female', calendar.bornYearsAgo(29), 'LH-104410'),
    visit({
      id: 'aisha-visit',
      subject,
      start: calendar.at(25, '11:00'),
      end: calendar.at(25, '11:40'),
      clinician: WHO.osei,
      provider: ORG.hospital,
      type: worded('Office visit'),
      reasons: [concept(icd('T74.11XA', 'Adult physical abuse, confirmed, initial encounter'))],
      security,
    }),
    {
      ...observation({
        id: 'aisha-hark',
        subject,
        kind: 'survey',
        code: concept(loinc('76499-3', 'Humiliation, Afraid, Rape, and Kick questionnaire [HARK]')),
        when: calendar.at(25, '11:10'),
        performer: [WHO.osei],
        encounter,
        security,
      }),
      text: narrative('Screen positive: afraid of her husband, kicked twice this year. Safe to go home today: no; stays with a friend.'),
      valueString: 'Positive, 3 of 4',
    },
    problem({
      id: 'aisha-asthma',
      subject,
      code: [icd('J45.20', 'Mild intermittent asthma, uncomplicated')],
      since: calendar.date(1800),
      recorder: WHO.osei,
      told: 'Mild intermittent asthma.',
    }),
    prescription({
      id: 'aisha-sertraline',
      subject,
      drug: [rxnorm('36437', 'sertraline')],
      sig: '50 mg every morning',
      written: calendar.date(25),
      prescriber: WHO.osei,
      reason: concept(icd('F43.12', 'Post-traumatic stress disorder, chronic')),
    }),
    directive({
      id: 'aisha-directive',
      patient: subject,
      custodian: ORG.lakeside,
      given: calendar.at(24, '09:00'),
      words:
        'Ms. Rahman asks that Dr. Claire Bennett, a friend of her husband’s family, see nothing of her record. Lakeside Health agreed.',
      provision: { type: 'permit', provision: [{ type: 'deny', actor: [recipient('Practitioner/bennett')] }] },
    }),
  ];
}
