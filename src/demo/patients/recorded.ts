/**
 * What entitled staff recorded beforehand (design.md 4.3, `/admin/attestations`): a wife's agreement, a waiver of an
 * IRB, a supervision. None of it is FHIR; the demo loads it into the gateway's own store.
 */
import type { RecordedAttestation } from '../../decide/decision.ts';
import type { Calendar } from './calendar.ts';

const PRIVACY_OFFICER = 'Practitioner/ferris';

export function recordedAttestations(calendar: Calendar): RecordedAttestation[] {
  return [
    {
      // 164.510(b): Maria agreed, when asked, that her husband is told what he needs to help her.
      id: 'maria-agreed-to-daniel',
      kind: 'MH-07',
      subject: 'Patient/maria',
      recipient: 'RelatedPerson/daniel-spouse-of-maria',
      recordedBy: PRIVACY_OFFICER,
      recordedAt: calendar.at(50, '10:00'),
      until: calendar.at(-315, '23:59'),
    },
    {
      // 164.512(i)(1)(i): waiver of authorization by the IRB of Northfield University for its depression study.
      id: 'maria-irb-waiver',
      kind: 'MH-17',
      subject: 'Patient/maria',
      recipient: 'Organization/northfield-university',
      recordedBy: PRIVACY_OFFICER,
      recordedAt: calendar.at(40, '10:00'),
      until: calendar.at(-325, '23:59'),
    },
    {
      id: 'robert-irb-waiver',
      kind: 'MH-17',
      subject: 'Patient/robert',
      recipient: 'Organization/northfield-university',
      recordedBy: PRIVACY_OFFICER,
      recordedAt: calendar.at(40, '10:00'),
      until: calendar.at(-325, '23:59'),
    },
    {
      // 164.508(a)(2)(i)(B): an intern of the covered entity's own program, under supervision of the originator.
      id: 'maria-intern-supervised',
      kind: 'supervised-own-program',
      subject: 'Patient/maria',
      recipient: 'Practitioner/kim',
      recordedBy: 'Practitioner/okafor',
      recordedAt: calendar.at(80, '10:00'),
      until: calendar.at(-100, '23:59'),
    },
  ];
}
