/**
 * Lily Chen, 16: her mother sees her asthma and her vaccination, not the visit that Lily consented to herself, as state
 * law lets her (45 CFR 164.502(g)(3)(i)). The source marks that visit as adolescent information.
 */
import type { FhirResource } from 'fhir/r4.js';
import { observation, patient, prescription, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, icd, label, loinc, NOTE, rxnorm, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';

export function lily(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/lily';
  /** The minor consented to this service alone, as state law lets her: the source marks it as adolescent information. */
  const security = [label('ADOL')];
  const encounter = 'Encounter/lily-confidential-visit';
  return [
    patient({ id: 'lily', given: ['Lily'], family: 'Chen', gender: 'female', born: calendar.bornYearsAgo(16), mrn: 'LH-102144' }),
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
