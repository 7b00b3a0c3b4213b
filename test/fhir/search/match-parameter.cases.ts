/** What one parameter says of one resource, type by type; the situations are those that FHIR R4 section 3.1.1.4 describes. */
import type { Resource } from '../../../src/fhir/resource.ts';

/** Situation, resource, the parameter as in a URL, whether it matches (`undefined`: can't be told). */
export type MatchCase = readonly [string, Resource, string, boolean | undefined];

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const MRN = 'http://hospital.example/mrn';

export const patient: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  meta: {
    lastUpdated: '2024-05-01T10:00:00.000Z',
    tag: [{ system: 'urn:t', code: 'a' }],
    profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0'],
  },
  active: true,
  identifier: [
    { system: MRN, value: '12345', type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] } },
    { value: 'no-system' },
  ],
  name: [{ family: 'Núñez-O’Hara', given: ['Zoë', 'Ann Marie'], text: 'Dr. Zoë Núñez' }],
  telecom: [
    { system: 'phone', value: '555-0100', use: 'home' },
    { system: 'email', value: 'zoe@example.org' },
  ],
  gender: 'female',
  birthDate: '1974-12-25',
  address: [{ line: ['1 Main St'], city: 'Ann Arbor', state: 'MI', postalCode: '48104' }],
  generalPractitioner: [{ reference: 'Practitioner/dr1' }, { identifier: { system: 'urn:npi', value: '9' } }],
  managingOrganization: { reference: 'http://base.example/fhir/Organization/o1' },
};

export const dead: Resource = { resourceType: 'Patient', id: 'p2', deceasedDateTime: '2020-02-29T03:04' };

export const pressure: Resource = {
  resourceType: 'Observation',
  id: 'bp',
  status: 'final',
  code: { coding: [{ system: LOINC, code: '85354-9', display: 'Blood pressure panel' }], text: 'Blood pressure' },
  subject: { reference: 'Patient/p1/_history/3' },
  effectiveDateTime: '2013-01-14T10:30:00Z',
  component: [
    { code: { coding: [{ system: LOINC, code: '8480-6' }] }, valueQuantity: { value: 107, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' } },
    { code: { coding: [{ system: LOINC, code: '8462-4' }] }, valueQuantity: { value: 60, unit: 'mmHg', system: UCUM, code: 'mm[Hg]' } },
  ],
};

export const weight: Resource = {
  resourceType: 'Observation',
  id: 'wt',
  status: 'final',
  code: { coding: [{ code: 'local-weight' }] },
  subject: { reference: 'Group/g1' },
  effectivePeriod: { start: '2013-01-10', end: '2013-02-03' },
  valueQuantity: { value: 5.4, unit: 'mg', system: UCUM, code: 'mg' },
};

export const timed: Resource = {
  resourceType: 'ServiceRequest',
  id: 'sr',
  occurrenceTiming: { event: ['2024-03-01', '2024-03-31T08:00:00Z'], repeat: { boundsPeriod: { start: '2024-02-15' } } },
};

export const risk: Resource = {
  resourceType: 'RiskAssessment',
  id: 'ra',
  prediction: [{ probabilityDecimal: 100 }, { probabilityRange: { low: { value: 0.1 }, high: { value: 0.3 } } }],
};

export const system: Resource = { resourceType: 'CodeSystem', id: 'cs', url: 'http://acme.org/fhir/CodeSystem/x' };

export const document: Resource = {
  resourceType: 'DocumentReference',
  id: 'd1',
  relatesTo: [
    { code: 'replaces', target: { reference: 'DocumentReference/old' } },
    { code: 'appends', target: { reference: 'DocumentReference/other' } },
  ],
};

export const onset: Resource = {
  resourceType: 'Condition',
  id: 'c1',
  subject: { reference: 'Patient/p1' },
  onsetAge: { value: 42, unit: 'years', system: UCUM, code: 'a' },
  encounter: { reference: '#inner' },
};

const token: MatchCase[] = [
  ['a code alone matches in any system', pressure, 'code=85354-9', true],
  ['system and code', pressure, `code=${LOINC}|85354-9`, true],
  ['the same code in another system', pressure, 'code=http://snomed.info/sct|85354-9', false],
  ['no system asked for, the coding has one', pressure, 'code=|85354-9', false],
  ['no system asked for, the coding has none', weight, 'code=|local-weight', true],
  ['any code of a system', pressure, `code=${LOINC}|`, true],
  ['any code of another system', pressure, 'code=http://snomed.info/sct|', false],
  ['codes are compared case-sensitively', pressure, 'status=FINAL', false],
  ['one of several values', pressure, 'code=1-1,85354-9', true],
  ['a code element with the system that its binding implies', patient, 'gender=http://hl7.org/fhir/administrative-gender|female', true],
  ['a boolean', patient, 'active=true', true],
  ['a boolean, the other value', patient, 'active=false', false],
  ['an identifier by value', patient, 'identifier=12345', true],
  ['an identifier by system and value', patient, `identifier=${MRN}|12345`, true],
  ['an identifier without a system', patient, 'identifier=|no-system', true],
  ['an identifier of a type', patient, 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|12345', true],
  ['an identifier of a type, another value', patient, 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|9', false],
  ['a telephone number', patient, 'phone=555-0100', true],
  ['an e-mail address is no telephone number', patient, 'phone=zoe@example.org', false],
  ['a contact point of either kind', patient, 'telecom=zoe@example.org', true],
  ['a tag', patient, '_tag=urn:t|a', true],
  ['the id', patient, '_id=p1', true],
  ['one of several ids', patient, '_id=p9,p1', true],
  ['deceased, with a date of death', dead, 'deceased=true', true],
  ['deceased, nothing recorded', patient, 'deceased=false', true],
  ['deceased:not, nothing recorded', patient, 'deceased:not=true', true],
  [':text finds the text of the concept', pressure, 'code:text=blood', true],
  [':text finds the display of a coding', pressure, 'code:text=BLOOD PRESSURE PANEL', true],
  [':text starts at the beginning', pressure, 'code:text=pressure', false],
  [':not where the code is there', pressure, 'code:not=85354-9', false],
  [':not where another code is there', pressure, 'code:not=1-1', true],
  [':not matches where the element is absent', weight, 'component-code:not=8480-6', true],
  [':not with several values: none of them', pressure, 'code:not=1-1,85354-9', false],
  [':missing of what is there', pressure, 'code:missing=false', true],
  [':missing of what is absent', weight, 'component-code:missing=true', true],
  [':missing=true of what is there', pressure, 'code:missing=true', false],
  [':in needs a terminology service', pressure, 'code:in=http://x.example/vs', undefined],
  [':not-in needs a terminology service', pressure, 'code:not-in=http://x.example/vs', undefined],
  [':below needs a terminology service', pressure, 'code:below=85354-9', undefined],
];

const text: MatchCase[] = [
  ['the start of a family name', patient, 'family=Núñ', true],
  ['without case and accents', patient, 'family=nunez', true],
  ['not in the middle', patient, 'family=hara', false],
  ['a given name, the second one', patient, 'given=ann', true],
  ['any part of the name', patient, 'name=zoe', true],
  ['the name as text', patient, 'name=dr.', true],
  [':contains finds the middle', patient, 'family:contains=O’HARA', true],
  [':exact wants all of it', patient, 'given:exact=Zoë', true],
  [':exact respects accents', patient, 'given:exact=Zoe', false],
  [':exact respects case', patient, 'given:exact=zoë', false],
  ['any part of the address', patient, 'address=ann arbor', true],
  ['the city', patient, 'address-city=Ann', true],
  ['another part than the one asked for', patient, 'address-city=MI', false],
];

const date: MatchCase[] = [
  ['the same instant', pressure, 'date=2013-01-14T10:30:00Z', true],
  ['the same instant in another zone', pressure, 'date=2013-01-14T12:30:00+02:00', true],
  ['a day contains its instants', pressure, 'date=2013-01-14', true],
  ['a month contains its days', pressure, 'date=2013-01', true],
  ['a year contains its months', pressure, 'date=2013', true],
  ['the day before', pressure, 'date=2013-01-13', false],
  ['an instant does not contain a day', patient, 'birthdate=1974-12-25T10:00Z', false],
  ['ne: another day', pressure, 'date=ne2013-01-13', true],
  ['ne: the same day', pressure, 'date=ne2013-01-14', false],
  ['gt: later on the same day is not after the day', pressure, 'date=gt2013-01-14', false],
  ['gt: a later instant', pressure, 'date=gt2013-01-14T10:00Z', true],
  ['ge: within the day', pressure, 'date=ge2013-01-14', true],
  ['lt: earlier than the day', pressure, 'date=lt2013-01-14', false],
  ['lt: an earlier instant', pressure, 'date=lt2013-01-14T11:00Z', true],
  ['le: within the day', pressure, 'date=le2013-01-14', true],
  ['sa: starts after', pressure, 'date=sa2013-01-13', true],
  ['sa: starts within', pressure, 'date=sa2013-01-14', false],
  ['eb: ends before', pressure, 'date=eb2013-01-15', true],
  ['eb: ends within', pressure, 'date=eb2013-01-14', false],
  ['a period within the year', weight, 'date=2013', true],
  ['a period that only overlaps the month', weight, 'date=2013-01', false],
  ['gt: the period goes on after the month', weight, 'date=gt2013-01', true],
  ['lt: the period starts before the month', weight, 'date=lt2013-01', false],
  ['lt: the period starts before February', weight, 'date=lt2013-02', true],
  ['sa: the period starts after the year', weight, 'date=sa2012', true],
  ['eb: the period ends before March', weight, 'date=eb2013-03', true],
  ['one bound of a range', pressure, 'date=ge2013-01-01', true],
  ['a timing counts by its outer limits', timed, 'occurrence=ge2030', true],
  ['a timing starts with its bounds', timed, 'occurrence=sa2024-02-14', true],
  ['a timing does not end before its bounds do', timed, 'occurrence=eb2050', false],
  ['ap: near, as measured from now (2014)', pressure, 'date=ap2013-01-20', true],
  ['ap: far', pressure, 'date=ap2011-01-14', false],
  ['a leap day', dead, 'death-date=2020-02-29', true],
  ['a value that is no date', onset, 'onset-date=2013', false],
  ['last updated', patient, '_lastUpdated=ge2024-05-01', true],
  ['last updated, excluded', patient, '_lastUpdated=gt2024-05-01', false],
];

const number: MatchCase[] = [
  ['within the written precision', risk, 'probability=100', true],
  ['within one significant digit of an exponent', risk, 'probability=1e2', true],
  ['outside the written precision', risk, 'probability=99', false],
  ['more digits are narrower', risk, 'probability=100.00', true],
  ['ne', risk, 'probability=ne100', true],
  ['gt is exact', risk, 'probability=gt100', false],
  ['ge', risk, 'probability=ge100', true],
  ['lt: the low end of a range', risk, 'probability=lt0.2', true],
  ['eb: the whole range lies below', risk, 'probability=eb0.35', true],
  ['sa', risk, 'probability=sa99.9', true],
  ['ap: within a tenth', risk, 'probability=ap95', true],
];

const quantity: MatchCase[] = [
  ['number, system and code', weight, `value-quantity=5.4|${UCUM}|mg`, true],
  ['number and unit without a system', weight, 'value-quantity=5.4||mg', true],
  ['number alone', weight, 'value-quantity=5.4', true],
  ['within the precision of one digit', weight, 'value-quantity=5', true],
  ['a narrower precision', weight, 'value-quantity=5.44', false],
  ['another unit', weight, `value-quantity=5.4|${UCUM}|g`, false],
  ['another system', weight, 'value-quantity=5.4|urn:other|mg', false],
  ['le', weight, `value-quantity=le5.4|${UCUM}|mg`, true],
  ['gt', weight, `value-quantity=gt5.4|${UCUM}|mg`, false],
  ['in a component', pressure, `component-value-quantity=107|${UCUM}|mm[Hg]`, true],
  ['the value itself, where it is in a component only', pressure, 'value-quantity=107', false],
  ['either place', pressure, 'combo-value-quantity=lt61', true],
  ['an age', onset, `onset-age=42|${UCUM}|a`, true],
  ['no quantity at all', pressure, 'value-quantity:missing=true', true],
];

const reference: MatchCase[] = [
  ['type and id', onset, 'subject=Patient/p1', true],
  ['id alone', onset, 'subject=p1', true],
  ['type as a modifier', onset, 'subject:Patient=p1', true],
  ['another type as a modifier', onset, 'subject:Group=p1', false],
  ['another id', onset, 'subject=Patient/p2', false],
  ['an id that only starts alike', onset, 'subject=Patient/p', false],
  ['a versioned reference', pressure, 'subject=Patient/p1', true],
  ['absolute, on this server', onset, 'subject=http://base.example/fhir/Patient/p1', true],
  ['absolute, on another server', onset, 'subject=http://other.example/fhir/Patient/p1', false],
  ['an absolute reference to this server', patient, 'organization=Organization/o1', true],
  ['patient, where the subject is one', pressure, 'patient=p1', true],
  ['patient, where the subject is a group', weight, 'patient=g1', false],
  [':identifier', patient, 'general-practitioner:identifier=urn:npi|9', true],
  [':identifier of another', patient, 'general-practitioner:identifier=urn:npi|8', false],
  [':missing', pressure, 'encounter:missing=true', true],
  ['a contained resource is no one', onset, 'encounter=Encounter/inner', false],
];

const uri: MatchCase[] = [
  ['the same URL', system, 'url=http://acme.org/fhir/CodeSystem/x', true],
  ['case-sensitive', system, 'url=http://acme.org/fhir/CodeSystem/X', false],
  ['part of it', system, 'url=http://acme.org/fhir/', false],
  [':below', system, 'url:below=http://acme.org/fhir/', true],
  [':below another', system, 'url:below=http://acme.org/other/', false],
  [':above', system, 'url:above=http://acme.org/fhir/CodeSystem/x/part', true],
  ['a profile in any version', patient, '_profile=http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient', true],
  ['a profile in another version', patient, '_profile=http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|7', false],
];

const composite: MatchCase[] = [
  ['both in one component', pressure, `component-code-value-quantity=${LOINC}|8480-6$107`, true],
  ['the code of one component and the value of another', pressure, `component-code-value-quantity=${LOINC}|8480-6$60`, false],
  ['at the top or in a component', pressure, 'combo-code-value-quantity=8462-4$lt90', true],
  ['code and value of the observation', weight, `code-value-quantity=local-weight$5.4|${UCUM}|mg`, true],
  ['relation and target', document, 'relationship=DocumentReference/old$replaces', true],
  ['relation and target, crossed', document, 'relationship=DocumentReference/old$appends', false],
];

const other: MatchCase[] = [
  ['a chain without access to other resources', pressure, 'subject:Patient.name=x', undefined],
  ['_has without access to other resources', patient, '_has:Observation:patient:code=x', undefined],
  ['full text', patient, '_content=x', undefined],
  ['a list', patient, '_list=x', undefined],
  ['the type', patient, '_type=Observation,Patient', true],
  ['another type', patient, '_type=Observation', false],
];

export const matchCases: Record<string, readonly MatchCase[]> = {
  token,
  string: text,
  date,
  number,
  quantity,
  reference,
  uri,
  composite,
  other,
};
