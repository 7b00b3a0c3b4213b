/** Single records and what hangs on them: Binary, history, $everything, URLs, HEAD, conditional reads (threats.md 16, 22, 35, 43, 51, 54, 55, 57). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { PUBLIC, type Reply, type TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { rawOf } from './gateway-case.ts';

const PSYTHPN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };
const MARIA = { reference: 'Patient/maria' };
const text = (words: string) => Buffer.from(words).toString('base64');
const binary = (id: string, words: string, more: Partial<Resource> = {}): Resource => ({
  resourceType: 'Binary',
  id,
  contentType: 'text/plain',
  data: text(words),
  ...more,
});
const referrer = (id: string, url: string, more: Partial<Resource> = {}): Resource => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  subject: MARIA,
  content: [{ attachment: { contentType: 'text/plain', url } }],
  ...more,
});

const records: readonly Resource[] = [
  binary('loose', 'CANARY-loose: nobody refers to this'),
  binary('plain', 'an ordinary letter'),
  referrer('plain-document', 'Binary/plain'),
  binary('laundered', 'CANARY-laundered'),
  referrer('laundered-note', 'Binary/laundered', { meta: { security: [PSYTHPN] } }),
  referrer('laundered-harmless', 'Binary/laundered'),
  binary('page', '<script>alert(1)</script>', { contentType: 'text/html' }),
  referrer('page-document', 'Binary/page'),
  binary('odd', 'odd', { contentType: 'text/plain\r\nx-evil: 1' }),
  referrer('odd-document', 'Binary/odd'),
  binary('labelled', 'CANARY-labelled', { meta: { security: [PSYTHPN] } }),
  referrer('labelled-document', 'Binary/labelled'),
  binary('orphan', 'CANARY-orphan', { securityContext: { reference: 'DocumentReference/never-was' } }),
  referrer('orphan-document', 'Binary/orphan'),
  {
    resourceType: 'Observation',
    id: 'revised',
    status: 'final',
    code: { text: 'first' },
    subject: MARIA,
    valueString: 'CANARY-first',
    meta: { security: [PSYTHPN] },
  },
  { resourceType: 'Observation', id: 'revised', status: 'final', code: { text: 'second' }, subject: MARIA, valueString: 'second' },
  {
    resourceType: 'Observation',
    id: 'tightened',
    status: 'final',
    code: { text: 'first' },
    subject: MARIA,
    valueString: 'CANARY-tightened',
  },
  {
    resourceType: 'Observation',
    id: 'tightened',
    status: 'final',
    code: { text: 'second' },
    subject: MARIA,
    valueString: 'CANARY-tightened',
    meta: { security: [PSYTHPN] },
  },
];

let clinic: TestGateway;

beforeAll(async () => {
  clinic = await startClinic({ resources: records });
  const { url, store } = clinic.upstream;
  store.load({ resourceType: 'Observation', id: 'gone', status: 'final', code: { text: 'gone' }, subject: MARIA });
  store.delete('Observation', 'gone');
  store.load(
    referrer('absolute', `${url}/Binary/plain`, {
      description: `stored at ${url}/Binary/plain`,
      author: [{ reference: `${url}/Practitioner/bennett` }],
    }),
  );
});
afterAll(() => clinic?.close());

describe('Binary', () => {
  const rows: readonly (readonly [string, string, string, string, number, string])[] = [
    ['a letter goes to who may see the document', 'family-physician', 'plain', '*/*', 200, 'an ordinary letter'],
    ['… as a resource where FHIR JSON is asked for', 'family-physician', 'plain', 'application/fhir+json', 200, '"resourceType":"Binary"'],
    ['… in its own type where both would do', 'family-physician', 'plain', 'text/plain, */*;q=0.5', 200, 'an ordinary letter'],
    ['… not to who gets no documents', 'billing', 'plain', '*/*', 404, ''],
    ['one that no document refers to is nobody’s', 'therapist', 'loose', '*/*', 404, ''],
    ['one that was never there', 'therapist', 'never-was', '*/*', 404, ''],
    ['a harmless document beside the note does not open it', 'family-physician', 'laundered', '*/*', 404, ''],
    ['a label of its own counts too', 'family-physician', 'labelled', '*/*', 404, ''],
    ['a security context that is gone opens nothing', 'family-physician', 'orphan', '*/*', 404, ''],
    ['a page is handed over as a file, not shown', 'family-physician', 'page', '*/*', 200, 'content-disposition: attachment'],
    ['a content type that is none becomes bytes', 'family-physician', 'odd', '*/*', 200, 'content-type: application/octet-stream'],
  ];
  test.each(rows)('%s', async (_, who, id, accept, status, kept) => {
    const reply = await clinic.ask(who, `/fhir/Binary/${id}`, { headers: { accept } });
    expect(reply.status).toBe(status);
    expect(rawOf(reply)).toContain(kept);
    expect(rawOf(reply)).not.toContain('CANARY');
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('what is withheld and what was never there are answered alike', async () => {
    const [withheld, absent] = await Promise.all(
      ['laundered', 'never-was'].map((id) => clinic.ask('family-physician', `/fhir/Binary/${id}`)),
    );
    expect(comparable(withheld)).toEqual(comparable(absent));
  });

  const doors = [
    'Binary?_id=loose',
    'Binary?_lastUpdated=gt2000-01-01',
    'Binary?contenttype=text/plain',
    'Binary/laundered/_history',
    'Binary/laundered/_history/1',
    'Patient/maria/Binary',
  ];
  test.each(doors)('no other door leads to content: %s', async (door) => {
    const reply = await clinic.ask('family-physician', `/fhir/${door}`);
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: 400, reason: 'not-supported' });
    expect(rawOf(reply)).not.toContain('CANARY');
  });
});

describe('history', () => {
  test('an old version keeps its old label: given is the new one alone', async () => {
    const reply = await clinic.ask('family-physician', '/fhir/Observation/revised/_history');
    expect(reply.names).toEqual(['Observation/revised']);
    expect(reply.body).toMatchObject({ type: 'history' });
    expect(rawOf(reply)).not.toContain('CANARY');
    expect((await clinic.ask('family-physician', '/fhir/Observation/revised/_history/1')).status).toBe(404);
    expect((await clinic.ask('family-physician', '/fhir/Observation/revised/_history/2')).text).toContain('second');
  });

  test('a label of the current version closes every older one', async () => {
    for (const url of ['tightened', 'tightened/_history', 'tightened/_history/1', 'tightened/_history/2']) {
      const reply = await clinic.ask('family-physician', `/fhir/Observation/${url}`);
      expect(reply.status).toBe(404);
      expect(rawOf(reply)).not.toContain('CANARY');
    }
  });

  test('what was deleted has no history for anybody', async () => {
    const [deleted, never] = [
      await clinic.ask('family-physician', '/fhir/Observation/gone/_history'),
      await clinic.ask('family-physician', '/fhir/Observation/never-was/_history'),
    ];
    expect(comparable(deleted)).toEqual(comparable(never));
    expect((await clinic.ask('family-physician', '/fhir/Observation/gone/_history/1')).status).toBe(404);
  });
});

describe('absent, deleted, never existed, withheld', () => {
  const places = [
    'Observation/tightened',
    'Observation/gone',
    'Observation/never-was',
    'DocumentReference/maria-therapy-note-12',
    'Patient/aisha',
    'Patient/nobody',
  ];
  test('one and the same answer, headers included', async () => {
    const replies = await Promise.all(places.map((place) => clinic.ask('family-physician', `/fhir/${place}`)));
    for (const reply of replies) expect(comparable(reply)).toEqual(comparable(replies[0]));
    expect(replies[0]?.status).toBe(404);
  });

  test('… for every way of asking', async () => {
    for (const suffix of ['/_history', '/_history/1', '?_elements=id', '?_summary=true']) {
      const replies = await Promise.all(places.map((place) => clinic.ask('family-physician', `/fhir/${place}${suffix}`)));
      for (const reply of replies) expect(comparable(reply)).toEqual(comparable(replies[0]));
    }
    const everything = await Promise.all(
      ['aisha', 'nobody'].map((id) => clinic.ask('family-physician', `/fhir/Patient/${id}/$everything`)),
    );
    expect(comparable(everything[0])).toEqual(comparable(everything[1]));
  });
});

describe('$everything', () => {
  test('gives the compartment and what it refers to, nothing that is known through withheld notes alone', async () => {
    const reply = await clinic.ask('spouse', '/fhir/Patient/maria/$everything');
    const names = new Set(reply.names);
    expect(names.has('Patient/maria') && names.has('Practitioner/okafor')).toBe(true);
    expect(names.has('Organization/meridian-health-plan') || names.has('DocumentReference/maria-progress-12')).toBe(false);
    expect(rawOf(reply)).not.toMatch(/therapy-note|Psychotherapy note|CANARY/);
    expect(reply.body.total).toBe(reply.names.length);
    for (const resource of reply.resources) expect(validateResource(resource), resource.id ?? '').toEqual([]);
  });

  test('tells the patient that something is withheld', async () => {
    const reply = await clinic.ask('patient', '/fhir/Patient/maria/$everything');
    expect(reply.text).toContain('"suppressed"');
    expect(/maria-therapy-note|Psychotherapy note/.test(rawOf(reply))).toBe(false);
  });

  test('refuses what it does not know', async () => {
    expect((await clinic.ask('patient', '/fhir/Patient/maria/$everything?_include=x')).reason).toBe('invalid-parameter');
  });
});

describe('URLs', () => {
  test('of the record server never leave; what they name does', async () => {
    const reply = await clinic.ask('family-physician', '/fhir/DocumentReference/absolute');
    expect(rawOf(reply)).not.toContain(clinic.upstream.url);
    expect(reply.text).toContain(`${PUBLIC}/fhir/Binary/plain`);
    expect(reply.text).toContain(`${PUBLIC}/fhir/Practitioner/bennett`);
    expect((await clinic.ask('family-physician', '/fhir/Binary/plain')).text).toBe('an ordinary letter');
  });

  test('come back the other way: a search by a URL of the gateway', async () => {
    const reply = await clinic.ask(
      'family-physician',
      `/fhir/DocumentReference?author=${encodeURIComponent(`${PUBLIC}/fhir/Practitioner/bennett`)}&_id=absolute`,
    );
    expect(reply.names).toEqual(['DocumentReference/absolute']);
  });

  test('every link and fullUrl of a Bundle is the gateway’s', async () => {
    for (const url of [
      '/fhir/Condition?patient=maria&_count=1',
      '/fhir/Patient/maria/Condition',
      '/fhir/Patient/maria/$everything',
      '/fhir/Condition/maria-depression/_history',
    ]) {
      const { body, text: raw } = await clinic.ask('family-physician', url);
      expect(raw).not.toContain(clinic.upstream.url);
      const urls = [
        ...(body.link ?? []).map((link: { url: string }) => link.url),
        ...(body.entry ?? []).flatMap((entry: { fullUrl?: string }) => entry.fullUrl ?? []),
      ];
      expect(urls.length).toBeGreaterThan(0);
      for (const found of urls) expect(found.startsWith(`${PUBLIC}/fhir/`), found).toBe(true);
    }
  });
});

describe('HEAD and conditional reads', () => {
  test('HEAD has the headers of GET and no body, and is logged as a read', async () => {
    const [head, get] = [
      await clinic.ask('family-physician', '/fhir/Condition/maria-depression', { method: 'HEAD' }),
      await clinic.ask('family-physician', '/fhir/Condition/maria-depression'),
    ];
    expect({ status: head.status, text: head.text, etag: head.headers.get('etag') }).toEqual({
      status: 200,
      text: '',
      etag: get.headers.get('etag'),
    });
    expect((await clinic.ask('family-physician', '/fhir/DocumentReference/maria-therapy-note-12', { method: 'HEAD' })).status).toBe(404);
  });

  const rows: readonly (readonly [string, string, string, number])[] = [
    ['the version one has', 'family-physician', 'W/"1"', 304],
    ['one of several', 'family-physician', '"7", W/"1"', 304],
    ['without its weakness', 'family-physician', '"1"', 304],
    ['another version', 'family-physician', 'W/"2"', 200],
    ['a copy that is not whole has no version to compare', 'billing', 'W/"1"', 200],
  ];
  test.each(rows)('If-None-Match: %s', async (_, who, tag, status) => {
    const reply = await clinic.ask(who, '/fhir/Condition/maria-depression', { headers: { 'if-none-match': tag } });
    expect(reply.status).toBe(status);
    if (status === 304) expect(reply.text).toBe('');
  });

  test('If-None-Match on what is withheld is the same 404', async () => {
    const reply = await clinic.ask('family-physician', '/fhir/DocumentReference/maria-therapy-note-12', {
      headers: { 'if-none-match': 'W/"1"' },
    });
    expect(reply.status).toBe(404);
  });
});

/** All that a caller can compare: not when, not which request. */
function comparable(reply: Reply | undefined): unknown {
  return {
    status: reply?.status,
    text: reply?.text,
    headers: [...(reply?.headers ?? [])].filter(([name]) => !['date', 'x-request-id'].includes(name)),
  };
}
