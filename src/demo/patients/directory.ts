/**
 * The organizations and clinicians of the demo: who employs whom, and in what specialty (NUCC taxonomy), because
 * authorship by a mental health professional and membership of a Part 2 program decide what is what.
 */
import type { FhirResource, Organization, Practitioner, PractitionerRole } from 'fhir/r4.js';
import { ref } from './build.ts';
import type { Calendar } from './calendar.ts';
import { coding, concept, nucc, worded } from './code-words.ts';

export const ORG = {
  lakeside: 'Organization/lakeside-health',
  family: 'Organization/lakeside-family-practice',
  behavioral: 'Organization/lakeside-behavioral-health',
  hospital: 'Organization/lakeside-hospital',
  riverbend: 'Organization/riverbend-recovery',
  harborview: 'Organization/harborview-psychiatry',
  laboratory: 'Organization/clearwater-laboratory',
  payer: 'Organization/meridian-health-plan',
  university: 'Organization/northfield-university',
} as const;

export const WHO = {
  okafor: ref('Practitioner/okafor', 'Dr. Adaeze Okafor, PsyD'),
  lindqvist: ref('Practitioner/lindqvist', 'Dr. Erik Lindqvist, MD'),
  bennett: ref('Practitioner/bennett', 'Dr. Claire Bennett, MD'),
  osei: ref('Practitioner/osei', 'Dr. Kwame Osei, MD'),
  ruiz: ref('Practitioner/ruiz', 'Marisol Ruiz, LADC'),
  patel: ref('Practitioner/patel', 'Dr. Anjali Patel, MD'),
  kim: ref('Practitioner/kim', 'Jisoo Kim, MA'),
} as const;

const ORGANIZATIONS: readonly (readonly [reference: string, name: string, type: string, partOf?: string])[] = [
  [ORG.lakeside, 'Lakeside Health', 'prov'],
  [ORG.family, 'Lakeside Family Practice', 'prov', ORG.lakeside],
  [ORG.behavioral, 'Lakeside Behavioral Health', 'prov', ORG.lakeside],
  [ORG.hospital, 'Lakeside Hospital, Emergency Department', 'dept', ORG.lakeside],
  [ORG.riverbend, 'Riverbend Recovery (opioid treatment program)', 'prov'],
  [ORG.harborview, 'Harborview Psychiatry Associates', 'prov'],
  [ORG.laboratory, 'Clearwater Laboratory', 'prov'],
  [ORG.payer, 'Meridian Health Plan', 'pay'],
  [ORG.university, 'Northfield University, Depression Outcomes Study', 'edu'],
];

interface Person {
  readonly id: string;
  readonly given: string;
  readonly family: string;
  readonly title: string;
  readonly organization: string;
  /** NUCC taxonomy code and display; absent for those who are no clinicians. */
  readonly specialty?: readonly [code: string, display: string];
  readonly job: string;
}

const PEOPLE: readonly Person[] = [
  {
    id: 'okafor',
    given: 'Adaeze',
    family: 'Okafor',
    title: 'PsyD',
    organization: ORG.behavioral,
    specialty: ['103TC0700X', 'Psychologist, Clinical'],
    job: 'Psychotherapist',
  },
  {
    id: 'kim',
    given: 'Jisoo',
    family: 'Kim',
    title: 'MA',
    organization: ORG.behavioral,
    specialty: ['390200000X', 'Student in an Organized Health Care Education/Training Program'],
    job: 'Psychology intern, supervised by Dr. Okafor',
  },
  {
    id: 'lindqvist',
    given: 'Erik',
    family: 'Lindqvist',
    title: 'MD',
    organization: ORG.harborview,
    specialty: ['2084P0800X', 'Psychiatry'],
    job: 'Psychiatrist',
  },
  {
    id: 'bennett',
    given: 'Claire',
    family: 'Bennett',
    title: 'MD',
    organization: ORG.family,
    specialty: ['207Q00000X', 'Family Medicine'],
    job: 'Family physician',
  },
  {
    id: 'osei',
    given: 'Kwame',
    family: 'Osei',
    title: 'MD',
    organization: ORG.hospital,
    specialty: ['207P00000X', 'Emergency Medicine'],
    job: 'Emergency physician',
  },
  {
    id: 'ruiz',
    given: 'Marisol',
    family: 'Ruiz',
    title: 'LADC',
    organization: ORG.riverbend,
    specialty: ['101YA0400X', 'Counselor, Addiction (Substance Use Disorder)'],
    job: 'Substance use disorder counselor',
  },
  {
    id: 'patel',
    given: 'Anjali',
    family: 'Patel',
    title: 'MD',
    organization: ORG.riverbend,
    specialty: ['207QA0401X', 'Family Medicine, Addiction Medicine'],
    job: 'Medical director of the opioid treatment program',
  },
  { id: 'moreau', given: 'Luc', family: 'Moreau', title: '', organization: ORG.lakeside, job: 'Billing specialist' },
  { id: 'whitfield', given: 'Joan', family: 'Whitfield', title: '', organization: ORG.payer, job: 'Claims reviewer' },
  { id: 'adeyemi', given: 'Tunde', family: 'Adeyemi', title: 'PhD', organization: ORG.university, job: 'Principal investigator' },
  { id: 'santos', given: 'Rita', family: 'Santos', title: '', organization: ORG.lakeside, job: 'Compliance auditor' },
  { id: 'novak', given: 'Petra', family: 'Novak', title: '', organization: ORG.lakeside, job: 'Consent policy administrator' },
  { id: 'ferris', given: 'Harold', family: 'Ferris', title: 'JD', organization: ORG.lakeside, job: 'Privacy officer' },
];

function idOf(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1);
}

const organization = ([reference, name, type, partOf]: (typeof ORGANIZATIONS)[number]): Organization => ({
  resourceType: 'Organization',
  id: idOf(reference),
  identifier: [{ system: 'https://privity.example/organizations', value: idOf(reference) }],
  active: true,
  type: [concept(coding('http://terminology.hl7.org/CodeSystem/organization-type', type))],
  name,
  ...(partOf === undefined ? {} : { partOf: ref(partOf) }),
});

const practitioner = (person: Person): Practitioner => ({
  resourceType: 'Practitioner',
  id: person.id,
  identifier: [{ system: 'https://privity.example/staff', value: person.id }],
  active: true,
  name: [{ use: 'official', family: person.family, given: [person.given], ...(person.title === '' ? {} : { suffix: [person.title] }) }],
  ...(person.specialty === undefined ? {} : { qualification: [{ code: concept(nucc(...person.specialty)) }] }),
});

const role = (person: Person, calendar: Calendar): PractitionerRole => ({
  resourceType: 'PractitionerRole',
  id: `${person.id}-role`,
  active: true,
  period: { start: calendar.date(1200) },
  practitioner: ref(`Practitioner/${person.id}`),
  organization: ref(person.organization),
  code: [worded(person.job)],
  ...(person.specialty === undefined ? {} : { specialty: [concept(nucc(...person.specialty))] }),
});

/** Organizations, Practitioners and their PractitionerRoles. */
export function directory(calendar: Calendar): FhirResource[] {
  return [...ORGANIZATIONS.map(organization), ...PEOPLE.flatMap((person) => [practitioner(person), role(person, calendar)])];
}
