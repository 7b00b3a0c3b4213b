/**
 * One visit of Maria Alvarez in family practice, two illnesses: diabetes and depression in the same Encounter,
 * Observation, Composition and Claim. Whoever may see one and not the other gets them with the rest cut out.
 */
import type { FhirResource } from 'fhir/r4.js';
import { narrative, observation, quantity, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, cpt, loinc, NOTE, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { DEPRESSION, DIABETES } from './maria.ts';

const MARIA = 'Patient/maria';

export function mixedVisit(calendar: Calendar): FhirResource[] {
  const when = calendar.at(30, '10:15');
  const part = (code: ReturnType<typeof loinc>, value: number, unit: string, ucum: string) => ({
    code: concept(code),
    valueQuantity: quantity(value, unit, ucum),
  });
  return [
    visit({
      id: 'mixed-visit',
      subject: MARIA,
      start: calendar.at(30, '10:00'),
      end: calendar.at(30, '10:35'),
      clinician: WHO.bennett,
      provider: ORG.family,
      type: concept(cpt('99214')),
      reasons: [concept(...DIABETES), concept(...DEPRESSION)],
    }),
    {
      ...observation({
        id: 'mixed-visit-checks',
        subject: MARIA,
        kind: 'exam',
        code: worded('Chronic care visit: checks'),
        when,
        performer: [WHO.bennett],
      }),
      text: narrative('Weight 78 kg, blood glucose 148 mg/dL. PHQ-2 score 4: feels down most days since her sister died.'),
      component: [
        part(loinc('29463-7', 'Body weight'), 78, 'kg', 'kg'),
        part(loinc('2339-0', 'Glucose [Mass/volume] in Blood'), 148, 'mg/dL', 'mg/dL'),
        part(loinc('55758-7', 'Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]'), 4, '{score}', '{score}'),
      ],
    },
    {
      resourceType: 'Composition',
      id: 'mixed-visit-summary',
      status: 'final',
      type: concept(NOTE.progress),
      subject: ref(MARIA),
      encounter: ref('Encounter/mixed-visit'),
      date: when,
      author: [WHO.bennett],
      custodian: ref(ORG.family),
      title: 'Chronic care visit',
      section: [
        {
          title: 'Diabetes',
          code: concept(DIABETES[0] as (typeof DIABETES)[0]),
          text: narrative('HbA1c 7.1 %, feet intact. Metformin continued.'),
          entry: [ref('Condition/maria-diabetes'), ref('Observation/maria-hba1c')],
        },
        {
          title: 'Mood',
          code: concept(DEPRESSION[0] as (typeof DEPRESSION)[0]),
          text: narrative(
            'Grief after the death of her sister, sleeps four hours, denies suicidal thoughts. Sertraline continued; sees Dr. Okafor weekly.',
          ),
          entry: [ref('Condition/maria-depression'), ref('MedicationRequest/maria-sertraline')],
        },
      ],
    },
    {
      resourceType: 'Claim',
      id: 'mixed-visit-claim',
      status: 'active',
      type: concept(coding('http://terminology.hl7.org/CodeSystem/claim-type', 'professional', 'Professional')),
      use: 'claim',
      patient: ref(MARIA),
      created: calendar.date(28),
      insurer: ref(ORG.payer),
      provider: ref(ORG.family),
      priority: concept(coding('http://terminology.hl7.org/CodeSystem/processpriority', 'normal', 'Normal')),
      diagnosis: [
        { sequence: 1, diagnosisCodeableConcept: concept(...DIABETES) },
        { sequence: 2, diagnosisCodeableConcept: concept(...DEPRESSION) },
      ],
      insurance: [{ sequence: 1, focal: true, coverage: ref('Coverage/maria-coverage') }],
      item: [
        {
          sequence: 1,
          diagnosisSequence: [1, 2],
          productOrService: concept(cpt('99214')),
          servicedDate: calendar.date(30),
          encounter: [ref('Encounter/mixed-visit')],
        },
      ],
    },
  ];
}
