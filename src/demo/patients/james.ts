/**
 * James Carter, 35, opioid use disorder, in treatment at a federally assisted opioid treatment program (42 CFR 2.11):
 * its records are under Part 2 wherever they go. He signed one consent for treatment, payment and operations (2.31)
 * to Lakeside Family Practice; a psychiatrist or an emergency department has none. His ankle is nobody's secret.
 */
import type { FhirResource } from 'fhir/r4.js';
import { observation, patient, prescription, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, icd, label, loinc, NOTE, PART2, PSYTHPN, RESTRICTED, rxnorm, snomed, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';
import { APPROVED_FORMS, authorization } from './signed-consent.ts';

const JAMES = 'Patient/james';
const OPIOID_USE = [icd('F11.20', 'Opioid dependence, uncomplicated'), snomed('2403008', 'Psychoactive substance dependence')];
const HCPCS = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets';

export function james(calendar: Calendar): FhirResource[] {
  return [...elsewhere(calendar), ...program(calendar), ...consent(calendar)];
}

function elsewhere(calendar: Calendar): FhirResource[] {
  return [
    patient({ id: 'james', given: ['James'], family: 'Carter', gender: 'male', born: calendar.bornYearsAgo(35), mrn: 'LH-100977' }),
    problem({
      id: 'james-ankle',
      subject: JAMES,
      code: [icd('S93.401A', 'Sprain of unspecified ligament of right ankle, initial encounter')],
      since: calendar.date(12),
      recorder: WHO.osei,
      told: 'Sprained right ankle.',
    }),
    visit({
      id: 'james-emergency-visit',
      subject: JAMES,
      start: calendar.at(12, '21:40'),
      end: calendar.at(12, '23:05'),
      clinician: WHO.osei,
      provider: ORG.hospital,
      class: coding('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'EMER', 'emergency'),
      type: worded('Emergency visit'),
      reasons: [worded('Twisted ankle playing basketball')],
    }),
  ];
}

/** Everything that Riverbend Recovery holds; some of it says so by label, all of it by who holds it. */
function program(calendar: Calendar): FhirResource[] {
  const encounter = 'Encounter/james-riverbend-visit';
  return [
    {
      resourceType: 'EpisodeOfCare',
      id: 'james-riverbend-episode',
      meta: { security: [PART2] },
      status: 'active',
      type: [worded('Opioid treatment program')],
      patient: ref(JAMES),
      managingOrganization: ref(ORG.riverbend),
      period: { start: calendar.date(240) },
      careManager: WHO.ruiz,
    },
    visit({
      id: 'james-riverbend-visit',
      subject: JAMES,
      start: calendar.at(5, '07:30'),
      end: calendar.at(5, '08:20'),
      clinician: WHO.ruiz,
      provider: ORG.riverbend,
      type: concept(coding(HCPCS, 'H0020', 'Methadone administration')),
      reasons: [concept(...OPIOID_USE)],
    }),
    problem({
      id: 'james-opioid-use',
      subject: JAMES,
      code: OPIOID_USE,
      since: calendar.date(240),
      recorder: WHO.patel,
      encounter,
      security: [PART2, label('OPIOIDUD')],
      told: 'Opioid dependence; heroin by injection until eight months ago, on methadone since.',
    }),
    prescription({
      id: 'james-methadone',
      subject: JAMES,
      drug: [rxnorm('6813', 'methadone')],
      sig: '80 mg by mouth once a day, observed',
      written: calendar.date(90),
      prescriber: WHO.patel,
      dispenser: ORG.riverbend,
      reason: concept(...OPIOID_USE),
      encounter,
      security: [PART2],
    }),
    {
      ...observation({
        id: 'james-drug-screen',
        subject: JAMES,
        kind: 'laboratory',
        code: concept(loinc('3426-4', 'Tetrahydrocannabinol [Presence] in Urine')),
        when: calendar.at(5, '07:40'),
        performer: [ref(ORG.riverbend)],
        encounter,
        security: [PART2, label('SUD')],
      }),
      valueCodeableConcept: worded('Positive'),
    },
    observation({
      id: 'james-dast',
      subject: JAMES,
      kind: 'survey',
      code: concept(loinc('82667-7', 'Total score [DAST-10]')),
      when: calendar.at(235, '09:00'),
      performer: [WHO.ruiz, ref(ORG.riverbend)],
      encounter,
      value: { value: 8, unit: '{score}', code: '{score}' },
    }),
    ...note({
      id: 'james-riverbend-progress',
      subject: JAMES,
      type: NOTE.progress,
      title: 'Riverbend Recovery progress note',
      author: WHO.ruiz,
      custodian: ORG.riverbend,
      encounter,
      written: calendar.at(5, '08:30'),
      security: [PART2, RESTRICTED],
      text: 'Dose 80 mg observed, no sedation. Urine positive for THC, negative for opiates eleven weeks. Two take-home doses earned. Works nights at the warehouse; employer does not know.',
    }),
    ...note({
      id: 'james-counseling-note',
      subject: JAMES,
      type: NOTE.individualCounseling,
      title: 'SUD counseling note',
      author: WHO.ruiz,
      custodian: ORG.riverbend,
      written: calendar.at(5, '08:50'),
      security: [PSYTHPN, PART2, RESTRICTED],
      text: 'James told me about the night Marcus overdosed in his car and how he drove off. He has never said it aloud. Asked me whether God forgives cowards. Kept apart from the chart.',
    }),
  ];
}

function consent(calendar: Calendar): FhirResource[] {
  return authorization({
    id: 'james-tpo-consent',
    kind: 'part2-tpo',
    patient: JAMES,
    signedAs: 'James Carter',
    status: 'active',
    signed: calendar.at(100, '09:30'),
    expires: calendar.date(-265),
    from: ORG.riverbend,
    to: ORG.family,
    purposes: ['TREAT', 'HPAYMT', 'HOPERAT'],
    labels: [PART2, label('SUD'), label('OPIOIDUD'), label('MH')],
    form: APPROVED_FORMS.part2Tpo,
    words:
      'I, James Carter, consent to Riverbend Recovery disclosing my substance use disorder treatment records, with what they say about my mental health, except counseling notes, to Lakeside Family Practice for treatment, payment and health care operations. I may revoke this consent in writing at any time, except as far as it has been relied on. It expires one year after my signature. Records may be redisclosed as the HIPAA rules allow, but not used against me in civil, criminal, administrative or legislative proceedings.',
  });
}
