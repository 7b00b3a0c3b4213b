/** A small ward for the tests of the embedded server, and a client that speaks to it over HTTP. */
import type { Resource } from '../../../src/fhir/resource.ts';

const LOINC = 'http://loinc.org';

export const ward: readonly Resource[] = [
  { resourceType: 'Organization', id: 'o1', name: 'Riverside' },
  { resourceType: 'Practitioner', id: 'dr1', name: [{ family: 'Hale' }] },
  {
    resourceType: 'Patient',
    id: 'p1',
    meta: { versionId: '7', lastUpdated: '2024-05-01T10:00:00.000Z' },
    active: true,
    identifier: [{ system: 'urn:mrn', value: '1' }],
    name: [{ family: 'Alder', given: ['Ada'] }],
    gender: 'female',
    birthDate: '1980-01-02',
    text: { status: 'generated', div: '<div>Ada <b>Alder</b></div>' },
    generalPractitioner: [{ reference: 'Practitioner/dr1' }],
    managingOrganization: { reference: 'Organization/o1' },
  },
  { resourceType: 'Patient', id: 'p2', name: [{ family: 'Birch' }], birthDate: '1970', identifier: [{ system: 'urn:mrn', value: '2' }] },
  { resourceType: 'Patient', id: 'p3', name: [{ family: 'Cedar' }] },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p1' },
    participant: [{ individual: { reference: 'Practitioner/dr1' } }],
  },
  ...Array.from(
    { length: 25 },
    (_, index): Resource => ({
      resourceType: 'Observation',
      id: `w${String(index).padStart(2, '0')}`,
      status: 'final',
      code: { coding: [{ system: LOINC, code: '29463-7' }] },
      subject: { reference: index % 5 === 0 ? 'Patient/p2' : 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      effectiveDateTime: `2024-01-${String(index + 1).padStart(2, '0')}`,
      valueQuantity: { value: 60 + index, system: 'http://unitsofmeasure.org', code: 'kg' },
    }),
  ),
  {
    resourceType: 'Observation',
    id: 'hiv',
    status: 'final',
    code: { coding: [{ system: LOINC, code: '7917-8' }] },
    subject: { reference: 'Patient/p2' },
  },
  {
    resourceType: 'Group',
    id: 'g1',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/p1' } }, { entity: { reference: 'Patient/p3' } }],
  },
  { resourceType: 'List', id: 'l1', status: 'current', mode: 'working', entry: [{ item: { reference: 'Observation/w03' } }] },
  {
    resourceType: 'Provenance',
    id: 'pr1',
    recorded: '2024-01-01T00:00:00Z',
    target: [{ reference: 'Observation/w01' }],
    agent: [{ who: { reference: 'Practitioner/dr1' } }],
  },
  {
    resourceType: 'Binary',
    id: 'b1',
    contentType: 'text/plain',
    data: Buffer.from('hello').toString('base64'),
    securityContext: { reference: 'Patient/p1' },
  },
];

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Resource;
  readonly text: string;
}

export type Init = { method?: string; headers?: Record<string, string>; body?: unknown };

/** @returns a function that asks the server at `url()`; objects are sent as FHIR JSON */
export function clientOf(url: () => string): (path: string, init?: Init) => Promise<Reply> {
  return async (path, { method, headers, body } = {}) => {
    const isText = body === undefined || typeof body === 'string';
    const response = await fetch(path.startsWith('http') ? path : `${url()}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }), ...headers },
      ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {}, text };
  };
}

export const idsOf = (bundle: Resource): string[] => (bundle.entry ?? []).map((entry: { resource?: Resource }) => entry.resource?.id);

export const linkOf = (bundle: Resource, relation: string): string | undefined =>
  bundle.link?.find((link: { relation: string }) => link.relation === relation)?.url;
