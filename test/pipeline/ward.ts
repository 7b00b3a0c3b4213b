/**
 * A small ward beside the demo's patients, and the same ward with something in it that the family physician may not see:
 * psychotherapy notes by label, of any type, and what only they lead to. What one ward has and the other has not must make
 * no difference to her (design.md 4.7).
 */
import type { Resource } from '../../src/fhir/resource.ts';

const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const LOINC = 'http://loinc.org';
const INLINE = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const PSYTHPN = { system: ACT, code: 'PSYTHPN' };
const HIDDEN = { meta: { security: [PSYTHPN] } };

const to = (reference: string) => ({ reference });
const icd = (code: string) => ({ coding: [{ system: ICD, code }] });
const loinc = (code: string) => ({ coding: [{ system: LOINC, code }] });

function observation(id: string, patient: string, code: string, more: Partial<Resource> = {}): Resource {
  return { resourceType: 'Observation', id, status: 'final', code: loinc(code), subject: to(`Patient/${patient}`), ...more };
}

function encounter(id: string, patient: string, more: Partial<Resource> = {}): Resource {
  return { resourceType: 'Encounter', id, status: 'finished', class: { code: 'AMB' }, subject: to(`Patient/${patient}`), ...more };
}

function document(id: string, patient: string, more: Partial<Resource> = {}): Resource {
  return {
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: to(`Patient/${patient}`),
    content: [{ attachment: { title: id } }],
    ...more,
  };
}

const weights = Array.from({ length: 9 }, (_, index) =>
  observation(`weight-${index}`, 'ada', '29463-7', {
    effectiveDateTime: `2026-02-0${9 - index}`,
    valueQuantity: { value: 60 + index, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    encounter: to(index % 2 === 0 ? 'Encounter/ada-visit' : 'Encounter/ada-second'),
    performer: [to('Practitioner/hale')],
  }),
);

/** In both wards. */
const shared: readonly Resource[] = [
  { resourceType: 'Organization', id: 'ward-house', name: 'Ward House' },
  { resourceType: 'Organization', id: 'ward-wing', name: 'Ward Wing', partOf: to('Organization/ward-house') },
  { resourceType: 'Practitioner', id: 'hale', name: [{ family: 'Hale' }] },
  { resourceType: 'Practitioner', id: 'unseen', name: [{ family: 'Unseen' }] },
  {
    resourceType: 'PractitionerRole',
    id: 'hale-role',
    practitioner: to('Practitioner/hale'),
    organization: to('Organization/ward-wing'),
  },
  {
    resourceType: 'Patient',
    id: 'ada',
    name: [{ family: 'Alder', given: ['Ada'] }],
    identifier: [{ system: 'urn:ward', value: '1' }],
    gender: 'female',
    birthDate: '1980-01-02',
    generalPractitioner: [to('Practitioner/hale')],
    managingOrganization: to('Organization/ward-wing'),
  },
  {
    resourceType: 'Patient',
    id: 'ben',
    name: [{ family: 'Birch', given: ['Ben'] }],
    identifier: [{ system: 'urn:ward', value: '2' }],
    gender: 'male',
    birthDate: '1970-03-04',
  },
  encounter('ada-visit', 'ada', { type: [icd('Z00.0')], participant: [{ individual: to('Practitioner/hale') }] }),
  encounter('ada-second', 'ada', { type: [icd('Z01.0')] }),
  encounter('ben-visit', 'ben', { type: [icd('Z00.0')] }),
  ...weights,
  observation('ben-weight', 'ben', '29463-7', { effectiveDateTime: '2026-02-05', encounter: to('Encounter/ben-visit') }),
  document('ada-letter', 'ada', { date: '2026-02-03T10:00:00Z', type: icd('Z71'), author: [to('Practitioner/hale')] }),
  document('ada-report', 'ada', { date: '2026-01-03T10:00:00Z', context: { encounter: [to('Encounter/ada-visit')] } }),
  {
    resourceType: 'Provenance',
    id: 'ada-provenance',
    recorded: '2026-02-03T10:00:00Z',
    target: [to('Observation/weight-0')],
    agent: [{ who: to('Practitioner/hale') }],
  },
  {
    resourceType: 'List',
    id: 'ada-list',
    status: 'current',
    mode: 'working',
    subject: to('Patient/ada'),
    entry: [{ item: to('Observation/weight-1') }, { item: to('Observation/weight-2'), deleted: true }, { item: to('Condition/x') }],
  },
];

/** A visit with one reason that is hers to see and one that is not; a report with one result that is not there for her. */
const cut = (reason: string, end: string, result: string): readonly Resource[] => [
  encounter('cut-visit', 'ada', {
    period: { start: '2026-02-01T10:00:00Z' },
    reasonCode: [icd('E11.9'), { ...icd(reason), extension: [{ url: INLINE, valueCoding: PSYTHPN }] }],
    hospitalization: { specialCourtesy: [{ ...icd(end), extension: [{ url: INLINE, valueCoding: PSYTHPN }] }] },
  }),
  {
    resourceType: 'DiagnosticReport',
    id: 'cut-report',
    status: 'final',
    code: loinc('58410-2'),
    subject: to('Patient/ada'),
    result: [to('Observation/weight-3'), to(`Observation/${result}`)],
  },
];

/** Withheld from the family physician, each for what a search could find it by. */
const withheld: readonly Resource[] = [
  observation('hidden-hiv', 'ada', '7917-8', { ...HIDDEN, effectiveDateTime: '2026-02-04', encounter: to('Encounter/ada-visit') }),
  observation('hidden-weight', 'ada', '29463-7', {
    ...HIDDEN,
    effectiveDateTime: '2026-02-09',
    performer: [to('Practitioner/unseen')],
    hasMember: [to('Observation/weight-4')],
  }),
  encounter('hidden-visit', 'ben', { ...HIDDEN, type: [icd('F33.1')], participant: [{ individual: to('Practitioner/unseen') }] }),
  observation('hidden-in-visit', 'ben', '29463-7', { ...HIDDEN, encounter: to('Encounter/hidden-visit') }),
  document('hidden-note', 'ada', {
    ...HIDDEN,
    date: '2026-02-04T10:00:00Z',
    type: icd('F41.1'),
    description: 'fear of the sea',
    author: [to('Practitioner/unseen')],
    context: { encounter: [to('Encounter/ada-visit')], related: [to('Observation/weight-1')] },
  }),
  {
    resourceType: 'Condition',
    id: 'hidden-condition',
    ...HIDDEN,
    code: icd('F32.9'),
    subject: to('Patient/ada'),
    encounter: to('Encounter/ada-visit'),
  },
  {
    resourceType: 'List',
    id: 'hidden-list',
    ...HIDDEN,
    status: 'current',
    mode: 'working',
    subject: to('Patient/ada'),
    entry: [{ item: to('Observation/weight-5') }],
  },
  {
    resourceType: 'Provenance',
    id: 'hidden-provenance',
    ...HIDDEN,
    recorded: '2026-02-03T10:00:00Z',
    target: [to('Observation/weight-0')],
    agent: [{ who: to('Practitioner/unseen') }],
  },
  { resourceType: 'Organization', id: 'hidden-house', ...HIDDEN, name: 'Ward Hidden House', partOf: to('Organization/ward-house') },
];

/** One moment for all, so that two wards loaded one after the other are alike. */
function dated(resources: readonly Resource[]): readonly Resource[] {
  return resources.map((resource) => ({ ...resource, meta: { lastUpdated: '2026-02-10T00:00:00.000Z', ...resource.meta } }));
}

/** Hidden ones stand between the others, so that they would show in order, pages and positions. */
export function wards(): readonly [plain: readonly Resource[], hiding: readonly Resource[]] {
  const plain = [...shared, ...cut('F41.1', 'F10.20', 'never-was')];
  const hiding = [...shared, ...cut('F33.1', 'F20.0', 'hidden-hiv')];
  const mixed = hiding.flatMap((resource, index) => {
    const hidden = index % 4 === 3 ? withheld[(index - 3) / 4] : undefined;
    return hidden === undefined ? [resource] : [hidden, resource];
  });
  const rest = withheld.filter((resource) => !mixed.includes(resource));
  return [dated(plain), dated([...rest, ...mixed])];
}
