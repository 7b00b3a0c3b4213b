/**
 * Robert Hayes, 58: HIV infection, and a directive that keeps it from payment and research (45 CFR 164.522(a)). The
 * study's waiver reaches his knee, not his infection.
 */
import type { FhirResource } from 'fhir/r4.js';
import { observation, patient, prescription, problem, ref } from './build.ts';
import type { Calendar } from './calendar.ts';
import { concept, icd, label, loinc, rxnorm, snomed } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { directive, purpose } from './signed-consent.ts';

export function robert(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/robert';
  const hiv = [icd('B20', 'Human immunodeficiency virus [HIV] disease'), snomed('86406008', 'Human immunodeficiency virus infection')];
  const security = [label('HIV')];
  return [
    patient({ id: 'robert', given: ['Robert'], family: 'Hayes', gender: 'male', born: calendar.bornYearsAgo(58), mrn: 'LH-103355' }),
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
