/**
 * What Dr. Okafor keeps apart from Maria's record (45 CFR 164.501, 164.508(a)(2)): two psychotherapy notes with a
 * declared label; one counseling note that she filed into the general record without one (a candidate, design.md 4.1
 * point 5); the authorization that opens the notes to Maria's psychiatrist, and to nobody else.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Calendar } from './calendar.ts';
import { NOTE, PSYTHPN, RESTRICTED } from './code-words.ts';
import { ORG, WHO } from './directory.ts';
import { note } from './note.ts';
import { APPROVED_FORMS, authorization } from './signed-consent.ts';

const MARIA = 'Patient/maria';

export function mariaNotes(calendar: Calendar): FhirResource[] {
  const kept = { subject: MARIA, author: WHO.okafor, custodian: ORG.behavioral, security: [PSYTHPN, RESTRICTED] };
  return [
    ...note({
      ...kept,
      id: 'maria-therapy-note-11',
      type: NOTE.individualCounseling,
      title: 'Psychotherapy note, session 11',
      written: calendar.at(21, '17:10'),
      binarySecurity: [PSYTHPN, RESTRICTED],
      text: 'Maria spoke for the first time of the affair with a colleague, the year before Sofia died. Says she "paid for it with Sofia". I notice how she looks at the door when guilt comes up; my own urge to reassure her. Daniel must not learn of it from us.',
    }),
    ...note({
      ...kept,
      id: 'maria-therapy-note-12',
      type: NOTE.individualCounseling,
      title: 'Psychotherapy note, session 12',
      written: calendar.at(14, '17:20'),
      text: 'Dream of the empty house again. She is angry with Sofia for dying, and ashamed of being angry. Hypothesis: the guilt about the affair carries the grief. Countertransference: protective, as with my own sister.',
    }),
    ...note({
      id: 'maria-counseling-misfiled',
      subject: MARIA,
      type: NOTE.psychologyCounseling,
      title: 'Psychology counseling note, session 9',
      author: WHO.okafor,
      custodian: ORG.behavioral,
      written: calendar.at(35, '17:15'),
      text: 'Maria wept through most of the hour. Talked about the last phone call with Sofia that she did not answer, and what she would say to her now.',
    }),
    ...authorization({
      id: 'maria-authorization-lindqvist',
      kind: 'psychotherapy-notes',
      patient: MARIA,
      signedAs: 'Maria Luisa Alvarez',
      status: 'active',
      signed: calendar.at(60, '16:55'),
      expires: calendar.date(-305),
      from: ORG.behavioral,
      to: 'Practitioner/lindqvist',
      purposes: ['TREAT'],
      labels: [PSYTHPN],
      form: APPROVED_FORMS.psychotherapyNotes,
      words:
        'I, Maria Luisa Alvarez, authorize Lakeside Behavioral Health to disclose the psychotherapy notes of Dr. Adaeze Okafor about me to Dr. Erik Lindqvist, psychiatrist, for my treatment. This authorization expires one year after my signature. I may revoke it in writing at any time, except as far as it has been relied on. My treatment, payment, enrollment and eligibility do not depend on it. What is disclosed may be redisclosed and then no longer be protected by federal privacy rules.',
    }),
  ];
}
