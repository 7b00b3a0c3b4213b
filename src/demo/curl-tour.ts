/**
 * The tour of the demo: ready requests, grouped so that the same question is asked by different people, each with one
 * sentence on what is different and the law that makes it so.
 */
export interface TourStop {
  readonly title: string;
  /** Id of a persona. */
  readonly persona: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: string;
}

const NOTES = '/fhir/DocumentReference?patient=maria';
const VISIT = '/fhir/Encounter/mixed-visit';
const METHADONE = '/fhir/MedicationRequest/james-methadone';

export const curlTour: readonly TourStop[] = [
  {
    title: "Maria's notes, asked for by her therapist",
    persona: 'therapist',
    path: NOTES,
    expect: 'All four: the originator uses her own psychotherapy notes for treatment (45 CFR 164.508(a)(2)(i)(A)).',
  },
  {
    title: '… by her psychiatrist',
    persona: 'psychiatrist',
    path: NOTES,
    expect: 'All four: Maria signed an authorization for exactly these notes and exactly this doctor (164.508(b)(3)(ii)).',
  },
  {
    title: '… by her family physician',
    persona: 'family-physician',
    path: NOTES,
    expect: 'Two: the progress note and the counseling note nobody labelled; the psychotherapy notes do not seem to exist (164.508(a)(2)).',
  },
  {
    title: '… by Maria herself',
    persona: 'patient',
    path: NOTES,
    expect: 'The record, and a written word that something is withheld: no right of access to psychotherapy notes (164.524(a)(1)(i), (d)).',
  },
  {
    title: '… by billing',
    persona: 'billing',
    path: NOTES,
    expect: 'No note at all: payment needs codes and dates, not narrative (minimum necessary, 164.502(b), 164.514(d)).',
  },
  {
    title: 'The psychiatrist again, with another patient',
    persona: 'psychiatrist',
    path: '/fhir/DocumentReference?patient=elena',
    expect: 'Nothing: one authorization ran out, the other was revoked (164.508(b)(2)(i), (b)(5)).',
  },
  {
    title: 'A visit for diabetes and depression, asked for by the family physician',
    persona: 'family-physician',
    path: VISIT,
    expect: 'Both reasons: general mental health flows for treatment (164.506(c)(2)).',
  },
  {
    title: '… by billing',
    persona: 'billing',
    path: VISIT,
    expect: 'When, where, what kind of visit; no reason for it: a bill takes those from the claim (164.506(c)(1), 164.514(d)).',
  },
  {
    title: '… by her husband',
    persona: 'spouse',
    path: VISIT,
    expect: 'That she was there and when: what helps him to help her, because she agreed (164.510(b)).',
  },
  {
    title: 'The claim for that visit, asked for by her health plan',
    persona: 'payer',
    path: '/fhir/Claim/mixed-visit-claim',
    expect: 'Both diagnoses as codes: payment is a use of its own, without authorization (164.506(c)(1)).',
  },
  {
    title: "James's methadone, asked for by his program",
    persona: 'part2-counselor',
    path: METHADONE,
    expect: 'Given: inside the program (42 CFR 2.12(c)(3)).',
  },
  {
    title: '… by his family physician',
    persona: 'family-physician',
    path: METHADONE,
    expect: 'Given, with the notice that prohibits redisclosure: his consent names this practice (42 CFR 2.31, 2.32).',
  },
  {
    title: '… by a psychiatrist',
    persona: 'psychiatrist',
    path: METHADONE,
    expect: 'Not found: no Part 2 consent names him, and HIPAA alone does not open it (42 CFR 2.13).',
  },
  {
    title: '… by the emergency physician, who says it is an emergency',
    persona: 'emergency-physician',
    path: METHADONE,
    headers: {
      'X-Purpose-Of-Use': 'BTG',
      'X-Break-Glass': 'Unconscious on arrival, needs current medication',
      'X-Attestation': 'SU-08; bona fide medical emergency, patient can not consent',
    },
    expect: 'Given, written down and queued for review (42 CFR 2.51).',
  },
  {
    title: "Aisha's problems, asked for by the physician she shut out",
    persona: 'family-physician',
    path: '/fhir/Condition?patient=aisha',
    expect: 'Nothing: an agreed restriction binds even for treatment (164.522(a)(1)(iii)).',
  },
  {
    title: "Robert's problems, asked for by a researcher with a waiver",
    persona: 'researcher',
    path: '/fhir/Condition?patient=robert',
    expect: 'The knee, as coded facts (164.512(i)); not the infection, which he keeps from research (164.522(a)).',
  },
  {
    title: "Lily's record, asked for by her mother",
    persona: 'parent',
    path: '/fhir/Condition?patient=lily',
    expect: 'Her asthma: a parent stands in for a minor (164.502(g)(3)).',
  },
  {
    title: '… and a visit that Lily consented to herself',
    persona: 'parent',
    path: '/fhir/Encounter/lily-confidential-visit',
    expect: 'Not found: for that service Lily alone decides (164.502(g)(3)(i)).',
  },
  {
    title: "What the log says about Maria's record",
    persona: 'auditor',
    path: '/audit/AuditEvent?patient=Patient/maria',
    expect: 'Each request above, permitted or not, with the policies and consents that decided.',
  },
];
