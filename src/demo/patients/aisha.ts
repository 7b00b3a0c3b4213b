/**
 * Aisha Rahman, 29: screened for violence at home in the emergency department, and a directive that shuts out one
 * physician who knows her husband (45 CFR 164.522(a)(1)(iii)).
 */
import type { FhirResource } from 'fhir/r4.js';
import { narrative, observation, patient, prescription, problem, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { concept, icd, label, loinc, rxnorm, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { directive, recipient } from './signed-consent.ts';

export function aisha(calendar: Calendar): FhirResource[] {
  const subject = 'Patient/aisha';
  const security = [label('SDV')];
  const encounter = 'Encounter/aisha-visit';
  return [
    patient({ id: 'aisha', given: ['Aisha'], family: 'Rahman', gender: 'female', born: calendar.bornYearsAgo(29), mrn: 'LH-104410' }),
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
