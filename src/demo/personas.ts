/**
 * Who asks in the demo, with the claims that the issuer puts in each one's token (design.md section 6), and a tour:
 * the same requests by different people, and what the law makes of each.
 */
export { curlTour, type TourStop } from './curl-tour.ts';

export interface PersonaClaims {
  readonly sub: string;
  readonly fhirUser: string;
  readonly roles: readonly string[];
  /** v3-ActReason codes; several = the requester chooses with X-Purpose-Of-Use. Absent where only Privity's own API is used. */
  readonly purpose_of_use?: readonly string[];
  readonly scope: string;
  readonly organization?: string;
  /** SMART launch context: an id. */
  readonly patient?: string;
}

export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly claims: PersonaClaims;
}

const CLINICIAN_SCOPE = 'openid fhirUser user/*.rs';
const PATIENT_SCOPE = 'openid fhirUser launch/patient patient/*.rs';

export const personas: readonly Persona[] = [
  {
    id: 'therapist',
    name: 'Dr. Adaeze Okafor',
    description: 'Psychologist; wrote the psychotherapy notes of Maria, Elena and the Alvarez couple',
    claims: {
      sub: 'therapist',
      fhirUser: 'Practitioner/okafor',
      roles: ['mental-health-professional'],
      purpose_of_use: ['TREAT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/lakeside-behavioral-health',
    },
  },
  {
    id: 'trainee',
    name: 'Jisoo Kim',
    description: 'Psychology intern, learning under Dr. Okafor',
    claims: {
      sub: 'trainee',
      fhirUser: 'Practitioner/kim',
      roles: ['trainee'],
      purpose_of_use: ['TRAIN'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/lakeside-behavioral-health',
    },
  },
  {
    id: 'psychiatrist',
    name: 'Dr. Erik Lindqvist',
    description: "Psychiatrist of another practice; holds Maria's authorization for the notes, no longer Elena's",
    claims: {
      sub: 'psychiatrist',
      fhirUser: 'Practitioner/lindqvist',
      roles: ['mental-health-professional'],
      purpose_of_use: ['TREAT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/harborview-psychiatry',
    },
  },
  {
    id: 'family-physician',
    name: 'Dr. Claire Bennett',
    description: 'Family physician of Maria, James, Lily and Robert; shut out by Aisha',
    claims: {
      sub: 'family-physician',
      fhirUser: 'Practitioner/bennett',
      roles: ['treating-provider'],
      purpose_of_use: ['TREAT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/lakeside-family-practice',
    },
  },
  {
    id: 'emergency-physician',
    name: 'Dr. Kwame Osei',
    description: 'Emergency physician; may break the glass, with a reason',
    claims: {
      sub: 'emergency-physician',
      fhirUser: 'Practitioner/osei',
      roles: ['treating-provider'],
      purpose_of_use: ['TREAT', 'BTG'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/lakeside-hospital',
    },
  },
  {
    id: 'billing',
    name: 'Luc Moreau',
    description: 'Billing specialist of Lakeside Health',
    claims: {
      sub: 'billing',
      fhirUser: 'Practitioner/moreau',
      roles: ['workforce'],
      purpose_of_use: ['HPAYMT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/lakeside-health',
    },
  },
  {
    id: 'payer',
    name: 'Joan Whitfield',
    description: 'Claims reviewer of Meridian Health Plan',
    claims: {
      sub: 'payer',
      fhirUser: 'Practitioner/whitfield',
      roles: ['payer'],
      purpose_of_use: ['HPAYMT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/meridian-health-plan',
    },
  },
  {
    id: 'patient',
    name: 'Maria Alvarez',
    description: 'The patient herself, with an app',
    claims: {
      sub: 'patient',
      fhirUser: 'Patient/maria',
      roles: ['patient'],
      purpose_of_use: ['PATRQT'],
      scope: PATIENT_SCOPE,
      patient: 'maria',
    },
  },
  {
    id: 'spouse',
    name: 'Daniel Alvarez',
    description: "Maria's husband; she agreed that he is told what he needs to help her",
    claims: {
      sub: 'spouse',
      fhirUser: 'RelatedPerson/daniel-spouse-of-maria',
      roles: ['family-friend'],
      purpose_of_use: ['FAMRQT'],
      scope: PATIENT_SCOPE,
      patient: 'maria',
    },
  },
  {
    id: 'parent',
    name: 'Grace Chen',
    description: 'Mother of Lily, 16',
    claims: {
      sub: 'parent',
      fhirUser: 'RelatedPerson/grace-mother-of-lily',
      roles: ['parent-of-minor'],
      purpose_of_use: ['FAMRQT'],
      scope: PATIENT_SCOPE,
      patient: 'lily',
    },
  },
  {
    id: 'researcher',
    name: 'Dr. Tunde Adeyemi',
    description: 'Investigator with an IRB waiver for Maria and Robert',
    claims: {
      sub: 'researcher',
      fhirUser: 'Practitioner/adeyemi',
      roles: ['researcher'],
      purpose_of_use: ['HRESCH'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/northfield-university',
    },
  },
  {
    id: 'part2-counselor',
    name: 'Marisol Ruiz',
    description: 'Counselor of Riverbend Recovery, a 42 CFR Part 2 program',
    claims: {
      sub: 'part2-counselor',
      fhirUser: 'Practitioner/ruiz',
      roles: ['mental-health-professional'],
      purpose_of_use: ['TREAT'],
      scope: CLINICIAN_SCOPE,
      organization: 'Organization/riverbend-recovery',
    },
  },
  {
    id: 'auditor',
    name: 'Rita Santos',
    description: 'Compliance auditor: reads the log, no records',
    claims: {
      sub: 'auditor',
      fhirUser: 'Practitioner/santos',
      roles: ['auditor'],
      purpose_of_use: ['HCOMPL'],
      scope: 'openid fhirUser user/AuditEvent.rs',
      organization: 'Organization/lakeside-health',
    },
  },
  {
    id: 'policy-admin',
    name: 'Petra Novak',
    description: 'Consent policy administrator: changes policies, reads no records',
    claims: {
      sub: 'policy-admin',
      fhirUser: 'Practitioner/novak',
      roles: ['policy-admin'],
      scope: 'openid fhirUser',
      organization: 'Organization/lakeside-health',
    },
  },
  {
    id: 'privacy-officer',
    name: 'Harold Ferris',
    description: 'Privacy officer: reviews, attestations, restrictions, accounting of disclosures',
    claims: {
      sub: 'privacy-officer',
      fhirUser: 'Practitioner/ferris',
      roles: ['privacy-officer', 'auditor'],
      purpose_of_use: ['HCOMPL'],
      scope: 'openid fhirUser user/AuditEvent.rs',
      organization: 'Organization/lakeside-health',
    },
  },
];
