/**
 * A session of Maria and Daniel Alvarez together: one note, two subjects, and each of them decides for themselves
 * (design.md 4.2: every subject must permit). And what Daniel, her husband, told about her: reported by him, about her.
 */
import type { FhirResource } from 'fhir/r4.js';
import { observation, patient, problem, ref, visit } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, cpt, icd, NOTE, PSYTHPN, RESTRICTED, worded } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';

const BOTH = 'Group/alvarez-couple';

export function couple(calendar: Calendar): FhirResource[] {
  return [...daniel(calendar), ...session(calendar)];
}

function daniel(calendar: Calendar): FhirResource[] {
  return [
    patient({ id: 'daniel', given: ['Daniel'], family: 'Alvarez', gender: 'male', born: calendar.bornYearsAgo(45), mrn: 'LH-100432' }),
    {
      resourceType: 'RelatedPerson',
      id: 'daniel-spouse-of-maria',
      active: true,
      patient: ref('Patient/maria'),
      relationship: [concept(coding('http://terminology.hl7.org/CodeSystem/v3-RoleCode', 'SPS', 'spouse'))],
      name: [{ family: 'Alvarez', given: ['Daniel'] }],
    },
    problem({
      id: 'daniel-back-pain',
      subject: 'Patient/daniel',
      code: [icd('M54.50', 'Low back pain, unspecified')],
      since: calendar.date(400),
      recorder: WHO.bennett,
      told: 'Low back pain since a lifting injury.',
    }),
  ];
}

function session(calendar: Calendar): FhirResource[] {
  const booked = { required: 'required' as const, status: 'accepted' as const };
  return [
    {
      resourceType: 'Group',
      id: 'alvarez-couple',
      active: true,
      type: 'person',
      actual: true,
      name: 'Maria and Daniel Alvarez, couples therapy',
      quantity: 2,
      member: [{ entity: ref('Patient/maria') }, { entity: ref('Patient/daniel') }],
    },
    {
      resourceType: 'Appointment',
      id: 'couple-appointment',
      status: 'fulfilled',
      serviceType: [worded('Couples therapy')],
      description: 'First joint session: trust after the loss of Sofia',
      start: calendar.at(7, '18:00'),
      end: calendar.at(7, '18:50'),
      participant: [
        { actor: ref('Patient/maria'), ...booked },
        { actor: ref('Patient/daniel'), ...booked },
        { actor: WHO.okafor, ...booked },
      ],
    },
    {
      ...visit({
        id: 'couple-session',
        subject: BOTH,
        start: calendar.at(7, '18:00'),
        end: calendar.at(7, '18:50'),
        clinician: WHO.okafor,
        provider: ORG.behavioral,
        type: concept(cpt('90847')),
        reasons: [concept(icd('Z63.0', 'Problems in relationship with spouse or partner'))],
      }),
      appointment: [ref('Appointment/couple-appointment')],
    },
    ...note({
      id: 'couple-progress',
      subject: BOTH,
      type: NOTE.psychologyProgress,
      title: 'Psychology progress note, joint session 1',
      author: WHO.okafor,
      custodian: ORG.behavioral,
      encounter: 'Encounter/couple-session',
      written: calendar.at(7, '19:00'),
      text: 'Joint session, 50 min. Both report withdrawal since spring; Daniel drinks two beers most evenings, denies more. Plan: four joint sessions, communication exercises.',
    }),
    ...note({
      id: 'couple-therapy-note',
      subject: BOTH,
      type: NOTE.mentalHealthCounseling,
      title: 'Psychotherapy note, joint session 1',
      author: WHO.okafor,
      custodian: ORG.behavioral,
      written: calendar.at(7, '19:20'),
      security: [PSYTHPN, RESTRICTED],
      text: 'Daniel: "You left before she died." Silence of two minutes. Maria does not tell him about the colleague; both look at me. I hold the secret of the one in front of the other, and feel it.',
    }),
    {
      ...observation({
        id: 'maria-sleep-by-daniel',
        subject: 'Patient/maria',
        kind: 'survey',
        code: worded('Sleep, as reported by the spouse'),
        when: calendar.at(7, '18:30'),
        performer: [ref('RelatedPerson/daniel-spouse-of-maria')],
      }),
      valueString: 'Up at three most nights, walks around the house.',
    },
  ];
}
